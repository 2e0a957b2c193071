"""Intermediate representation: what the client is, never how it is printed.

Frozen values that templates read. A change here is a change of the extender's contract: raise
`IR_VERSION` and say so in CHANGELOG.md. Names come in pairs where they differ: `name` is the
Python identifier, `wire_name` is what travels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

IR_VERSION = 1

# What each version changed for templates; a pack for an older one is told.
IR_CHANGES = {1: "the first version"}

Role = OneOf["reply", "request", "both"]
Repeat = OneOf["safe", "idempotent", "unsafe"]
ProductName = OneOf["github.com", "ghec", "ghes"]
Location = OneOf["path", "query", "header", "cookie"]
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
    """A JSON scalar, or a string with a format that has a Python type."""

    name: OneOf["str", "int", "float", "bool", "datetime", "date", "bytes", "any"]
    kind: OneOf["primitive"] = "primitive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A choice of values. An open one may also be a string that is not listed."""

    values: tuple[str | int | bool, ...]
    open: bool
    kind: OneOf["literal"] = "literal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Array:
    items: Type
    kind: OneOf["array"] = "array"


@dataclass(frozen=True, kw_only=True, slots=True)
class Map:
    """An object whose keys are data."""

    values: Type
    kind: OneOf["map"] = "map"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A model, by its Python name."""

    model: str
    kind: OneOf["reference"] = "reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nullable:
    """Another type, or null."""

    type: Type
    kind: OneOf["nullable"] = "nullable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Union:
    """One of several types. In what is decoded, a decoder can tell them apart."""

    members: tuple[Type, ...]
    kind: OneOf["union"] = "union"


Type = Primitive | Literal | Array | Map | Reference | Nullable | Union


# ── Availability ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """A product that offers an operation; `since` is its first version that does, None for all."""

    name: ProductName
    since: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability:
    """Where something exists. Empty `versions` means every API version, newest first otherwise;
    empty `products` means every product that has what it belongs to.
    """

    versions: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()


EVERYWHERE = Availability()


@dataclass(frozen=True, kw_only=True, slots=True)
class Introduced:
    """The first release of a product that knows an API version, where not every release does."""

    version: str
    product: ProductName
    since: str


# ── Models ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of a model or of a request body.

    `limits` are the bounds that the API states, in words (`1 to 100 items`); they are documented,
    never enforced on replies. `default` is what the server assumes when the field is left out, as
    JSON text; it is documented and never sent. `required_in` are the API versions that require
    it, when others do not.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Either:
    """A property that reads the first of several fields that is there."""

    name: str
    fields: tuple[str, ...]
    type: Type


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """What tells a model from its alternatives: one field with one value."""

    name: str
    wire_name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An object type. `items` names the field that a list wrapper holds its items in, `total` the
    one that counts the items on all pages.

    `role` says where it occurs: in replies, an optional field that is absent reads as None; where
    it is sent, an optional field is unset, which is not null. A model with a `tag` has no field for
    it: the decoder reads it, and the encoder writes it.
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
    description: str
    deprecated: bool


# ── Operations ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """How a value is written in a parameter or in a field of a form; `json` is as JSON text."""

    name: StyleName
    explode: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter of an operation, or a path parameter that a scope holds.

    `style` is None where the value is written in the usual way of its place; `example` is a value
    of it, as JSON text, where the spec has one.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """How a field of a form travels: its media type in a multipart body, its style in any other."""

    wire_name: str
    media_type: str | None
    style: Style | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A request body: an object whose fields become keyword arguments, or a `whole` that is one.

    `encoding` says how it travels; `parts` those fields of a form that do not in the usual way. An
    `omissible` one is not sent at all when nothing of it was given. `example` is a whole one, as
    JSON text, where the spec has one.
    """

    fields: tuple[Field, ...]
    required: bool
    omissible: bool = False
    whole: Field | None = None
    media_type: str = "application/json"
    encoding: OneOf["json", "form", "multipart", "text", "binary"] = "json"
    parts: tuple[Part, ...] = ()
    example: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A declared successful reply: its status, its headers, and its type (None: no content).

    The status 2 stands for every success that is not declared by itself. `encoding` says how the
    content travels, `media_type` what is asked for where that is not the client's usual one.
    """

    status: int
    description: str
    headers: tuple[str, ...]
    type: Type | None
    encoding: OneOf["json", "text", "binary"] = "json"
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A declared reply of another status; the client raises an error for it, whatever its body.

    A status of one digit stands for its whole class, 0 for every status that is not declared.
    `error` is the class of the client where the status alone does not tell it.
    """

    status: int
    description: str
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """A fine-grained permission and the access needed."""

    name: str
    access: OneOf["read", "write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OlderPath:
    """The path of an operation in an older API version."""

    version: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One endpoint as a method of a resource.

    `arguments` are the path parameters that the caller gives (the scope holds the others).
    `paged` operations are walked page by page; `item` is the type of what they list.
    `repeat` says what happens when the same request arrives twice: nothing (`safe`), the same
    outcome (`idempotent`), or a second effect (`unsafe`). `lookup` ends a sentence that begins with
    "look up": what shows the outcome of an unsafe operation when no answer came; backticks hold
    methods of the same scope. `older_paths` are those of API versions in which the path was
    another. `security` are alternatives, each the wire names of the schemes that are used together
    (none: without credentials); it is empty where nothing is declared.
    """

    id: str
    name: str
    method: Method
    path: str
    older_paths: tuple[OlderPath, ...] = ()
    arguments: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    headers: tuple[Parameter, ...] = ()
    cookies: tuple[Parameter, ...] = ()
    body: Body | None
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    returns: Type | None
    paged: bool
    item: Type | None
    repeat: Repeat
    lookup: str | None
    security: tuple[tuple[str, ...], ...] = ()
    available: Availability
    classic_scopes: tuple[str, ...]
    permissions: tuple[Permission, ...]
    summary: str
    description: str
    docs_url: str | None
    deprecated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """The operations of one kind of thing, in one scope or of the client itself.

    `class_name` is the sync flavour's.
    """

    name: str
    module: str
    class_name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A level that resources hang from: an enterprise, an organization, a repository.

    `short` is how its name is written where the level is not said otherwise, with the parameters'
    wire names in braces: `{owner}/{repo}`.
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
    """An address of the API, its variables filled in with their defaults."""

    url: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheme:
    """A way to prove who calls. `key` is the name of what carries an API key, else empty."""

    wire_name: str
    type: OneOf["bearer", "basic", "header", "query", "cookie"]
    key: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An operation of the document that the client does not have, and why."""

    id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Something that people set out to do, and the methods that it takes, as `resource.method`.

    A method is meant in every scope that has it.
    """

    title: str
    description: str
    methods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """Everything that the templates read. `versions` are all API versions, `version`, the newest, first.

    Resources hang from scopes or, in a document without them, from the client itself. `server` is
    the first of `servers`, which are empty where nothing but it was named.
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
    schemes: tuple[Scheme, ...] = ()
    docs_url: str | None
    scopes: tuple[Scope, ...]
    resources: tuple[Resource, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    models: tuple[Model, ...]
    tasks: tuple[Task, ...] = ()
