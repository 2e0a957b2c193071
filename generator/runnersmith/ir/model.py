"""Intermediate representation (IR) of a client, independent of how it is rendered.

Frozen values that templates read. A change here changes the contract with packs: raise `IR_VERSION`
and describe it in CHANGELOG.md. Where names come in pairs, `name` is the Python identifier and
`wire_name` the name on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

IR_VERSION = 1

# Changes for templates by version, shown when a pack was made for an older version.
IR_CHANGES = {1: "the first version"}

Role = OneOf["response", "request", "both"]
Repeat = OneOf["safe", "idempotent", "unsafe"]
ProductName = OneOf["github.com", "ghec", "ghes"]
Location = OneOf["path", "query", "header", "cookie"]
BodyEncoding = OneOf["json", "form", "multipart", "text", "binary"]
Method = OneOf["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
StyleName = OneOf[
    "simple",
    "label",
    "matrix",
    "form",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
    "json",
]


# ── Types ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Primitive:
    """A JSON scalar, or a string whose format has a Python type.

    `bytes` is the whole content of a request or a response, `file` a file in a form.
    """

    name: OneOf["str", "int", "float", "bool", "datetime", "date", "bytes", "file", "any"]
    kind: OneOf["primitive"] = "primitive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A choice of values. An open one also allows strings that are not listed."""

    values: tuple[str | int | bool, ...]
    open: bool
    kind: OneOf["literal"] = "literal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Array:
    items: Type
    kind: OneOf["array"] = "array"


@dataclass(frozen=True, kw_only=True, slots=True)
class Map:
    """An object with arbitrary keys."""

    values: Type
    kind: OneOf["map"] = "map"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A model, by its Python name."""

    model: str
    kind: OneOf["reference"] = "reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nullable:
    """A type, or null."""

    type: Type
    kind: OneOf["nullable"] = "nullable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Union:
    """One of several types. For a response, the members can be told apart by a decoder."""

    members: tuple[Type, ...]
    kind: OneOf["union"] = "union"


Type = Primitive | Literal | Array | Map | Reference | Nullable | Union


# ── Availability ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """A product that offers an operation, from release `since` on (None: in every release)."""

    name: ProductName
    since: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability:
    """API versions and products that have an element.

    Empty `versions` means every API version; otherwise, they are listed newest first. Empty
    `products` means every product that has the enclosing element.
    """

    versions: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()


EVERYWHERE = Availability()


@dataclass(frozen=True, kw_only=True, slots=True)
class Introduced:
    """First release of a product that supports an API version, if older ones do not."""

    version: str
    product: ProductName
    since: str


# ── Models ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of a model or of a request body.

    `limits` are the API's bounds in words (`1 to 100 items`). They are documented and never
    enforced on responses. `default` is the server's default as JSON text. It is documented and
    never sent. `required_in` lists the API versions that require the field, if others do not.
    `format` is that of the schema or, for a list, of its items; `type` has what the client does
    with it.
    """

    name: str
    wire_name: str
    type: Type
    required: bool
    secret: bool
    deprecated: bool
    description: str
    limits: str
    default: str | None
    available: Availability = EVERYWHERE
    required_in: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Either:
    """A property that returns the first present field of several."""

    name: str
    fields: tuple[str, ...]
    type: Type


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """Discriminator of a model: one field with one value."""

    name: str
    wire_name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Recognizes a model among its alternatives: a property that it must have.

    Its value must be one of `values`, or any value if there are none.
    """

    wire_name: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An object type.

    `role` is where it occurs. In responses, an absent optional field reads as None. In requests, an
    optional field defaults to unset, which is not null. In a list wrapper, `items` is the field
    with the items and `total` the field with their count on all pages. A model with a `tag` has no
    field for it: the decoder reads it and the encoder writes it. `extra` is the field, a map, that
    holds the properties without a field; None if there are none. A model with `conditions` has
    alternatives that no single tag tells apart: it is the first of a union's members whose
    conditions all hold. None means that it has no such alternatives.
    """

    name: str
    module: str
    wire_name: str
    role: Role
    fields: tuple[Field, ...]
    items: str | None
    total: str | None
    eithers: tuple[Either, ...] = ()
    tag: Tag | None = None
    extra: Field | None = None
    conditions: tuple[Condition, ...] | None = None
    description: str
    deprecated: bool


