"""What a schema describes, seen through references and combinations. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ...openapi.document import Node, Pointer
from ...openapi.navigation import elements, into
from ...openapi.survey import CHOICES


def types(schema: Node) -> set[str]:
    """The JSON types that a schema allows, null aside; empty when it does not say."""
    found: set[str] = set()
    for part in parts(schema):
        stated = part.get("type")
        if stated is not None:
            listed = stated.value if isinstance(stated.value, list) else [stated.value]
            found |= {name for name in listed if isinstance(name, str)}
    return found - {"null"}


def has_enum(schema: Node) -> bool:
    """Whether a schema lists its values."""
    return any(part.get("enum") is not None for part in parts(schema))


def property_of(schema: Node, name: str) -> Node | None:
    """A property of an object schema, its own or one that it combines."""
    for part in parts(schema):
        found = into(part, "properties", name)
        if found is not None:
            return found
    return None


def parts(schema: Node) -> Iterator[Node]:
    """A schema, what it refers to, and what it combines by allOf, anyOf or oneOf."""
    reached: set[Pointer] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if part.pointer in reached:
            continue
        reached.add(part.pointer)
        yield part
        target = part.document.find(part.reference) if part.reference is not None else None
        if target is not None:
            waiting.append(target)
        for field in CHOICES:
            waiting += elements(part.get(field))
