"""Base of an older version: the newer one with the overlay, as far as that is still right."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from .. import overlay
from ..compare import Comparison, Corrections, compare
from ..openapi.document import Document, Json
from ..openapi.todo_marks import MARK
from ..overlay import versions
from ..problems import SpecError, errors
from ..validate import validate
from ..yaml_edit.values import copied
from .draft.draft import KEY, Draft, items, mapping
from .edits.products import WIDEST, is_availability
from .rounds import BumpRun, identity, open_in


@dataclass(frozen=True, slots=True)
class Carried:
    """A document to start from, its comparison, and the actions of the overlay left out of it.

    `problems` is the number of problems that the overlay causes.
    """

    document: Document
    comparison: Comparison
    dropped: frozenset[int] = frozenset()
    problems: int = 0

    @property
    def open(self) -> frozenset[object]:
        """Return the differences from the official description, by their identity."""
        return open_in(self.comparison)

    def is_better(self, other: Carried) -> bool:
        """Return whether there are fewer differences or problems, and no new difference."""
        return self.open <= other.open and (len(self.open), self.problems) < (
            len(other.open),
            other.problems,
        )


def carried(
    whole: Document,
    shared: Document,
    layer: Document,
    older: Carried,
    decided: Set[object],
    official: Document,
    corrections: Corrections,
) -> Carried:
    """Return the base of an older version: a newer one with the overlay of the older one.

    The newer one is `whole`, after all of its changes, unless that gives the older version a
    difference that is neither its own nor `decided`. Then it is `shared`, which has only the changes
    that the older version needs as well. `older` is the base if the overlay does not fit: the
    older version as it is.
    """
    found = _carried(whole, layer, older.document, official, corrections)
    if found is None or not found.open <= older.open | decided:
        found = _carried(shared, layer, older.document, official, corrections)
    return found if found is not None else older


def _carried(
    newer: Document, layer: Document, older: Document, official: Document, corrections: Corrections
) -> Carried | None:
    """Return a newer version with an overlay, None if the overlay does not fit.

    Actions of the overlay are left out if the version is better without: they undo what GitHub has
    given to the older version, or repeat what the newer one has by now.
    """
    numbers = range(len(items(mapping(layer.data)["actions"])))
    known = _problems(newer)

    def tried(dropped: Set[int]) -> Carried | None:
        found = _applied(newer, without(layer, dropped))
        if found is None or versions.version_of(found) != versions.version_of(older):
            return None
        comparison = compare(found, official, corrections)
        return Carried(found, comparison, frozenset(dropped), len(_problems(found) - known))

    unfit = frozenset(it for it in numbers if _applied(newer, _only(layer, it)) is None)
    best = tried(unfit)
    if best is None or (unfit and best.open):
        return None
    for number in numbers:
        left = tried(best.dropped | {number}) if best.open or best.problems else None
        if left is not None and left.is_better(best):
            best = left
    return None if best.problems else best


def with_products(
    document: Document, official: Document, corrections: Corrections, older: Sequence[Comparison]
) -> Json:
    """Return a version that a product does not know, with what older ones state about products.

    Whether a product has a part holds for all versions.
    """
    shared = {identity(it) for one in older for it in one.differences if is_availability(it)}
    if not shared or older[0].product.name == WIDEST:
        return document.data
    found = compare(document, official, corrections)
    differences = tuple(it for it in found.differences if identity(it) in shared)
    draft = Draft(document.name, mapping(copied(document.data)))
    BumpRun(
        draft,
        official,
        corrections.against(found.product),
        replace(found, differences=differences, missing=()),
        concerns=lambda it: identity(it) in shared,
    ).edit()
    return draft.data


def without(layer: Document, dropped: Set[int]) -> Document:
    """Return an overlay without some of its actions, by index."""
    if not dropped:
        return layer
    content = mapping(layer.data)
    actions = [it for number, it in enumerate(items(content["actions"])) if number not in dropped]
    return _with(layer, actions)


def _only(layer: Document, number: int) -> Document:
    return _with(layer, [items(mapping(layer.data)["actions"])[number]])


def _with(layer: Document, actions: list[Json]) -> Document:
    data: Json = {**mapping(layer.data), "actions": actions}
    return Document(name=layer.name, data=data, locate=lambda: layer.marks, files=layer.files)


def _applied(newer: Document, layer: Document) -> Document | None:
    try:
        return overlay.apply(newer, layer)
    except SpecError:
        return None


def _problems(document: Document) -> set[str]:
    """Return the problems of a version, such as marks, without their places."""
    return {problem.message for problem in errors(validate(document, "curated"))}


def filled(old: Json, newer: Json, *, extension: bool = False) -> Json:
    """Return a value of an older version with the texts of a newer one in place of marks.

    With `extension`, `x-runnersmith` is that of the newer version as well.
    """
    if isinstance(old, dict) and isinstance(newer, dict):
        return {
            key: (
                newer[key]
                if extension and key == KEY and key in newer
                else filled(value, newer.get(key), extension=extension)
            )
            for key, value in old.items()
        }
    if isinstance(old, list) and isinstance(newer, list) and len(old) == len(newer):
        return [filled(*both, extension=extension) for both in zip(old, newer, strict=True)]
    is_marked = isinstance(old, str) and MARK in old
    return newer if is_marked and isinstance(newer, str) else old
