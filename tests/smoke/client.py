"""Use the installed ghrunners as a consumer would: from its wheel and what the wheel needs."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.resources
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

RUNNERS = b"""{"total_count": 1, "runners": [
    {"id": 1, "name": "r1", "os": "linux", "status": "online", "busy": false, "labels": []}
]}"""


class Handler(BaseHTTPRequestHandler):
    """Answer the list of an organization's runners, and only to a caller with the token."""

    def do_GET(self) -> None:
        """Answer one request."""
        known = self.path.partition("?")[0] == "/orgs/acme/actions/runners"
        allowed = (self.headers["Authorization"] or "").endswith(" secret")
        self.send_response(200 if known and allowed else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(RUNNERS)))
        self.end_headers()
        self.wfile.write(RUNNERS)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Log nothing."""


@contextmanager
def serving() -> Generator[str]:
    """Serve on a free port of the loopback interface; give the base URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def check_import() -> None:
    """Importing the package alone loads no transport and no model."""
    before = set(sys.modules)
    import ghrunners

    loaded = set(sys.modules) - before
    heavy = sorted(name for name in loaded if name.startswith(("httpx2", "ghrunners.models.")))
    assert not heavy, f"import ghrunners loads {heavy}"
    assert Path(ghrunners.__file__).is_relative_to(sys.prefix), ghrunners.__file__
    assert importlib.resources.files(ghrunners).joinpath("py.typed").is_file()
    for name in ghrunners.__all__:
        getattr(ghrunners, name)


def check_requirements() -> None:
    """The wheel asks for httpx2 and msgspec, and nothing else of its own; extras aside."""
    found = importlib.metadata.requires("ghrunners") or []
    asked = [requirement for requirement in found if "extra ==" not in requirement]
    names = {re.split(r"[^A-Za-z0-9_-]", requirement)[0] for requirement in asked}
    assert names == {"httpx2", "msgspec"}, asked


def check_files() -> None:
    """The wheel brings the package and its command, and neither documentation nor anything else."""
    files = importlib.metadata.files("ghrunners") or []
    outside = [path.name for path in files if path.parts[0] == ".."]
    assert outside == ["ghrunners-fake"], outside
    folders = {path.parts[0] for path in files} - {".."}
    assert "ghrunners" in folders, folders
    others = {name for name in folders - {"ghrunners"} if not name.endswith(".dist-info")}
    assert not others, others


def check_sync(base_url: str) -> None:
    """The sync client lists the runners."""
    import ghrunners

    with ghrunners.Client(auth="secret", base_url=base_url) as github:
        assert [runner.name for runner in github.org("acme").runners.list()] == ["r1"]


async def check_async(base_url: str) -> None:
    """The async client lists the runners."""
    import ghrunners

    async with ghrunners.AsyncClient(auth="secret", base_url=base_url) as github:
        assert [runner.name async for runner in github.org("acme").runners.list()] == ["r1"]


def check_fake() -> None:
    """The fake GitHub and fleets need no extra, and the command names the one that it needs."""
    from ghrunners.fake import FakeGitHub
    from ghrunners.fleet import Fleet

    github = FakeGitHub()
    github.org("octo-org").add_runner("r1")
    assert len(Fleet(github.client().org("octo-org")).snapshot()) == 1
    command = Path(sys.executable).with_name("ghrunners-fake")
    ran = subprocess.run([command, "--port", "0"], capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran
    assert ran.stderr.endswith("pip install 'ghrunners[testing]'\n"), ran
    assert ran.stderr.count("\n") == 1, ran


def main() -> None:
    """Run every check, the import first."""
    check_import()
    check_fake()
    check_requirements()
    check_files()
    with serving() as base_url:
        check_sync(base_url)
        asyncio.run(check_async(base_url))


if __name__ == "__main__":
    main()
