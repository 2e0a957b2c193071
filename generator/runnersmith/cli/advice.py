"""Commands in messages: with the options of this run, so that they are about the same files. Pure."""

from __future__ import annotations

import argparse
import shlex


def validate_command(options: argparse.Namespace) -> str:
    """Return the command that validates the spec of this run."""
    return _quoted("validate", *([] if options.spec is None else [options.spec]))


def generate_command(options: argparse.Namespace) -> str:
    """Return the command that generates the client that this run is about."""
    named = (
        ("--spec", options.spec),
        ("--package", options.package),
        ("--output", options.output),
        *(("--pack", pack) for pack in options.pack or ()),
    )
    given = [part for option, value in named if value is not None for part in (option, value)]
    return _quoted("generate", *given, *(["--strict"] if options.strict else []))


def _quoted(*arguments: str) -> str:
    return f"`{shlex.join(('runnersmith', *arguments))}`"
