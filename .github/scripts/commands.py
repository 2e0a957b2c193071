"""Commands that the scripts run, with errors that name the command and show its output."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class WorkflowError(Exception):
    """A step cannot continue. The message is for the maintainer."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Exit status of a command, and its output on stdout and stderr in order."""

    status: int
    text: str


def output(*command: str, given: str = "", env: Mapping[str, str] | None = None) -> str:
    """Return the standard output of a command as text. Raises WorkflowError if it fails."""
    return raw(*command, given=given, env=env).decode("utf-8", "replace")


def raw(*command: str, given: str = "", env: Mapping[str, str] | None = None) -> bytes:
    """Return the standard output of a command. Raises WorkflowError if it fails."""
    done = _run(command, subprocess.PIPE, given, env)
    if done.returncode:
        reason = (done.stderr or done.stdout).decode("utf-8", "replace").strip() or "no output"
        raise WorkflowError(f"`{' '.join(command)}` failed ({done.returncode}): {reason}")
    return done.stdout


def parsed(text: str, source: str) -> Any:
    """Return JSON as a value. Raises WorkflowError if it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise WorkflowError(f"{source}: this is not JSON: {error}") from None


def attempt(*command: str) -> Attempt:
    """Run a command that may fail, and copy its output to the log."""
    done = _run(command, subprocess.STDOUT)
    text = done.stdout.decode("utf-8", "replace")
    log(f"$ {' '.join(command)}\n{text}")
    return Attempt(done.returncode, text)


def log(text: str) -> None:
    """Print text that can quote a description; GitHub Actions must not read commands in it."""
    token = secrets.token_hex(16)
    lines = [text.rstrip("\n")]
    if "GITHUB_ACTIONS" in os.environ:
        lines = [f"::stop-commands::{token}", *lines, f"::{token}::"]
    print("\n".join(lines), flush=True)


def annotate(level: str, text: str) -> None:
    """Print a message; GitHub Actions shows it at the top of the run."""
    if "GITHUB_ACTIONS" in os.environ:
        escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::{level}::{escaped}", flush=True)
    else:
        print(f"{level}: {text}", file=sys.stderr, flush=True)


def main(step: Callable[[], None]) -> None:
    """Run a step, and exit with 1 and a message if it cannot continue."""
    try:
        step()
    except WorkflowError as error:
        annotate("error", str(error))
        sys.exit(1)


def _run(
    command: tuple[str, ...],
    stderr: int,
    given: str = "",
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command,
            input=given.encode(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **(env or {})},
            check=False,
        )
    except OSError as error:
        raise WorkflowError(f"`{command[0]}` cannot be run: {error.strerror or error}") from None
