"""Base of an older version: the newer one with the overlay, as far as that is still right."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from .. import overlay
from ..compare import Comparison, Corrections, Difference, Product, compare
from ..compare.facts import FactPath
from ..compare.operations import shape
from ..openapi.document import Document, Json
from ..openapi.todo_marks import MARK
from ..overlay import versions
from ..problems import SpecError, errors
from ..validate import validate
from ..yaml_edit.values import copied
from .draft.draft import KEY, Draft, items, mapping
from .edits.absence import Place, is_removal, place
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
    given to the older version, or repeat what the newer one has by now. An action with a part that
    the product lacks stays: the description says nothing of it. So does one that only makes the
    version differ from a description of another product than Enterprise Cloud.
    """
    actions = items(mapping(layer.data)["actions"])
    numbers = range(len(actions))
    known = _problems(newer)

    def tried(dropped: Set[int]) -> Carried | None:
        found = _applied(newer, without(layer, dropped))
        if found is None or versions.version_of(found) != versions.version_of(older):
            return None
        try:
            comparison = compare(found, official, corrections)
        except SpecError:  # Another action refers to what one of these has added.
            return None
        return Carried(found, comparison, frozenset(dropped), len(_problems(found) - known))

    unfit = frozenset(it for it in numbers if _applied(newer, _only(layer, it)) is None)
    best = tried(unfit)
    if best is None or (unfit and best.open):
        return None
    for number in numbers:
        product = best.comparison.product
        if _has_others(actions[number], product):
            continue
        # Of other products than Enterprise Cloud, a version gets what is said of products.
        is_free = product.name == WIDEST or KEY in str(mapping(actions[number])["target"])
        if not (is_free or best.problems):
            continue
        left = tried(best.dropped | {number}) if best.open or best.problems else None
        if left is not None and left.is_better(best):
            best = left
    return None if best.problems else best


def with_products(
    document: Document,
    official: Document,
    corrections: Corrections,
    older: Sequence[Comparison],
    lost: Set[Place],
) -> tuple[Draft, tuple[Difference, ...]]:
    """Return a version that a product does not know, with what older ones state about products.

    Whether a product has a part holds for all versions: also a part that this version has, and an
    older one gets. What a person decides about that is marked here, and returned.
    """
    every = [it for one in older for it in one.differences]
    shared = {identity(it) for it in every if is_availability(it) or _is_loss(it)}
    added = {place(it) for it in every if it.ours is None and not it.path.keyword}
    added |= {(shape(it.name), FactPath()) for one in older for it in one.missing}
    draft = Draft(document.name, mapping(copied(document.data)))
    if not (shared or added) or older[0].product.name == WIDEST:
        return draft, ()

    def is_shared(difference: Difference) -> bool:
        name, path = place(difference)
        is_stated = path.keyword == "product" and difference.official is not None
        return identity(difference) in shared or (
            is_stated and (name, replace(path, keyword="")) in added
        )

    found = compare(document, official, corrections)
    differences = tuple(filter(is_shared, found.differences))
    run = BumpRun(
        draft,
        official,
        corrections.against(found.product),
        replace(found, differences=differences, missing=()),
        concerns=is_shared,
        lost=lost,
    )
    run.edit()
    return draft, run.mark()


def _is_loss(difference: Difference) -> bool:
    return is_removal(difference) and difference.path.keyword == "product"


def without(layer: Document, dropped: Set[int]) -> Document:
    """Return an overlay without some of its actions, by index."""
    if not dropped:
        return layer
    content = mapping(layer.data)
    actions = [it for number, it in enumerate(items(content["actions"])) if number not in dropped]
    return _with(layer, actions)


def _has_others(value: Json, product: Product) -> bool:
    """Return whether a value has a part that states products without this one."""
    if isinstance(value, list):
        return any(_has_others(it, product) for it in value)
    if not isinstance(value, dict):
        return False
    extension = value.get(KEY)
    stated = extension.get("products") if isinstance(extension, dict) else None
    if isinstance(stated, dict) and product.name not in stated:
        return True
    return any(_has_others(it, product) for it in value.values())


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