# ── Operations ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """Serialization of a parameter or a form field; `json` means JSON text.

    `reserved` means that reserved characters are not escaped.
    """

    name: StyleName
    explode: bool
    reserved: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter of an operation, or a path parameter of a scope.

    `style` is None for the default style of its location; `example` is a value as JSON text, if the
    spec has one. `format` is as in Field.
    """

    name: str
    wire_name: str
    location: Location
    type: Type
    required: bool
    deprecated: bool
    description: str
    limits: str
    default: str | None
    example: str | None = None
    available: Availability = EVERYWHERE
    required_in: tuple[str, ...] = ()
    style: Style | None = None
    format: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Encoding of a form field: a style, or the media type of its value.

    `file` is whether it is a file, or a list of files. A caller may name another media type for a
    file.
    """

    wire_name: str
    media_type: str | None
    style: Style | None
    file: OneOf["no", "one", "many"] = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A request body: an object whose fields become keyword arguments, or one argument (`whole`).

    `parts` lists the form fields that differ from the default encoding. An `omissible` body is not
    sent if no argument for it is given, and no body is sent in an API version without one.
    `example` is a complete body as JSON text, if the spec has one. `extra` is the argument, a map,
    that holds the properties without an argument; None if there are none.
    """

    fields: tuple[Field, ...]
    required: bool
    omissible: bool = False
    extra: Field | None = None
    whole: Field | None = None
    media_type: str = "application/json"
    encoding: BodyEncoding = "json"
    parts: tuple[Part, ...] = ()
    example: str | None = None
    available: Availability = EVERYWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class SuccessResponse:
    """A declared success response: its status, its headers, and its type (None: no content).

    Status 2 stands for every success status that is not declared itself. `encoding` is the encoding
    of the content, `media_type` the value to accept if it is not the client's default. `any` is
    JSON or text by the content type of the response, `location` the target of a redirect that is
    not followed.
    """

    status: int
    description: str
    headers: tuple[str, ...]
    type: Type | None
    encoding: OneOf["json", "text", "binary", "any", "location"] = "json"
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorResponse:
    """A declared response of another status. The client raises an error for it, whatever its body.

    A one-digit status stands for its class, 0 for every status that is not declared. `error` is the
    client's error class if the status alone does not determine it. `type` is that of its content, if
    that is JSON of a type.
    """

    status: int
    description: str
    error: str | None = None
    type: Type | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """A fine-grained permission and its access level."""

    name: str
    access: OneOf["read", "write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OlderPath:
    """Path of an operation in an older API version."""

    version: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One endpoint as a method of a resource.

    `arguments` are the path parameters that are arguments of the method; the scope has the others.
    `paged` operations use pagination, with items of type `item`. `repeat` is the effect of sending
    the same request twice: none (`safe`), the same outcome (`idempotent`) or a second effect
    (`unsafe`). `lookup` completes a sentence that starts with "look up": how to find the outcome of
    an unsafe operation if no response arrived. Names in backticks are methods of the same scope.
    `older_paths` are the paths in API versions that differ. `fixed_query` is the part of a path
    behind its `?`, which is sent as it is. `security` lists alternatives, each the
    wire names of the schemes used together (none: without credentials); it is empty if nothing is
    declared. `server` is the name of its server; None if it is that of the API.
    """

    id: str
    name: str
    method: Method
    path: str
    older_paths: tuple[OlderPath, ...] = ()
    fixed_query: str = ""
    arguments: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    headers: tuple[Parameter, ...] = ()
    cookies: tuple[Parameter, ...] = ()
    body: Body | None
    responses: tuple[SuccessResponse, ...]
    errors: tuple[ErrorResponse, ...]
    returns: Type | None
    paged: bool
    item: Type | None
    repeat: Repeat
    lookup: str | None
    security: tuple[tuple[str, ...], ...] = ()
    server: str | None = None
    available: Availability
    classic_scopes: tuple[str, ...]
    permissions: tuple[Permission, ...]
    summary: str
    description: str
    docs_url: str | None
    deprecated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """Operations on one kind of object, in one scope or of the client itself.

    `class_name` is the name of the sync class.
    """

    name: str
    module: str
    class_name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A level that groups resources: an enterprise, an organization, a repository.

    `short` is the short form of a scope's path, with the parameters' wire names in braces:
    `{owner}/{repo}`.
    """

    name: str
    wire_name: str
    class_name: str
    path: str
    short: str
    parameters: tuple[Parameter, ...]
    description: str
    resources: tuple[Resource, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A base URL of the API, with the defaults of its variables filled in."""

    url: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedServer:
    """A server of some operations only, which the client has an argument for.

    `url` is as in Server. It is a path if the server is that of the API, and empty or no URL if the
    caller has to pass one. `others` are the alternatives to it.
    """

    name: str
    url: str
    description: str
    others: tuple[Server, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheme:
    """A security scheme.

    `key` is the name of the header, query parameter or cookie of an API key.
    """

    wire_name: str
    type: OneOf["bearer", "basic", "header", "query", "cookie"]
    key: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An operation of the document that the client omits, and the reasons."""

    id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task of users and the methods for it, as `resource.method`.

    A method stands for all scopes that have it.
    """

    title: str
    description: str
    methods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """Root of the IR. `versions` lists all API versions, newest first; `version` is the newest.

    Resources belong to scopes or, in a document without scopes, to the client itself. `server` is
    the URL of the first of `servers`. `servers` is empty if the document has only a plain URL.
    `named_servers` are those of operations that are not sent to `server`.
    """

    ir_version: int
    package: str
    title: str
    description: str
    version: str
    versions: tuple[str, ...]
    introduced: tuple[Introduced, ...] = ()
    version_header: str | None
    media_type: str
    server: str
    servers: tuple[Server, ...] = ()
    named_servers: tuple[NamedServer, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    docs_url: str | None
    scopes: tuple[Scope, ...]
    resources: tuple[Resource, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    models: tuple[Model, ...]
    tasks: tuple[Task, ...] = ()
