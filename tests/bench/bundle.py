"""Show that other tools accept what `runnersmith bundle` prints, in both API versions and by product.

Run by hand: `.venv/bin/python tests/bench/bundle.py`. openapi-spec-validator is one of the locked
tools; Redocly and Prism, pinned below, are installed with npm (Node 20 or later) beside the
benchmark's environment, without their install scripts. Prism plays GitHub on 127.0.0.1, and its
list of runners is read as the client would read it. Writes to that folder and to a temporary one only.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ghrunners import models

ROOT = Path(__file__).parent.parent.parent
TOOLS = ROOT / ".venv" / "bench" / "node"
# The last Prism that Node 20 runs.
PINNED = ("@redocly/cli@2.77.0", "@stoplight/prism-cli@5.14.2")
VERSIONS = ("2026-03-10", "2022-11-28")
PRODUCTS = (None, "github.com", "ghec", "ghes-3.19")
QUIET = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
PATIENCE = 60.0


def run(command: Sequence[str | Path]) -> str:
    """Run a command; give what it printed, or end with it when it failed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def install() -> Path:
    """The folder of the tools' commands, made at first."""
    stamp, wanted = TOOLS / "pinned.txt", "\n".join(PINNED)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is not installed; Node 20 or later has it")
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        TOOLS.mkdir(parents=True, exist_ok=True)
        run([npm, "install", *quiet, "--save-exact", "--prefix", TOOLS, *PINNED])
        stamp.write_text(wanted, encoding="utf-8")
    return TOOLS / "node_modules" / ".bin"


def bundle(version: str, product: str | None, folder: Path) -> Path:
    """Write one bundle."""
    chosen = ["--product", product] if product else []
    path = folder / f"{version}-{product or 'all'}.json"
    command = [sys.executable, "-m", "runnersmith", "bundle", "--api-version", version, *chosen]
    path.write_text(run(command), encoding="utf-8")
    return path


def mocked(prism: Path, path: Path, version: str, folder: Path) -> str:
    """Let Prism serve a bundle, and read a list from it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [str(prism), "mock", "--host", "127.0.0.1", "--port", port, str(path)]
    log = folder / "prism.log"
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait(server, int(port), log)
        # Prism offers what the description says it does, application/json, and nothing near it:
        # the client's Accept header, application/vnd.github+json, would be rejected.
        url = f"http://127.0.0.1:{port}/orgs/acme/actions/runners?per_page=100"
        headers = {"Accept": "application/json", "X-GitHub-Api-Version": version}
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - ours
            page = msgspec.json.decode(answer.read(), type=models.RunnerList)
    finally:
        server.terminate()
        server.wait()
    return f"{len(page.runners)} runners"


def wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server answers on its port."""
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Prism does not serve:\n{log.read_text(encoding='utf-8')}")


def main() -> None:
    """Show each bundle to each tool, and print a line for it."""
    tools = install()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for version in VERSIONS:
            for product in PRODUCTS:
                if (product, version) == ("ghes-3.19", "2026-03-10"):
                    continue  # It does not know this version.
                path = bundle(version, product, folder)
                run([sys.executable, "-m", "openapi_spec_validator", path])
                linted = run([tools / "redocly", "lint", "--extends=minimal", path])
                said = [one for one in linted.splitlines() if one.startswith("You have ")]
                answer = mocked(tools / "prism", path, version, folder)
                warned = f", {said[0].removeprefix('You have ').rstrip('.')}" if said else ""
                print(f"{path.name}: a valid document; Redocly: valid{warned}; Prism: {answer}")


if __name__ == "__main__":
    main()
