"""Extras of objects to send: properties without a field or an argument, among those that have one.

Pure.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Set
from typing import Any, cast, get_args

import msgspec

from ..errors import InvalidArgument
from ..types import EXTRA_KEY, KIND_KEY, UNSET, OpenModel, Unset


class Given(dict[str, object]):
    """The arguments of a body that the caller asked for, even if none of them is set."""


def with_extra(
    fields: Mapping[str, object], extra: Mapping[str, object] | Unset
) -> Mapping[str, object]:
    """Return the arguments of a body with its extras. An empty `extra` sends an empty object."""
    if extra is UNSET:
        return fields
    return Given({**fields, **_checked(extra, fields.keys())})


def flattened(value: object) -> object:
    """Return a value to send with the extras of all objects in it among their fields."""
    match value:
        case msgspec.Struct() if _may_be_open(type(value)):
            return _object(value)
        case list() | tuple():
            return [flattened(one) for one in cast("list[object]", value)]
        case dict():
            return {
                name: flattened(one) for name, one in cast("dict[object, object]", value).items()
            }
        case _:
            return value


def _object(value: msgspec.Struct) -> object:
    kind = type(value)
    config = kind.__struct_config__
    if config.array_like:
        return value
    found: dict[str, object] = {}
    if config.tag_field is not None and config.tag_field != KIND_KEY:
        found[config.tag_field] = config.tag
    declared = _fields(kind)
    for name, wire_name, default in declared:
        held: object = getattr(value, name)
        # As msgspec does.
        if held is not UNSET and not (config.omit_defaults and held is default):
            found[wire_name] = flattened(held)
    if isinstance(value, OpenModel):
        names = {wire_name for _, wire_name, _ in declared} | found.keys()
        found |= {name: flattened(one) for name, one in _checked(value.extra, names).items()}
    return found


def _checked(extra: Mapping[str, object], names: Set[str]) -> Mapping[str, object]:
    """Return extras; raise an error for one that has a field or an argument."""
    if not isinstance(cast("object", extra), Mapping):
        raise TypeError(f"extra must be a mapping, not {type(extra).__name__}")
    for name in extra:
        if not isinstance(cast("object", name), str):
            raise TypeError(f"extra must have str keys, not {type(name).__name__}")
        if name in names:
            raise InvalidArgument(f"extra must not hold {name!r}: it is not one of the extras here")
    return extra


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, object], ...]:
    """Return the declared fields of a model: their names, their names on the wire, their defaults."""
    declared = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    held = kind.__struct_defaults__
    defaults = (*(object() for _ in range(len(kind.__struct_fields__) - len(held))), *held)
    return tuple(
        (name, wire_name, default)
        for (name, wire_name), default in zip(declared, defaults, strict=True)
        if wire_name != EXTRA_KEY
    )


@functools.cache
def _may_be_open(kind: type[msgspec.Struct]) -> bool:
    """Return whether an object of a class may have extras, in itself or below."""
    reached: set[object] = set()
    waiting: list[object] = [kind]
    while waiting:
        one = waiting.pop()
        if one is Any or one is object:
            return True
        if one in reached:
            continue
        reached.add(one)
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            if issubclass(one, OpenModel) or one.__struct_config__.tag_field == KIND_KEY:
                return True
            waiting += (held.type for held in msgspec.structs.fields(one))
        waiting += get_args(one)
    return False
