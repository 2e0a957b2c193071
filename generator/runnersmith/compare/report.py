"""Report of a comparison for the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..problems import Problem
from .comparison import Comparison, one_line
from .corrections import Correction
from .walk import Difference


def lines(*comparisons: Comparison) -> Iterator[str]:
    """Yield the report of one or several API versions.

    It has the problems, the applied corrections, the missing operations, and a summary of each
    version.
    """
    yield from map(str, together(comparisons))
    if used := list(applied(*comparisons)):
        yield "corrected on purpose:"
        yield from used
    if lacking := list(missing(*comparisons)):
        yield "official operations about runners that the spec does not have:"
        yield from lacking
    yield from ignored(*comparisons)
    yield from map(summary, comparisons)


def together(comparisons: Sequence[Comparison]) -> Iterator[Problem]:
    """Yield the problems of several API versions, each once, with its versions if not in all."""
    found: dict[Problem, list[str]] = {}
    for comparison in comparisons:
        for problem in comparison.problems:
            found.setdefault(problem, []).append(str(comparison.version))
    for problem, versions in sorted(found.items()):
        if len(versions) == len(comparisons):
            yield problem
        else:
            which = f"API version{'s' if len(versions) > 1 else ''} {', '.join(versions)}"
            yield replace(problem, message=f"{problem.message} ({which} only)")


def applied(*comparisons: Comparison) -> Iterator[str]:
    """Yield the applied corrections, one a line: place, fact, values, number of differences.

    A difference in several API versions counts once.
    """
    used: dict[int, tuple[Correction, dict[object, Difference]]] = {}
    for comparison in comparisons:
        for correction, difference in comparison.applied:
            differences = used.setdefault(id(correction), (correction, {}))[1]
            differences.setdefault((difference.operation, difference.path), difference)
    for correction, differences in used.values():
        place = correction.node.document.place(correction.node.pointer)
        times = f" ({len(differences)} times)" if len(differences) > 1 else ""
        sides = next(iter(differences.values())).sides
        yield one_line(f"  {place}: {correction.fact}: {sides}{times}")


def missing(*comparisons: Comparison) -> Iterator[str]:
    """Yield the official operations about runners that the spec does not have, one a line."""
    names = (operation.name for comparison in comparisons for operation in comparison.missing)
    for name in dict.fromkeys(names):
        yield one_line(f"  {name}")


def ignored(*comparisons: Comparison) -> Iterator[str]:
    """Yield what the official description states against HTTP, each once."""
    found = dict.fromkeys(it for comparison in comparisons for it in comparison.ignored)
    yield from (one_line(str(it)) for it in found)


def summary(comparison: Comparison) -> str:
    """Return the result on one line."""
    compared = _count(len(comparison.compared), "operation")
    version = f" at API version {comparison.version}" if comparison.version else ""
    parts = [
        f"{compared} compared with {comparison.product}{version}: "
        + _count(len(comparison.differences), "difference"),
        f"{len(comparison.applied)} corrected on purpose",
    ]
    if comparison.stale:
        parts.append(f"{_count(len(comparison.stale), 'correction')} out of date")
    if comparison.missing:
        parts.append(f"{_count(len(comparison.missing), 'official operation')} not in the spec")
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
