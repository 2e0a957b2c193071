"""JSON types of schemas and values: intersection, union and conversion. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from .document import Json
from .keywords import STRING_FORMATS, TYPED

_TYPE_OF: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
# A float beyond these bounds may be a rounded integer.
_EXACT = 2**53
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True, slots=True)
class JsonTypes:
    """Types of a value except null, None for any, and whether the value may be null."""

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
        """Return the name of an alternative of these types within a path: `(array|string)`."""
        return "any" if self.names is None else "|".join(sorted(self.names)) or "null"

    def excludes(self, other: JsonTypes) -> bool:
        """Return whether no value except null has both types."""
        return not _both(self.names, other.names) if self.names is not None else other.only_null


ANY = JsonTypes(None, null=True)
NULL = JsonTypes(frozenset(), null=True)
# The types allowed by `false`.
NOTHING = JsonTypes(frozenset({"nothing"}), null=False)


@lru_cache(maxsize=256)
def named(names: tuple[str, ...], *, nullable: bool) -> JsonTypes:
    """Return the types in a list of names."""
    return JsonTypes(frozenset(names) - {"null"}, null=nullable or "null" in names)


def type_of(value: Json) -> str:
    """Return the JSON type of a value."""
    return _TYPE_OF[type(value)]


def is_of(value: Json, name: str) -> bool:
    """Return whether a value has a type; 1.0 is an integer as well."""
    found = type_of(value)
    if name == "number":
        return found in ("integer", "number")
    return found == name or (name == "integer" and isinstance(value, float) and value.is_integer())


def has_meaning(keyword: str, value: Json, types: JsonTypes) -> bool:
    """Return whether a keyword with this value says something about a value of these types.

    `items` beside the type `string` does not, and neither does a default or an enum of numbers.
    """
    names = types.names
    if not names:
        return True
    match keyword:
        case "format":
            return "string" in names or value not in STRING_FORMATS
        case "enum" if isinstance(value, list):
            values = [it for it in value if it is not None]
            return not values or any(is_of(it, name) for it in values for name in names)
        case "const" | "default":
            return value is None or any(is_of(value, name) for name in names)
        case _:
            return keyword not in TYPED or not TYPED[keyword].isdisjoint(names)


def converted(value: Json, names: Collection[str]) -> Json:
    """Return a scalar as one of some types when its text is clear; else the value as it is.

    `enum: [1, 2]` of a string lists "1" and "2". The text of 1.10 is lost, since it reads as 1.1.
    """
    if any(is_of(value, name) for name in names):
        if isinstance(value, float) and "number" not in names and abs(value) < _EXACT:
            return int(value)
        return value
    if "string" in names and isinstance(value, int):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, str):
        if ("integer" in names or "number" in names) and _INTEGER.fullmatch(value):
            return int(value)
        if "boolean" in names and value in ("true", "false"):
            return value == "true"
    return value


def all_of(stated: Iterable[JsonTypes]) -> JsonTypes:
    """Return the types of a value for which every statement holds."""
    names: frozenset[str] | None = None
    null = True
    for types in stated:
        names = _both(names, types.names)
        null = null and types.null
    return JsonTypes(names, null)


def any_of(stated: Iterable[JsonTypes]) -> JsonTypes:
    """Return the types of a value for which one statement holds."""
    names: frozenset[str] | None = frozenset()
    null = False
    for types in stated:
        names = None if names is None or types.names is None else names | types.names
        null = null or types.null
    if names is not None and "number" in names:
        names -= {"integer"}
    return JsonTypes(names, null)


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    # Every integer is a number.
    common = _with_integer(one) & _with_integer(other)
    return common - {"integer"} if "number" in common else common


def _with_integer(names: frozenset[str]) -> frozenset[str]:
    return names | {"integer"} if "number" in names else names
