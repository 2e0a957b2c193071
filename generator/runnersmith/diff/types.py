"""Changes of types: whether a caller can pass, or must handle, more or fewer values than before.

Pure. A type is a set of values. Lists are compared by their items, since a list from the API is
only read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .. import ir
from .change import Direction, code
from .change_kinds import Kind

_ANY = ir.Primitive(name="any")
_TEXT = ir.Primitive(name="str")
_TYPE_KINDS: Mapping[Direction, Kind] = {
    "wider": "type-widened",
    "narrower": "type-narrowed",
    "other": "type-changed",
    "same": "type-widened",
}


@dataclass(frozen=True, slots=True)
class Shift:
    """One change of a type."""

    kind: Kind
    direction: Direction
    text: str


class _Apart(Exception):
    """Two types with different structure, comparable only as a whole."""


def shifts(old: ir.Type, new: ir.Type) -> Iterator[Shift]:
    """Yield the changes between types; none if they have the same values and notation."""
    if isinstance(new, ir.Nullable) and not isinstance(old, ir.Nullable) and old != _ANY:
        yield Shift("became-nullable", "wider", "may be null now")
        new = new.type
    elif isinstance(old, ir.Nullable) and not isinstance(new, ir.Nullable) and new != _ANY:
        yield Shift("no-longer-nullable", "narrower", "is never null now")
        old = old.type
    try:
        yield from list(_aligned(old, new))
    except _Apart:
        found = direction(old, new)
        text = f"{code(written(old))} became {code(written(new))}"
        yield Shift(_TYPE_KINDS[found], found, text)


def _aligned(old: ir.Type, new: ir.Type) -> Iterator[Shift]:
    """Yield the changes of value lists in types of equal structure. Raises _Apart otherwise."""
    match _with_values(old, new), _with_values(new, old):
        case (
            (ir.Array(items=before), ir.Array(items=after))
            | (
                ir.Map(values=before),
                ir.Map(values=after),
            )
            | (ir.Nullable(type=before), ir.Nullable(type=after))
        ):
            yield from _aligned(before, after)
        case ir.Union(members=before), ir.Union(members=after):
            gone = [member for member in before if member not in after]
            come = [member for member in after if member not in before]
            if len(gone) != len(come) or len(gone) > 1:
                raise _Apart
            for pair in zip(gone, come, strict=True):
                yield from _aligned(*pair)
        case ir.Literal() as before, ir.Literal() as after if _alike(before, after):
            yield from _values(before, after)
        case before, after:
            if before != after:
                raise _Apart


def _with_values(found: ir.Type, other: ir.Type) -> ir.Type:
    """Return a string type as an open choice if the other one is: it has no known values."""
    if found == _TEXT and isinstance(other, ir.Literal) and other.open:
        return ir.Literal(values=(), open=True)
    return found


def _alike(old: ir.Literal, new: ir.Literal) -> bool:
    return len({type(value) for value in (*old.values, *new.values)}) < 2


def _values(old: ir.Literal, new: ir.Literal) -> Iterator[Shift]:
    for value in new.values:
        if value not in old.values:
            known: Direction = "same" if old.open else "wider"
            yield Shift("value-added", known, f"{code(_literal(value))} is a new value")
    for value in old.values:
        if value not in new.values:
            known = "same" if new.open else "narrower"
            yield Shift("value-removed", known, f"{code(_literal(value))} is no longer a value")
    if new.open and not old.open:
        yield Shift("values-opened", "wider", "may be another value than those listed")
    if old.open and not new.open:
        yield Shift("values-closed", "narrower", "is one of the values listed, and no other")


# ── Types as sets of values ──────────────────────────────────────────────────────────────────


def direction(old: ir.Type, new: ir.Type) -> Direction:
    """Return how the set of a type's values changed."""
    wider, narrower = within(old, new), within(new, old)
    if wider and narrower:
        return "same"
    return "wider" if wider else "narrower" if narrower else "other"


def within(inner: ir.Type, outer: ir.Type) -> bool:
    """Return whether every value of one type is a value of the other."""
    if outer in (inner, _ANY):
        return True
    match inner, outer:
        case ir.Union(members=members), _:
            return all(within(member, outer) for member in members)
        case ir.Nullable(type=inside), _:
            return isinstance(outer, ir.Nullable) and within(inside, outer)
        case _, ir.Nullable(type=around):
            return within(inner, around)
        case _, ir.Union(members=members):
            return any(within(inner, member) for member in members)
        case ir.Literal(values=values, open=False), ir.Literal(values=others, open=False):
            return {_key(value) for value in values} <= {_key(value) for value in others}
        case ir.Literal(values=values, open=is_open), _:
            if is_open or isinstance(values[0], str):
                return outer == _TEXT or (isinstance(outer, ir.Literal) and outer.open)
            names = ("bool",) if isinstance(values[0], bool) else ("int", "float")
            return isinstance(outer, ir.Primitive) and outer.name in names
        case ir.Primitive(name="str"), ir.Literal(open=True):
            return True
        case ir.Primitive(name="int"), ir.Primitive(name="float"):
            return True
        case (ir.Array(items=inside), ir.Array(items=around)) | (
            ir.Map(values=inside),
            ir.Map(values=around),
        ):
            return within(inside, around)
        case _:
            return False


def _key(value: str | int | bool) -> tuple[type, str | int]:
    """Return a key that distinguishes equal values of different types, such as 1 and true."""
    return type(value), value


# ── References ───────────────────────────────────────────────────────────────────────────────


def renamed(found: ir.Type, names: Mapping[str, str]) -> ir.Type:
    """Return a type with its models renamed."""
    match found:
        case ir.Reference(model=model):
            return ir.Reference(model=names.get(model, model))
        case ir.Array(items=inner):
            return ir.Array(items=renamed(inner, names))
        case ir.Map(values=inner):
            return ir.Map(values=renamed(inner, names))
        case ir.Nullable(type=inner):
            return ir.Nullable(type=renamed(inner, names))
        case ir.Union(members=members):
            return ir.Union(members=tuple(renamed(member, names) for member in members))
        case _:
            return found


# ── Notation ─────────────────────────────────────────────────────────────────────────────────


def written(found: ir.Type) -> str:
    """Return a type as its annotation."""
    match found:
        case ir.Primitive(name=name):
            return name
        case ir.Literal(values=values, open=is_open):
            return " | ".join([*map(_literal, values), *(["str"] if is_open else [])])
        case ir.Array(items=inner):
            return f"list[{written(inner)}]"
        case ir.Map(values=inner):
            return f"dict[str, {written(inner)}]"
        case ir.Reference(model=model):
            return model
        case ir.Nullable(type=inner):
            return f"{written(inner)} | None"
        case ir.Union(members=members):
            return " | ".join(map(written, members))


def _literal(value: str | int | bool) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
