"""Programs that the pack templates/examples/command-line makes, and runs of them in this process."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest

from client.scripted_server import (
    ScriptedServer,
)
from lowering.foreign_packages import project_of
from packs.pack_files import EXAMPLES
from runnersmith import pipeline
from runnersmith.project import find
from small_specs import REPOSITORY, write_files

PACK = EXAMPLES / "command-line"
OWN = "gh_program"
# The names of these packages are those of no other test.
FOREIGN_NAMES = ("bazaar", "courier", "names", "payments")
TOKEN = "ghp_0123456789abcdef"  # noqa: S105 - of no account
NOWHERE = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": "http://127.0.0.1:1"}

# An object of a response.
Json: TypeAlias = dict[str, object]

RUNNER: Json = {
    "id": 7,
    "name": "r",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}
GROUP: Json = {
    "id": 7,
    "name": "n",
    "visibility": "all",
    "default": False,
    "inherited": False,
    "runners_url": "https://api.example",
    "allows_public_repositories": True,
}
GET = ["org-runners", "get", "--org", "acme", "--runner-id", "7"]
LIST = ["org-runners", "list", "--org", "acme"]
UPDATE = "org-runner-groups update"


def page(*ids: int, total: int) -> dict[str, object]:
    return {"total_count": total, "runners": [{**RUNNER, "id": id_} for id_ in ids]}


def write_programs(folder: Path) -> None:
    """Write the packages of our own spec and of other documents, each with its program."""
    own = find(spec=str(REPOSITORY / "spec" / "runners.yaml"))
    named = {OWN: own, **{f"{name}_program": project_of(name) for name in FOREIGN_NAMES}}
    for package, project in named.items():
        made = pipeline.rendered(dataclasses.replace(project, package=package, packs=(PACK,)))
        files = {**made.rendered, **made.copied}
        write_files(
            folder,
            {path: text for path, text in files.items() if path.startswith(f"{package}/")},
        )


@dataclasses.dataclass(frozen=True)
class Done:
    """What a program printed, and its exit status."""

    status: int
    output: bytes
    error: str

    @property
    def lines(self) -> list[str]:
        return self.output.decode().splitlines()


def exit_status(main: Callable[[], int]) -> int:
    """Return the exit status of a program, which argparse ends by an exception."""
    try:
        return main()
    except SystemExit as end:
        return int(end.code or 0)


class Program:
    """The program of a package, with its environment."""

    def __init__(self, package: str, patch: pytest.MonkeyPatch) -> None:
        self.module: Any = importlib.import_module(f"{package}.__main__")
        self.package = package
        self._patch = patch
        for name in [name for name in os.environ if name.startswith(("GITHUB_", "GH_"))]:
            patch.delenv(name)
        patch.setenv("COLUMNS", "80")

    def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> Done:
        """Run the program with arguments and further environment variables."""
        written, error = io.BytesIO(), io.StringIO()
        output = io.TextIOWrapper(io.BufferedWriter(cast("io.RawIOBase", written)), "utf-8")
        with self._patch.context() as patch:
            for name, value in (environment or {}).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
                status = exit_status(lambda: self.module.main(arguments))
        output.flush()
        return Done(status, written.getvalue(), error.getvalue())

    def commands(self) -> Iterator[tuple[str, str]]:
        """Yield the names of all commands, with those of their groups."""
        text = importlib.import_module(f"{self.package}._command_line.text")
        for module in self.module.GROUPS:
            for command in self.module.load(module).commands:
                yield text.dashed(module), text.dashed(command.name)


def foreign(name: str, patch: pytest.MonkeyPatch) -> Program:
    return Program(f"{name}_program", patch)


def of(server: ScriptedServer) -> dict[str, str]:
    """Return the environment of a program that calls a server."""
    return {"GITHUB_API_URL": server.url, "GITHUB_TOKEN": TOKEN}
