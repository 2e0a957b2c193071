"""Terminal: results on standard output, problems and progress on standard error.

The only module that prints.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterable
from types import TracebackType

from ..problems import Problem, RunnersmithError

STAGES = ("load", "validate", "build", "render", "format", "write")


class OutputError(RunnersmithError):
    """Standard output cannot be written; its text is empty when there is nobody left to tell."""


def prepare() -> None:
    """Have characters that the terminal cannot show printed as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish() -> None:
    """Write out what is still held back; raises OutputError when that fails."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _lost(error) from None


def say(*lines: str) -> None:
    """Print lines of a result. Raises OutputError when that fails."""
    try:
        for line in lines:
            print(line)
    except OSError as error:
        raise _lost(error) from None


def _lost(error: OSError) -> OutputError:
    # Python would try again at its end, and complain in its own way.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    gone = isinstance(error, BrokenPipeError)
    return OutputError("" if gone else f"the output cannot be written: {error.strerror}")


def complain(line: str) -> None:
    """Print one line of an error; an empty one is not printed."""
    if line:
        # One line whatever a file is called.
        print("runnersmith: " + line.replace("\n", "\\n").replace("\r", "\\r"), file=sys.stderr)


def show(problems: Iterable[Problem]) -> None:
    """Print problems, a line each, and their number."""
    listed = list(problems)
    for problem in listed:
        print(problem, file=sys.stderr)
    wrong = sum(problem.severity == "error" for problem in listed)
    said = [count(wrong, "problem")] if wrong else []
    if len(listed) > wrong:
        said.append(count(len(listed) - wrong, "warning"))
    if said:
        print(" and ".join(said), file=sys.stderr)


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Progress:
    """One line that says which stage is running, when a run takes long and somebody watches."""

    def __init__(self, after: float = 1.0) -> None:
        self.started: float = time.monotonic()
        self.after: float = after
        self.shown: bool = False
        self.watched: bool = sys.stderr.isatty()

    def __call__(self, stage: str) -> None:
        """Note that a stage begins."""
        if self.watched and time.monotonic() - self.started >= self.after:
            number = STAGES.index(stage) + 1
            bar = "#" * number + "." * (len(STAGES) - number)
            print(f"\r[{bar}] {stage:<10}", end="", file=sys.stderr, flush=True)
            self.shown = True

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.shown:
            print("\r" + " " * (len(STAGES) + 14) + "\r", end="", file=sys.stderr, flush=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started
