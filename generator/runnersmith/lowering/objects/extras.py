"""Extras of objects: what a schema says of properties that it does not name. Pure.

    a part is closed                    closed
    no part says anything               unstated
    a part allows any value             any
    a part gives a schema               typed

For alternatives, the loosest one counts. A pattern for names counts as a schema for all names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...openapi.document import Node, Pointer
from ...openapi.schema_view import SchemaView, SchemaViews

# As deep as any sound document.
_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Extras:
    """What holds for unnamed properties; `values` are the schemas of typed ones."""

    kind: Literal["closed", "unstated", "any", "typed"]
    values: tuple[Node, ...] = ()


_CLOSED, _UNSTATED, _ANY = Extras("closed"), Extras("unstated"), Extras("any")


class ExtrasOfSchemas:
    """Extras of the schemas of one document, each worked out once."""

    def __init__(self, views: SchemaViews) -> None:
        self._views: SchemaViews = views
        self._known: dict[Pointer, Extras] = {}

    def of(self, node: Node, depth: int = 0) -> Extras:
        """Return what an object schema says of unnamed properties, with its parts."""
        view = self._views.of(node).target
        if view is None or depth > _DEPTH:
            return _UNSTATED
        pointer = view.node.pointer
        if pointer not in self._known:
            # A schema within itself adds nothing.
            self._known[pointer] = _UNSTATED
            self._known[pointer] = self._extras(view, depth + 1)
        return self._known[pointer]

    def _extras(self, view: SchemaView, depth: int) -> Extras:
        parts = [own_extras(view), *(self.of(member, depth) for member in view.members)]
        parts += [
            _loosest([self.of(option, depth) for option in choice.options])
            for choice in view.alternatives
        ]
        if _CLOSED in parts:
            return _CLOSED
        typed = [value for part in parts for value in part.values]
        if typed:
            return Extras("typed", tuple({value.pointer: value for value in typed}.values()))
        return _ANY if _ANY in parts else _UNSTATED


def own_extras(view: SchemaView) -> Extras:
    """Return what one schema object says of unnamed properties by itself."""
    patterns, values = view.get("patternProperties"), view.get("additionalProperties")
    typed = [child for _, child in patterns.items()] if patterns else []
    if values is not None and isinstance(values.value, dict) and values.value != {}:
        typed.append(values)
    if typed:
        return Extras("typed", tuple(typed))
    rest = view.get("unevaluatedProperties")
    if any(it is not None and it.value is False for it in (values, rest)):
        return _CLOSED
    return _UNSTATED if values is None else _ANY


def _loosest(options: Iterable[Extras]) -> Extras:
    found = list(options)
    kinds = {one.kind for one in found}
    if not kinds or "unstated" in kinds:
        return _UNSTATED
    if "any" in kinds or (len(kinds) > 1 and "closed" in kinds):
        return _ANY
    if kinds == {"closed"}:
        return _CLOSED
    return Extras("typed", tuple(value for one in found for value in one.values))
