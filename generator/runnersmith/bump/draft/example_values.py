"""Values in the examples of a description, each with the field that it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...compare.description_view import View
from ...openapi.document import Document, Json, Node, Pointer, pointer_text
from ...openapi.survey import Survey, survey
from ...openapi.todo_marks import FOLLOWS
from ...validate.openapi.examples import values
from ...yaml_edit.values import at, copied
from .descriptions import field_at, reading
from .draft import items, mapping

# The place of a field's schema. Inside alternatives, the names on the way to the value follow.
Field = tuple[Pointer | str, ...]


@dataclass(frozen=True, slots=True)
class ExampleValue:
    """A value that has no parts, in an example."""

    place: Pointer
    value: Json
    field: Field


@dataclass(slots=True)
class Examples:
    """The examples of a document, read by their schemas."""

    document: Document
    surveyed: Survey = field(init=False)
    _view: View = field(init=False)

    def __post_init__(self) -> None:
        self.surveyed = survey(self.document, "3.1")
        self._view = View(self.document)

    def places(self) -> Iterator[tuple[Node, Pointer]]:
        """Yield every example, and the place of its schema."""
        for what, value, schema in values(self.surveyed):
            if what == "the example":
                yield value, schema.pointer

    def values(self) -> Iterator[ExampleValue]:
        """Yield the values of every example."""
        for value, schema in self.places():
            yield from self.within(value.value, value.pointer, schema)

    def within(self, value: Json, place: Pointer, schema: Pointer) -> Iterator[ExampleValue]:
        """Yield the values inside one that has a schema."""
        yield from self._walk(value, place, schema, (schema,))

    def parts(self, schema: Pointer) -> Iterator[Pointer]:
        """Yield the schema objects that all hold for a value, behind references."""
        found = reading(self._view, field_at(self._view, self.node(schema)))
        yield from (part.pointer for part in found.parts)

    def node(self, schema: Pointer) -> Node:
        """Return the node of a schema."""
        found = self.document.find(pointer_text(schema))
        assert found is not None
        return found

    def _walk(
        self, value: Json, place: Pointer, schema: Pointer | None, known: Field
    ) -> Iterator[ExampleValue]:
        parts = [*self.parts(schema)] if schema is not None else []
        known = (parts[0],) if parts else known
        if isinstance(value, dict) and value:
            for name, child in value.items():
                below = self._property(parts, name)
                named = (below,) if below is not None else (*known, name)
                yield from self._walk(child, (*place, name), below, named)
        elif isinstance(value, list) and value:
            held = (it for it in parts if isinstance(self._at(it).get("items"), dict))
            owner = next(held, None)
            below = (*owner, "items") if owner is not None else None
            named = (below,) if below is not None else (*known, "[]")
            for index, child in enumerate(value):
                yield from self._walk(child, (*place, index), below, named)
        else:
            yield ExampleValue(place, value, known)

    def _property(self, parts: list[Pointer], name: str) -> Pointer | None:
        for part in parts:
            if name in mapping(self._at(part).get("properties", {})):
                return (*part, "properties", name)
        for part in parts:
            if isinstance(self._at(part).get("additionalProperties"), dict):
                return (*part, "additionalProperties")
        return None

    def _at(self, pointer: Pointer) -> dict[str, Json]:
        return mapping(self.node(pointer).value)


def first_values(found: Iterable[ExampleValue]) -> dict[Field, Json]:
    """Return the first value of each field, except null and values that are to be decided."""
    known: dict[Field, Json] = {}
    for one in found:
        if one.value is not None and one.value != FOLLOWS:
            known.setdefault(one.field, one.value)
    return known


def fill(
    data: Json, found: Iterable[ExampleValue], known: Mapping[Field, Json]
) -> list[ExampleValue]:
    """Replace the values to be decided by those that are known; return those that are not."""
    left: list[ExampleValue] = []
    for one in [it for it in found if it.value == FOLLOWS]:
        if one.field not in known:
            left.append(one)
            continue
        parent, key = at(data, one.place[:-1]), one.place[-1]
        if isinstance(parent, dict):
            parent[str(key)] = copied(known[one.field])
        else:
            items(parent)[int(key)] = copied(known[one.field])
    return left
