"""Survey of a document: the place of every OpenAPI object by kind, found in one walk.

Pure. Only the fields named in the tables are walked. Examples, defaults and extensions are data: a
`$ref` or a schema inside them is neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .document import Document, Json, Node, Pointer
from .navigation import entries
from .schema_view import SchemaViews

Kind = Literal[
    "document",
    "paths",
    "path item",
    "operation",
    "parameter",
    "request body",
    "responses",
    "response",
    "media type",
    "encoding",
    "header",
    "example",
    "link",
    "callback",
    "security scheme",
    "components",
    "schema",
]
Version = Literal["3.0", "3.1"]
# How a field holds its objects: one object, a list of them, or a mapping of names to them.
Shape = Literal["one", "list", "map"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_FIELDS: Mapping[Kind, Mapping[str, tuple[Shape, Kind]]] = {
    "document": {
        "paths": ("one", "paths"),
        "webhooks": ("map", "path item"),
        "components": ("one", "components"),
    },
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "request body"),
        "headers": ("map", "header"),
        "securitySchemes": ("map", "security scheme"),
        "links": ("map", "link"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
    },
    "path item": {
        "parameters": ("list", "parameter"),
        **dict.fromkeys(METHODS, ("one", "operation")),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request body"),
        "responses": ("one", "responses"),
        "callbacks": ("map", "callback"),
    },
    "parameter": {
        "schema": ("one", "schema"),
        "content": ("map", "media type"),
        "examples": ("map", "example"),
    },
    "header": {
        "schema": ("one", "schema"),
        "content": ("map", "media type"),
        "examples": ("map", "example"),
    },
    "request body": {"content": ("map", "media type")},
    "response": {
        "headers": ("map", "header"),
        "content": ("map", "media type"),
        "links": ("map", "link"),
    },
    "media type": {
        "schema": ("one", "schema"),
        "examples": ("map", "example"),
        "encoding": ("map", "encoding"),
    },
    "encoding": {"headers": ("map", "header")},
    "schema": {
        "properties": ("map", "schema"),
        "patternProperties": ("map", "schema"),
        "dependentSchemas": ("map", "schema"),
        "$defs": ("map", "schema"),
        "definitions": ("map", "schema"),
        "allOf": ("list", "schema"),
        "anyOf": ("list", "schema"),
        "oneOf": ("list", "schema"),
        "prefixItems": ("list", "schema"),
        "items": ("one", "schema"),
        "additionalProperties": ("one", "schema"),
        "unevaluatedItems": ("one", "schema"),
        "unevaluatedProperties": ("one", "schema"),
        "propertyNames": ("one", "schema"),
        "contains": ("one", "schema"),
        "contentSchema": ("one", "schema"),
        "not": ("one", "schema"),
        "if": ("one", "schema"),
        "then": ("one", "schema"),
        "else": ("one", "schema"),
    },
}
# Objects whose entries, extensions aside, are all of one kind.
_ENTRIES: Mapping[Kind, Kind] = {
    "paths": "path item",
    "callback": "path item",
    "responses": "response",
}
# Fields that hold data, which checks of structure and wording skip.
DATA: Mapping[Kind, frozenset[str]] = {
    "schema": frozenset({"example", "examples", "default", "enum", "const"}),
    "parameter": frozenset({"example"}),
    "header": frozenset({"example"}),
    "media type": frozenset({"example"}),
    "example": frozenset({"value"}),
    "link": frozenset({"parameters", "requestBody"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An operation of `paths` and its path. `item` holds the path item's own fields."""

    path: str
    method: str
    at: Node
    item: Node
    node: Node


@dataclass(frozen=True, eq=False, kw_only=True)
class Survey:
    """Every OpenAPI object of a document, by kind and place, in document order."""

    document: Document
    version: Version
    nodes: Mapping[Kind, tuple[Node, ...]]
    kinds: Mapping[Pointer, Kind]

    @cached_property
    def views(self) -> SchemaViews:
        """Return the schemas of the document."""
        return SchemaViews(self.document)

    def of(self, *kinds: Kind) -> Iterator[Node]:
        """Yield the objects of several kinds, one kind after the other."""
        for kind in kinds:
            yield from self.nodes.get(kind, ())

    def everything(self) -> Iterator[tuple[Kind, Node]]:
        """Yield every object with its kind."""
        for kind, nodes in self.nodes.items():
            for node in nodes:
                yield kind, node

    def values(self) -> Iterator[tuple[Pointer, Json]]:
        """Yield every value below the root, except examples and other data."""
        waiting: list[tuple[Pointer, Json]] = [((), self.document.data)]
        while waiting:
            pointer, value = waiting.pop()
            if isinstance(value, dict):
                kind = self.kinds.get(pointer)
                data = DATA.get(kind, frozenset()) if kind is not None else frozenset[str]()
                steps: Iterable[tuple[str | int, Json]] = value.items()
            else:
                data = frozenset[str]()
                steps = enumerate(value) if isinstance(value, list) else ()
            for step, child in steps:
                if step not in data:
                    at = (*pointer, step)
                    yield at, child
                    if isinstance(child, dict | list):
                        waiting.append((at, child))

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the operations below `paths`, including those of referenced path items."""
        found: list[Endpoint] = []
        for paths in self.of("paths"):
            for path, at in paths.items():
                item = at.resolved() if not path.startswith("x-") else None
                if item is None:
                    continue
                for method in METHODS:
                    node = item.get(method)
                    if node is not None and isinstance(node.value, dict):
                        found.append(
                            Endpoint(path=path, method=method, at=at, item=item, node=node)
                        )
        return tuple(found)


def survey(document: Document, version: Version) -> Survey:
    """Survey a document in one walk."""
    nodes: dict[Kind, list[Node]] = {}
    kinds: dict[Pointer, Kind] = {}
    waiting: list[tuple[Kind, Node]] = [("document", document.root)]
    while waiting:
        kind, node = waiting.pop()
        nodes.setdefault(kind, []).append(node)
        kinds[node.pointer] = kind
        waiting += reversed([*_children(kind, node)])
    return Survey(
        document=document,
        version=version,
        nodes={kind: tuple(found) for kind, found in nodes.items()},
        kinds=kinds,
    )


def _children(kind: Kind, node: Node) -> Iterator[tuple[Kind, Node]]:
    entry = _ENTRIES.get(kind)
    if entry is not None:
        for key, child in node.items():
            if not key.startswith("x-"):
                yield entry, child
        return
    fields = _FIELDS.get(kind)
    if fields is None or not isinstance(node.value, dict):
        return
    for key in node.value:
        if key not in fields:
            continue
        shape, inner = fields[key]
        child = node.at(key)
        if shape == "one":
            yield inner, child
        elif shape == "list":
            for element in child.elements():
                yield inner, element
        else:
            for value in entries(child):
                yield inner, value
