"""An official description that is being changed at random, and parts that a change needs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from compare.comparison_specs import mapping
from runnersmith.openapi.document import Json, parse_pointer

_T = TypeVar("_T")
Mapping = dict[str, Json]
Kind = Callable[["Description", int], bool]

METHODS = ("get", "put", "post", "delete", "patch")
WORDS = ("color", "zone", "owner_login", "build_token", "archived_at", "retries")
JSON = "application/json"
FACTS: Mapping = {"githubCloudOnly": False, "enabledForGitHubApps": True}


@dataclass(slots=True)
class Description:
    """An official description that is being changed."""

    data: Mapping

    def operations(self) -> Iterator[tuple[str, str, Mapping]]:
        """Yield path, method and operation."""
        for path, item in mapping(self.data["paths"]).items():
            for method, operation in mapping(item).items():
                if method in METHODS:
                    yield path, method, mapping(operation)

    def target(self, value: Json) -> Mapping:
        """Return a mapping, or the component that it refers to."""
        found = mapping(value)
        while isinstance(reference := found.get("$ref"), str):
            pointer = parse_pointer(reference)
            assert pointer is not None
            found = self.data
            for part in pointer:
                found = mapping(found[str(part)])
        return found

    def contents(self, *, requests: bool = True, responses: bool = True) -> Iterator[Mapping]:
        """Yield the holders of the schemas of all JSON bodies and responses."""
        for _, _, operation in self.operations():
            holders = [operation["requestBody"]] if requests and "requestBody" in operation else []
            holders += [*mapping(operation["responses"]).values()] if responses else []
            for holder in map(self.target, holders):
                media = mapping(holder.get("content", {})).get(JSON)
                if isinstance(media, dict) and "schema" in media:
                    yield media

    def schemas(self, **which: bool) -> list[Mapping]:
        """Return every schema of bodies and responses, each once."""
        found: dict[int, Mapping] = {}
        waiting: list[Json] = [media["schema"] for media in self.contents(**which)]
        while waiting:
            schema = self.target(waiting.pop(0))
            if id(schema) in found:
                continue
            found[id(schema)] = schema
            waiting += mapping(schema.get("properties", {})).values()
            inner = [schema.get(key) for key in ("items", "additionalProperties")]
            waiting += [schema for schema in inner if isinstance(schema, dict)]
            for key in ("anyOf", "oneOf", "allOf"):
                members = schema.get(key)
                waiting += members if isinstance(members, list) else []
        return list(found.values())

    def objects(self, **which: bool) -> list[Mapping]:
        return [schema for schema in self.schemas(**which) if schema.get("properties")]

    def fields(self, *kinds: str, **which: bool) -> list[tuple[Mapping, str, Mapping]]:
        """Return (object, name, schema) of the properties that are written in place."""
        return [
            (owner, name, mapping(schema))
            for owner in self.objects(**which)
            for name, schema in mapping(owner["properties"]).items()
            if mapping(schema).get("type") in kinds
        ]

    def parameters(self, location: str) -> list[tuple[list[Json], int, Mapping]]:
        """Return (list, index, parameter) of the parameters of operations."""
        found: list[tuple[list[Json], int, Mapping]] = []
        for _, _, operation in self.operations():
            listed = operation.get("parameters", [])
            assert isinstance(listed, list)
            for index, value in enumerate(listed):
                if (parameter := self.target(value)).get("in") == location:
                    found.append((listed, index, parameter))
        return found

    def isolate(self, number: int) -> None:
        """Write out one shared schema, parameter or response where it is used."""
        sites = list(_references(self.data["paths"]))
        if sites:
            site = chosen(sites, number)
            made = copy.deepcopy(self.target(site))
            site.clear()
            site |= made


def _references(value: Json) -> Iterator[Mapping]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value
        for child in value.values():
            yield from _references(child)
    elif isinstance(value, list):
        for child in value:
            yield from _references(child)


def chosen(candidates: list[_T], number: int) -> _T:
    return candidates[number % len(candidates)]


def word(number: int, taken: Mapping) -> str:
    return next(
        word for word in (*WORDS[number % 6 :], *WORDS, f"new_{number}") if word not in taken
    )


def required_of(owner: Mapping) -> list[Json]:
    listed = owner.setdefault("required", [])
    assert isinstance(listed, list)
    return listed


TYPES: tuple[Mapping, ...] = (
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"type": "boolean"},
    {"type": "string", "nullable": True},
    {"type": "string", "format": "date-time"},
    {"type": "string", "enum": ["low", "high"]},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "additionalProperties": {"type": "string"}},
)
OBJECT: Mapping = {
    "type": "object",
    "required": ["key"],
    "properties": {"key": {"type": "string"}, "size": {"type": "integer", "nullable": True}},
}


# A limit beside one of these would contradict it.
FIXED = frozenset({"enum", "default", "format", "pattern", "minLength", "maxLength"})


def texts(value: Json) -> list[str]:
    return [it for it in value if isinstance(it, str)] if isinstance(value, list) else []
