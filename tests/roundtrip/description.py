"""OpenAPI descriptions as the round trips read them: operations, parameters, bodies, responses.

Written from the specification alone. Nothing of the generator is used, since these tests compare
the two readings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeGuard, cast
from urllib.parse import unquote

import yaml

Object: TypeAlias = Mapping[str, Any]
Direction = Literal["request", "response"]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
# A property with this keyword is not part of what is sent in the direction.
HIDDEN: Mapping[Direction, str] = {"request": "readOnly", "response": "writeOnly"}


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, Mapping)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def entries(value: Any) -> dict[str, Any]:
    """Return an object of a document, empty if there is none."""
    return value if is_object(value) else {}


def elements(value: Any) -> list[Any]:
    """Return a list of a document, empty if there is none."""
    return value if is_list(value) else []


# YAML with the scalars of JSON only: no dates, and no `on` or `yes`.
_Loader: Any = type("_Loader", (yaml.CSafeLoader,), {"yaml_implicit_resolvers": {}})
for _tag, _pattern, _first in (
    ("bool", "true|false|True|False|TRUE|FALSE", [*"tfTF"]),
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
    ("merge", "<<", ["<"]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), _first
    )


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter, with its style and its schema; `media_type` if it has a content instead."""

    name: str
    location: str
    required: bool
    schema: Any
    style: str
    explode: bool
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """A body of one media type: its schema, None if there is none, and the encoding of fields."""

    media_type: str
    schema: Any
    encoding: Object = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation. The keys of `responses` are those of the document: `200`, `2XX`, `default`."""

    id: str
    method: str
    path: str
    parameters: Sequence[Parameter]
    body: Sequence[Content]
    body_required: bool
    responses: Mapping[str, Sequence[Content]]

    @property
    def fixed(self) -> Sequence[tuple[str, str]]:
        """The names and values in the query of the path, without those of parameters."""
        return [one for one in _pairs(self.path) if not one[1].startswith("{")]

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def successes(self) -> Sequence[str]:
        """The keys of the success responses; those of redirects if there is no other."""
        for pattern in ("2..", "3..", "default"):
            if found := [key for key in self.responses if re.fullmatch(pattern, key)]:
                return found
        return []


class Description:
    """A document. `raw` has every value as it is written."""

    def __init__(self, raw: Object) -> None:
        self.raw = raw
        self.is_30 = str(raw["openapi"]).startswith("3.0")
        self._directed: dict[Direction, Description] = {}

    @classmethod
    def load(cls, path: Path) -> Description:
        text = path.read_text("utf-8")
        if path.suffix == ".json":
            return cls(json.loads(text))
        loaded = yaml.load(text, _Loader)  # noqa: S506 - it is based on the safe one
        return cls(cast("Object", _with_text_keys(loaded)))

    def at(self, reference: str) -> Any:
        """Return the value at a local reference."""
        found: Any = self.raw
        for token in unquote(reference).removeprefix("#").split("/")[1:]:
            step = token.replace("~1", "/").replace("~0", "~")
            found = found[int(step)] if is_list(found) else found[step]
        return found

    def resolved(self, value: Any) -> Any:
        """Return the target of a reference, or the value if it is none."""
        while is_object(value) and isinstance(value.get("$ref"), str):
            value = self.at(value["$ref"])
        return value

    @cached_property
    def schemas(self) -> Object:
        return cast("Object", self.raw.get("components", {}).get("schemas") or {})

    def operations(self) -> Iterator[Operation]:
        for path, written in self.raw["paths"].items():
            item = self.resolved(written)
            for method in METHODS:
                if is_object(operation := item.get(method)):
                    yield self._operation(path, method, item, operation)

    def directed(self, direction: Direction) -> Description:
        """Return the description with the properties only that are sent in a direction."""
        if direction not in self._directed:
            raw = _without(self, self.raw, HIDDEN[direction])
            self._directed[direction] = Description(raw)
        return self._directed[direction]

    def marked(self, schema: Any, keyword: str) -> bool:
        """Return whether a schema, or one that it is made of, has a keyword that is true."""
        if not is_object(schema):
            return False
        if "$ref" in schema:
            beside = not self.is_30 and schema.get(keyword) is True
            return beside or self.marked(self.at(schema["$ref"]), keyword)
        return schema.get(keyword) is True or any(
            self.marked(one, keyword) for one in elements(schema.get("allOf"))
        )

    def _operation(self, path: str, method: str, item: Object, written: Object) -> Operation:
        parameters: dict[tuple[str, str], Parameter] = {}
        for one in (*(elements(item.get("parameters"))), *(elements(written.get("parameters")))):
            found = self._parameter(self.resolved(one))
            parameters[found.name, found.location] = found
        in_query = {it: name for name, it in _pairs(path) if it.startswith("{")}
        for key, one in [*parameters.items()]:
            if key[1] == "path" and f"{{{one.name}}}" in in_query:
                name = in_query[f"{{{one.name}}}"]
                parameters[key] = replace(one, name=name, location="query", explode=False)
        body = entries(self.resolved(written.get("requestBody")))
        responses = {
            str(key): self._contents(self.resolved(one))
            for key, one in entries(written.get("responses")).items()
        }
        return Operation(
            id=written.get("operationId") or "",
            method=method.upper(),
            path=path,
            parameters=list(parameters.values()),
            body=self._contents(body),
            body_required=body.get("required") is True,
            responses=responses,
        )

    def _parameter(self, written: Object) -> Parameter:
        location = written["in"]
        style = written.get("style") or ("form" if location in ("query", "cookie") else "simple")
        content = next(iter(entries(written.get("content")).items()), None)
        return Parameter(
            name=written["name"],
            location=location,
            required=written.get("required") is True or location == "path",
            schema=(content[1] if content else written).get("schema", {}),
            style=style,
            explode=written.get("explode", style in ("form", "deepObject")),
            media_type=content[0] if content else None,
        )

    def _contents(self, written: Object) -> Sequence[Content]:
        return [
            Content(
                media_type=name, schema=media.get("schema"), encoding=entries(media.get("encoding"))
            )
            for name, media in entries(written.get("content")).items()
        ]


def _pairs(path: str) -> list[tuple[str, str]]:
    """Return the encoded names and values in the query of a path."""
    query = path.partition("#")[0].partition("?")[2]
    return [(one.partition("=")[0], one.partition("=")[2]) for one in query.split("&") if one]


def _with_text_keys(value: Any) -> Any:
    if is_object(value):
        return {_key(key): _with_text_keys(one) for key, one in value.items()}
    return [_with_text_keys(one) for one in value] if is_list(value) else value


def _key(key: object) -> str:
    return json.dumps(key) if key is None or isinstance(key, bool) else str(key)


def _without(description: Description, value: Any, keyword: str) -> Any:
    """Return a value without the properties that have a keyword, in all schemas of it."""
    if is_list(value):
        return [_without(description, one, keyword) for one in value]
    if not is_object(value):
        return value
    found = {name: _without(description, one, keyword) for name, one in value.items()}
    properties = value.get("properties")
    if is_object(properties):
        hidden = {name for name, one in properties.items() if description.marked(one, keyword)}
        found["properties"] = {k: v for k, v in found["properties"].items() if k not in hidden}
        if is_list(required := value.get("required")):
            found["required"] = [name for name in required if name not in hidden]
    return found
