"""The JSON types that a schema allows, as OpenAPI 3.0 and 3.1 write them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..openapi.document import Node

_TYPE_OF = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """The types of a value, None for any, beside whether it may be null."""

    names: frozenset[str] | None
    null: bool

    def __str__(self) -> str:
        if self.names is None:
            return "any"
        return " or ".join([*sorted(self.names), *(["null"] if self.null else [])])

    @property
    def only_null(self) -> bool:
        return self.names == frozenset() and self.null

    @property
    def label(self) -> str:
        """The name of an alternative of these types within a path: `(array|string)`."""
        return "any" if self.names is None else "|".join(sorted(self.names)) or "null"

    def apart(self, other: Kinds) -> bool:
        """Whether no value but null is of both."""
        return not _both(self.names, other.names) if self.names is not None else other.only_null


@dataclass(frozen=True, slots=True)
class Reading:
    """A schema as it is understood: its types, the schema objects that hold at once, its unions.

    A union is where its oneOf or anyOf stands and the alternatives, each again as such objects.
    """

    kinds: Kinds
    parts: tuple[Node, ...]
    unions: tuple[tuple[Node, list[tuple[Node, ...]]], ...]


def stated(part: Node) -> Kinds | None:
    """What a single schema object states: by type, else by the values it lists."""
    if part.value is False:
        return Kinds(frozenset({"nothing"}), null=False)
    listed = part.get("enum")
    if (declared := part.get("type")) is not None:
        types = declared.value if isinstance(declared.value, list) else [declared.value]
        names = {str(name) for name in types}
    elif listed is not None and isinstance(listed.value, list):
        names = {_TYPE_OF[type(value)] for value in listed.value}
    elif (const := part.get("const")) is not None:
        names = {_TYPE_OF[type(const.value)]}
    else:
        return None
    return Kinds(frozenset(names - {"null"}), null="null" in names or part.flag("nullable"))


def all_of(said: list[Kinds], *, nullable: bool) -> Kinds:
    """What holds when all of it does; `nullable` adds null, as 3.0 is written in practice."""
    names: frozenset[str] | None = None
    for kinds in said:
        names = _both(names, kinds.names)
    return Kinds(names, null=nullable or all(kinds.null for kinds in said))


def any_of(said: Iterable[Kinds]) -> Kinds:
    """What holds when one of it does."""
    names: frozenset[str] | None = frozenset()
    null = False
    for kinds in said:
        names = None if names is None or kinds.names is None else names | kinds.names
        null = null or kinds.null
    if names is not None and "number" in names:
        names -= {"integer"}
    return Kinds(names, null=null)


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    # Every integer is a number.
    common = _with_integer(one) & _with_integer(other)
    return common - {"integer"} if "number" in common else common


def _with_integer(names: frozenset[str]) -> frozenset[str]:
    return names | {"integer"} if "number" in names else names
