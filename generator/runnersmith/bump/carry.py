"""Base of an older version: the newer one with the overlay, as far as that is still right."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from .. import overlay
from ..compare import Comparison, Corrections, compare
from ..openapi.document import Document, Json
from ..overlay import versions
from ..problems import SpecError, errors
from ..validate import validate
from .draft.draft import items, mapping


@dataclass(frozen=True, slots=True)
class Carried:
    """A document to start from, its comparison, and the actions of the overlay left out of it."""

    document: Document
    comparison: Comparison
    dropped: frozenset[int] = frozenset()

    @property
    def open(self) -> int:
        """Return the number of differences from the official description."""
        return len(self.comparison.differences) + len(self.comparison.missing)


def carried(
    newer: Document, layer: Document, older: Document, official: Document, corrections: Corrections
) -> Carried:
    """Return the base of an older version, given the newer one after its change.

    Actions of the overlay that only undo what GitHub has given to the older version are left out.
    If the overlay does not fit the newer version any more, the base is the older version as it is.
    """
    numbers = range(len(items(mapping(layer.data)["actions"])))

    def tried(dropped: Set[int]) -> Carried | None:
        found = _applied(newer, without(layer, dropped))
        if found is None or versions.version_of(found) != versions.version_of(older):
            return None
        return Carried(found, compare(found, official, corrections), frozenset(dropped))

    unfit = frozenset(it for it in numbers if _applied(newer, _only(layer, it)) is None)
    best = tried(unfit)
    if best is None or (unfit and best.open) or not _is_valid(best.document, newer):
        return Carried(older, compare(older, official, corrections))
    for number in numbers:
        fewer = tried(best.dropped | {number}) if best.open else None
        if fewer is not None and fewer.open < best.open:
            best = fewer
    return best


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


def _is_valid(made: Document, newer: Document) -> bool:
    """Return whether an overlay adds no problem to those of the newer version, such as marks."""
    known = {problem.message for problem in errors(validate(newer, "curated"))}
    return all(problem.message in known for problem in errors(validate(made, "curated")))
