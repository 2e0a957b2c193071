"""A field that only one side has, or that only one side requires: the edits. Pure but for the draft."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...compare.facts import Thing
from ...openapi.document import Json, Node, Pointer
from ..draft.descriptions import is_property, name_of, steps
from ..draft.draft import SCHEMA, items, mapping, put
from ..draft.edit_site import Site, change, drop
from ..draft.proposals import Proposal, fingerprint, nothing
from ..translate.schemas import Shapes
from . import examples, keywords
from .keywords import Spot


def field(site: Site, shapes: Shapes) -> Iterator[Proposal]:
    """The edit that a difference asks for; none for what is left to a person, such as a union."""
    path = site.difference.path
    way = steps(path.field)
    spot = Spot(site, shapes, path, way)
    if any(step.startswith("(") for step in way) or path.keyword in ("oneOf", "anyOf", "content"):
        return
    match path.keyword:
        case "":
            yield from _existence(spot)
        case "type":
            yield from keywords.type_(spot)
        case "enum":
            yield from keywords.enum(spot)
        case _:
            yield from keywords.fact(spot)


def _existence(spot: Spot) -> Iterator[Proposal]:
    *owner, last = spot.way
    parts = spot.parts(owner)
    if not parts:
        return
    if not is_property(last):
        yield from _items(
            spot, parts[0].pointer, "items" if last == "[]" else "additionalProperties"
        )
        return
    name, official = name_of(last), spot.site.official
    with_properties = [part for part in parts if part.get("properties") is not None]
    having = [part for part in with_properties if name in mapping(part.at("properties").value)]
    target = (having or with_properties or parts)[0].pointer
    requiring = [part.pointer for part in parts if name in _required(part)]
    if spot.site.ours is None and official is not None:
        what = f"add {name} {fingerprint(official)}"
        yield from spot.propose(
            target, what, lambda: _add(spot, target, name, official), partial(_show, spot)
        )
    elif official is None:
        places = [part.pointer for part in having]
        yield from spot.propose(
            target,
            f"remove {name}",
            lambda: _remove(spot, places, requiring, name),
            partial(_hide, spot),
        )
    else:
        wanted = official.head == "required"
        where = target if wanted else (requiring or [target])[0]
        also = partial(_show, spot) if wanted else nothing
        yield from spot.propose(
            where, f"{official.head} {name}", lambda: _require(spot, where, name, wanted), also
        )


def _add(spot: Spot, target: Pointer, name: str, official: Thing) -> None:
    schema = spot.site.draft.at(target)
    if "properties" not in schema:
        put(schema, "properties", {}, SCHEMA)
    pointer = (*target, "properties", name)
    mapping(schema["properties"])[name] = spot.shapes.property(official, pointer)
    if official.head == "required":
        _require(spot, target, name, wanted=True)


def _remove(spot: Spot, places: list[Pointer], requiring: list[Pointer], name: str) -> None:
    for place in places:
        schema = spot.site.draft.at(place)
        drop(mapping(schema["properties"]), name)
        if not schema["properties"]:
            drop(schema, "properties")
    for place in requiring:
        _require(spot, place, name, wanted=False)


def _require(spot: Spot, target: Pointer, name: str, wanted: bool) -> None:
    schema = spot.site.draft.at(target)
    left = [one for one in items(schema.get("required", [])) if one != name]
    change(schema, "required", [*left, *([name] if wanted else [])] or None, SCHEMA)


def _show(spot: Spot) -> None:
    """Put a new required field into the examples."""
    holder, official = spot.holder(), spot.site.official
    if holder is None or official is None or official.head != "required":
        return
    *owner, last = spot.way
    for part in spot.parts(owner):
        known = mapping(spot.site.draft.at(part.pointer).get("properties", {}))
        if (schema := known.get(name_of(last))) is not None:
            examples.add(spot.site.draft, holder, spot.way, schema)


def _hide(spot: Spot) -> None:
    if (holder := spot.holder()) is not None:
        examples.drop(spot.site.draft, holder, spot.way)


def _items(spot: Spot, target: Pointer, keyword: str) -> Iterator[Proposal]:
    official = spot.site.official
    schema = spot.site.draft.at(target)
    if official is None:
        yield from spot.propose(target, f"remove {keyword}", lambda: drop(schema, keyword))
    elif spot.site.ours is None:
        pointer = (*target, keyword)
        yield from spot.propose(
            target,
            f"add {keyword} {fingerprint(official)}",
            lambda: put(schema, keyword, spot.shapes.used(official, pointer), SCHEMA),
        )


def _required(part: Node) -> list[Json]:
    required = part.get("required")
    return required.value if required is not None and isinstance(required.value, list) else []
