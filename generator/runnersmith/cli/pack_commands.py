"""`runnersmith pack`: create a pack, list what packs may override, check packs, print a file.

Part of the command line; `new` writes the new pack's folder, the others write nothing.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..openapi.spelling import did_you_mean
from ..problems import UsageError
from ..project import find
from . import terminal

if TYPE_CHECKING:
    from ..render import Origin


# What a file can be made for: an option chooses one by its name.
_ELEMENTS = ("scope", "resource", "operation", "model", "flavour")
_MOST_LISTED = 20


class Commands(Protocol):
    """Type of argparse's object for subcommands, which has no public name."""

    def add_parser(
        self, name: str, *, help: str, allow_abbrev: bool  # noqa: A002 - argparse's own name
    ) -> argparse.ArgumentParser: ...


def add(commands: Commands) -> None:
    """Add the command and its subcommands."""
    pack = commands.add_parser(
        "pack", help="create, list, check and try packs of templates", allow_abbrev=False
    )
    actions = pack.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = _action(actions, "new", "create a pack to start from", _new)
    command.add_argument("folder", metavar="DIR", help="the new pack's folder")
    start = command.add_mutually_exclusive_group()
    start.add_argument(
        "--extends",
        metavar="PACK",
        default="client",
        help="the pack to extend: client, reference, a folder, or none (default: client)",
    )
    start.add_argument(
        "--example",
        metavar="NAME",
        help="copy an example, such as extra-method, instead",
    )

    command = _action(
        actions, "list", "list the templates, blocks, variables and filters for packs", _list
    )
    _add_packs(command)

    command = _action(actions, "check", "render packs without writing any file", _check)
    _add_packs(command)
    _add_client(command)

    command = _action(actions, "render", "print a file that a template makes", _render)
    command.add_argument(
        "template", metavar="TEMPLATE", help="the template, such as resource.py.jinja"
    )
    for kind in _ELEMENTS:
        command.add_argument(
            f"--{kind}", metavar="NAME", help=f"the {kind} that the file is made for"
        )
    command.add_argument(
        "--pack",
        metavar="DIR",
        action="append",
        help="a pack of templates; may be given several times (default: the project's)",
    )
    _add_client(command)


def _add_client(command: argparse.ArgumentParser) -> None:
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
    from ..packs.scaffold import copy_example, scaffold

    folder, target = shlex.quote(options.folder), Path(options.folder)
    made = (
        copy_example(target, options.example)
        if options.example is not None
        else scaffold(target, options.extends)
    )
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


def _render(options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..output.formatter import format_files

    project = find(spec=options.spec, package=options.package, packs=options.pack)
    with terminal.Progress() as progress:
        made = pipeline.rendered(project, progress)
    chosen = {kind: name for kind in _ELEMENTS if (name := getattr(options, kind)) is not None}
    path = select_file(options.template, chosen, made.origins)
    text = format_files({path: made.rendered[path]}, known={path} & made.formatted)[path]
    terminal.write_path(path)
    terminal.write_lines(text.removesuffix("\n"))
    return 0


def select_file(template: str, chosen: Mapping[str, str], origins: Mapping[str, Origin]) -> str:
    """Return the path of the only file of a template and of some elements.

    Raises UsageError if there is none, or several, and says what to choose from.
    """
    of_template = {
        path: one.elements
        for path, one in origins.items()
        if template in (one.template, one.template.partition("::")[2])
    }
    if not of_template:
        known = sorted({one.template.partition("::")[2] for one in origins.values()})
        hint = did_you_mean(template, known) or "; `runnersmith pack list` lists the templates"
        raise UsageError(f"no file is made by the template {template!r}{hint}")
    left = of_template
    for kind, name in chosen.items():
        names = {one[kind] for one in left.values() if kind in one}
        left = {path: one for path, one in left.items() if one.get(kind) == name}
        if not left:
            hint = did_you_mean(name, sorted(names)) or _one_of(f"--{kind}", names)
            raise UsageError(f"{template} makes no file for the {kind} {name!r}{hint}")
    if len(left) > 1:
        kinds = [kind for kind in _ELEMENTS if len({one.get(kind) for one in left.values()}) > 1]
        hints = [
            _one_of(f"--{kind}", {one[kind] for one in left.values() if kind in one})
            for kind in kinds
        ]
        full = sorted({origins[path].template for path in left})
        if not kinds and len(full) > 1:
            hints = [_one_of("TEMPLATE", set(full))]
        elif not kinds:
            hints = [f": {', '.join(sorted(left)[:_MOST_LISTED])}; remove one from pack.toml"]
        raise UsageError(f"{template} makes {len(left)} files; choose one{''.join(hints)}")
    return next(iter(left))


def _one_of(option: str, names: set[str]) -> str:
    if not names:
        return f"; it takes no {option}"
    listed = ", ".join(sorted(names)[:_MOST_LISTED])
    return f"; {option} is one of {listed}{', …' if len(names) > _MOST_LISTED else ''}"
