"""Checks of values against declared types. Pure."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import msgspec

Refusal: TypeAlias = TypeError | ValueError

Text = Annotated[str, msgspec.Meta(min_length=1)]
"""A string that is not empty."""
Whole = Annotated[int, msgspec.Meta(ge=0)]
"""An integer that is not negative."""
Count = Annotated[int, msgspec.Meta(ge=1)]
"""A positive integer."""
Seconds = Annotated[float, msgspec.Meta(ge=0)]
"""A duration in seconds."""
RunnerVersion = Annotated[
    str, msgspec.Meta(pattern=r"[0-9]+\.[0-9]+\.[0-9]+", examples=["2.330.0"])
]
"""A version of the runner application."""

_LONGEST = 80  # characters of a value in a message
_NAMES = {types.NoneType: "None", float: "a number", int: "a whole number", bool: "True or False"}


def refusal(kind: Any, value: object) -> Refusal | None:
    """Return the TypeError or ValueError of a value that a type does not allow; None if it does.

    `at` puts the name of the argument or attribute before the message.
    """
    if _is_any(kind):
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return refusal(arguments[0], value) or _out_of_bounds(kind.__metadata__, value)
    if origin in (Final, ClassVar):
        return refusal(arguments[0], value)
    if origin is Literal:
        return _not_listed(kind, arguments, value)
    if origin in (Union, types.UnionType):
        return _of_union(kind, arguments, value)
    if isinstance(origin, type):
        return _of_collection(kind, origin, arguments, value)
    return None if _is_a(kind, value) else _wrong_type(kind, value)


def at(place: str, problem: Refusal) -> Refusal:
    """Return an error with the place before its message: an argument, or `labels[0]`."""
    text = str(problem)
    return type(problem)(f"{place}{text}" if text.startswith("[") else f"{place} {text}")


def nearest(value: str, known: Iterable[str]) -> str:
    """Return a suggestion for an unknown name; empty if none is similar."""
    by_case = {it.lower(): it for it in known}
    near = get_close_matches(value.lower(), by_case, 1)
    return f"; did you mean {by_case[near[0]]!r}?" if near else ""


def _is_any(kind: Any) -> bool:
    return kind in (Any, object) or isinstance(kind, TypeVar)


def _is_a(kind: Any, value: object) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if kind is float:
        return isinstance(value, int | float) and isfinite(value)
    return value is None if kind is None else isinstance(value, kind)


def _wrong_type(kind: Any, value: object) -> Refusal:
    is_listed = isinstance(value, str) and "a list of str" in _described(kind)
    advice = f"; use [{_shown(value)}]" if is_listed else ""
    error = ValueError if kind is float and isinstance(value, float) else TypeError
    return error(f"must be {_described(kind)}, not {_shown(value)}{advice}")


def _not_listed(kind: Any, known: Sequence[Any], value: object) -> Refusal | None:
    if any(value == one and type(value) is type(one) for one in known):
        return None
    if not isinstance(value, tuple({type(one) for one in cast("Sequence[object]", known)})):
        return _wrong_type(kind, value)
    near = nearest(value, known) if isinstance(value, str) else ""
    return ValueError(f"must be {_described(kind)}, not {_shown(value)}{near}")


def _of_union(kind: Any, options: Sequence[Any], value: object) -> Refusal | None:
    found = [refusal(option, value) for option in options]
    if None in found:
        return None
    # The problem of a value of the right type, such as a bound, is more useful.
    near = (it for it in found if isinstance(it, ValueError) or str(it).startswith("["))
    return next(near, _wrong_type(kind, value))


def _of_collection(
    kind: Any, origin: type, arguments: Sequence[Any], value: object
) -> Refusal | None:
    is_text = isinstance(value, str | bytes)
    if not isinstance(value, origin) or (is_text and issubclass(origin, Iterable)):
        return _wrong_type(kind, value)
    if all(map(_is_any, arguments)):
        return None  # do not iterate over 10,000 runners in a list
    if isinstance(value, Mapping):
        for name, one in cast("Any", value).items():
            found = refusal(arguments[0], name) or refusal(arguments[1], one)
            if found is not None:
                return at(f"[{_shown(name)}]", found)
    elif isinstance(value, Collection) and issubclass(origin, Iterable):
        for number, one in enumerate(cast("Any", value)):
            if (found := refusal(arguments[0], one)) is not None:
                return at(f"[{number}]", found)
    return None


def _out_of_bounds(metadata: Iterable[object], value: Any) -> Refusal | None:
    for it in metadata:
        if not isinstance(it, msgspec.Meta):
            continue
        if it.ge is not None and value < it.ge:
            return ValueError(f"must be at least {it.ge:,}, not {value}")
        if it.le is not None and value > it.le:
            return ValueError(f"must be at most {it.le:,}, not {value}")
        if it.min_length is not None and not value.strip():
            return ValueError("must not be empty")
        if it.pattern is not None and re.fullmatch(it.pattern, value) is None:
            example = (it.examples or [""])[0]
            return ValueError(f"must be like {example!r}, not {_shown(value)}")
    return None


def _described(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _either([repr(one) for one in arguments])
    if origin in (Union, types.UnionType):
        return _either([_described(one) for one in arguments])
    if origin in (Annotated, Final):
        return _described(arguments[0])
    if isinstance(origin, type) and not issubclass(origin, Iterable):
        return "a function"
    if isinstance(origin, type):
        name = "a mapping" if issubclass(origin, Mapping) else "a list"
        return f"{name} of {' and '.join(_plain(one) for one in arguments)}"
    return _NAMES.get(kind) or f"a {kind.__name__}"


def _plain(kind: Any) -> str:
    return _described(kind).removeprefix("a ")


def _either(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _shown(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
