"""Problems found in an input, with their places: the one form in which every stage reports them.

Pure.
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
    """One finding. The message states on one line what is wrong and how to fix it.

    `pointer` leads to the place in its document. Equal problems at one place are merged.
    """

    place: Place
    message: str
    severity: Severity = "error"
    pointer: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        prefix = "warning: " if self.severity == "warning" else ""
        return f"{self.place}: {prefix}{self.message}"


class RunnersmithError(Exception):
    """Base of everything this package raises on purpose. Its text is fit to print."""


class UsageError(RunnersmithError):
    """The command line, the settings or a folder is unusable: exit status 2."""


class SpecError(RunnersmithError):
    """An input has problems, listed in file order: exit status 1."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class UnsupportedError(SpecError):
    """A document has operations that are unsound or unsupported; the rest can be generated."""


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that stop a run, without the warnings."""
    return tuple(problem for problem in problems if problem.severity == "error")
