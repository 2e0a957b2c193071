"""Decoding of open models, of alternatives without a common tag, and of times with many decimals.

Pure. The decoder of msgspec rejects an object with properties that have no field; it decodes all
others at full speed. The body is then decoded a second time: to dicts, whose unknown keys move to
the place of `extra`, and from these to models. An object that is recognized by conditions gets the
key of its model on the way. A time keeps six decimals: msgspec would round the others, even into
another year.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TypeAlias, cast, get_args, get_origin

import msgspec

from ..lazy import genuine
from ..types import EXTRA_KEY, KIND_KEY, OpenModel
from .model_types import Struct, fields_of, is_struct, item_type, union_members

_Arrange: TypeAlias = Callable[[object], object]

# The decimals of a time that `datetime` does not have.
_DECIMALS = r"(?a)(?<=:\d\d\.\d{6})\d+"


def convert(kind: object, body: bytes | msgspec.Raw) -> object:
    """Decode JSON into a value of a type. Raises the errors of msgspec."""
    item = item_type(kind)
    if get_origin(kind) is list and item is not None:
        # One item after the other: the garbage collector looks at many dicts again and again.
        with suppress(msgspec.ValidationError):
            raws = msgspec.json.decode(body, type=list[msgspec.Raw])
            return [_convert(item, raw) for raw in raws]
        # Once more, for the place of the mismatch in the body.
    return _convert(kind, body)


def _convert(kind: object, body: bytes | msgspec.Raw) -> object:
    value = msgspec.json.decode(body)
    arrange = _arranger(kind)
    if arrange is not None:
        value = arrange(value)
    return msgspec.convert(value, cast("type[object]", kind))


def models_of(kind: object) -> list[Struct]:
    """Return the models among the members of a type."""
    return [member for member in union_members(kind) if is_struct(member)]


def recognized(kind: object, value: object) -> Struct | None:
    """Return the model that a decoded JSON object is, of those of a type; None for no model."""
    models = models_of(kind)
    if not isinstance(value, dict):
        return models[0] if len(models) == 1 else None
    held = cast("Mapping[str, object]", value)
    if len(models) == 1:
        return None if has_other_tag(models[0], held) else models[0]
    return next((one for one in models if _is_recognized(one, held)), None)


def has_other_tag(kind: Struct, held: Mapping[str, object]) -> bool:
    """Return whether a decoded JSON object has the tag of another model. It need not have one."""
    config = kind.__struct_config__
    if config.tag_field is None or config.tag_field == KIND_KEY:
        return False
    return held.get(config.tag_field, config.tag) != config.tag


def _is_recognized(kind: Struct, held: Mapping[str, object]) -> bool:
    config = kind.__struct_config__
    if config.tag_field != KIND_KEY:
        return config.tag_field is not None and held.get(config.tag_field) == config.tag
    conditions: Mapping[str, tuple[str | int, ...]] = getattr(kind, "_when", {})
    return all(
        name in held and (not values or held[name] in values) for name, values in conditions.items()
    )


def unknown_properties(kind: Struct, names: Iterable[str]) -> list[str]:
    """Return which properties of an object have no field in its model; none if it is not open."""
    known = _names(kind)
    return [name for name in names if name not in known] if issubclass(kind, OpenModel) else []


def extra_type(kind: Struct) -> object:
    """Return the type of each of an open model's extras."""
    return get_args(_extras_type(kind))[1]


def _extras_type(kind: Struct) -> object:
    return next(one.type for one in msgspec.structs.fields(kind) if one.encode_name == EXTRA_KEY)


@functools.cache
def _names(kind: Struct) -> frozenset[str]:
    """Return the names of the properties that have a field, and that of the tag."""
    tag = kind.__struct_config__.tag_field
    names = [one.encode_name for one in fields_of(kind)]
    return frozenset(names if tag is None else [*names, tag])


# ── Arranging decoded JSON ───────────────────────────────────────────────────────────────────

