"""Decoding of open models, and of alternatives without a common tag.

Pure. The decoder of msgspec rejects an object with properties that have no field; it decodes all
others at full speed. The body is then decoded a second time: to dicts, whose unknown keys move to
the place of `extra`, and from these to models. An object that is recognized by conditions gets the
key of its model on the way.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args, get_origin

import msgspec

from ..types import EXTRA_KEY, KIND_KEY, OpenModel
from .model_types import Struct, fields_of, is_struct, union_members


def convert(kind: object, body: bytes | msgspec.Raw) -> object:
    """Decode JSON into a value of a type. Raises the errors of msgspec."""
    value = msgspec.json.decode(body)
    _arrange(kind, value)
    return msgspec.convert(value, cast("type[object]", kind))


def models_of(kind: object) -> list[Struct]:
    """Return the models among the members of a type."""
    return [member for member in union_members(kind) if is_struct(member)]


def recognized(kind: object, value: object) -> Struct | None:
    """Return the model that a decoded JSON object is, of those of a type; None for no model."""
    models = models_of(kind)
    if len(models) == 1 or not isinstance(value, dict):
        return models[0] if len(models) == 1 else None
    held = cast("Mapping[str, object]", value)
    return next((one for one in models if _is_recognized(one, held)), None)


def _is_recognized(kind: Struct, held: Mapping[str, object]) -> bool:
    config = kind.__struct_config__
    if config.tag_field != KIND_KEY:
        return config.tag_field is not None and held.get(config.tag_field) == config.tag
    conditions: Mapping[str, tuple[str | int, ...]] = getattr(kind, "_when", {})
    return all(
        name in held and (not values or held[name] in values) for name, values in conditions.items()
    )


@functools.cache
def holds_alternatives(kind: object) -> bool:
    """Return whether a value of a type may contain an object that is one of several models."""
    reached: set[object] = set()
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        if len(models_of(one)) > 1:
            return True
        if one not in reached:
            reached.add(one)
            waiting += (held.type for held in fields_of(one)) if is_struct(one) else get_args(one)
    return False


def unknown_properties(kind: Struct, names: Iterable[str]) -> list[str]:
    """Return which properties of an object have no field in its model; none if it is not open."""
    layout = _layout(kind)
    return [name for name in names if name not in layout.names] if layout.is_open else []


def extra_type(kind: Struct) -> object:
    """Return the type of each of an open model's extras."""
    return get_args(_extras_type(kind))[1]


def _extras_type(kind: Struct) -> object:
    return next(one.type for one in msgspec.structs.fields(kind) if one.encode_name == EXTRA_KEY)


def _arrange(kind: object, value: object) -> None:
    """Move the unknown properties of the objects in a value to the place of their extras."""
    plan = _plan(kind)
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        if plan.values is not None:
            for one in held.values():
                _arrange(plan.values, one)
        elif plan.models and (struct := recognized(kind, held)) is not None:
            _arrange_object(struct, held)
            if plan.models > 1 and struct.__struct_config__.tag_field == KIND_KEY:
                held[KIND_KEY] = struct.__struct_config__.tag
    elif isinstance(value, list) and plan.items is not None:
        for one in cast("list[object]", value):
            _arrange(plan.items, one)


def _arrange_object(kind: Struct, held: dict[str, Any]) -> None:
    layout = _layout(kind)
    for name, inner in layout.nested:
        if (one := held.get(name)) is not None:
            _arrange(inner, one)
    if layout.is_open and (unknown := held.keys() - layout.names):
        # In the order of the body, unlike a set.
        extra = {name: held.pop(name) for name in [it for it in held if it in unknown]}
        if layout.extra is not None:
            _arrange(layout.extra, extra)
        held[EXTRA_KEY] = extra


class _Layout:
    """Properties of a model: their names, and the types of those that may hold models."""

    __slots__ = ("extra", "is_open", "names", "nested")

    def __init__(self, kind: Struct) -> None:
        fields = fields_of(kind)
        tag = kind.__struct_config__.tag_field
        self.is_open: bool = issubclass(kind, OpenModel)
        self.names: frozenset[str] = frozenset(
            [one.encode_name for one in fields] + ([] if tag is None else [tag])
        )
        self.nested: tuple[tuple[str, object], ...] = tuple(
            (one.encode_name, one.type) for one in fields if _holds_models(one.type)
        )
        held = _extras_type(kind) if self.is_open else None
        self.extra: object = held if _holds_models(held) else None


_layout = functools.cache(_Layout)


class _Plan:
    """What a type may be on the wire: objects of some models, a map, a list."""

    __slots__ = ("items", "models", "values")

    def __init__(self, kind: object) -> None:
        self.items: object = None
        self.values: object = None
        self.models: int = len(models_of(kind))
        for member in union_members(kind):
            arguments = get_args(member)
            if not is_struct(member) and arguments and _holds_models(member):
                if len(arguments) == 1:
                    self.items = arguments[0]
                else:
                    self.values = arguments[1]


_plan = functools.cache(_Plan)


@functools.cache
def _holds_models(kind: object) -> bool:
    return is_struct(kind) or any(_holds_models(one) for one in get_args(kind) if _is_type(one))


def _is_type(found: object) -> bool:
    """Return whether an argument of a type is a type, and not a value of a Literal."""
    return isinstance(found, type) or get_origin(found) is not None
