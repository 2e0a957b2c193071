"""Keys of `x-runnersmith` that follow from other edits. Changes only the draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...compare.facts import dump
from ...compare.operations import shape
from ...openapi.document import Json, Pointer, parse_pointer
from ...openapi.todo_marks import mark
from ...validate.extension import lookups
from ..draft.component_names import class_name, free
from ..draft.descriptions import JSON
from ..draft.draft import KEY, Draft, Mapping, items, mapping
from ..draft.edit_site import drop

_PROSE = ("description", "deprecated", "example", KEY)
_MENTIONED = re.compile(r"`([a-z_0-9]+\.[a-z_0-9]+)`")


def settle(draft: Draft, before: Json = None) -> None:
    """Make the extension fit the edited operations and schemas.

    `before` is the older version of a new one. One method cannot hold two versions of an operation
    that differ in kind, such as one that is paginated in one of them. The newer gets a method of
    its own.
    """
    was = Draft(draft.name, mapping(before or {"paths": {}}))
    identified = {it.get("operationId"): it for _, _, it in was.operations()}
    _settle_wrappers(draft)
    renamed: dict[str, str] = {}
    known = {(method, shape(path)): operation for path, method, operation in was.operations()}
    for path, method, operation in draft.operations():
        extension = mapping(operation.get(KEY, {}))
        if extension.get("paged") and listed_in(draft, operation) is None:
            _without_pages(draft, operation)
        place: Pointer = ("paths", path, method)
        old = known.get((method, shape(path)))
        if old is None and operation.get("operationId") in identified:
            # It has moved, and may have kept its method.
            moved = identified[operation.get("operationId")]
            named = mapping(moved.get(KEY, {}))
            is_same = all(named.get(it) == extension.get(it) for it in ("resource", "method"))
            old = moved if is_same else None
        if old is not None:
            traits = _Traits.of(draft, operation), _Traits.of(was, old)
            if (found := _other_method(*traits)) is not None:
                resource, name = str(extension["resource"]), str(extension["method"])
                suffix, what = found
                extension["method"] = f"{name}_{suffix}"
                renamed[f"{resource}.{name}"] = f"{resource}.{name}_{suffix}"
                text = f"{name} {what} in older versions, so this is another method"
                draft.note((*place, KEY, "method"), f"{text}; confirm the name")
    for task in items(draft.extension.get("tasks", [])):
        methods = items(mapping(task)["methods"])
        methods[:] = [it for was in methods for it in (was, renamed.get(str(was))) if it]
    _settle_lookups(draft, renamed)


# ── Methods ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Traits:
    """What all API versions of one method have in common."""

    paged: bool
    # The success statuses: those with content, and those without.
    full: frozenset[str]
    empty: frozenset[str]
    items: str | None

    @staticmethod
    def of(draft: Draft, operation: Mapping) -> _Traits:
        paged = mapping(operation.get(KEY, {})).get("paged") is True
        successes = {
            status: "content" in _resolved(draft, response)
            for status, response in mapping(operation["responses"]).items()
            if status.startswith("2")
        }
        full = frozenset(status for status, has_content in successes.items() if has_content)
        return _Traits(paged, full, frozenset(successes) - full, listed_in(draft, operation))


def _other_method(now: _Traits, was: _Traits) -> tuple[str, str] | None:
    """Return the end of a method's new name, and why it needs one; None if it needs none."""
    # Different statuses make a union of results, but one status cannot be read in two ways.
    if now.full & was.empty:
        return "with_result", "returns nothing"
    if now.empty & was.full:
        return "without_result", "returns content"
    if now.paged != was.paged:
        return ("paged", "is not paginated") if now.paged else ("all", "is paginated")
    if now.items != was.items:
        return now.items or "result", f"returns {was.items or 'another result'}"
    return None


def _without_pages(draft: Draft, operation: Mapping) -> None:
    """Take pagination from an operation that no longer returns a list."""
    drop(mapping(operation[KEY]), "paged")
    listed = items(operation.get("parameters", []))
    names = {"page", "per_page"}
    listed[:] = [it for it in listed if _resolved(draft, it).get("name") not in names]


def _schemas(draft: Draft, operation: Mapping) -> list[Mapping]:
    """Return the JSON schemas of the success responses."""
    found: list[Mapping] = []
    for status, response in mapping(operation["responses"]).items():
        content = mapping(_resolved(draft, response).get("content", {}))
        if status.startswith("2") and JSON in content:
            found.append(_resolved(draft, mapping(content[JSON]).get("schema", {})))
    return found


