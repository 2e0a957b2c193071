"""Examples of requests and responses as JSON text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...openapi.document import Json, Node
from ...openapi.schema_view import SchemaView


def example(owner: Node, schema: SchemaView | None) -> str | None:
    """Return the first example of a parameter or media type, or of its schema; None without one."""
    found = next(_examples(owner, schema), None)
    return None if found is None else _text(found.value)


def of_schema(schema: SchemaView) -> str | None:
    """Return the first example of a schema; None if it has none."""
    found = next(_of_schema(schema), None)
    return None if found is None else _text(found.value)


def body(media: Node, schema: SchemaView | None) -> str | None:
    """Return the example of a body, assembled from its properties' examples if it has none."""
    whole = example(media, schema)
    properties = schema.first("properties") if schema is not None else None
    if whole is not None or schema is None or properties is None:
        return whole
    parts = {
        name: found.value
        for name, child in properties.items()
        if (found := next(_of_schema(schema.views.of(child)), None)) is not None
    }
    return _text(parts) if parts else None


def _examples(owner: Node, schema: SchemaView | None) -> Iterator[Node]:
    if (one := owner.get("example")) is not None:
        yield one
    # Each entry of `examples` has a name, with the value below it, perhaps by reference.
    listed = owner.get("examples")
    for _, named in listed.items() if listed is not None else ():
        target = named.resolved()
        if target is not None and (value := target.get("value")) is not None:
            yield value
    if schema is not None:
        yield from _of_schema(schema)


def _of_schema(schema: SchemaView) -> Iterator[Node]:
    if (one := schema.first("example")) is not None:
        yield one
    if (listed := schema.first("examples")) is not None:
        yield from listed.elements()


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