_known: dict[object, _Arrange | None] = {}


def _arranger(kind: object) -> _Arrange | None:
    """Return what arranges a value of a type and returns it; None if there is nothing to do.

    Lists and objects are changed in place.
    """
    if kind not in _known:
        building: dict[object, _Arrange | None] = {}
        _build(kind, building)
        # All at once: another thread must not see one that is not complete.
        _known.update(building)
    return _known[kind]


def _build(kind: object, building: dict[object, _Arrange | None]) -> _Arrange | None:
    if kind in _known or kind in building:
        return _known[kind] if kind in _known else building[kind]
    if is_struct(kind):
        return _object(kind, building)
    models = models_of(kind)
    objects: _Arrange | None = None
    if len(models) > 1:
        objects = _alternatives(kind, {one: _build(one, building) for one in models})
    elif models:
        objects = _build(models[0], building)
    lists: _Arrange | None = None
    for member in union_members(kind):
        arguments = [] if is_struct(member) else [it for it in get_args(member) if _is_type(it)]
        inner = _build(arguments[-1], building) if arguments else None
        if inner is not None and len(arguments) == 1:
            lists = _list(inner)
        elif inner is not None:
            objects = _map(inner)
    times = _cut if genuine(datetime) in union_members(kind) else None
    building[kind] = _all(one for one in (objects, lists, times) if one is not None)
    return building[kind]


def _all(each: Iterable[_Arrange]) -> _Arrange | None:
    steps = tuple(each)
    if len(steps) < 2:
        return steps[0] if steps else None

    def arrange(value: object) -> object:
        for step in steps:
            value = step(value)
        return value

    return arrange


def _cut(value: object) -> object:
    """Return the text of a time with six decimals."""
    return re.sub(_DECIMALS, "", value, count=1) if isinstance(value, str) else value


def _list(inner: _Arrange) -> _Arrange:
    def arrange(value: object) -> object:
        if not isinstance(value, list):
            return value
        held = cast("list[object]", value)
        held[:] = map(inner, held)
        return held

    return arrange


def _map(inner: _Arrange) -> _Arrange:
    def arrange(value: object) -> object:
        if not isinstance(value, dict):
            return value
        held = cast("dict[str, object]", value)
        for name, one in held.items():
            held[name] = inner(one)
        return held

    return arrange


def _alternatives(kind: object, models: dict[Struct, _Arrange | None]) -> _Arrange:
    def arrange(value: object) -> object:
        model = recognized(kind, value)
        if model is None:
            return value
        if (inner := models[model]) is not None:
            inner(value)
        config = model.__struct_config__
        if config.tag_field == KIND_KEY:
            cast("dict[str, object]", value)[KIND_KEY] = config.tag
        return value

    return arrange


def _object(kind: Struct, building: dict[object, _Arrange | None]) -> _Arrange:
    """Arrange an object of one model: what is inside of it, then its unknown properties."""
    nested: list[tuple[str, _Arrange]] = []
    names = _names(kind)
    is_open = issubclass(kind, OpenModel)

    def arrange(value: object) -> object:
        if not isinstance(value, dict):
            return value
        held = cast("dict[str, object]", value)
        for name, inner in nested:
            if (one := held.get(name)) is not None:
                held[name] = inner(one)
        if is_open and not names.issuperset(held):
            # In the order of the body, unlike a set.
            extra = {name: held.pop(name) for name in [it for it in held if it not in names]}
            if extras is not None:
                extras(extra)
            held[EXTRA_KEY] = extra
        return held

    building[kind] = arrange
    extras = _build(_extras_type(kind), building) if is_open else None
    nested.extend(
        (one.encode_name, inner)
        for one in fields_of(kind)
        if (inner := _build(one.type, building)) is not None
    )
    return arrange


def _is_type(found: object) -> bool:
    """Return whether an argument of a type is a type, and not a value of a Literal."""
    return isinstance(found, type) or get_origin(found) is not None
