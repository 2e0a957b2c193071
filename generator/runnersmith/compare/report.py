"""A comparison in words: what the terminal prints. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..problems import Problem
from .walk import Difference

if TYPE_CHECKING:
    from .comparison import Comparison
    from .corrections import Correction


def lines(*comparisons: Comparison) -> Iterator[str]:
    """All there is to say of one API version or several: problems, corrections in use, operations
    that ours lacks, and for each version the sum.
    """
    yield from map(str, together(comparisons))
    if used := list(applied(*comparisons)):
        yield "corrected on purpose:"
        yield from used
    if lacking := list(missing(*comparisons)):
        yield "official operations about runners that the spec does not have:"
        yield from lacking
    yield from map(summary, comparisons)


def together(comparisons: Sequence[Comparison]) -> Iterator[Problem]:
    """The problems of several API versions, each once; those of some versions only say of which."""
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


def problems(differences: Iterable[Difference]) -> Iterator[Problem]:
    """One problem for each difference; what operations share is told once, and counted."""
    groups: dict[object, list[Difference]] = {}
    for difference in differences:
        path = difference.path
        name = re.split(r"[.: ]", path.field or path.thing)[-1]
        key = (difference.place, name, path.keyword, difference.sides)
        groups.setdefault(key, []).append(difference)
    for group in groups.values():
        shown = min(group, key=lambda difference: len(str(difference.path)))
        more = f" (and {len(group) - 1} more like it)" if len(group) > 1 else ""
        yield Problem(shown.place, message(shown) + more)


def message(difference: Difference) -> str:
    """`GET /a: query per_page: maximum: ours 100, official none`."""
    return _line(f"{difference.operation}: {difference.path}: {difference.sides}")


def applied(*comparisons: Comparison) -> Iterator[str]:
    """The corrections in use, one a line: place, fact, values, and how many differences it is.

    What differs in several API versions is one difference.
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
        yield _line(f"  {place}: {correction.fact}: {sides}{times}")


def missing(*comparisons: Comparison) -> Iterator[str]:
    """The official operations about runners that ours lacks, one a line."""
    names = (operation.name for comparison in comparisons for operation in comparison.missing)
    for name in dict.fromkeys(names):
        yield _line(f"  {name}")


def summary(comparison: Comparison) -> str:
    """The outcome on one line."""
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


def _line(text: str) -> str:
    """Text with names from a description on one line that does nothing to a terminal."""
    return text if text.isprintable() else json.dumps(text)[1:-1]
