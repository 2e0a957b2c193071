"""Parser of a command line, by argparse.

Only the parsers of the group and the command that a command line names get their options, so that
`--help` imports nothing of the client. Every text comes from an API description: see `text`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .commands import Command, Group, Program
from .options import Options
from .text import as_entries, as_help, as_paragraphs, dashed, free


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A parsed command line. What it does not give is not among the arguments.

    Attributes:
        group: The group of the command.
        command: The command.
        settings: The options of the client.
        scope: The arguments of the client's scope.
        arguments: The arguments of the command.
    """

    group: Group[Any, Any]
    command: Command[Any]
    settings: Mapping[str, Any]
    scope: Mapping[str, Any]
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entered:
    """The command that a command line names, with its parser."""

    group: Group[Any, Any]
    command: Command[Any]
    options: Options
    parser: argparse.ArgumentParser


def parse(program: Program[Any], arguments: Sequence[str]) -> Invocation:
    """Parse a command line. Raises SystemExit for `--help`, and for a usage error with status 2."""
    settings = Options(program.options)
    usage = "[options] RESOURCE COMMAND ..."
    epilog = as_entries("environment variables", [(it.name, it.help) for it in program.variables])
    parser = argparse.ArgumentParser(
        **_texts(program.name, usage, program.description, epilog), add_help=False
    )
    settings.add_to(parser)
    _add_groups(parser, program, arguments)
    namespace, unknown = parser.parse_known_args(arguments)
    entered: _Entered = namespace.entered
    if unknown:
        entered.parser.error(f"unknown arguments: {' '.join(unknown)}")
    [given] = settings.given(namespace, parser.error)
    scope, found = entered.options.given(namespace, entered.parser.error)
    return Invocation(
        group=entered.group, command=entered.command, settings=given, scope=scope, arguments=found
    )


def _add_groups(
    parser: argparse.ArgumentParser, program: Program[Any], arguments: Sequence[str]
) -> None:
    groups = parser.add_subparsers(title="resources", metavar="RESOURCE", required=True)
    taken: set[str] = set()
    for module, description in program.groups.items():
        name = free(dashed(module), taken)
        shown = as_help(description)
        if name not in arguments:
            groups.add_parser(name, help=shown)
            continue
        group = program.load(module)
        texts = _texts(f"{program.name} {name}", "COMMAND ...", group.description)
        _add_commands(groups.add_parser(name, help=shown, **texts), group, arguments)


def _add_commands(
    parser: argparse.ArgumentParser, group: Group[Any, Any], arguments: Sequence[str]
) -> None:
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    taken: set[str] = set()
    for command in group.commands:
        name = free(dashed(command.name), taken)
        shown = as_help(command.description.partition("\n\n")[0])
        if name not in arguments:
            commands.add_parser(name, help=shown)
            continue
        options = Options(group.scope, command.options)
        usage = f"{options.usage} [options]".strip()
        texts = _texts(
            f"{parser.prog} {name}", usage, command.description, as_paragraphs(options.legend)
        )
        own = commands.add_parser(name, help=shown, add_help=False, **texts)
        options.add_to(own)
        own.set_defaults(
            entered=_Entered(group=group, command=command, options=options, parser=own)
        )


def _texts(prog: str, usage: str, description: str, epilog: str = "") -> dict[str, Any]:
    """Return the arguments of a parser with its texts."""
    return {
        "prog": prog,
        "usage": as_help(f"{prog} {usage}"),
        "description": as_paragraphs(description),
        "epilog": epilog,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }
