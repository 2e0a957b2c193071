"""`runnersmith pack`: create a pack, list what packs may override, check packs.

Part of the command line; `new` writes the new pack's folder, the others write nothing.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..project import find
from . import terminal


class Commands(Protocol):
    """Type of argparse's object for subcommands, which has no public name."""

    def add_parser(
        self, name: str, *, help: str, allow_abbrev: bool  # noqa: A002 - argparse's own name
    ) -> argparse.ArgumentParser: ...


def add(commands: Commands) -> None:
    """Add the command and its subcommands."""
    pack = commands.add_parser(
        "pack", help="create, list and check packs of templates", allow_abbrev=False
    )
    actions = pack.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = _action(actions, "new", "create a pack to start from", _new)
    command.add_argument("folder", metavar="DIR", help="the new pack's folder")
    command.add_argument(
        "--extends",
        metavar="PACK",
        default="client",
        help="the pack to extend: client, reference, a folder, or none (default: client)",
    )

    command = _action(
        actions, "list", "list the templates, blocks, variables and filters for packs", _list
    )
    _add_packs(command)

    command = _action(actions, "check", "render packs without writing any file", _check)
    _add_packs(command)
    command.add_argument("--spec", help="the spec (default: the project's)")
    command.add_argument(
        "--package", metavar="NAME", help="the import package (default: the project's)"
    )


def _action(
    actions: Commands,
    name: str,
    summary: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    command = actions.add_parser(name, help=summary, allow_abbrev=False)
    command.set_defaults(run=run)
    return command


def _add_packs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "packs", nargs="*", metavar="DIR", help="the packs (default: the project's)"
    )


def _new(options: argparse.Namespace) -> int:
    from ..packs.scaffold import scaffold

    folder = shlex.quote(options.folder)
    made = scaffold(Path(options.folder), options.extends)
    terminal.write_lines(*(f"  new: {path}" for path in made))
    terminal.write_lines(
        f"Try it with `runnersmith pack check {folder}`, use it with `runnersmith generate --pack {folder}`."
    )
    return 0


def _list(options: argparse.Namespace) -> int:
    from ..packs import stacks
    from ..render.templates.contract import lines

    for number, stack in enumerate(stacks(find(packs=options.packs).packs)):
        terminal.write_lines(*([""] if number else []), *lines(stack))
    return 0


def _check(options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..packs import stacks

    project = find(spec=options.spec, package=options.package, packs=options.packs)
    with terminal.Progress() as progress:
        made = pipeline.rendered(project, progress)
    names = " and ".join(
        " extends ".join(pack.name for pack in stack.packs) for stack in stacks(project.packs)
    )
    files = terminal.count(len(made.rendered) + len(made.copied), "file")
    terminal.write_lines(f"{names}: {files} from {project.name(project.spec)}, nothing written")
    return 0
