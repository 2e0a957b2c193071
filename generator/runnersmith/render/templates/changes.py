"""Changed copies of elements of the IR, from which templates print variants of a method. Pure."""

from __future__ import annotations

import keyword
import types
import typing
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Annotated, Any, TypeVar, cast

from ...ir import Identifier
from ...openapi.spelling import did_you_mean

T = TypeVar("T")


def changed(element: T, **values: object) -> T:
    """Return a copy of an element in which some fields have other values."""
    if not is_dataclass(element) or isinstance(element, type):
        raise TypeError(f"`changed` is for an element of the IR, not {element!r}")
    kind: type = type(element)
    hints = typing.get_type_hints(kind, include_extras=True)
    known = [field.name for field in fields(element)]
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"{kind.__name__} has no field {name!r}{did_you_mean(name, known)}")
        given = cast("list[object]", value) if isinstance(value, list) else None
        made[name] = value if given is None else tuple(given)
        if not _fits(made[name], hints[name]):
            raise ValueError(f"{kind.__name__}.{name} cannot be {value!r}")
    return replace(element, **made)


def _fits(value: object, hint: Any) -> bool:
    """Return whether a field can have a value: templates print names and choices as they are."""
    if hint == Identifier:
        return isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value)
    kind, arguments = typing.get_origin(hint), typing.get_args(hint)
    if kind is typing.Literal:
        return value in arguments
    if kind in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in arguments)
    if kind is tuple:
        assert arguments[1:] == (...,), hint
        return isinstance(value, tuple) and all(
            _fits(one, arguments[0]) for one in cast("Sequence[object]", value)
        )
    assert kind is not Annotated
    return type(value) is hint
