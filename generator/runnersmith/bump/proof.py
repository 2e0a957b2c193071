"""Proof that decisions after an update leave older API versions as the update has left them. Pure.

Compared are the facts of the operations, not their prose, examples, `x-runnersmith` or the names of
components: these are shared with the newest version and may be decided for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..compare import Difference
from ..compare.comparison import one_line
from ..compare.description_view import View
from ..compare.facts import Fact, FactPath, shown
from ..compare.operations import entity, operations
from ..compare.walk import Walk
from ..openapi.document import Document
from ..problems import Problem


def changes(now: Document, then: Document) -> Iterator[Difference]:
    """Yield the facts of a version that have changed; the official side is the one before."""
    mine, before = operations(View(now)), operations(View(then))
    present = FactPath(keyword="operation")
    for key, operation in mine.items():
        if (old := before.get(key)) is not None:
            one, other = entity(operation, operation, {}), entity(old, operation, {})
            yield from Walk(operation.name).differences(one, other, FactPath())
        else:
            fact = Fact("present", operation.node)
            yield Difference(
                operation=operation.name,
                path=present,
                ours=fact,
                official=None,
                node=operation.node,
            )
    for key, operation in before.items():
        if key not in mine:
            fact = Fact("present", operation.node)
            yield Difference(
                operation=operation.name,
                path=present,
                ours=None,
                official=fact,
                node=now.root.at("paths"),
            )


def problems(version: str, broken: Iterable[Difference]) -> Iterator[Problem]:
    """Yield one problem for each changed part of a version, at its place in the spec."""
    groups: dict[object, list[Difference]] = {}
    for difference in broken:
        path = difference.path
        last = (path.field or path.entity).rpartition(".")[2]
        key = (difference.node.pointer, last, path.keyword, difference.sides)
        groups.setdefault(key, []).append(difference)
    for group in groups.values():
        first = min(group, key=lambda it: len(str(it.path)))
        more = f" (and {len(group) - 1} more like it)" if len(group) > 1 else ""
        text = (
            f"changes API version {version} too: {first.operation}: {first.path}: "
            f"was {shown(first.official)}, is {shown(first.ours)}{more}; "
            "the overlay has to restore it, as `runnersmith bump --finish` does"
        )
        yield Problem(first.place, one_line(text))
