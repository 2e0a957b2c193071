"""Edits of a schema's type, enum, limits and other facts. Changes only the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...compare.facts import Entity, FactPath, dump, plain
from ...openapi.document import Json, Node, Pointer
from ...openapi.json_types import JsonTypes, has_meaning
from ...openapi.todo_marks import mark
from ..draft.descriptions import field_at, find, home, is_property, reading, root
from ..draft.draft import KEY, PARAMETER, SCHEMA, Mapping, items, mapping, put
from ..draft.edit_site import EditSite, change, drop
from ..draft.proposals import Proposal, Rank, fingerprint, nothing
from ..translate.schemas import SchemaTranslator, type_value


@dataclass(frozen=True, slots=True)
class SchemaEdit:
    """A curated field, or the value of a parameter, body or response, with its schema's place."""

    site: EditSite
    shapes: SchemaTranslator
    path: FactPath
    way: list[str]

    def propose(
        self,
        target: Pointer,
        what: str,
        run: Callable[[], None],
        rank: Rank = "edited",
        also: Callable[[], None] = nothing,
    ) -> Iterator[Proposal]:
        """Build the edit of a curated schema whose official counterpart is `self.partner()`."""
        partner = self.partner()
        yield Proposal(
            difference=self.site.difference,
            target=target,
            partner=partner.identity if partner is not None else None,
            what=what,
            run=run,
            also=also,
            rank=rank,
        )

    def partner(self) -> Entity | None:
        """Return the official entity with the fact; for a field of one side only, its container."""
        path = FactPath(self.path.entity)
        for step in self.way if self.path.keyword else self.way[:-1]:
            path = path.step(step)
        return find(self.site.like, path) if self.site.like is not None else None

    # ── Places ───────────────────────────────────────────────────────────────────────────────

    def parts(self, way: list[str]) -> tuple[Node, ...]:
        """Return the curated schema objects at the end of a path; empty without a schema."""
        view = self.site.curated_operation.view
        path = FactPath(self.path.entity)
        for step in way:
            path = path.step(step)
        found = find(root(self.site.curated_operation), path)
        place = home(found, path) if found is not None else None
        return reading(view, field_at(view, place)).parts if place is not None else ()

    def home(self) -> Node | None:
        """Return the node of the schema at the path's end, which may be a reference."""
        ours = self.site.ours
        return home(ours, self.path) if ours is not None else None

    def types(self, entity: Entity | None, *, official: bool) -> JsonTypes | None:
        operation = self.site.official_operation if official else self.site.curated_operation
        if entity is None or operation is None:
            return None
        place = home(entity, self.path)
        return (
            reading(operation.view, field_at(operation.view, place)).types
            if place is not None
            else None
        )


_OF_PARAMETER = frozenset({"style", "explode", "allowReserved", "allowEmptyValue"})
_SCALARS = frozenset({"string", "integer", "number", "boolean"})
_NULL: Mapping = {"type": "null"}


def type_(edit: SchemaEdit) -> Iterator[Proposal]:
    ours = edit.types(edit.site.ours, official=False)
    official = edit.types(edit.site.official, official=True)
    place = edit.home()
    if ours is None or official is None or place is None:
        return
    what = f"type {official}"
    if ours.names == official.names:
        yield from _null(edit, place, null=official.null)
    elif _is_simple(ours) and _is_simple(official) and place.get("type") is not None:
        yield from edit.propose(place.pointer, what, lambda: _retype(edit, place.pointer, official))
    elif edit.site.official is not None:
        what = f"schema {fingerprint(edit.site.official)}"
        yield from edit.propose(
            place.pointer, what, lambda: _rebuild(edit, place.pointer), "rebuilt"
        )


def _retype(edit: SchemaEdit, target: Pointer, types: JsonTypes) -> None:
    schema = edit.site.draft.at(target)
    put(schema, "type", type_value(types, null=types.null), SCHEMA)
    for keyword, value in [*schema.items()]:
        # A format that is right beside the new type is a difference, which the next round resolves.
        if keyword == "format" or not has_meaning(keyword, value, types):
            drop(schema, keyword)
    if types.names != frozenset({"string"}):
        _forget(schema, "values", "secret")
    if "description" in schema:
        _ask_about_type(edit, target, " and its values in the examples are")


def _ask_about_type(edit: SchemaEdit, target: Pointer, what: str = " is") -> None:
    edit.site.draft.note(
        (*target, "description"), f"the type has changed; check whether this{what} still true"
    )


