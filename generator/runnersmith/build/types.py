"""Algebra of types: null, alternatives, and whether a decoder can tell them apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .. import ir

ANY = ir.Primitive(name="any")
TEXT = ir.Primitive(name="str")


def nullable(found: ir.Type) -> ir.Type:
    """The type or null; `any` holds null already."""
    return found if isinstance(found, ir.Nullable) or found == ANY else ir.Nullable(type=found)


def bare(found: ir.Type) -> ir.Type:
    """The type without null."""
    return found.type if isinstance(found, ir.Nullable) else found


def union(types: Iterable[ir.Type]) -> ir.Type | None:
    """The type that holds any of several; None when a decoder could not tell which it reads."""
    members = list(dict.fromkeys(members_of(types)))
    if len(members) == 1:
        return members[0]
    literals = [found for found in members if isinstance(found, ir.Literal)]
    if len(members) == 2 and len(literals) == 1 and TEXT in members:
        return ir.Literal(values=literals[0].values, open=True)
    kinds = [_decoded_as(found) for found in members]
    if len(set(kinds)) < len(kinds) or "any" in kinds or {"int", "float"} <= set(kinds):
        return None
    return ir.Union(members=tuple(members))


def members_of(types: Iterable[ir.Type]) -> Iterable[ir.Type]:
    """The types, with a union in its place replaced by its members."""
    for found in types:
        yield from found.members if isinstance(found, ir.Union) else (found,)


def _decoded_as(found: ir.Type) -> str:
    """What a type looks like on the wire, as far as a decoder can see."""
    match found:
        case ir.Primitive(name="datetime" | "date"):
            return "str"
        case ir.Primitive(name=name):
            return name
        case ir.Literal(values=values):
            return "str" if isinstance(values[0], str) else "int"
        case ir.Array():
            return "array"
        case ir.Map() | ir.Reference():
            return "object"
        case ir.Nullable() | ir.Union():
            return "any"
