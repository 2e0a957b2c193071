"""JSON values to send: the refusal of what JSON cannot express, and their encoding.

Pure. msgspec would send some values changed: NaN as null, bytes as base64, a set as a list. Others
it rejects with an error that contains the value. All of them raise InvalidArgument here, with the
place of the value and without the value itself.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from math import isfinite
from typing import Any, cast, get_args

import msgspec

from ..errors import InvalidArgument
from ..lazy import genuine
from ..types import EXTRA_KEY, KIND_KEY, UNSET, OpenModel

# Python limits the digits of an integer that it converts to text, to 640 at the least.
_SHORT_INT = 2000  # bits

# msgspec sends a value of these types as it is, or it rejects it. Only then is the reason looked for.
_SENT_OR_REJECTED: frozenset[type] = frozenset({str, int, bool, type(None), date, datetime})
_TEXT: frozenset[type] = frozenset({str})
_TOO_DEEP = " is nested too deeply, or contains itself"


def is_unicode(text: str) -> bool:
    """Return whether text can be encoded. Python's UnicodeEncodeError would hold the whole text."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def check_json(name: str, value: object) -> None:
    """Raise InvalidArgument for a value with a part that JSON cannot express. `name` names it."""
    _refuse(name, value, frozenset())


def encode_json(name: str, value: object) -> bytes:
    """Return a value as JSON, with the extras of all objects in it among their fields.

    Raises InvalidArgument as `check_json` does.
    """
    return _encode({name: value}, value)


def encode_fields(fields: Mapping[str, object]) -> bytes:
    """Return the arguments of a body as a JSON object. Errors name the argument."""
    return _encode(fields, fields)


def json_text(name: str, value: object) -> str:
    """Return a value as JSON text. Raises InvalidArgument as `check_json` does."""
    return encode_json(name, value).decode("utf-8")


def clash(extra: Mapping[str, object], names: Set[str]) -> str | None:
    """Return what is wrong with extras of which one has a field or an argument; None if none has."""
    for name in extra:
        if name in names:
            return f" must not hold {name!r}: it is not one of the extras here"
    return None


def _encode(named: Mapping[str, object], value: object) -> bytes:
    """Return a value as JSON. `named` are its parts by their names in errors."""
    for name, one in named.items():
        _refuse(name, one, _SENT_OR_REJECTED)
    try:
        return msgspec.json.encode(_flattened(value), enc_hook=_exact)
    except RecursionError:
        problem = _TOO_DEEP
    except ValueError:
        problem = " cannot be encoded as JSON"
    # Neither error leaves: it may contain the value.
    for name, one in named.items():
        check_json(name, one)
    raise InvalidArgument(f"{next(iter(named)) if len(named) == 1 else 'the body'}{problem}")


def _refuse(name: str, value: object, sure: frozenset[type]) -> None:
    """Raise InvalidArgument for what JSON cannot express, except for values of types in `sure`."""
    try:
        problem = _problem(value, sure)
    except RecursionError:
        problem = _TOO_DEEP
    if problem is not None:
        # Not raised in `_problem`, whose frames would show the parts of the value in a traceback.
        raise InvalidArgument(f"{name}{problem}")


def _problem(value: object, sure: frozenset[type]) -> str | None:
    """Return what JSON cannot express in a value, as the end of a message; None if it can.

    It begins with the place: `.labels[0] must be a finite number`.
    """
    if isinstance(value, str):
        return None if is_unicode(value) else " must not contain lone surrogates"
    if isinstance(value, int):
        return None if _has_text(value) else " has too many digits"
    if isinstance(value, float):
        return None if isfinite(value) else " must be a finite number"
    if value is None or isinstance(value, date):
        return None
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[object]", value)
        if not sure.issuperset(map(type, items)):
            for index, one in enumerate(items):
                if (problem := _problem(one, sure)) is not None:
                    return f"[{index}]{problem}"
        return None
    if isinstance(value, msgspec.Struct):
        return _object_problem(value, sure)
    if isinstance(value, (dict, Mapping)):
        return _mapping_problem(cast("Mapping[object, object]", value), sure)
    return f" cannot be sent: {type(value).__name__} is not a JSON type"


def _mapping_problem(value: Mapping[object, object], sure: frozenset[type]) -> str | None:
    if (
        str in sure
        and _TEXT.issuperset(map(type, value))
        and sure.issuperset(map(type, value.values()))
    ):
        return None
    for key, one in value.items():
        if not isinstance(key, str):
            return f" must have str keys, not {type(key).__name__}"
        if not is_unicode(key):
            return " must not have lone surrogates in a key"
        if (problem := _problem(one, sure)) is not None:
            return (f".{key}" if key.isprintable() else f"[{str.__str__(key)!r}]") + problem
    return None


def _object_problem(value: msgspec.Struct, sure: frozenset[type]) -> str | None:
    held = msgspec.structs.astuple(value)
    if sure.issuperset(map(type, held)):
        return None
    if isinstance(value, OpenModel) and value.extra:
        if not isinstance(cast("object", value.extra), Mapping):
            return f".extra must be a mapping, not {type(value.extra).__name__}"
        names = _tags(type(value)) | {wire_name for _, wire_name, _ in _fields(type(value))}
        if (problem := clash(value.extra, names)) is not None:
            return f".extra{problem}"
    omits = not value.__struct_config__.array_like
    for name, one in zip(value.__struct_fields__, held, strict=True):
        if one is UNSET and omits:
            continue
        if (problem := _problem(one, sure)) is not None:
            return f".{name}{problem}"
    return None


def _has_text(value: int) -> bool:
    if value.bit_length() <= _SHORT_INT:
        return True
    try:
        int.__repr__(value)
    except ValueError:
        return False
    return True


def _exact(value: object) -> object:
    """Return a value that msgspec encodes, for one of a subclass that it does not."""
    match value:
        case str():
            return str.__str__(value)
        case int():
            return int.__int__(value)
        case float():
            return float.__float__(value)
        case datetime():
            return genuine(datetime).combine(value.date(), value.timetz())
        case date():
            return genuine(date)(value.year, value.month, value.day)
        case _:
            return dict(cast("Mapping[str, object]", value))


def _flattened(value: object) -> object:
    """Return a value with the extras of all objects in it among their fields."""
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_flattened(one) for one in cast("list[object]", value)]
    if isinstance(value, msgspec.Struct):
        return _object(value) if _may_be_open(type(value)) else value
    if isinstance(value, (dict, Mapping)):
        items = cast("Mapping[str, object]", value).items()
        return {name: _flattened(one) for name, one in items}
    return value


def _object(value: msgspec.Struct) -> object:
    kind = type(value)
    config = kind.__struct_config__
    if config.array_like:
        held = [_flattened(one) for one in msgspec.structs.astuple(value)]
        return held if config.tag is None else [config.tag, *held]
    found: dict[str, object] = dict.fromkeys(_tags(kind), config.tag)
    for name, wire_name, default in _fields(kind):
        one: object = getattr(value, name)
        # As msgspec does.
        if one is not UNSET and not (config.omit_defaults and one is default):
            found[wire_name] = _flattened(one)
    if isinstance(value, OpenModel):
        found |= {name: _flattened(one) for name, one in value.extra.items()}
    return found


def _tags(kind: type[msgspec.Struct]) -> Set[str]:
    """Return the name on the wire of a model's tag, if it has one that is sent."""
    return {name for name in (kind.__struct_config__.tag_field,) if name and name != KIND_KEY}


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
