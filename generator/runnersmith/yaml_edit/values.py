"""JSON values: equality that tells 1 from true and from 1.0, copies, steps. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..openapi.document import Json, Pointer


def written(value: Json, *, ordered: bool = True) -> str:
    """The text by which values compare, the order of keys counting or not."""
    return json.dumps(value, sort_keys=not ordered)


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal to the type and to the order of their keys."""
    return written(one) == written(other)


def equal(one: Json, other: Json) -> bool:
    """Whether two values are equal to the type, in whatever order their keys are."""
    return written(one, ordered=False) == written(other, ordered=False)


def copied(value: Json) -> Json:
    """A copy that shares nothing."""
    if isinstance(value, dict):
        return {key: copied(child) for key, child in value.items()}
    if isinstance(value, list):
        return [copied(child) for child in value]
    return value


def at(value: Json, pointer: Pointer) -> Json:
    """The value at a pointer that leads somewhere."""
    for part in pointer:
        value = child(value, part)
    return value


def child(value: Json, part: str | int) -> Json:
    if isinstance(value, dict):
        return value[str(part)]
    assert isinstance(value, list)
    return value[int(part)]


def insert(mapping: dict[str, Json], key: str, value: Json, before: Sequence[str]) -> None:
    """Add an entry behind the last of the keys that come before it; replace one that is there."""
    if key in mapping:
        mapping[key] = value
        return
    items = [*mapping.items()]
    index = max((n for n, (name, _) in enumerate(items, start=1) if name in before), default=0)
    items.insert(index, (key, value))
    mapping.clear()
    mapping.update(items)


def rename(mapping: dict[str, Json], key: str, name: str) -> None:
    """Give an entry another key, in its place."""
    items = [(name if was == key else was, value) for was, value in mapping.items()]
    mapping.clear()
    mapping.update(items)


def leaves(value: Json, pointer: Pointer = ()) -> set[tuple[Pointer, str]]:
    """Every scalar in a value, and empty containers, with where they stand."""
    if isinstance(value, dict) and value:
        return {leaf for key, it in value.items() for leaf in leaves(it, (*pointer, key))}
    if isinstance(value, list) and value:
        return {leaf for index, it in enumerate(value) for leaf in leaves(it, (*pointer, index))}
    return {(pointer, written(value))}
