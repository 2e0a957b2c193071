"""Summary of a client for the terminal: what it has, and operations left out and warnings by reason.

Pure. Reasons that differ only in quoted names and numbers are one group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..openapi.document import printable
from ..problems import Problem

if TYPE_CHECKING:
    from ..ir import Api
    from ..lowering import LoweringResult

_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\b\d+\b")
# The number of places shown for a group.
_MOST_PLACES = 5


def kind(problem: Problem) -> str:
    """Return the message of a problem without the names and numbers in it."""
    return _VARYING.sub("…", problem.message)


def contents(api: Api) -> str:
    """Return what a client has: its operations, models and API versions."""
    resources = [*api.resources, *(it for scope in api.scopes for it in scope.resources)]
    operations = sum(len(it.operations) for it in resources)
    return (
        f"{api.package}: {operations} {'operation' if operations == 1 else 'operations'}, "
        f"sync and async, for API {'version' if len(api.versions) == 1 else 'versions'} "
        f"{' and '.join(api.versions)}"
    )


def omissions(built: LoweringResult) -> Iterator[str]:
    """Yield how many operations a client has and, by reason, those that it omits."""
    omitted = len(built.reasons)
    total = built.emitted + omitted
    if not omitted:
        yield f"emitted {total} of {total} operations"
        return
    yield f"emitted {built.emitted} of {total} operations; left out {omitted}:"
    groups: dict[str, list[tuple[Problem, str]]] = {}
    for name, problems in built.reasons.items():
        for problem in problems:
            groups.setdefault(kind(problem), []).append((problem, printable(name)))
    for found in sorted(groups.values(), key=len, reverse=True):
        number = len(dict.fromkeys(name for _, name in found))
        yield f"  {number} {'operation' if number == 1 else 'operations'}: {found[0][0].message}"
        yield from (f"    {problem.place} {name}" for problem, name in found[:_MOST_PLACES])
        if len(found) > _MOST_PLACES:
            yield f"    and {len(found) - _MOST_PLACES} more"


def warnings(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the first problem of each group, with the number of the others."""
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(kind(problem), []).append(problem)
    for first, *others in groups.values():
        more = f" (and {len(others)} more like it)" if others else ""
        yield replace(first, message=f"{first.message}{more}")
