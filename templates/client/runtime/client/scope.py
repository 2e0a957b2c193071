"""Scopes, such as an organization, that group resources, and the search for one by its name.

Pure.
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
    """Base class of a scope: the core of its client, and its path parameters by wire name."""

    __slots__ = ("_core", "_path")

    def __init__(self, core: Core, path: Mapping[str, str]) -> None:
        self._core = core
        self._path = path

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self._path.items())
        return f"{type(self).__name__}({arguments})"


def scope_path(
    scope: BaseScope[Core], patterns: Mapping[str, type]
) -> tuple[str, Mapping[str, str]]:
    """Return the path pattern of a scope and its parameters. Raises TypeError for another object."""
    for pattern, kind in patterns.items():
        if isinstance(scope, kind):
            return pattern, scope._path  # pyright: ignore[reportPrivateUsage] - would be public
    raise TypeError(f"scope must be a scope of this client or its name, not {type(scope).__name__}")


def find_scope(name: str, patterns: Mapping[str, Found]) -> tuple[Found, dict[str, str]]:
    """Return the first pattern that matches a name, and the values of its parameters.

    `acme/app` matches `{owner}/{repo}`. A name that starts with the fixed word of a pattern matches
    no other pattern: `repos/acme` is an incomplete name, not a repository of an account `repos`.
    Raises InvalidArgument if no pattern matches.
    """
    if not isinstance(cast("object", name), str):
        raise TypeError(f"the name of a scope must be a str, not {type(name).__name__}")
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
    raise InvalidArgument(f"no scope {name!r}; use one of {listed}")


def _values(segments: list[str], parts: list[str]) -> dict[str, str] | None:
    """Return the values of a pattern's parameters; None if the name does not match."""
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
