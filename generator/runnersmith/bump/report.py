"""Report of a bump for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..compare import Difference, message
from ..compare.report import missing
from ..openapi.document import pointer_text
from .plan import Plan
from .staging import Staged


def lines(plan: Plan) -> Iterator[str]:
    """Yield every difference as the edit to make, with its place in both descriptions."""
    for group in _grouped(plan.comparison.differences):
        shown = min(group, key=lambda difference: len(str(difference.path)))
        more = f" (and {len(group) - 1} more like it)" if len(group) > 1 else ""
        yield f"{shown.place}: {message(shown)}{more}; {_edit(shown)}"
    if plan.comparison.missing:
        yield "new operations:"
        yield from missing(plan.comparison)
    if plan.corrections:
        yield "corrections to look at:"
        yield from (f"  {problem}" for problem in plan.corrections)
    yield _sum(plan)


def written(staged: Staged, name: str, overlay: str) -> Iterator[str]:
    """Yield the written files, and the open decisions that prevent generation."""
    yield f"{name}: written"
    yield f"{overlay}: written ({_count(staged.actions, 'action')})"
    if staged.decisions:
        yield f"left to decide, before anything is generated ({len(staged.decisions)}):"
        yield from (f"  {problem}" for problem in staged.decisions)


def _grouped(differences: Iterable[Difference]) -> Iterator[list[Difference]]:
    """Group differences that operations share."""
    groups: dict[object, list[Difference]] = {}
    for difference in differences:
        path = difference.path
        name = re.split(r"[.: ]", path.field or path.entity)[-1]
        groups.setdefault((difference.place, name, path.keyword, difference.sides), []).append(
            difference
        )
    yield from sorted(groups.values(), key=lambda group: group[0].place)


def _edit(difference: Difference) -> str:
    if difference.official is None:
        return "remove it"
    place = pointer_text(difference.official.node.pointer)
    return f"{'add' if difference.ours is None else 'change'} it as in {place}"


def _sum(plan: Plan) -> str:
    found = plan.comparison
    if plan.nothing:
        compared = _count(len(found.compared), "operation")
        return f"nothing to do: {compared} are in {plan.version} as in the spec, by this description of {found.product}"
    parts = [
        _count(len(found.differences), "difference"),
        _count(len(found.missing), "new operation"),
    ]
    return f"{plan.version}: {', '.join(parts)}, {len(found.applied)} corrected on purpose"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
