"""Values of properties: the strings and integers that schemas list, or a mapping names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...openapi.document import Json, Node
from ...openapi.schema_view import SchemaViews


def listed_values(views: SchemaViews, nodes: Iterable[Node]) -> tuple[str | int, ...]:
    """Return the values that all of some schemas allow, if one lists strings or integers.

    Null among them, or as an alternative, is none of the values.
    """
    found: list[Json] | None = None
    for part in views.read(views.parts(nodes)).parts:
        values = views.of(part).values
        if values is not None:
            listed = [it for it in values if it is not None]
            found = [it for it in listed if found is None or it in found]
    every: list[str | int] = [
        it for it in found or () if isinstance(it, str | int) and not isinstance(it, bool)
    ]
    return tuple(every) if found is not None and len(every) == len(found) else ()


def mapped_values(
    views: SchemaViews, nodes: Iterable[Node], written: Iterable[str]
) -> tuple[str | int, ...]:
    """Return the texts of a mapping in the type of a property; none if it has no such values."""
    names = views.read(views.parts(nodes)).types.names
    texts = tuple(written)
    if names is None or "string" in names:
        return texts
    if "integer" in names and all(_INTEGER.fullmatch(it) for it in texts):
        return tuple(map(int, texts))
    return ()


_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
