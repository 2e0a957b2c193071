"""Navigation from a node that may be absent or of another kind than it should be. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .document import Node
from .spelling import nearest


def into(node: Node | None, *names: str) -> Node | None:
    """What stands below a node under one key after the other."""
    for name in names:
        node = node.get(name) if node is not None else None
    return node


def keys(node: Node | None) -> list[str]:
    """The keys of a mapping."""
    return [*node.value] if node is not None and isinstance(node.value, dict) else []


def entries(node: Node | None) -> Iterator[Node]:
    """The values of a mapping."""
    if node is not None:
        for key in keys(node):
            yield node.at(key)


def elements(node: Node | None) -> Iterator[Node]:
    """The items of a list."""
    return node.elements() if node is not None else iter(())


def lacks(node: Node, field: str) -> bool:
    """Whether a field is absent or blank, and not merely misspelt: that is said at the field."""
    found = node.get(field)
    if found is None:
        return nearest(field, keys(node)) is None
    return isinstance(found.value, str) and not found.value.strip()
