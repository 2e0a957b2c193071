"""Facts of entities, and the paths that name them.

    operation ─┬─ query per_page ── type, maximum, ...
               ├─ body ── labels ── labels[] ── type, ...
               └─ response 200 ─┬─ runners[] ── runners[].id ── type, ...
                                └─ response 200 header Link

Pure values. The parts of an entity are built on demand: of a description of 14 MB, only the parts
used by the compared operations are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..openapi.document import Json, Node
from ..openapi.json_types import ANY, JsonTypes, has_meaning

Parts = Mapping[str, Callable[[], "Entity"]]

_PLAIN = re.compile(r"[A-Za-z0-9_$@/+-]+", re.ASCII)
_SORTED = json.JSONEncoder(sort_keys=True)
# Text that differs from every other value and from the word for an absent fact.
_BARE = re.compile(r"(?!(?:true|false|null|none)$)[A-Za-z_][\w ./:@#|()-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value in its compared form, with its place in the description."""

    value: Json
    node: Node

    def says(self, other: Fact) -> bool:
        """Return whether both have the same value; 1 differs from true."""
        return dump(self.value) == dump(other.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An operation, parameter, body, response, header, or field.

    `head` is the fact of its existence (`required`). Facts are found by keyword. `entities` have
    names of their own, `fields` have names within this one. `types` are those of the value, if it
    has any. `products` are the statements about its products, of which one is sufficient; empty
    means all products. Entities of one document with equal `identity` are the same at any depth: a
    recursive schema returns to one.
    """

    node: Node
    head: str
    facts: Mapping[str, Fact]
    entities: Parts = field(default_factory=dict[str, Callable[[], "Entity"]])
    fields: Parts = field(default_factory=dict[str, Callable[[], "Entity"]])
    types: JsonTypes = ANY
    products: tuple[Node, ...] = ()
    identity: tuple[object, ...]

    def can_say(self, fact: Fact, keyword: str) -> bool:
        """Return whether a fact has a meaning beside the types of this entity."""
        return has_meaning(keyword, fact.value, self.types)

    def can_have(self, field: str) -> bool:
        """Return whether a field has a meaning beside the types: a property needs an object."""
        keyword = {"[]": "items", "{}": "additionalProperties"}.get(field, "properties")
        return field[0] == "(" or has_meaning(keyword, None, self.types)

    @property
    def existence(self) -> Fact:
        return Fact(self.head, self.node)


@dataclass(frozen=True, slots=True, order=True)
class FactPath:
    """Path of a fact within an operation: `response 200: runners[].id: type`."""

    entity: str = ""
    field: str = ""
    keyword: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.entity, self.field, self.keyword) if part)

    def step(self, name: str) -> FactPath:
        """Return the path of the part `name` of this field: a property, `[]`, `{}` or `(type)`."""
        separator = "." if self.field and name[0] not in "[{(" else ""
        return FactPath(self.entity, f"{self.field}{separator}{name}")

    def says(self, keyword: str) -> FactPath:
        """Return the path of a fact of this entity or field."""
        return FactPath(self.entity, self.field, keyword)


def products(node: Node) -> Node | None:
    """Return the products of `node` from its `x-runnersmith`; None if it has none."""
    extension = node.get("x-runnersmith")
    return extension.get("products") if extension else None


def quoted(name: str) -> str:
    """Return a name as a part of a path: unchanged or, if it is unusual, as JSON text."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def dump(value: Json) -> str:
    """Return the text by which values are compared."""
    return _SORTED.encode(value)


def plain(value: Json) -> Json:
    """Return a value without differences of notation: 30.0 becomes 30."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def shown(fact: Fact | None) -> str:
    """Return a fact's value for a message; `none` if there is no such fact."""
    return "none" if fact is None else _text(fact.value)


def _text(value: Json) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    return json.dumps(value)
