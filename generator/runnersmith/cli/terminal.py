"""Terminal output: results on standard output, problems and progress on standard error.

The only module that prints.
"""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Iterable
from types import TracebackType

from ..problems import Problem, RunnersmithError

# What a terminal would obey, or what reorders a line: texts of a document may contain it.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STAGES = ("load", "validate", "build", "render", "format", "write")


class OutputError(RunnersmithError):
    """Standard output cannot be written. The text is empty if the reader has gone."""


def prepare() -> None:
    """Print characters that the terminal cannot show as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish() -> None:
    """Flush the output. Raises OutputError if that fails."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _lost(error) from None


def write_lines(*lines: str) -> None:
    """Print lines of a result, control characters as escapes. Raises OutputError if that fails."""
    try:
        for line in lines:
            print(_CONTROL.sub(lambda found: ascii(found[0])[1:-1], line))
    except OSError as error:
        raise _lost(error) from None


def _lost(error: OSError) -> OutputError:
    # Python would try again at exit, with an error message of its own.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    closed = isinstance(error, BrokenPipeError)
    return OutputError("" if closed else f"the output cannot be written: {error.strerror}")


def write_error(line: str) -> None:
    """Print one line of an error; an empty one is skipped."""
    if line:
        # One line even for a file name with line ends.
        print("runnersmith: " + line.replace("\n", "\\n").replace("\r", "\\r"), file=sys.stderr)


def write_path(path: str) -> None:
    """Print the path of the file whose text is the result."""
    print(path, file=sys.stderr)


def write_problems(problems: Iterable[Problem]) -> None:
    """Print problems, one on a line, and their number."""
    listed = list(problems)
    for problem in listed:
        print(problem, file=sys.stderr)
    wrong = sum(problem.severity == "error" for problem in listed)
    counts = [count(wrong, "problem")] if wrong else []
    if len(listed) > wrong:
        counts.append(count(len(listed) - wrong, "warning"))
    if counts:
        print(" and ".join(counts), file=sys.stderr)


def count(number: int, noun: str) -> str:
    """Return `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Progress:
    """Progress line with the current stage, for a long run at a terminal."""

    def __init__(self, after: float = 1.0) -> None:
        self.started: float = time.monotonic()
        self.after: float = after
        self.shown: bool = False
        self.watched: bool = sys.stderr.isatty()

    def __call__(self, stage: str) -> None:
        """Record the start of a stage."""
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
