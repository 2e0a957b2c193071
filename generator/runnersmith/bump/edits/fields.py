"""Edits of a field that only one side has or requires. Changes only the draft."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare.facts import Entity
from ...openapi.document import Json, Node, Pointer
from ..draft.descriptions import is_property, name_of, steps
from ..draft.draft import SCHEMA, items, mapping, put
from ..draft.edit_site import EditSite, change, drop
from ..draft.proposals import Proposal, fingerprint
from ..translate.schemas import SchemaTranslator
from . import keywords
from .keywords import SchemaEdit
from .products import claim


def field(site: EditSite, shapes: SchemaTranslator) -> Iterator[Proposal]:
    """Yield the edit for a difference; none if a person must decide, as for a union."""
    path = site.difference.path
    way = steps(path.field)
    edit = SchemaEdit(site, shapes, path, way)
    if any(step.startswith("(") for step in way) or path.keyword in ("oneOf", "anyOf", "content"):
        return
    match path.keyword:
        case "":
            yield from _existence(edit)
        case "type":
            yield from keywords.type_(edit)
        case "enum":
            yield from keywords.enum(edit)
        case _:
            yield from keywords.fact(edit)


def _existence(edit: SchemaEdit) -> Iterator[Proposal]:
    *owner, last = edit.way
    parts = edit.parts(owner)
    if not parts:
        return
    if not is_property(last):
        yield from _items(
            edit, parts[0].pointer, "items" if last == "[]" else "additionalProperties"
        )
        return
    name, official = name_of(last), edit.site.official
    with_properties = [part for part in parts if part.get("properties") is not None]
    having = [part for part in with_properties if name in mapping(part.at("properties").value)]
    target = (having or with_properties or parts)[0].pointer
    requiring = [part.pointer for part in parts if name in _required(part)]
    if edit.site.ours is None and official is not None:
        what = f"add {name} {fingerprint(official)}"
        yield from edit.propose(
            target,
            what,
            lambda: _add(edit, target, name, official),
            also=lambda: claim(edit.site, (*target, "properties", name)),
        )
    elif official is None:
        places = [part.pointer for part in having]
        yield from edit.propose(
            target, f"remove {name}", lambda: _remove(edit, places, requiring, name)
        )
    else:
        wanted = official.head == "required"
        where = target if wanted else (requiring or [target])[0]
        yield from edit.propose(
            where, f"{official.head} {name}", lambda: _require(edit, where, name, wanted)
        )


def _add(edit: SchemaEdit, target: Pointer, name: str, official: Entity) -> None:
    schema = edit.site.draft.at(target)
    if "properties" not in schema:
        put(schema, "properties", {}, SCHEMA)
    pointer = (*target, "properties", name)
    mapping(schema["properties"])[name] = edit.shapes.property(official, pointer)
    if official.head == "required":
        _require(edit, target, name, wanted=True)


def _remove(edit: SchemaEdit, places: list[Pointer], requiring: list[Pointer], name: str) -> None:
    for place in places:
        schema = edit.site.draft.at(place)
        drop(mapping(schema["properties"]), name)
        if not schema["properties"]:
            drop(schema, "properties")
    for place in requiring:
        _require(edit, place, name, wanted=False)


def _require(edit: SchemaEdit, target: Pointer, name: str, wanted: bool) -> None:
    schema = edit.site.draft.at(target)
    left = [one for one in items(schema.get("required", [])) if one != name]
    change(schema, "required", [*left, *([name] if wanted else [])] or None, SCHEMA)


def _items(edit: SchemaEdit, target: Pointer, keyword: str) -> Iterator[Proposal]:
    official = edit.site.official
    schema = edit.site.draft.at(target)
    if official is None:
        yield from edit.propose(target, f"remove {keyword}", lambda: drop(schema, keyword))
    elif edit.site.ours is None:
        pointer = (*target, keyword)
        yield from edit.propose(
            target,
            f"add {keyword} {fingerprint(official)}",
            lambda: put(schema, keyword, edit.shapes.used(official, pointer), SCHEMA),
        )


def _required(part: Node) -> list[Json]:
    required = part.get("required")
    return required.value if required is not None and isinstance(required.value, list) else []
