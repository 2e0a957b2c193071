"""Report of a plan for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..compare import Difference, Product, message
from ..compare.report import ignored, missing
from ..openapi.document import pointer_text
from .edits.absence import is_removal, place
from .edits.products import WIDEST, is_availability
from .finish import Finish
from .plan import Plan
from .rounds import identity
from .staging import Staged


def lines(plan: Plan) -> Iterator[str]:
    """Yield every difference as the edit to make, with its place in both descriptions."""
    found = _by_version(plan)
    product = plan.comparisons[0].product
    for group in _grouped(difference for difference, _ in found.values()):
        shown = min(group, key=lambda difference: len(str(difference.path)))
        more = f" (and {len(group) - 1} more like it)" if len(group) > 1 else ""
        which = _only(found[_key(shown)][1], plan)
        yield f"{shown.place}: {message(shown)}{more}{which}; {_edit(shown, product, plan)}"
    if any(comparison.missing for comparison in plan.comparisons):
        yield "new operations:"
        yield from missing(*plan.comparisons)
    if plan.corrections:
        yield "corrections to look at:"
        yield from (f"  {problem}" for problem in plan.corrections)
    yield from ignored(*plan.comparisons)
    yield from _sums(plan)


def written(staged: Staged) -> Iterator[str]:
    """Yield the written files, and the open decisions that prevent generation."""
    for file in staged.files:
        done = "written" if file.content is not None else "removed"
        yield f"{file.name}: {done}" + (f" ({file.note})" if file.note else "")
    if staged.decisions:
        yield f"left to decide, before anything is generated ({len(staged.decisions)}):"
        yield from (f"  {problem}" for problem in staged.decisions)


def finished(found: Finish) -> Iterator[str]:
    """Yield the proven and the restored versions, and the written files."""
    for version in found.proven:
        yield f"{version}: all that its client is generated from is as before the decisions"
    if found.restored:
        yield f"restored by the overlays ({len(found.restored)}):"
        yield from (f"  {problem}" for problem in found.restored)
    yield from written(found.staged)


def _by_version(plan: Plan) -> dict[object, tuple[Difference, list[str]]]:
    """Return every difference once, with the API versions that have it."""
    found: dict[object, tuple[Difference, list[str]]] = {}
    for step in plan.steps:
        for difference in step.comparison.differences if step.comparison is not None else ():
            found.setdefault(_key(difference), (difference, []))[1].append(step.version)
    return found


def _key(difference: Difference) -> object:
    return difference.operation, difference.path, difference.sides


def _only(having: Sequence[str], plan: Plan) -> str:
    """Return the versions that have a difference, if there are others."""
    existing = [it.version for it in plan.steps if it.comparison and it.version != plan.version]
    if [*having] == [plan.version] or {*having} >= {*existing}:
        return ""
    return f" (API version{'s' if len(having) > 1 else ''} {', '.join(having)} only)"


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


def _edit(difference: Difference, product: Product, plan: Plan) -> str:
    if is_removal(difference) and any(place(difference) in step.lost for step in plan.steps):
        left = {identity(it) for step in plan.steps for it in step.left}
        if identity(difference) in left and product.release is not None:
            return f"decide which releases of {product.name} have it"
        if identity(difference) in left:
            return f"decide whether {product} alone no longer has it"
        if difference.path.keyword == "enum":
            return "add the new values, and decide about the others"
        return f"take {product.name} out of its products"
    if difference.official is None:
        partly = product.name != WIDEST and is_availability(difference)
        return f"take {product.name} out of its products" if partly else "remove it"
    where = pointer_text(difference.official.node.pointer)
    return f"{'add' if difference.ours is None else 'change'} it as in {where}"


def _sums(plan: Plan) -> Iterator[str]:
    """Yield the result of every version, or one line if nothing changes."""
    first = plan.comparisons[0]
    if plan.nothing:
        compared = _count(len(first.compared), "operation")
        which = plan.version or ", ".join(str(it.version) for it in plan.comparisons)
        yield (
            f"nothing to do: {compared} are in {which} as in the spec, "
            f"by this description of {first.product}"
        )
        if plan.version:
            yield f"{plan.version} is a version of its own all the same: --write adds it"
        return
    for step in plan.steps:
        if (found := step.comparison) is None:
            continue
        parts = [
            _count(len(found.differences), "difference"),
            _count(len(found.missing), "new operation"),
        ]
        yield f"{step.version}: {', '.join(parts)}, {len(found.applied)} corrected on purpose"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
