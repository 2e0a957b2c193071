"""Description that a mock server reads: operations, parameters, bodies, responses and schemas.

It is JSON, generated beside this package. Pure: `description_file` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast

import msgspec

Schema: TypeAlias = Mapping[str, Any]
Location = Literal["path", "query", "header", "cookie"]
Encoding = Literal["json", "form", "multipart", "text", "binary", "any", "location"]


class Limited(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What some API versions or products lack. Empty means that all have it."""

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
    """An operation. `items` and `total` are the properties of a page, if it is an object, and `key`
    the one by which a client recognizes an item.

    `scopes` are those that a classic token needs, `permissions` those that any other needs, with
    their access. `docs` is the page about it.
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
        return next((listed[key] for key in keys if key in listed), None)

    def arguments(self) -> Mapping[str, Schema]:
        """Return what a test can select calls by: parameters and fields of the body, by argument."""
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
