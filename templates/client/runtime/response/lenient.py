"""Lenient decoding of lists, so that one value of the wrong type does not make a list unusable.

Pure. Everything around the items is decoded strictly: the object that holds the list, its total,
the list itself, and that each item is an object. Inside of an item

- a value of another type is kept as it is, and a missing required field is None;
- everything else has its declared type, and unknown fields are ignored;
- nested objects are decoded in the same way.

An item must have at least one required field of its declared type; if the model requires at most
one, any field will do. Without one, the item is another kind of object, and decoding fails. Models
with secrets tolerate only a null or missing value, and never in place of the secret itself. A
response that is a single object is not decoded leniently.
"""

from __future__ import annotations

import re
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard, Union, cast, get_args, get_origin

import msgspec
from msgspec.structs import fields

from .json import Mismatch, decode, missing_field, pointer_token

_Struct: TypeAlias = type[msgspec.Struct]
_Object: TypeAlias = dict[str, msgspec.Raw]

_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class LenientList:
    """A list and its mismatches, one for each pointer with `*` for the indices."""

    value: object = None
    mismatches: dict[str, Mismatch] = field(default_factory=dict[str, Mismatch])


class _NotTolerated(Exception):
    """Ends the decoding with a mismatch that cannot be tolerated."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.problem)
        self.mismatch = mismatch


def decode_list(kind: object, body: bytes) -> LenientList | Mismatch | None:
    """Decode a list leniently; return None if the type is neither a list nor holds one."""
    item = _item_type(kind)
    result = LenientList()
    try:
        if _is_struct(item):
            result.value = _items(item, decode(list[msgspec.Raw], body), "", result.mismatches)
        elif _is_struct(kind) and hasattr(kind, "__iter__"):
            result.value = _wrapper(kind, body, result.mismatches)
        else:
            return None
    except _NotTolerated as error:
        return error.mismatch
    except RecursionError:
        return Mismatch("the body is nested too deeply", pointer="")
    return result


def _wrapper(kind: _Struct, body: bytes, mismatches: dict[str, Mismatch]) -> object:
    """Decode an object that holds items. All of its other fields must be as declared."""
    raw_fields = _strict(decode(_Object, body), "")
    values: dict[str, object] = {}
    for one in fields(kind):
        raw, pointer = raw_fields.get(one.encode_name), pointer_token(one.encode_name)
        if raw is None:
            if one.required:
                raise _NotTolerated(missing_field(pointer))
            continue
        value, item = decode(one.type, raw), _item_type(one.type)
        if isinstance(value, Mismatch) and _is_struct(item):
            value = _items(item, decode(list[msgspec.Raw], raw), pointer, mismatches)
        values[one.name] = _strict(value, pointer)
    return kind(**values)


def _items(
    kind: _Struct, raw_items: object, pointer: str, mismatches: dict[str, Mismatch]
) -> list[object]:
    raws = cast("list[msgspec.Raw]", _strict(raw_items, pointer))
    return [_item(kind, raw, f"{pointer}/{index}", mismatches) for index, raw in enumerate(raws)]


def _item(kind: _Struct, raw: msgspec.Raw, pointer: str, mismatches: dict[str, Mismatch]) -> object:
    value = decode(kind, raw)
    if not isinstance(value, Mismatch):
        return value
    value = _object(kind, _strict(decode(_Object, raw), pointer), pointer, mismatches)
    if value is None:
        problem = "another object than the declared one"
        raise _NotTolerated(Mismatch(problem, pointer, is_wrong_type=True))
    return value


def _object(
    kind: _Struct, raw_fields: _Object, pointer: str, mismatches: dict[str, Mismatch]
) -> msgspec.Struct | None:
    """Decode an object field by field; return None if it is another kind of object."""
    secrets = _secrets_of(kind)
    declared = fields(kind)
    identifying = {one.name for one in declared if one.required}
    if len(identifying) <= 1:
        identifying = {one.name for one in declared}
    values: dict[str, object] = {}
    nested: dict[str, Mismatch] = {}
    is_identified = False
    for one in declared:
        raw, field_pointer = raw_fields.get(one.encode_name), pointer + pointer_token(
            one.encode_name
        )
        if raw is None and not one.required:
            continue
        value = (
            missing_field(field_pointer)
            if raw is None
            else _located(decode(one.type, raw), field_pointer)
        )
        if not isinstance(value, Mismatch):
            is_identified = is_identified or (value is not None and one.name in identifying)
        elif one.name in secrets:
            raise _NotTolerated(value)
        else:
            value = _tolerated(
                value, one.type, raw, field_pointer, nested, has_secrets=bool(secrets)
            )
        values[one.name] = value
    if not is_identified:
        return None
    for shape, mismatch in nested.items():
        mismatches.setdefault(shape, mismatch)
    return kind(**values)


def _tolerated(
    mismatch: Mismatch,
    kind: object,
    raw: msgspec.Raw | None,
    pointer: str,
    mismatches: dict[str, Mismatch],
    *,
    has_secrets: bool,
) -> object:
    """Return the value to use for one of the wrong type, and record the mismatch.

    For an object or a list, only the mismatches inside of it are recorded.
    """
    if raw is None:
        mismatches.setdefault(_INDEX.sub("/*", pointer), mismatch)
        return None
    model, item = _struct_of(kind), _item_type(kind)
    if model is not None and not isinstance(raw_fields := decode(_Object, raw), Mismatch):
        value = _object(model, cast("_Object", raw_fields), pointer, mismatches)
        if value is not None:
            return value
    if item is not None and not isinstance(raw_items := decode(list[msgspec.Raw], raw), Mismatch):
        return [
            _value(item, one, f"{pointer}/{index}", mismatches, has_secrets=has_secrets)
            for index, one in enumerate(cast("list[msgspec.Raw]", raw_items))
        ]
    value = _strict(decode(Any, raw), pointer)
    if value is not None and (has_secrets or _may_hold_secrets(kind)):
        raise _NotTolerated(mismatch)
    mismatches.setdefault(_INDEX.sub("/*", mismatch.pointer or pointer), mismatch)
    return value


def _value(
    kind: object,
    raw: msgspec.Raw,
    pointer: str,
    mismatches: dict[str, Mismatch],
    *,
    has_secrets: bool,
) -> object:
    value = _located(decode(kind, raw), pointer)
    if isinstance(value, Mismatch):
        return _tolerated(value, kind, raw, pointer, mismatches, has_secrets=has_secrets)
    return value


# ── Mismatches ───────────────────────────────────────────────────────────────────────────────


def _located(value: object, pointer: str) -> object:
    """Return a mismatch with its pointer in the whole body, and any other value as it is."""
    return value.below(pointer) if isinstance(value, Mismatch) else value


def _strict(value: object, pointer: str) -> Any:
    """Return a value that must be as declared. Raises for a mismatch."""
    if isinstance(value, Mismatch):
        raise _NotTolerated(value.below(pointer))
    return value


# ── Types ────────────────────────────────────────────────────────────────────────────────────


def _is_struct(kind: object) -> TypeGuard[_Struct]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _union_members(kind: object) -> tuple[object, ...]:
    """Return the members of a union, or the type itself if it is not a union."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _struct_of(kind: object) -> _Struct | None:
    """Return the only model among the members of a type; None if there is not exactly one."""
    structs = [member for member in _union_members(kind) if _is_struct(member)]
    return structs[0] if len(structs) == 1 else None


def _item_type(kind: object) -> object:
    """Return the item type of the only list among the members of a type; None if there is none."""
    lists = [member for member in _union_members(kind) if get_origin(member) in (list, Sequence)]
    return get_args(lists[0])[0] if len(lists) == 1 else None


def _secrets_of(kind: _Struct) -> frozenset[str]:
    """Return the secret fields of a model: see `SecretModel`."""
    return getattr(kind, "_secrets", frozenset())


def _may_hold_secrets(kind: object, parents: frozenset[object] = frozenset()) -> bool:
    """Return whether a value of a type may contain a secret."""
    if not _is_struct(kind):
        return any(_may_hold_secrets(one, parents) for one in get_args(kind))
    if kind in parents:
        return False
    if _secrets_of(kind):
        return True
    return any(_may_hold_secrets(one.type, parents | {kind}) for one in fields(kind))
