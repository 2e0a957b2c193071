"""JSON values as values of the annotated types of a client, and back.

A value that no member of a type can hold raises `Unfit`: the client could not send it.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from .description import is_list, is_object
from .received import equal, instant

_EXTRA, _KIND = "(extra)", "(kind)"


class Unfit(Exception):
    """Raised for a value that a type cannot hold."""


class Untagged(Unfit):
    """Raised for an object without its tag, which a client always sends."""


def built(kind: Any, value: Any) -> Any:
    """Return a JSON value as a value of an annotated type."""
    if kind is object or kind is Any:
        return value
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _model(kind, value)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _member(get_args(kind), value)
    if origin is Literal:
        return _fit(value, any(one == value and type(one) is type(value) for one in get_args(kind)))
    if origin in (list, Sequence) and is_list(value):
        return [built(get_args(kind)[0], one) for one in value]
    if origin in (dict, Mapping) and is_object(value):
        return {name: built(get_args(kind)[1], one) for name, one in value.items()}
    if kind in (None, type(None)):
        return _fit(value, value is None)
    if kind is datetime:
        made = instant(value) if isinstance(value, str) else None
        return made if made is not None else _fit(value, fits=False)
    if kind is date:
        return (
            date.fromisoformat(value)
            if isinstance(value, str) and len(value) == 10
            else _unfit(value)
        )
    if kind is float:
        return _fit(value, isinstance(value, (int, float)) and not isinstance(value, bool))
    if kind in (str, bool, bytes, int):
        return _fit(value, type(value) is kind)
    return _unfit(value)


def _fit(value: Any, fits: bool) -> Any:
    return value if fits else _unfit(value)


def _unfit(value: Any) -> Any:
    raise Unfit(value)


def _member(members: Sequence[Any], value: Any) -> Any:
    """Return a value of the member of a union that holds it with the fewest extras."""
    found: list[Any] = []
    untagged = False
    for member in members:
        try:
            found.append(built(member, value))
        except (Unfit, ValueError) as error:
            untagged = untagged or isinstance(error, Untagged)
    if not found:
        raise Untagged(value) if untagged else Unfit(value)
    return min(found, key=lambda it: len(getattr(it, "extra", ())))


def _model(kind: type[msgspec.Struct], value: Any) -> Any:
    if not is_object(value):
        raise Unfit(value)
    left, config = dict(value), kind.__struct_config__
    if config.tag_field not in (None, _KIND):
        if config.tag_field not in left:
            raise Untagged(value)
        if left.pop(config.tag_field) != config.tag:
            raise Unfit(value)
    arguments: dict[str, Any] = {}
    for one in msgspec.structs.fields(kind):
        if one.encode_name != _EXTRA and one.encode_name in left:
            arguments[one.name] = built(one.type, left.pop(one.encode_name))
        elif one.required:
            raise Unfit(value)
    extra = next((it for it in msgspec.structs.fields(kind) if it.encode_name == _EXTRA), None)
    if left and extra is None:
        raise Unfit(value)
    return kind(**arguments, **({"extra": built(extra.type, left)} if left and extra else {}))


def difference(wanted: Any, found: Any, at: str = "") -> str | None:
    """Return the first difference of a decoded value from the JSON that was sent."""
    match found:
        case msgspec.Struct():
            return _struct_difference(wanted, found, at)
        case datetime():
            same = isinstance(wanted, str) and instant(wanted) == found
        case date():
            same = wanted == found.isoformat()
        case dict() | list():
            return _parts_difference(wanted, found, at)
        case _:
            same = equal(wanted, found) and type(found) in (str, int, float, bool, type(None))
    return None if same else f"{at or '/'}: {wanted!r} was read as {found!r}"


def _parts_difference(wanted: Any, found: Any, at: str) -> str | None:
    pairs: list[tuple[Any, Any, str]] = []
    if is_object(wanted) and is_object(found) and wanted.keys() == found.keys():
        pairs = [(wanted[name], found[name], f"{at}/{name}") for name in wanted]
    elif is_list(wanted) and is_list(found) and len(wanted) == len(found):
        pairs = [(one, found[index], f"{at}/{index}") for index, one in enumerate(wanted)]
    else:
        return f"{at or '/'}: {wanted!r} was read as {found!r}"
    return next((it for one in pairs if (it := difference(*one)) is not None), None)


def _struct_difference(wanted: Any, found: msgspec.Struct, at: str) -> str | None:
    if not is_object(wanted):
        return f"{at or '/'}: {wanted!r} was read as {found!r}"
    left, config = dict(wanted), type(found).__struct_config__
    # An absent tag reads as the only value that it can have.
    tag = left.pop(config.tag_field, config.tag) if config.tag_field not in (None, _KIND) else None
    if tag is not None and tag != config.tag:
        return f"{at or '/'}: the tag {config.tag_field} of {wanted!r} was read as {config.tag!r}"
    for one in msgspec.structs.fields(type(found)):
        held = getattr(found, one.name)
        if one.encode_name == _EXTRA:
            continue
        if one.encode_name not in left:
            # An absent property of a response reads as None.
            if held is not msgspec.UNSET and held is not None:
                return f"{at}/{one.encode_name}: absent, but read as {held!r}"
            continue
        value = left.pop(one.encode_name)
        if (it := difference(value, held, f"{at}/{one.encode_name}")) is not None:
            return it
    extra: Any = getattr(found, "extra", {}) if _EXTRA in found.__struct_encode_fields__ else {}
    return difference(left, dict(extra), at)
