"""What is wrong with an input, and where: the one form in which every stage reports findings.

Pure values; reads nothing, prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. The message says what is wrong and what to do about it, on one line.

    `pointer` leads to it in its document; findings of one place that say the same are one.
    """

    place: Place
    message: str
    severity: Severity = "error"
    pointer: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        prefix = "warning: " if self.severity == "warning" else ""
        return f"{self.place}: {prefix}{self.message}"


class RunnersmithError(Exception):
    """Base of everything this package raises on purpose; its text is fit to print."""


class UsageError(RunnersmithError):
    """The command line, the settings or a folder is not usable as given: exit status 2."""


class SpecError(RunnersmithError):
    """An input has problems, all of them listed in file order: exit status 1."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class UnsupportedError(SpecError):
    """A document has operations that are unsound or cannot be expressed; the others can."""


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that stop a run, leaving warnings out."""
    return tuple(problem for problem in problems if problem.severity == "error")
