"""A type, enum, limit or other fact of a schema that differs: the edits. Pure but for the draft."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..compare.things import dump, plain
from ..document import Json, Node, Pointer
from ..openapi.json_types import JsonTypes
from . import examples
from .draft import KEY, PARAMETER, SCHEMA, Mapping, items, mapping, put
from .proposals import Proposal, fingerprint
from .shapes import type_value
from .sides import home, is_property
from .site import change, drop
from .spot import Spot

_OF_PARAMETER = frozenset({"style", "explode", "allowReserved", "allowEmptyValue"})
_SCALARS = frozenset({"string", "integer", "number", "boolean"})
_NULL: Mapping = {"type": "null"}


def type_(spot: Spot) -> Iterator[Proposal]:
    ours = spot.types(spot.site.ours, official=False)
    official = spot.types(spot.site.official, official=True)
    place = spot.home()
    if ours is None or official is None or place is None:
        return
    what = f"type {official}"
    if ours.names == official.names:
        yield from _null(spot, place, null=official.null)
    elif _is_simple(ours) and _is_simple(official) and place.get("type") is not None:
        yield from spot.propose(
            place.pointer,
            what,
            lambda: _retype(spot, place.pointer, official),
            partial(_again, spot),
        )
    elif spot.site.official is not None:
        what = f"schema {fingerprint(spot.site.official)}"
        yield from spot.propose(
            place.pointer,
            what,
            lambda: _rebuild(spot, place.pointer),
            partial(_again, spot),
            "rebuilt",
        )


def _retype(spot: Spot, target: Pointer, types: JsonTypes) -> None:
    schema = spot.site.draft.at(target)
    put(schema, "type", type_value(types, null=types.null), SCHEMA)
    if types.names != frozenset({"string"}):
        _forget(schema, "values", "secret")


def _rebuild(spot: Spot, target: Pointer) -> None:
    """Write the schema anew, with our words about it."""
    schema, official = spot.site.draft.at(target), spot.site.official
    place = home(official, spot.path) if official is not None else None
    if place is None:
        return
    made = spot.shapes.schema(place, target)
    if "description" in schema:
        put(made, "description", schema["description"], SCHEMA)
        spot.site.draft.note(
            (*target, "description"), "the type is another; see whether this still holds"
        )
    schema.clear()
    schema |= made


def _again(spot: Spot) -> None:
    """Give the examples a value of the new type."""
    holder, place = spot.holder(), spot.home()
    if holder is not None and place is not None:
        examples.change(spot.site.draft, holder, spot.way, spot.site.draft.at(place.pointer))


def _null(spot: Spot, place: Node, *, null: bool) -> Iterator[Proposal]:
    """Null, allowed or no longer: at the place of use, where one reference may allow it and another not."""
    schema = spot.site.draft.at(place.pointer)
    if {"type", "anyOf", "oneOf"} & schema.keys() or (null and "$ref" in schema):
        yield from spot.propose(place.pointer, f"null {null}", lambda: _set_null(schema, null=null))
    elif parts := [part for part in spot.parts(spot.way) if part.get("type") is not None]:
        target = spot.site.draft.at(parts[0].pointer)
        yield from spot.propose(
            parts[0].pointer, f"null {null}", lambda: _set_null(target, null=null)
        )


def enum(spot: Spot) -> Iterator[Proposal]:
    difference, place = spot.site.difference, spot.home()
    if place is None:
        return
    parts = spot.parts(spot.way)
    if difference.ours is not None:
        target = difference.ours.node.pointer[:-1]
    elif parts:
        target = parts[0].pointer
    else:
        return
    values = _listed(difference.official.node.value) if difference.official else []
    what = f"enum {sorted(map(dump, values))}"
    yield from spot.propose(target, what, lambda: _list(spot, target, place.pointer, values))


def _list(spot: Spot, target: Pointer, place: Pointer, values: list[Json]) -> None:
    schema, used = spot.site.draft.at(target), spot.site.draft.at(place)
    before = _listed(schema["enum"] if "enum" in schema else schema.get("const", []))
    drop(schema, "const")
    null: list[Json] = [None] if "null" in _listed(schema.get("type")) else []
    if values:
        stay = [value for value in before if value in values]
        added = [value for value in values if value not in stay]
        put(schema, "enum", [*stay, *added, *null], SCHEMA)
        _forget(used, "values")
        return
    drop(schema, "enum")
    official = spot.types(spot.site.official, official=True)
    is_text = official is not None and official.names == frozenset({"string"})
    if is_text and spot.way and is_property(spot.way[-1]):
        # The values are known as before, and there may now be others.
        used[KEY] = {**mapping(used.get(KEY, {})), "values": [*before]}


def fact(spot: Spot) -> Iterator[Proposal]:
    difference, keyword = spot.site.difference, spot.path.keyword
    value = plain(difference.official.value) if difference.official else None
    if isinstance(value, dict | list):
        return
    what = f"{keyword} {dump(value)}"
    if difference.ours is not None:
        *target, key = difference.ours.node.pointer
        yield from spot.propose(
            tuple(target),
            what,
            lambda: _set(spot.site.draft.at(tuple(target)), str(key), keyword, value),
        )
    elif (place := _place(spot, keyword)) is not None:
        order = PARAMETER if keyword in _OF_PARAMETER else SCHEMA
        yield from spot.propose(
            place, what, lambda: change(spot.site.draft.at(place), keyword, value, order)
        )


def _place(spot: Spot, keyword: str) -> Pointer | None:
    """Where a fact goes that ours does not state: to the schema, or to the parameter itself."""
    ours, official, fact = spot.site.ours, spot.site.official, spot.site.difference.official
    if ours is not None and official is not None and fact is not None and not spot.path.field:
        own = official.node.get(keyword)
        if keyword in _OF_PARAMETER or (own is not None and own.pointer == fact.node.pointer):
            return ours.node.pointer
    parts = spot.parts(spot.way)
    return parts[0].pointer if parts else None


def _is_simple(types: JsonTypes) -> bool:
    return types.names is not None and types.names <= _SCALARS


def _listed(value: Json) -> list[Json]:
    """The values of an enum or a const, null aside."""
    return [plain(it) for it in (value if isinstance(value, list) else [value]) if it is not None]


def _forget(schema: Mapping, *keys: str) -> None:
    """Take out what the extension says of a string."""
    extension = mapping(schema.get(KEY, {}))
    for key in keys:
        drop(extension, key)
    if KEY in schema and not extension:
        drop(schema, KEY)


def _set(target: Mapping, was: str, keyword: str, value: Json) -> None:
    """Set or drop a keyword that ours may spell in another way."""
    if was != keyword:
        drop(target, was)
    change(target, keyword, value, SCHEMA)


def _set_null(schema: Mapping, *, null: bool) -> None:
    """Allow null in a schema, or no longer."""
    null_type: list[Json] = ["null"] if null else []
    if "type" in schema:
        types = [it for it in _listed(schema["type"]) if it != "null"]
        both: list[Json] = [*types, *null_type]
        schema["type"] = both[0] if len(both) == 1 else both
        if "enum" in schema:
            schema["enum"] = [*_listed(schema["enum"]), *([None] if null else [])]
        return
    keyword = next((key for key in ("anyOf", "oneOf") if key in schema), "")
    if not keyword:
        reference: Mapping = {"$ref": schema.pop("$ref")}
        rest = dict(schema)
        schema.clear()
        schema |= {"anyOf": [reference, dict(_NULL)], **rest}
        return
    members = [it for it in items(schema[keyword]) if it != _NULL]
    if null:
        schema[keyword] = [*members, dict(_NULL)]
    elif len(members) == 1:
        rest = {key: value for key, value in schema.items() if key != keyword}
        schema.clear()
        schema |= {**mapping(members[0]), **rest}
    else:
        schema[keyword] = members
