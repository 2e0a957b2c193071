"""Tolerances of reading: deviations with one certain meaning, as one warning for each kind. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from ..problems import Problem


class Tolerances:
    """Deviations found so far: the first of each kind, and how many there are."""

    def __init__(self) -> None:
        self._first: dict[str, Problem] = {}
        self._counts: Counter[str] = Counter()

    def add(self, kind: str, problem: Callable[[], Problem], count: int = 1) -> None:
        """Count a deviation. The first of a kind is reported, so only that one needs a place."""
        if kind not in self._first:
            self._first[kind] = problem()
        self._counts[kind] += count

    def __bool__(self) -> bool:
        return bool(self._first)

    def warnings(self) -> tuple[Problem, ...]:
        """Return a warning for each kind, with the number of places."""
        return tuple(self._warning(kind) for kind in self._first)

    def _warning(self, kind: str) -> Problem:
        first, count = self._first[kind], self._counts[kind]
        places = f" ({count} places)" if count > 1 else ""
        return replace(first, message=f"{first.message}{places}", severity="warning")
