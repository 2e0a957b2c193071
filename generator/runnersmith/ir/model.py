"""Intermediate representation (IR) of a client, independent of how it is rendered.

Frozen values that templates read. A change here changes the contract with packs: raise `IR_VERSION`
and describe it in CHANGELOG.md. Where names come in pairs, `name` is the Python identifier and
`wire_name` the name on the wire. The JSON Schema takes its descriptions from the docstrings here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias
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


# A Python identifier that the generator has made. Templates can print it as it is; every other `str`
# may have any characters.
Identifier: TypeAlias = Annotated[str, "identifier"]


# ── Types ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Primitive:
    """A JSON scalar, or a string whose format has a Python type.

    Attributes:
        name: The Python type. `bytes` is the whole content of a request or a response, `file` a
            file in a form, `any` any JSON value.
        kind: The class of this type.
    """

    name: OneOf["str", "int", "float", "bool", "datetime", "date", "bytes", "file", "any"]
    kind: OneOf["primitive"] = "primitive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A choice of values. An open one also allows strings that are not listed.

    Attributes:
        values: The values.
        open: Whether strings that are not listed are allowed as well.
        kind: The class of this type.
    """

    values: tuple[str | int | bool, ...]
    open: bool
    kind: OneOf["literal"] = "literal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Array:
    """A list.

    Attributes:
        items: The type of the items.
        kind: The class of this type.
    """

    items: Type
    kind: OneOf["array"] = "array"


@dataclass(frozen=True, kw_only=True, slots=True)
class Map:
    """An object with arbitrary keys.

    Attributes:
        values: The type of the values.
        kind: The class of this type.
    """

    values: Type
    kind: OneOf["map"] = "map"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A model, by its Python name.

    Attributes:
        model: The model's `name`.
        kind: The class of this type.
    """

    model: Identifier
    kind: OneOf["reference"] = "reference"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nullable:
    """A type, or null.

    Attributes:
        type: The type of a value that is not null.
        kind: The class of this type.
    """

    type: Type
    kind: OneOf["nullable"] = "nullable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Union:
    """One of several types. For a response, the members can be told apart by a decoder.

    Attributes:
        members: The types.
        kind: The class of this type.
    """

    members: tuple[Type, ...]
    kind: OneOf["union"] = "union"


Type = Primitive | Literal | Array | Map | Reference | Nullable | Union


# ── Availability ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """A product that offers an operation.

    Attributes:
        name: The product.
        since: The first release that has the operation; None if every release has it.
    """

    name: ProductName
    since: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability:
    """API versions and products that have an element.

    Attributes:
        versions: The API versions, newest first; empty means every API version.
        products: The products; empty means every product that has the enclosing element.
    """

    versions: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()


EVERYWHERE = Availability()


@dataclass(frozen=True, kw_only=True, slots=True)
class Introduced:
    """First release of a product that supports an API version, if older ones do not.

    Attributes:
        version: The API version.
        product: The product.
        since: The first release that supports it.
    """

    version: str
    product: ProductName
    since: str


# ── Models ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field of a model or of a request body.

    Attributes:
        name: The name of the attribute and of the argument.
        wire_name: The name of the property in JSON or in a form.
        type: The type of the value.
        required: Whether the field is always there.
        secret: Whether the value is a credential, which no repr or log shows.
        deprecated: Whether the document deprecates the field.
        description: What the field means.
        limits: The API's bounds in words, such as `1 to 100 items`. They are documented and never
            enforced on responses.
        default: The server's default as JSON text; None if there is none. It is documented and
            never sent.
        available: The API versions and products that have the field.
        required_in: The API versions that require the field, if others do not.
        format: The format of the schema or, for a list, of its items. `type` has what the client
            does with it.
        bounds: The `limits` as JSON text, an object with the keywords of JSON Schema; empty if
            there are none. `items` has those of the items of a list.
        example: A value as JSON text; None if the document has none.
    """

    name: Identifier
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
    bounds: str = ""
    example: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Either:
    """A property that returns the first present field of several.

    Attributes:
        name: The name of the property.
        fields: The names of the fields, in the order in which they are tried.
        type: The type of the value.
    """

    name: Identifier
    fields: tuple[Identifier, ...]
    type: Type


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """Discriminator of a model: one field with one value.

    Attributes:
        name: The name of the property that returns the value.
        wire_name: The name of the property in JSON.
        value: The value that stands for this model.
    """

    name: Identifier
    wire_name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Recognizes a model among its alternatives: a property that it must have.

    Attributes:
        wire_name: The name of the property in JSON.
        values: The values that it may have; empty means any value.
    """

    wire_name: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An object type.

    In responses, an absent optional field reads as None. In requests, an optional field defaults to
    unset, which is not null. A model with a `tag` has no field for it: the decoder reads it and the
    encoder writes it.

    Attributes:
        name: The name of the class.
        module: The module of the class, below `models`.
        wire_name: The name of the schema in the document.
        role: Whether it occurs in responses, in requests, or in both.
        fields: The fields.
        items: In a list wrapper, the field with the items; None in any other model.
        total: In a list wrapper, the field with the number of items on all pages; None if there is
            none.
        eithers: The properties that read one of several fields.
        tag: The discriminator; None if there is none.
        extra: The field, a map, that holds the properties without a field; None if there are none.
        conditions: What recognizes the model if no single tag tells it from its alternatives: it is
            the first of a union's members whose conditions all hold. None means that it has no such
            alternatives.
        description: What the object is.
        deprecated: Whether the document deprecates the schema.
        example: An object as JSON text; None if the document has none.
    """

    name: Identifier
    module: Identifier
    wire_name: str
    role: Role
    fields: tuple[Field, ...]
    items: Identifier | None
    total: Identifier | None
    eithers: tuple[Either, ...] = ()
    tag: Tag | None = None
    extra: Field | None = None
    conditions: tuple[Condition, ...] | None = None
    description: str
    deprecated: bool
    example: str | None = None


