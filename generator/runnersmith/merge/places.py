"""Where the spec says what is merged: the place of a problem. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..ir import names
from ..openapi.document import Document, Node


def find(documents: Sequence[Document], name: str) -> Node:
    """The operation or the schema of a name, in the newest document that has it.

    A model that was written inline is called after the schema or the operation that it stands in.
    """
    named = [(key, node) for document in documents for key, node in _named(document.root)]
    exact = next((node for key, node in named if key == name), None)
    if exact is not None:
        return exact
    owners = [
        (made, node) for key, node in named if (made := _class_name(key)) and name.startswith(made)
    ]
    return max(owners, key=lambda owner: len(owner[0]))[1] if owners else documents[0].root


def _named(root: Node) -> Iterator[tuple[str, Node]]:
    """The schemas and the operations of a document, by name and by id."""
    components = root.get("components")
    schemas = components.get("schemas") if components else None
    yield from schemas.items() if schemas else ()
    paths = root.get("paths")
    items = [item for _, item in paths.items()] if paths else []
    for operation in (child for item in items for _, child in item.items()):
        if identifier := operation.text("operationId"):
            yield identifier, operation


def _class_name(key: str) -> str:
    """The class name of a key, empty when it has none."""
    try:
        return names.class_name(key)
    except names.Unnameable:
        return ""
