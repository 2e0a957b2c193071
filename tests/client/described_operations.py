"""Operations of an OpenAPI description, with an example of each parameter, body and response.

Reads a description, 3.0 or 3.1, as data. It uses only the generator's reader, so that a mistake in
lowering or rendering cannot hide here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError

from runnersmith.openapi.document import Json, Node, pointer_text
from runnersmith.reader import load

METHODS = ("get", "put", "post", "delete", "patch")
JSON = "application/json"

_LOOSE = "urn:description:as-written"
_STRICT = "urn:description:nothing-undescribed"

# Candidates for an example of a type: the first that the schema allows. For text, its name is first.
_VALUES: dict[str, tuple[Json, ...]] = {
    "integer": (7, 1, 100),
    "number": (7, 1, 100),
    "boolean": (True, False),
    "string": ("2026-05-04T08:30:00Z", "https://example.com/x", "2026-05-04", "1.2.3"),
}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    name: str
    place: str
    required: bool
    schema: Node
    example: Json


@dataclass(frozen=True, kw_only=True)
class Body:
    """A JSON object that is sent; `example` has every described property."""

    required: bool
    schema: Node
    example: dict[str, Json]

    @property
    def required_names(self) -> list[str]:
        required = resolved(self.schema).get("required")
        return [str(one.value) for one in elements(required)]

    def takes_null(self, name: str) -> bool:
        schema = resolved(resolved(self.schema).at("properties").at(name))
        kinds = schema.get("type")
        return schema.flag("nullable") or any(kind.value == "null" for kind in elements(kinds))


@dataclass(frozen=True, kw_only=True)
class Response:
    """A described response; `schema` is None if it has no content."""

    status: int
    schema: Node | None
    example: Json


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation. `written` is its node in the description, with extensions."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    success: Response
    refusals: tuple[Response, ...]
    written: Node

    def among(self, place: str) -> dict[str, Parameter]:
        """The parameters of a place (path, query), by name."""
        return {one.name: one for one in self.parameters if one.place == place}


class Description:
    """A description's operations, and its schemas."""

    def __init__(self, path: Path) -> None:
        self.root = load(path).root
        data = self.root.value
        resources = [(_LOOSE, _plain(data)), (_STRICT, _plain(data, strict=True))]
        self._registry = Registry(resources, draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}
        self.operations = tuple(
            self._operation(path, item, node)
            for path, item in entries(self.root.at("paths"))
            for method in METHODS
            if (node := item.get(method)) is not None
        )

    def fault(self, value: Json, schema: Node, *, strict: bool = False) -> str | None:
        """Return what is wrong with a value; None if it fits its schema.

        `strict` rejects properties that the schema does not list.
        """
        place = (_STRICT if strict else _LOOSE) + quote(pointer_text(schema.pointer), safe="#/~")
        if place not in self._validators:
            self._validators[place] = Draft202012Validator(
                {"$ref": place}, registry=self._registry, validate_formats=True, offline=True
            )
        try:
            self._validators[place].validate(value)
        except ValidationError as error:
            return f"at {'/'.join(map(str, error.instance_path)) or 'the top'}: {error.message}"
        return None

    # ── Reading ──────────────────────────────────────────────────────────────────────────────

    def _operation(self, path: str, item: Node, node: Node) -> Operation:
        # A parameter of the operation replaces its namesake of the path.
        parameters = {
            (_text(one, "name"), _text(one, "in")): self._parameter(one)
            for holder in (item, node)
            for one in map(resolved, elements(holder.get("parameters")))
        }
        responses = [
            self._response(int(status), resolved(one))
            for status, one in entries(node.at("responses"))
        ]
        body = node.get("requestBody")
        return Operation(
            id=_text(node, "operationId"),
            method=node.key.upper(),
            path=path,
            parameters=tuple(parameters.values()),
            body=None if body is None else self._body(resolved(body)),
            success=min((one for one in responses if one.status < 300), key=lambda r: r.status),
            refusals=tuple(one for one in responses if one.status >= 400),
            written=node,
        )

    def _parameter(self, node: Node) -> Parameter:
        name, schema = _text(node, "name"), node.at("schema")
        return Parameter(
            name=name,
            place=_text(node, "in"),
            required=node.flag("required"),
            schema=schema,
            example=self._example(node, schema, name),
        )

    def _body(self, node: Node) -> Body:
        media = node.at("content").at(JSON)
        schema = media.at("schema")
        made, example = self.made(schema, "body"), self._example(media, schema, "body")
        assert isinstance(made, dict)
        assert isinstance(example, dict), f"{schema.pointer}: a body that is no object"
        return Body(required=node.flag("required"), schema=schema, example={**made, **example})

    def _response(self, status: int, node: Node) -> Response:
        content = node.get("content")
        if content is None:
            return Response(status=status, schema=None, example=None)
        media = content.at(JSON)
        schema = media.at("schema")
        return Response(
            status=status, schema=schema, example=self._example(media, schema, "response")
        )

    # ── Values ───────────────────────────────────────────────────────────────────────────────

    def _example(self, owner: Node, schema: Node, name: str) -> Json:
        """Return the first example that fits its schema, or create one."""
        named = (resolved(one).get("value") for _, one in entries(owner.get("examples")))
        for written in (owner.get("example"), *named):
            if written is not None and self.fault(written.value, schema) is None:
                return written.value
        return self.made(schema, name)

    def made(self, written: Node, name: str) -> Json:
        """Create a value: an example of the schema, or all of its properties, none of them null."""
        schema = resolved(written)
        found = next(
            (one for one in self._candidates(schema, name) if self._fits(one, schema)), None
        )
        assert found is not None, f"{name}: no value can be made from {schema.value}"
        return found

    def _fits(self, value: Json, schema: Node) -> bool:
        return value is not None and self.fault(value, schema) is None

    def _candidates(self, schema: Node, name: str) -> Iterator[Json]:
        if (example := schema.get("example")) is not None:
            yield example.value
        yield from (one.value for one in elements(schema.get("enum")))
        for keyword in ("oneOf", "anyOf"):
            yield from (self.made(one, name) for one in elements(schema.get(keyword)))
        stated = schema.get("type")
        kinds = [one.value for one in elements(stated)] or [
            None if stated is None else stated.value
        ]
        if "object" in kinds or schema.get("properties"):
            properties = entries(schema.get("properties"))
            yield {key: self.made(child, key) for key, child in properties}
        if "array" in kinds:
            yield [self.made(schema.at("items"), name)]
        for kind in kinds:
            yield from (name,) if kind == "string" else ()
            yield from _VALUES.get(str(kind), ())


def resolved(node: Node) -> Node:
    """Follow a node's `$ref`, if it is one."""
    found = node.resolved()
    assert found is not None, f"{pointer_text(node.pointer)} does not exist"
    return found


def entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping, which may be absent."""
    return iter(()) if node is None else node.items()


def elements(node: Node | None) -> Iterator[Node]:
    """The elements of a list, which may be absent."""
    return iter(()) if node is None else node.elements()


def _text(node: Node, key: str) -> str:
    text = node.text(key)
    assert text is not None, f"{pointer_text(node.pointer)}: {key} is missing"
    return text


def _plain(value: Json, *, strict: bool = False) -> Json:
    """Copy a description with its schemas in the words of JSON Schema 2020-12."""
    if isinstance(value, list):
        return [_plain(one, strict=strict) for one in value]
    if not isinstance(value, dict):
        return value
    copied = {key: _plain(one, strict=strict) for key, one in value.items()}
    if value.get("nullable") is True and isinstance(value.get("type"), str):
        copied["type"] = [value["type"], "null"]
    if strict and "properties" in value and "additionalProperties" not in value:
        copied["additionalProperties"] = False
    return copied
