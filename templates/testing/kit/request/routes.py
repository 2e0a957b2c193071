"""Routes of a description: which operation a method and a path belong to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from ..description import Description, Operation

_PARAMETER = re.compile(r"\{([^{}]+)\}")


class Route(msgspec.Struct, frozen=True):
    """A path of an operation, as a pattern. `literals` is how much of it is no parameter."""

    operation: Operation
    pattern: re.Pattern[str]
    names: Sequence[str]
    literals: int
    query: Sequence[tuple[str, str]]

    @property
    def rank(self) -> tuple[int, int]:
        """How certainly a request that fits is of the operation."""
        return len(self.query), self.literals

    def match(self, path: str, query: Sequence[tuple[str, str]]) -> Mapping[str, str] | None:
        """Return the path parameters as they were sent; None if the path is another one."""
        found = self.pattern.fullmatch(path)
        if found is None or not set(self.query) <= set(query):
            return None
        return dict(zip(self.names, found.groups(), strict=True))


class Match(msgspec.Struct, frozen=True):
    """An operation, and the values of its path parameters as they were sent."""

    operation: Operation
    path: Mapping[str, str]


class Routes:
    """All routes of one API version. `prefixes` are the paths of base URLs."""

    def __init__(self, description: Description, version: str, prefixes: Sequence[str]) -> None:
        self._prefixes = sorted({one.rstrip("/") for one in prefixes}, key=len, reverse=True)
        self._routes: dict[str, list[Route]] = {}
        for operation in description.operations:
            if operation.is_in(version):
                route = _route(operation, operation.older_paths.get(version, operation.path))
                self._routes.setdefault(operation.method, []).append(route)
        for routes in self._routes.values():
            routes.sort(key=lambda it: it.rank, reverse=True)

    def find(self, method: str, path: str, query: str) -> Sequence[Match]:
        """Return the operations of a request, by its path as it was sent.

        Several have the same path if only the names or types of its parameters differ.
        """
        pairs = parse_qsl(query, keep_blank_values=True)
        for inner in self._inner_paths(path):
            found: list[Match] = []
            rank = (-1, -1)
            for route in self._routes.get(method, ()):
                if route.rank < rank:
                    break
                if (values := route.match(inner, pairs)) is not None:
                    found.append(Match(route.operation, values))
                    rank = route.rank
            if found:
                return found
        return []

    def methods(self, path: str, query: str) -> Sequence[str]:
        """Return the methods that a path has."""
        return [method for method in self._routes if self.find(method, path, query)]

    def _inner_paths(self, path: str) -> Iterator[str]:
        for prefix in self._prefixes:
            if path.startswith(f"{prefix}/") or path == prefix:
                yield path[len(prefix) :]


def prefixes_of(description: Description) -> Sequence[str]:
    """Return the paths of the servers of a description."""
    servers = (description.server, *description.servers.values())
    return [urlsplit(one).path for one in servers]


def _route(operation: Operation, path: str) -> Route:
    pieces = _PARAMETER.split(path)
    texts, names = pieces[::2], pieces[1::2]
    # A client sends the characters of a path with or without escapes.
    pattern = "([^/]*?)".join(_either(text) for text in texts)
    return Route(
        operation,
        re.compile(pattern),
        names,
        sum(map(len, texts)),
        parse_qsl(operation.query, keep_blank_values=True),
    )


def _either(text: str) -> str:
    """Return a pattern for a text of a template, each character as it is or escaped."""
    return "".join(
        re.escape(one) if one.isalnum() or one == "/" else f"(?:{re.escape(one)}|{_escaped(one)})"
        for one in unquote(text)
    )


def _escaped(character: str) -> str:
    return "".join(f"(?i:%{byte:02x})" for byte in character.encode())
