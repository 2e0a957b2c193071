"""Navigation from a node that may be absent or of an unexpected kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Node
from .spelling import nearest

_ORIGIN = re.compile(r"https?://[^/?#]+", re.IGNORECASE)


def origin_of(url: str) -> str:
    """Return the scheme and the host of a URL, in lower case; empty if it has none."""
    found = _ORIGIN.match(url)
    return found[0].lower() if found else ""


def into(node: Node | None, *names: str) -> Node | None:
    """Return the node below a node under one key after the other."""
    for name in names:
        node = node.get(name) if node is not None else None
    return node


def keys(node: Node | None) -> list[str]:
    """Return the keys of a mapping."""
    return [*node.value] if node is not None and isinstance(node.value, dict) else []


def entries(node: Node | None) -> Iterator[Node]:
    """Yield the values of a mapping."""
    if node is not None:
        for key in keys(node):
            yield node.at(key)


def items(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Return the entries of a mapping with their keys."""
    return node.items() if node is not None else iter(())


def elements(node: Node | None) -> Iterator[Node]:
    """Return the items of a list."""
    return node.elements() if node is not None else iter(())


def lacks(node: Node, field: str) -> bool:
    """Return whether a field is absent or blank; a misspelt one is reported at the field."""
    found = node.get(field)
    if found is None:
        return nearest(field, keys(node)) is None
    return isinstance(found.value, str) and not found.value.strip()
