"""Types in models: unions, lists, fields and secrets, as lenient decoding needs them.

Pure. Results are cached by type: examining a type takes longer than decoding a value of it.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, TypeGuard, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from ..lazy import genuine
from ..types import EXTRA_KEY

Struct: TypeAlias = type[msgspec.Struct]


def is_struct(kind: object) -> TypeGuard[Struct]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def union_members(kind: object) -> tuple[object, ...]:
    """Return the members of a union, or the type itself if it is not a union."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


@functools.cache
def struct_of(kind: object) -> Struct | None:
    """Return the only model among the members of a type; None if there is not exactly one."""
    structs = [member for member in union_members(kind) if is_struct(member)]
    return structs[0] if len(structs) == 1 else None


@functools.cache
def is_choice(kind: object) -> bool:
    """Return whether there are several models among the members of a type."""
    return sum(map(is_struct, union_members(kind))) > 1


@functools.cache
def item_type(kind: object) -> object:
    """Return the item type of the only list among the members of a type; None if there is none."""
    lists = [member for member in union_members(kind) if get_origin(member) in (list, Sequence)]
    return get_args(lists[0])[0] if len(lists) == 1 else None


@functools.cache
def value_type(kind: object) -> object:
    """Return the type of the values of the only map among the members of a type; None if none."""
    maps = [member for member in union_members(kind) if get_origin(member) in (dict, Mapping)]
    return get_args(maps[0])[1] if len(maps) == 1 else None


def holds_times(kind: object) -> bool:
    """Return whether a value of a type may contain a time."""
    reached: set[object] = set()
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        if one is genuine(datetime):
            return True
        if one not in reached:
            reached.add(one)
            waiting += (held.type for held in fields(one)) if is_struct(one) else get_args(one)
    return False


def is_partly_read(kind: object, value: object) -> bool:
    """Return whether some parts of a value are of its type, or of no known alternative of it."""
    if isinstance(value, list):
        return item_type(kind) is not None
    if isinstance(value, dict):
        model = struct_of(kind)
        is_tagged = model is not None and model.__struct_config__.tag_field is not None
        return is_tagged or value_type(kind) is not None or is_choice(kind)
    return isinstance(value, msgspec.Struct)


def secrets_of(kind: Struct) -> frozenset[str]:
    """Return the secret fields of a model: see `SecretModel`."""
    return getattr(kind, "_secrets", frozenset())


@functools.cache
def fields_of(kind: Struct) -> tuple[FieldInfo, ...]:
    """Return the fields of a model, without that of its extras."""
    return tuple(one for one in fields(kind) if one.encode_name != EXTRA_KEY)


@functools.cache
def may_hold_secrets(kind: object) -> bool:
    """Return whether a value of a type may contain a secret."""
    return _finds_secrets(kind, frozenset())


def _finds_secrets(kind: object, parents: frozenset[object]) -> bool:
    if not is_struct(kind):
        return any(_finds_secrets(one, parents) for one in get_args(kind))
    if kind in parents:
        return False
    if secrets_of(kind):
        return True
    return any(_finds_secrets(one.type, parents | {kind}) for one in fields_of(kind))
