"""Lenient decoding of a list: a value that is not as declared costs no more than itself.

Pure. What holds the items is read as strictly as ever: the object around them, its total, the list
itself, and that the items are objects. Inside of an item

- a value of another type is kept as it came, and a required one that is missing is None;
- all else is as declared, and what nobody described is dropped, as always;
- an object inside of it is read in the same way.

An item of which no required field is as declared (no field at all, where only one is required) is
not odd but something else, and so is the reply. Nor is a credential half read: in a model with
secrets only a null or a missing value is passed over, and never the secret itself. A reply that is
one object is not read here at all: it has no neighbours to save, and its error has the pointer and
the body.
"""

from __future__ import annotations

import re
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard, Union, cast, get_args, get_origin

import msgspec
from msgspec.structs import fields

from .json import Mismatch, decoded, missing, step

_Struct: TypeAlias = type[msgspec.Struct]
_Object: TypeAlias = dict[str, msgspec.Raw]

_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class Reading:
    """A list, and what is odd in it: one case for each shape of a pointer, indices as `*`."""

    value: object = None
    odd: dict[str, Mismatch] = field(default_factory=dict[str, Mismatch])


class _Otherwise(Exception):
    """Ends a reading: this is something else than was declared."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.problem)
        self.mismatch = mismatch


def read(kind: object, body: bytes) -> Reading | Mismatch | None:
    """Read a list once more; None when a type is not one of lists."""
    item = _item_of(kind)
    reading = Reading()
    try:
        if _is_struct(item):
            reading.value = _items(item, decoded(list[msgspec.Raw], body), "", reading.odd)
        elif _is_struct(kind) and hasattr(kind, "__iter__"):
            reading.value = _frame(kind, body, reading.odd)
        else:
            return None
    except _Otherwise as error:
        return error.mismatch
    except RecursionError:
        return Mismatch("the body is nested too deeply", pointer="")
    return reading


def _frame(kind: _Struct, body: bytes, odd: dict[str, Mismatch]) -> object:
    """Read an object that holds items: all of it but these must be as declared."""
    found = _checked(decoded(_Object, body), "")
    given: dict[str, object] = {}
    for one in fields(kind):
        raw, place = found.get(one.encode_name), step(one.encode_name)
        if raw is None:
            if one.required:
                raise _Otherwise(missing(place))
            continue
        value, item = decoded(one.type, raw), _item_of(one.type)
        if isinstance(value, Mismatch) and _is_struct(item):
            value = _items(item, decoded(list[msgspec.Raw], raw), place, odd)
        given[one.name] = _checked(value, place)
    return kind(**given)


def _items(kind: _Struct, found: object, place: str, odd: dict[str, Mismatch]) -> list[object]:
    raws = cast("list[msgspec.Raw]", _checked(found, place))
    return [_item(kind, raw, f"{place}/{index}", odd) for index, raw in enumerate(raws)]


def _item(kind: _Struct, raw: msgspec.Raw, place: str, odd: dict[str, Mismatch]) -> object:
    value = decoded(kind, raw)
    if not isinstance(value, Mismatch):
        return value
    value = _object(kind, _checked(decoded(_Object, raw), place), place, odd)
    if value is None:
        raise _Otherwise(Mismatch("another object than the declared one", place, odd=True))
    return value


def _object(
    kind: _Struct, found: _Object, place: str, odd: dict[str, Mismatch]
) -> msgspec.Struct | None:
    """Read an object field by field; None when it is something else altogether."""
    secrets = _secrets_of(kind)
    declared = fields(kind)
    telling = {one.name for one in declared if one.required}
    if len(telling) <= 1:
        telling = {one.name for one in declared}
    given: dict[str, object] = {}
    inside: dict[str, Mismatch] = {}
    is_known = False
    for one in declared:
        raw, at = found.get(one.encode_name), place + step(one.encode_name)
        if raw is None and not one.required:
            continue
        value = missing(at) if raw is None else _at(decoded(one.type, raw), at)
        if not isinstance(value, Mismatch):
            is_known = is_known or (value is not None and one.name in telling)
        elif one.name in secrets:
            raise _Otherwise(value)
        else:
            value = _odd(value, one.type, raw, at, inside, guarded=bool(secrets))
        given[one.name] = value
    if not is_known:
        return None
    for shape, mismatch in inside.items():
        odd.setdefault(shape, mismatch)
    return kind(**given)


def _odd(
    wrong: Mismatch,
    kind: object,
    raw: msgspec.Raw | None,
    place: str,
    odd: dict[str, Mismatch],
    *,
    guarded: bool,
) -> object:
    """Give what is kept of a value that is not of its type, and note it.

    Of an object, or of a list, only what is odd inside of it is noted.
    """
    if raw is None:
        odd.setdefault(_INDEX.sub("/*", place), wrong)
        return None
    model, item = _struct_of(kind), _item_of(kind)
    if model is not None and not isinstance(found := decoded(_Object, raw), Mismatch):
        value = _object(model, cast("_Object", found), place, odd)
        if value is not None:
            return value
    if item is not None and not isinstance(found := decoded(list[msgspec.Raw], raw), Mismatch):
        raws = enumerate(cast("list[msgspec.Raw]", found))
        return [_value(item, one, f"{place}/{n}", odd, guarded=guarded) for n, one in raws]
    kept = _checked(decoded(Any, raw), place)
    if kept is not None and (guarded or _is_secretive(kind)):
        raise _Otherwise(wrong)
    odd.setdefault(_INDEX.sub("/*", wrong.pointer or place), wrong)
    return kept


def _value(
    kind: object, raw: msgspec.Raw, place: str, odd: dict[str, Mismatch], *, guarded: bool
) -> object:
    value = _at(decoded(kind, raw), place)
    if isinstance(value, Mismatch):
        return _odd(value, kind, raw, place, odd, guarded=guarded)
    return value


# ── Mismatches ───────────────────────────────────────────────────────────────────────────────


def _at(value: object, place: str) -> object:
    """Say of a mismatch where it is in the whole."""
    return value.below(place) if isinstance(value, Mismatch) else value


def _checked(value: object, place: str) -> Any:
    """Give a value that has to be as declared."""
    if isinstance(value, Mismatch):
        raise _Otherwise(value.below(place))
    return value


# ── Types ────────────────────────────────────────────────────────────────────────────────────


def _is_struct(kind: object) -> TypeGuard[_Struct]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _arms(kind: object) -> tuple[object, ...]:
    """Give the members of a union; what is none is its own only one."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _struct_of(kind: object) -> _Struct | None:
    """Give the one model that a value of a type can be."""
    found = [arm for arm in _arms(kind) if _is_struct(arm)]
    return found[0] if len(found) == 1 else None


def _item_of(kind: object) -> object:
    """Give the type of the items of the one list that a value of a type can be; or None."""
    found = [arm for arm in _arms(kind) if get_origin(arm) in (list, Sequence)]
    return get_args(found[0])[0] if len(found) == 1 else None


def _secrets_of(kind: _Struct) -> frozenset[str]:
    """Give the fields of a model that are secrets: see `SecretModel`."""
    return getattr(kind, "_secrets", frozenset())


def _is_secretive(kind: object, above: frozenset[object] = frozenset()) -> bool:
    """Tell whether a value of a type may hold a secret."""
    if not _is_struct(kind):
        return any(_is_secretive(one, above) for one in get_args(kind))
    if kind in above:
        return False
    if _secrets_of(kind):
        return True
    return any(_is_secretive(one.type, above | {kind}) for one in fields(kind))
