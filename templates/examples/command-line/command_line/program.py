"""Run of a command-line program: from its arguments to its output and exit status.

Results are JSON on standard output, a list one item on a line as its pages arrive, and bytes as they
are. An error is one line on standard error. Exit status: 0 success, 1 the call failed, 2 nothing was
sent because the command line or the environment is wrong, 130 Ctrl-C, 141 the reader of the output
has gone.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, cast

from .commands import Command, Program
from .parser import Invocation, parse
from .text import line


def run(program: Program[Any], arguments: Sequence[str]) -> int:
    """Run a program and return its exit status. Raises SystemExit for `--help` and usage errors."""
    try:
        try:
            return _run(program, parse(program, arguments))
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _print(program, "interrupted")
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141
    except OSError as error:
        _discard_output()
        return _fail(program, f"cannot write the output: {error.strerror}", 1)


def _run(program: Program[Any], invocation: Invocation) -> int:
    command = invocation.command
    if (missing := _missing_credentials(program, command)) is not None:
        return _fail(program, missing, 2)
    errors = program.errors()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        _print(program, f"warning: {message}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        try:
            with program.connect(**invocation.settings) as client:
                resource = invocation.group.resource(client, **invocation.scope)
                try:
                    result = command.call(resource, invocation.arguments)
                except TypeError as error:
                    # The client's error for JSON that has no form where it is sent.
                    return _fail(program, error, 2)
                _write(program, command, result)
        except errors.refused as error:
            return _fail(program, error, 2)
        except errors.failed as error:
            return _fail(program, error, 1)
    return 0


def _missing_credentials(program: Program[Any], command: Command[Any]) -> str | None:
    """Return what to set if the environment has no credentials for a command."""
    needed = [[program.credentials[name] for name in one] for one in command.security]
    if not needed or any(all(map(_is_set, variables)) for variables in needed):
        return None
    return f"no credentials: set {', or '.join(' and '.join(one) for one in needed)}"


def _is_set(variable: str) -> bool:
    return bool(os.environ.get(variable, "").strip())


def _write(program: Program[Any], command: Command[Any], result: object) -> None:
    output = sys.stdout.buffer
    if command.returns == "items":
        for item in cast("Iterable[object]", result):
            output.write(program.encode(item) + b"\n")
            output.flush()
    elif command.returns == "value":
        output.write(result if isinstance(result, bytes) else program.encode(result) + b"\n")
        output.flush()


def _discard_output() -> None:
    """Let Python flush what could not be written, as it does at its exit, to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(program: Program[Any], problem: object, status: int) -> int:
    _print(program, f"error: {problem}")
    return status


def _print(program: Program[Any], text: str) -> None:
    print(line(f"{program.name}: {text}"), file=sys.stderr)
