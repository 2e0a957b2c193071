"""The intermediate representation: what the client is, never how it is printed.

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
Method = OneOf["GET", "POST", "PUT", "PATCH", "DELETE"]


# ── Types ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Primitive:
    """A JSON scalar, or a string with a format that has a Python type."""

    name: OneOf["str", "int", "float", "bool", "datetime", "date", "any"]
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
    """One of several types that a decoder can tell apart."""

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
class Model:
    """An object type. `items` names the field that a list wrapper holds its items in, `total` the
    one that counts the items on all pages.

    `role` says where it occurs: in replies, an optional field that is absent reads as None; where
    it is sent, an optional field is unset, which is not null.
    """

    name: str
    module: str
    wire_name: str
    role: Role
    fields: tuple[Field, ...]
    items: str | None
    total: str | None
    eithers: tuple[Either, ...] = ()
    description: str
    deprecated: bool


# ── Operations ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A path or query parameter of an operation, or a path parameter that a scope holds.

    `example` is a value of it, as JSON text, where the spec has one.
    """

    name: str
    wire_name: str
    location: OneOf["path", "query"]
    type: Type
    required: bool
    deprecated: bool
    description: str
    limits: str
    default: str | None
    example: str | None = None
    available: Availability = EVERYWHERE
    required_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A JSON request body whose fields become keyword arguments.

    `example` is a whole one, as JSON text, where the spec has one.
    """

    fields: tuple[Field, ...]
    required: bool
    example: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A declared successful reply: its status, its headers, and its type (None: no content)."""

    status: int
    description: str
    headers: tuple[str, ...]
    type: Type | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A declared reply of another status; the client raises an error for it, whatever its body."""

    status: int
    description: str


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
    another.
    """

    id: str
    name: str
    method: Method
    path: str
    older_paths: tuple[OlderPath, ...] = ()
    arguments: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    returns: Type | None
    paged: bool
    item: Type | None
    repeat: Repeat
    lookup: str | None
    available: Availability
    classic_scopes: tuple[str, ...]
    permissions: tuple[Permission, ...]
    summary: str
    description: str
    docs_url: str | None
    deprecated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """The operations of one kind of thing, in one scope. `class_name` is the sync flavour's."""

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
class Task:
    """Something that people set out to do, and the methods that it takes, as `resource.method`.

    A method is meant in every scope that has it.
    """

    title: str
    description: str
    methods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """Everything that the templates read. `versions` are all API versions, `version`, the newest, first."""

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
    docs_url: str | None
    scopes: tuple[Scope, ...]
    models: tuple[Model, ...]
    tasks: tuple[Task, ...] = ()
