"""JSON values: type-strict equality (1, 1.0 and true differ), copies, pointers. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..openapi.document import Json, Pointer


def written(value: Json, *, ordered: bool = True) -> str:
    """Return the text by which values are compared, with or without the order of keys."""
    return json.dumps(value, sort_keys=not ordered)


def same(one: Json, other: Json) -> bool:
    """Return whether two values are equal, with types and order of keys."""
    return written(one) == written(other)


def equal(one: Json, other: Json) -> bool:
    """Return whether two values are equal, with types, in any order of keys."""
    return written(one, ordered=False) == written(other, ordered=False)


def copied(value: Json) -> Json:
    """Return a deep copy."""
    if isinstance(value, dict):
        return {key: copied(child) for key, child in value.items()}
    if isinstance(value, list):
        return [copied(child) for child in value]
    return value


def at(value: Json, pointer: Pointer) -> Json:
    """Return the value at an existing pointer."""
    for part in pointer:
        value = child(value, part)
    return value


def has(value: Json, pointer: Pointer) -> bool:
    """Return whether a pointer leads to something, which may be null."""
    for part in pointer:
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return False
    return True


def child(value: Json, part: str | int) -> Json:
    if isinstance(value, dict):
        return value[str(part)]
    assert isinstance(value, list)
    return value[int(part)]


def insert(mapping: dict[str, Json], key: str, value: Json, before: Sequence[str]) -> None:
    """Insert an entry behind the last of the keys that precede it, or replace an existing one."""
    if key in mapping:
        mapping[key] = value
        return
    items = [*mapping.items()]
    index = max((n for n, (name, _) in enumerate(items, start=1) if name in before), default=0)
    items.insert(index, (key, value))
    mapping.clear()
    mapping.update(items)


def rename(mapping: dict[str, Json], key: str, name: str) -> None:
    """Rename the key of an entry, in place."""
    items = [(name if was == key else was, value) for was, value in mapping.items()]
    mapping.clear()
    mapping.update(items)


def leaves(value: Json, pointer: Pointer = ()) -> set[tuple[Pointer, str]]:
    """Return every scalar in a value, and empty containers, with their pointers."""
    if isinstance(value, dict) and value:
        return {leaf for key, it in value.items() for leaf in leaves(it, (*pointer, key))}
    if isinstance(value, list) and value:
        return {leaf for index, it in enumerate(value) for leaf in leaves(it, (*pointer, index))}
    return {(pointer, written(value))}