def listed_in(draft: Draft, operation: Mapping) -> str | None:
    """Return what a list response has its items in, empty for the list itself; None for others."""
    for schema in _schemas(draft, operation):
        if schema.get("type") == "array":
            return ""
        wrapped = mapping(schema.get(KEY, {})).get("items")
        if wrapped is not None:
            return str(wrapped)
    return None


# ── Schemas and lookups ──────────────────────────────────────────────────────────────────────


def _settle_wrappers(draft: Draft) -> None:
    """Update the property with the items of list wrappers, which are other classes then."""
    for name, value in [*draft.components("schemas").items()]:
        schema = mapping(value)
        extension = mapping(schema.get(KEY, {}))
        properties, required = mapping(schema.get("properties", {})), schema.get("required", [])
        lists = [
            it
            for it in items(required)
            if mapping(properties.get(str(it), {})).get("type") == "array"
        ]
        _settle_eithers(schema, extension)
        if "items" not in extension or extension["items"] in lists:
            continue
        wrapped = str(lists[0]) if len(lists) == 1 else None
        if wrapped is not None:
            extension["items"] = wrapped
        else:
            drop(extension, "items")
            if not extension:
                drop(schema, KEY)
        now = free(draft, "schemas", class_name(name, wrapped or "result"))
        _rename(draft, name, now)
        draft.note(
            ("components", "schemas", now), f"{name} has other fields now; confirm this name"
        )


def _settle_eithers(schema: Mapping, extension: Mapping) -> None:
    """Remove the properties for several fields of which fewer than two are left, or alike."""
    properties, required = mapping(schema.get("properties", {})), items(schema.get("required", []))
    eithers = mapping(extension.get("either", {}))
    for name, fields in [*eithers.items()]:
        known = [properties.get(str(it)) for it in items(fields) if it not in required]
        alike = {dump(_type(it)) for it in known}
        if len(known) < len(items(fields)) or None in known or len(alike) > 1:
            del eithers[name]
    if eithers == {} and "either" in extension:
        drop(extension, "either")
        if not extension:
            drop(schema, KEY)


def _type(schema: Json) -> Json:
    """Return what decides the type of a property."""
    return {key: value for key, value in mapping(schema or {}).items() if key not in _PROSE}


def _rename(draft: Draft, name: str, now: str) -> None:
    """Rename a component schema where it is used."""
    schemas = draft.components("schemas")
    entries = [(now if key == name else key, value) for key, value in schemas.items()]
    schemas.clear()
    schemas.update(entries)
    draft.renote(("components", "schemas", name), ("components", "schemas", now))
    for reference in _references(draft.data):
        if reference["$ref"] == f"#/components/schemas/{name}":
            reference["$ref"] = f"#/components/schemas/{now}"


def _references(value: Json) -> Iterator[Mapping]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value
        for child in value.values():
            yield from _references(child)
    elif isinstance(value, list):
        for child in value:
            yield from _references(child)


def _settle_lookups(draft: Draft, renamed: dict[str, str]) -> None:
    """Leave a lookup to a person if it names a method that its scope or a product does not have."""
    methods: dict[str, set[str]] = {}
    for path, _, operation in draft.operations():
        extension = mapping(operation.get(KEY, {}))
        named = f"{extension.get('resource')}.{extension.get('method')}"
        methods.setdefault(_scope(draft, path), set()).add(named)
    for path, _, operation in draft.operations():
        extension = mapping(operation.get(KEY, {}))
        known, text = methods[_scope(draft, path)], str(extension.get("lookup", ""))
        for name in {*_MENTIONED.findall(text)} - known:
            what = "say what to look up if no response arrives"
            if (now := renamed.get(name)) in known:
                # A client has one lookup for all versions.
                what += f", without a method's name: {now} was {name} in older versions"
            else:
                what += f"; {name} is not in this scope"
            extension["lookup"] = mark(what)
    for problem in [*lookups.check([draft.document()])]:
        reason = problem.message.replace('"', "")
        what = f"say what to look up if no response arrives; the {reason}"
        draft.at(problem.pointer[:-1])["lookup"] = mark(what)


def _scope(draft: Draft, path: str) -> str:
    return next((scope for scope in draft.scopes if path.startswith(scope)), "")


def _resolved(draft: Draft, value: Json) -> Mapping:
    found = mapping(value)
    while isinstance(reference := found.get("$ref"), str):
        target: Pointer | None = parse_pointer(reference)
        if target is None:
            break
        found = draft.at(target)
    return found
