"""Scopes: the levels that resources hang from, and how one is found by its name.

Pure; a scope only holds what its resources need.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, TypeVar, cast

from ..errors import InvalidArgument

Core = TypeVar("Core")
Found = TypeVar("Found")

_PARAMETER = re.compile(r"\{([^{}]+)\}\Z")


class BaseScope(Generic[Core]):
    """One level: its connection, and the values of its path parameters by wire name."""

    __slots__ = ("_core", "_path")

    def __init__(self, core: Core, path: Mapping[str, str]) -> None:
        self._core = core
        self._path = path

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._path.items())
        return f"{type(self).__name__}({shown})"


def find_scope(name: str, patterns: Mapping[str, Found]) -> tuple[Found, dict[str, str]]:
    """Find the first pattern that a name fits, and the values in it.

    `acme/app` fits `{owner}/{repo}`. A name that starts with the fixed word of a pattern can fit
    no pattern without it: `repos/acme` is half a name, not a repository of an account `repos`.
    Raises InvalidArgument when the name fits none.
    """
    if not isinstance(cast("object", name), str):
        raise TypeError(f"a scope's name must be a str, not {type(name).__name__}")
    segments = name.removeprefix("/").split("/")
    split = {pattern: pattern.removeprefix("/").split("/") for pattern in patterns}
    words = {parts[0] for parts in split.values() if not _PARAMETER.match(parts[0])}
    for pattern, parts in split.items():
        if segments[0] in words and segments[0] != parts[0]:
            continue
        values = _values(segments, parts)
        if values is not None:
            return patterns[pattern], values
    listed = ", ".join(dict.fromkeys("/".join(parts) for parts in split.values()))
    raise InvalidArgument(f"no scope is called {name!r}; write one of {listed}")


def _values(segments: list[str], parts: list[str]) -> dict[str, str] | None:
    """The values that a name gives to a pattern's parameters; None when it does not fit."""
    if len(segments) != len(parts):
        return None
    values: dict[str, str] = {}
    for segment, part in zip(segments, parts, strict=True):
        parameter = _PARAMETER.match(part)
        if not segment or (parameter is None and segment != part):
            return None
        if parameter is not None:
            values[parameter[1]] = segment
    return values