# ── Operations ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """Serialization of a parameter or a form field.

    Attributes:
        name: OpenAPI's name of the style; `json` means JSON text.
        explode: Whether each item of a list, or each property, is a parameter of its own.
        reserved: Whether reserved characters are sent without escapes.
    """

    name: StyleName
    explode: bool
    reserved: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter of an operation, or a path parameter of a scope.

    Attributes:
        name: The name of the argument.
        wire_name: The name in the request.
        location: The part of the request that has it.
        type: The type of the value.
        required: Whether it must be given.
        deprecated: Whether the document deprecates it.
        description: What the parameter means.
        limits: The API's bounds in words, such as `1 to 100`.
        default: The server's default as JSON text; None if there is none. It is documented and
            never sent.
        example: A value as JSON text; None if the document has none.
        available: The API versions and products that have the parameter.
        required_in: The API versions that require the parameter, if others do not.
        style: The serialization; None for the default of its location.
        format: The format of the schema or, for a list, of its items.
        bounds: The `limits` as JSON text, as for a field.
    """

    name: Identifier
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
    bounds: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Encoding of a form field: a style, or the media type of its value.

    Attributes:
        wire_name: The name of the form field.
        media_type: The media type of the value; None for the default. A caller may name another one
            for a file.
        style: The serialization; None for the default.
        file: Whether it is no file, one file, or a list of files.
    """

    wire_name: str
    media_type: str | None
    style: Style | None
    file: OneOf["no", "one", "many"] = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A request body: an object whose fields become keyword arguments, or one argument.

    Attributes:
        fields: The keyword arguments, if the body is an object.
        required: Whether a request must have a body.
        omissible: Whether no body is sent if no argument for it is given. In an API version without
            a body none is sent either.
        extra: The argument, a map, that holds the properties without an argument; None if there are
            none.
        whole: The argument that is the whole body; None if the body has `fields`.
        media_type: The media type of the request.
        encoding: How the client encodes the body.
        parts: The form fields that differ from the default encoding.
        example: A complete body as JSON text; None if the document has none.
        available: The API versions and products in which the operation has a body.
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
    """A declared success response.

    Attributes:
        status: The HTTP status. 2 stands for every success status that is not declared itself.
        description: What the response means.
        headers: The names of the declared headers.
        type: The type of the content; None if there is no content.
        encoding: The encoding of the content. `any` is JSON or text by the content type of the
            response, `location` the target of a redirect that is not followed.
        media_type: The media type to accept; None for the client's default.
        example: The content as JSON text; None if the document has none.
    """

    status: int
    description: str
    headers: tuple[str, ...]
    type: Type | None
    encoding: OneOf["json", "text", "binary", "any", "location"] = "json"
    media_type: str | None = None
    example: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorResponse:
    """A declared response of another status. The client raises an error for it, whatever its body.

    Attributes:
        status: The HTTP status. A one-digit status stands for its class, 0 for every status that is
            not declared.
        description: What the response means.
        error: The client's error class; None if the status alone determines it.
        type: The type of its content, if that is JSON of a type; None otherwise.
        example: The content as JSON text; None if the document has none.
    """

    status: int
    description: str
    error: Identifier | None = None
    type: Type | None = None
    example: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """A fine-grained permission and its access level.

    Attributes:
        name: The name of the permission.
        access: The access level.
    """

    name: str
    access: OneOf["read", "write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeScopes:
    """Scopes or roles that a call needs of one security scheme.

    Attributes:
        scheme: The wire name of the scheme.
        scopes: The scopes, all of which are needed.
    """

    scheme: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OlderPath:
    """Path of an operation in an older API version.

    Attributes:
        version: The API version.
        path: The path template in that version.
    """

    version: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One endpoint as a method of a resource.

    Attributes:
        id: The operationId of the document, or the method and path if it has none.
        name: The name of the method.
        method: The HTTP method.
        path: The path template, with the wire names of parameters in braces.
        older_paths: The paths in API versions that differ.
        fixed_query: The part of the path behind its `?`, which is sent as it is.
        arguments: The path parameters that are arguments of the method; the scope has the others.
        query: The query parameters.
        headers: The header parameters.
        cookies: The cookie parameters.
        body: The request body; None if there is none.
        responses: The declared success responses.
        errors: The declared responses of other statuses.
        returns: The type that the method returns, for a paged operation that of a page; None if
            there is no content.
        paged: Whether the operation uses pagination.
        item: The type of the items of a paged operation; None for any other operation.
        repeat: The effect of sending the same request twice: none (`safe`), the same outcome
            (`idempotent`) or a second effect (`unsafe`).
        lookup: How to find the outcome of an unsafe operation if no response arrived; None if
            nothing is known. It completes a sentence that starts with "look up"; names in backticks
            are methods of the same scope.
        security: The alternatives of authentication, each the wire names of the schemes used
            together (none: without credentials); empty if nothing is declared.
        oauth_scopes: The alternatives of scopes, each with those of the schemes used together.
            Alternatives of authentication without scopes are omitted.
        server: The name of its server; None if it is that of the API.
        available: The API versions and products that have the operation.
        classic_scopes: The OAuth scopes of a classic token that the operation needs.
        permissions: The fine-grained permissions that the operation needs.
        summary: What the operation does, in one line.
        description: What else there is to know.
        docs_url: The address of the API's own documentation; None if there is none.
        deprecated: Whether the document deprecates the operation.
    """

    id: str
    name: Identifier
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
    oauth_scopes: tuple[tuple[SchemeScopes, ...], ...] = ()
    server: Identifier | None = None
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

    Attributes:
        name: The name of the property that returns the resource.
        module: The module of the class, and of its operations.
        class_name: The name of the sync class. The async one has the prefix `Async`.
        description: What the resource is.
        operations: The operations.
    """

    name: Identifier
    module: Identifier
    class_name: Identifier
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A level that groups resources: an enterprise, an organization, a repository.

    Attributes:
        name: The name of the client's method that returns the scope.
        wire_name: The name of the scope in the document.
        class_name: The name of the sync class. The async one has the prefix `Async`.
        path: The path template that all its operations begin with.
        short: The short form of the path, with the parameters' wire names in braces:
            `{owner}/{repo}`.
        parameters: The path parameters of the scope.
        description: What the scope is.
        resources: The resources of the scope.
    """

    name: Identifier
    wire_name: str
    class_name: Identifier
    path: str
    short: str
    parameters: tuple[Parameter, ...]
    description: str
    resources: tuple[Resource, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A base URL of the API.

    Attributes:
        url: The URL, with the defaults of its variables filled in.
        description: What the server is for.
    """

    url: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedServer:
    """A server of some operations only, which the client has an argument for.

    Attributes:
        name: The name of the server in the client's argument `servers`.
        url: The base URL, as in Server. It is a path if the server is that of the API, and empty or
            no URL if the caller has to pass one.
        description: What the server is for.
        others: The alternatives to it.
    """

    name: Identifier
    url: str
    description: str
    others: tuple[Server, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheme:
    """A security scheme.

    Attributes:
        wire_name: The name of the scheme in the document.
        type: How the credentials are sent.
        key: The name of the header, query parameter or cookie of an API key.
        description: What the scheme is, or where to get credentials.
    """

    wire_name: str
    type: OneOf["bearer", "basic", "header", "query", "cookie"]
    key: str
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An operation of the document that the client omits.

    Attributes:
        id: The operationId of the document, or the method and path.
        reasons: Why the client omits it.
    """

    id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task of users and the methods for it.

    Attributes:
        title: The name of the task.
        description: What the task is.
        methods: The methods, as `resource.method`. Each stands for all scopes that have it.
    """

    title: str
    description: str
    methods: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """Root of the IR.

    Attributes:
        ir_version: The version of this description.
        package: The name of the import package.
        title: The title of the API.
        description: What the API is.
        version: The newest API version.
        versions: All API versions, newest first.
        introduced: The first releases of products that support an API version.
        version_header: The header that selects the API version; None if there is none.
        media_type: The media type that the client accepts by default.
        server: The URL of the first of `servers`.
        servers: The base URLs; empty if the document has only a plain URL.
        named_servers: The servers of operations that are not sent to `server`.
        schemes: The security schemes that the client supports.
        docs_url: The address of the API's own documentation; None if there is none.
        scopes: The scopes, each with its resources; empty in a document without `x-runnersmith`.
        resources: The resources of the client itself, in a document without scopes. The filter
            `all_resources` returns these and those of all scopes.
        left_out: The operations that the client omits.
        models: The models.
        tasks: The tasks of users.
    """

    ir_version: int
    package: Identifier
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
