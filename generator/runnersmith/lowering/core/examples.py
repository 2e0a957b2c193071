"""Examples of what is sent, as JSON text: documented, and never sent. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...openapi.document import Json, Node


def example(owner: Node, schema: Node | None) -> str | None:
    """The first example of a parameter or a media type, else that of its schema; None without one."""
    found = next(_examples(owner, schema), None)
    return None if found is None else _text(found.value)


def body(media: Node, schema: Node | None) -> str | None:
    """The example of a body; one is put together from those of its properties where it has none."""
    whole = example(media, schema)
    shape = schema.resolved() if schema is not None else None
    properties = shape.get("properties") if shape is not None else None
    if whole is not None or properties is None:
        return whole
    parts = {
        name: found.value
        for name, child in properties.items()
        if (found := next(_of_schema(child), None)) is not None
    }
    return _text(parts) if parts else None


def _examples(owner: Node, schema: Node | None) -> Iterator[Node]:
    if (one := owner.get("example")) is not None:
        yield one
    # Under `examples`, each has a name, and the value below it; a reference leads to such a one.
    listed = owner.get("examples")
    for _, named in listed.items() if listed is not None else ():
        target = named.resolved()
        if target is not None and (value := target.get("value")) is not None:
            yield value
    if schema is not None:
        yield from _of_schema(schema)


def _of_schema(schema: Node) -> Iterator[Node]:
    shape = schema.resolved()
    if shape is None:
        return
    if (one := shape.get("example")) is not None:
        yield one
    listed = shape.get("examples")
    yield from listed.elements() if listed is not None else ()


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
