"""Compatibility of the packs' contract: differences that break an older version of it. Pure.

Additions are compatible: a class, field, block, variable or filter, a value of an enum, a kind of
type, an optional parameter of a filter, and a text that becomes an identifier. Everything else must
still be there and be the same, except descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Values = Mapping[str, Any]


def broken_ir(old: Values, new: Values) -> list[str]:
    """Return the classes and fields of the IR that are gone or have another type."""
    return [
        said
        for name, definition in _classes(old).items()
        for said in _class(name, definition, _classes(new).get(name))
    ]


def _classes(schema: Values) -> dict[str, Values]:
    return {"Api": schema, **schema["$defs"]}


def _class(name: str, old: Values, new: Values | None) -> Iterator[str]:
    if new is None:
        yield f"{name} is gone"
        return
    for field, kind in old["properties"].items():
        now = new["properties"].get(field)
        if now is None:
            yield f"{name}.{field} is gone"
        elif (name, field) != ("Api", "ir_version") and not _fits(kind, now):
            yield f"{name}.{field} was {_undescribed(kind)} and is {_undescribed(now)}"
        if field in old["required"] and now is not None and field not in new["required"]:
            yield f"{name}.{field} is not always there"


def _fits(old: Values, new: Values) -> bool:
    """Return whether code for the old type can read the new one, if it expects more values."""
    old, new = _undescribed(old), _undescribed(new)
    if old == new or old == {name: it for name, it in new.items() if name != "format"}:
        return True
    if listed := _listed(old):
        return set(listed) <= set(_listed(new))
    if old.get("type") == new.get("type") == "array":
        return _fits(old["items"], new["items"])
    kinds, now = _kinds(old), _kinds(new)
    if len(kinds) > 1:
        return kinds <= now
    members, others = old.get("anyOf", []), new.get("anyOf", [])
    return len(members) == len(others) > 0 and all(map(_fits, members, others))


def _undescribed(kind: Values) -> Values:
    return {name: it for name, it in kind.items() if name != "description"}


def _listed(kind: Values) -> list[Any]:
    return [kind["const"]] if "const" in kind else kind.get("enum", [])


def _kinds(kind: Values) -> set[str]:
    """Return the classes of a union that `kind` distinguishes; nothing for any other union."""
    members = kind.get("anyOf", [])
    return {it["$ref"] for it in members} if all("$ref" in it for it in members) else set()


def broken_templates(old: Values, new: Values) -> list[str]:
    """Return the templates, blocks, variables, filters and attributes that are gone or changed."""
    return [*_templates(old["templates"], new["templates"]), *_tables(old, new)]


def _templates(old: Values, new: Values) -> Iterator[str]:
    for name, template in old.items():
        now = new.get(name)
        if now is None:
            yield f"{name} is gone"
            continue
        for kind in ("variables", "sets"):
            for variable in sorted(set(template[kind]) - set(now[kind])):
                yield f"{name} no longer has the variable {variable}"
        for block, variables in template["blocks"].items():
            if block not in now["blocks"]:
                yield f"{name} no longer has the block {block}"
                continue
            for variable in sorted(set(variables) - set(now["blocks"][block])):
                yield f"{name}: block {block} no longer has the variable {variable}"


def _tables(old: Values, new: Values) -> Iterator[str]:
    for each, variables in old["each"].items():
        for variable in sorted(set(variables) - set(new["each"].get(each, []))):
            yield f"an output for each {each} no longer has the variable {variable}"
    yield from _table("variable", old["variables"], new["variables"])
    yield from _table("filter", old["filters"], new["filters"])
    for kind, attributes in old["classes"].items():
        yield from _table(f"{kind}'s", attributes, new["classes"].get(kind, {}))


def _table(word: str, old: Values, new: Values) -> Iterator[str]:
    for name, said in old.items():
        if name not in new:
            yield f"{word} {name} is gone"
        elif new[name] != said and not (word == "filter" and _longer(said, new[name])):
            yield f"{word} {name} was {said} and is {new[name]}"


def _longer(old: list[str], new: list[str]) -> bool:
    """Return whether parameters are the old ones followed by optional ones."""
    return new[: len(old)] == old and all(" = " in one for one in new[len(old) :])