def _rebuild(edit: SchemaEdit, target: Pointer) -> None:
    """Replace the schema, but keep its prose; a property that has none gets a mark."""
    schema, official = edit.site.draft.at(target), edit.site.official
    place = home(official, edit.path) if official is not None else None
    if place is None:
        return
    made = edit.shapes.schema(place, target)
    if "description" in schema:
        put(made, "description", schema["description"], SCHEMA)
        _ask_about_type(edit, target)
    elif target[-2:-1] == ("properties",) and "$ref" not in made:
        put(made, "description", mark("say what it holds"), SCHEMA)
    schema.clear()
    schema |= made


def _null(edit: SchemaEdit, place: Node, *, null: bool) -> Iterator[Proposal]:
    """Allow or forbid null where the schema is used: references to it may differ."""
    schema = edit.site.draft.at(place.pointer)
    if {"type", "anyOf", "oneOf"} & schema.keys() or (null and "$ref" in schema):
        yield from edit.propose(place.pointer, f"null {null}", lambda: _set_null(schema, null=null))
    elif parts := [part for part in edit.parts(edit.way) if part.get("type") is not None]:
        target = edit.site.draft.at(parts[0].pointer)
        yield from edit.propose(
            parts[0].pointer, f"null {null}", lambda: _set_null(target, null=null)
        )


def enum(edit: SchemaEdit) -> Iterator[Proposal]:
    difference, place = edit.site.difference, edit.home()
    if place is None:
        return
    parts = edit.parts(edit.way)
    if difference.ours is not None:
        target = difference.ours.node.pointer[:-1]
    elif parts:
        target = parts[0].pointer
    else:
        return
    values = _listed(difference.official.node.value) if difference.official else []
    if edit.site.lost:
        # The values that are gone are for a person to look at, but new ones are added.
        schema = edit.site.draft.at(target)
        before = _listed(schema["enum"] if "enum" in schema else schema.get("const", []))
        values = [*before, *(value for value in values if value not in before)]
        if len(values) == len(before):
            return
    what = f"enum {sorted(map(dump, values))}"
    yield from edit.propose(target, what, lambda: _list(edit, target, place.pointer, values))


def _list(edit: SchemaEdit, target: Pointer, place: Pointer, values: list[Json]) -> None:
    schema, used = edit.site.draft.at(target), edit.site.draft.at(place)
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
    official = edit.types(edit.site.official, official=True)
    is_text = official is not None and official.names == frozenset({"string"})
    if is_text and edit.way and is_property(edit.way[-1]):
        # The known values are unchanged, but others are possible now.
        used[KEY] = {**mapping(used.get(KEY, {})), "values": [*before]}


def fact(edit: SchemaEdit) -> Iterator[Proposal]:
    difference, keyword = edit.site.difference, edit.path.keyword
    value = plain(difference.official.value) if difference.official else None
    if isinstance(value, dict | list):
        return
    what = f"{keyword} {dump(value)}"
    if difference.ours is not None:
        *target, key = difference.ours.node.pointer
        yield from edit.propose(
            tuple(target),
            what,
            lambda: _set(edit.site.draft.at(tuple(target)), str(key), keyword, value),
        )
    elif (place := _place(edit, keyword)) is not None:
        order = PARAMETER if keyword in _OF_PARAMETER else SCHEMA
        yield from edit.propose(
            place, what, lambda: change(edit.site.draft.at(place), keyword, value, order)
        )


def _place(edit: SchemaEdit, keyword: str) -> Pointer | None:
    """Return the place for a new fact: the schema, or the parameter itself."""
    ours, official, fact = edit.site.ours, edit.site.official, edit.site.difference.official
    if ours is not None and official is not None and fact is not None and not edit.path.field:
        own = official.node.get(keyword)
        if keyword in _OF_PARAMETER or (own is not None and own.pointer == fact.node.pointer):
            return ours.node.pointer
    parts = edit.parts(edit.way)
    return parts[0].pointer if parts else None


def _is_simple(types: JsonTypes) -> bool:
    return types.names is not None and types.names <= _SCALARS


def _listed(value: Json) -> list[Json]:
    """Return the values of an enum or a const without null."""
    return [plain(it) for it in (value if isinstance(value, list) else [value]) if it is not None]


def _forget(schema: Mapping, *keys: str) -> None:
    """Remove the extension's keys for strings."""
    extension = mapping(schema.get(KEY, {}))
    for key in keys:
        drop(extension, key)
    if KEY in schema and not extension:
        drop(schema, KEY)


def _set(target: Mapping, was: str, keyword: str, value: Json) -> None:
    """Set or remove a keyword, which the curated spec may have in another notation."""
    if was != keyword:
        drop(target, was)
    change(target, keyword, value, SCHEMA)


def _set_null(schema: Mapping, *, null: bool) -> None:
    """Allow or forbid null in a schema."""
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
