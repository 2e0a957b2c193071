"""Values of properties: the strings and integers that schemas list. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ...openapi.document import Json, Node
from ...openapi.schema_view import SchemaViews


def listed_values(views: SchemaViews, nodes: Iterable[Node]) -> tuple[str | int, ...]:
    """Return the values that all of some schemas allow, if one lists strings or integers."""
    found: list[Json] | None = None
    for part in views.parts(nodes):
        values = views.of(part).values
        if values is not None:
            found = [it for it in values if found is None or it in found]
    every: list[str | int] = [
        it for it in found or () if isinstance(it, str | int) and not isinstance(it, bool)
    ]
    return tuple(every) if found is not None and len(every) == len(found) else ()
