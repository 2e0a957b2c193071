"""Description of an API: operations, parameters, bodies, responses and schemas.

It is generated as JSON beside this package. Pure: `description_file` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast

import msgspec

Schema: TypeAlias = Mapping[str, Any]
Location = Literal["path", "query", "header", "cookie"]
Encoding = Literal["json", "form", "multipart", "text", "binary", "any", "location"]


class Limited(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part with its API versions and products. Empty means all of them."""

    versions: Sequence[str] = ()
    products: Mapping[str, str | None] = {}

    def is_in(self, version: str) -> bool:
        """Return whether an API version has it."""
        return not self.versions or version in self.versions


class Parameter(Limited, frozen=True, kw_only=True, rename="camel"):
    """A parameter. `argument` is its name in Python."""

    name: str
    location: Location = msgspec.field(name="in")
    argument: str
    schema: Schema
    required: bool = False
    required_in: Sequence[str] = ()
    style: str | None = None
    explode: bool | None = None

    def is_required(self, version: str) -> bool:
        """Return whether an API version requires it."""
        return self.required or version in self.required_in


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Encoding of a field of a form."""

    media_type: str | None = None
    style: str | None = None
    explode: bool | None = None
    file: Literal["one", "many"] | None = None


class Body(Limited, frozen=True, kw_only=True, rename="camel"):
    """A request body."""

    media_type: str
    encoding: Encoding
    schema: Schema
    required: bool = False
    parts: Mapping[str, Part] = {}
    example: Any = msgspec.UNSET


class Content(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A declared response. Without a schema it has no content."""

    description: str = ""
    headers: Sequence[str] = ()
    encoding: Encoding = "json"
    media_type: str | None = None
    schema: Schema | None = None
    example: Any = msgspec.UNSET


class Operation(Limited, frozen=True, kw_only=True, rename="camel"):
    """An operation.

    If a page is an object, `items` and `total` are its properties. `key` is the property that
    identifies an item. `scopes` are required of a classic token, and `permissions`, with their
    access, of any other token. `docs` is the page about it.
    """

    name: str
    id: str
    method: str
    path: str
    older_paths: Mapping[str, str] = {}
    query: str = ""
    server: str | None = None
    parameters: Sequence[Parameter] = ()
    body: Body | None = None
    responses: Mapping[str, Content] = {}
    errors: Mapping[str, Content] = {}
    items: str | None = None
    total: str | None = None
    key: str | None = None
    paged: bool = False
    security: Sequence[Sequence[str]] = ()
    scopes: Sequence[str] = ()
    permissions: Mapping[str, str] = {}
    docs: str = ""

    @property
    def success(self) -> int:
        """The lowest declared status of success; 200 if the description names none."""
        return self.successes[0]

    @property
    def successes(self) -> Sequence[int]:
        """The declared statuses of success, the lowest first; then 200 if others are possible."""
        listed = sorted(int(status) for status in self.responses if int(status) >= 100)
        is_open = len(listed) < len(self.responses) or not listed
        return [*listed, 200] if is_open and 200 not in listed else listed

    def declared(self, status: int) -> Content | None:
        """Return the content that is declared for a status, its class or the default, if any."""
        listed = self.responses if status < 400 else self.errors
        keys = (str(status), str(status // 100), "0")
        found = next((listed[key] for key in keys if key in listed), None)
        # A redirect that is no success is an error of the client.
        return self.errors.get(str(status)) if found is None and status < 400 else found

    def is_accepted(self, accept: str) -> bool:
        """Return whether a success has no content, or one that a header `Accept` allows."""
        ranges = {one.partition(";")[0].strip() for one in accept.lower().split(",")}
        for content in self.responses.values():
            kind = content.media_type or "application/json"
            if content.schema is None or {kind, f"{kind.partition('/')[0]}/*", "*/*"} & ranges:
                return True
        return not self.responses

    def arguments(self) -> Mapping[str, Schema]:
        """Return the schemas of the parameters and of the fields of the body, by argument."""
        found = {parameter.argument: parameter.schema for parameter in self.parameters}
        if self.body is not None:
            fields: Mapping[str, Schema] = self.body.schema.get("properties", {})
            found |= {argument_of(*one): one[1] for one in fields.items()}
        return found


def as_object(value: object) -> dict[str, Any] | None:
    """Return a JSON value if it is an object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """Return a JSON value if it is an array."""
    return list(cast("Sequence[Any]", value)) if isinstance(value, (list, tuple)) else None


def argument_of(name: str, schema: Schema) -> str:
    """Return the name in Python of a property of a body."""
    argument: str = schema.get("argument", name)
    return argument


class SecurityScheme(msgspec.Struct, frozen=True, kw_only=True):
    """A security scheme. `key` is the name of a header, a query parameter or a cookie."""

    type: Literal["bearer", "basic", "header", "query", "cookie"]
    key: str = ""


class Description(msgspec.Struct, frozen=True, kw_only=True, eq=False, rename="camel"):
    """A whole API."""

    title: str
    operations: Sequence[Operation]
    models: Mapping[str, Schema] = {}
    server: str = ""
    servers: Mapping[str, str] = {}
    media_type: str = "application/json"
    version_header: str | None = None
    versions: Sequence[str] = ()
    introduced: Mapping[str, Mapping[str, str]] = {}
    security: Mapping[str, SecurityScheme] = {}

    def by_name(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {operation.name: operation for operation in self.operations}
