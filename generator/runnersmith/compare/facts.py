"""Facts of entities, and the path that names each fact.

    operation ─┬─ query per_page ── type, maximum, ...
               ├─ body ── labels ── labels[] ── type, ...
               └─ response 200 ─┬─ runners[] ── runners[].id ── type, ...
                                └─ response 200 header Link

Pure values. An entity's parts are made when they are asked for, so that a description of 14 MB costs
only what its compared operations reach.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..openapi.document import Json, Node

Parts = Mapping[str, Callable[[], "Entity"]]

_PLAIN = re.compile(r"[A-Za-z0-9_$@/+-]+", re.ASCII)
# Text that cannot be taken for another value, nor for the word that says there is none.
_BARE = re.compile(r"(?!(?:true|false|null|none)$)[A-Za-z_][\w ./:@#|()-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, in the form that is compared, and where its description says so."""

    value: Json
    node: Node

    def says(self, other: Fact) -> bool:
        """Whether both state the same, telling 1 from true."""
        return dump(self.value) == dump(other.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An operation, parameter, body, reply, header, or field of one.

    `head` is what its existence says (`required`); facts go by keyword. `entities` are named on
    their own, `fields` are named within this one. `products` are where it is said which products
    have it, one is enough; empty when all have it. Entities of equal `identity` in one document are
    the same at any depth; a recursive schema comes back to one.
    """

    node: Node
    head: str
    facts: Mapping[str, Fact]
    entities: Parts = field(default_factory=dict[str, Callable[[], "Entity"]])
    fields: Parts = field(default_factory=dict[str, Callable[[], "Entity"]])
    products: tuple[Node, ...] = ()
    identity: tuple[object, ...]

    @property
    def existence(self) -> Fact:
        return Fact(self.head, self.node)


@dataclass(frozen=True, slots=True, order=True)
class FactPath:
    """The name of a fact within an operation: `response 200: runners[].id: type`."""

    entity: str = ""
    field: str = ""
    keyword: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.entity, self.field, self.keyword) if part)

    def step(self, name: str) -> FactPath:
        """The path of the part `name` of this field: a property, `[]`, `{}` or `(type)`."""
        separator = "." if self.field and name[0] not in "[{(" else ""
        return FactPath(self.entity, f"{self.field}{separator}{name}")

    def says(self, keyword: str) -> FactPath:
        """The path of a fact of this thing or field."""
        return FactPath(self.entity, self.field, keyword)


def products(node: Node) -> Node | None:
    """Which products have what stands at `node`, as our extension says it; None: not said."""
    extension = node.get("x-runnersmith")
    return extension.get("products") if extension else None


def quoted(name: str) -> str:
    """A name from a description as a part of a path: as it is, or as JSON text when it is odd."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def dump(value: Json) -> str:
    """The text by which values are compared."""
    return json.dumps(value, sort_keys=True)


def plain(value: Json) -> Json:
    """A value without the ways of writing it: 30.0 is 30."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def shown(fact: Fact | None) -> str:
    """A fact's value in a message; `none` where there is no such fact."""
    return "none" if fact is None else _text(fact.value)


def _text(value: Json) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    return json.dumps(value)
