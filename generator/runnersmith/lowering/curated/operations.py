"""Operations of a curated document: parameters, bodies, responses, and their `x-runnersmith`."""

from __future__ import annotations

from ... import ir
from ...openapi.document import Node
from ..core import examples, schema_keywords
from ..core.context import Context, available, products
from ..core.models import Models, Site
from .schemas import Schemas

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_EXPRESSED = ("GET", "PUT", "POST", "DELETE", "PATCH")
_OPERATION_KEYS = frozenset(
    "tags summary description externalDocs operationId parameters requestBody responses deprecated security".split()
)
_PARAMETER_KEYS = frozenset(
    "name in description required deprecated schema example examples style explode".split()
)
_MEDIA_KEYS = frozenset({"schema", "example", "examples"})
_RESPONSE_KEYS = frozenset({"description", "summary", "headers", "content"})
_BODY_KEYS = frozenset({"description", "required", "content"})
_JSON = "application/json"


class Operations:
    """Lowering of the operations of one document."""

    def __init__(self, context: Context, schemas: Schemas, models: Models) -> None:
        self.context = context
        self.schemas = schemas
        self.models = models

    def build(
        self, node: Node, item: Node, scope_parameters: frozenset[str]
    ) -> ir.Operation | None:
        """Return one operation of a path item.

        Report a problem and return None if it is unsupported.
        """
        extension, identifier = node.get("x-runnersmith"), node.text("operationId")
        method = node.key.upper()
        if extension is None or identifier is None or method not in _EXPRESSED:
            self.context.problem(
                node,
                "an operation needs operationId, x-runnersmith and one of get, put, post, patch, delete",
                key=True,
            )
            return None
        self.context.unknown_keys(node, _OPERATION_KEYS, "this operation")
        parameters = self._parameters(node, item)
        responses, errors = self._responses(node, identifier)
        body = self._body(node, identifier)
        returns = self._returns(node, responses)
        paged = extension.flag("paged")
        operation = ir.Operation(
            id=identifier,
            name=extension.text("method") or "",
            method=method,  # type: ignore[arg-type]  # one of ir.Method, as tested above
            path=item.key,
            arguments=tuple(
                p
                for p in parameters
                if p.location == "path" and p.wire_name not in scope_parameters
            ),
            query=tuple(p for p in parameters if p.location == "query"),
            body=body,
            responses=responses,
            errors=errors,
            returns=returns,
            paged=paged,
            item=None,
            repeat=_repeat(extension),
            lookup=extension.text("lookup"),
            available=ir.Availability(products=products(extension)),
            classic_scopes=_strings(extension, "permissions", "classic"),
            permissions=_permissions(extension),
            summary=node.text("summary") or "",
            description=node.text("description") or "",
            docs_url=(docs.text("url") if (docs := node.get("externalDocs")) else None),
            deprecated=node.flag("deprecated"),
        )
        self.models.check_names(
            node, (*operation.arguments, *operation.query, *(body.fields if body else ()))
        )
        return operation

    # ── parameters ───────────────────────────────────────────────────────────────────────────

    def _parameters(self, node: Node, item: Node) -> list[ir.Parameter]:
        """Return path-item parameters and the operation's own, which replace equal ones."""
        found: dict[tuple[str, str], ir.Parameter] = {}
        for holder in (item, node):
            for written in (
                (holder.get("parameters") or holder).elements() if holder.get("parameters") else ()
            ):
                target = self.context.resolve(written)
                if target is not None and (parameter := self.parameter(target)) is not None:
                    found[(parameter.location, parameter.wire_name)] = parameter
        return list(found.values())

    def parameter(self, node: Node) -> ir.Parameter | None:
        wire_name, location = node.text("name") or "", node.text("in")
        if location not in ("path", "query"):
            self.context.problem(
                node,
                f"a {location} parameter is not supported; use path or query",
            )
            return None
        self.context.unknown_keys(node, _PARAMETER_KEYS, "this parameter")
        self._check_style(node, location)
        schema = node.get("schema")
        if schema is None:
            self.context.problem(node, f"parameter {wire_name!r} has no schema; give it one")
            return None
        found = self.schemas.top(schema, Site((wire_name,), response=False, request=True))
        scalar = found.items if isinstance(found, ir.Array) and location == "query" else found
        allowed = ("str", "int") if location == "path" else ("str", "int", "bool")
        if not isinstance(scalar, ir.Literal) and not (
            isinstance(scalar, ir.Primitive) and scalar.name in allowed
        ):
            what = (
                "text or an integer"
                if location == "path"
                else "text, an integer, true or false, or a list of those"
            )
            self.context.problem(schema, f"a {location} parameter can be {what}")
        view = self.context.views.of(schema)
        return ir.Parameter(
            name=self.models.field_name(node, wire_name),
            wire_name=wire_name,
            location="path" if location == "path" else "query",
            type=found,
            required=node.flag("required"),
            deprecated=node.flag("deprecated"),
            description=node.text("description") or "",
            limits=schema_keywords.limits(view),
            format=schema_keywords.format_of(view),
            default=schema_keywords.default_text(view),
            example=examples.example(node, view),
            available=available(node),
        )

    def _check_style(self, node: Node, location: str) -> None:
        usual = "simple" if location == "path" else "form"
        if (node.text("style") or usual) != usual:
            self.context.problem(node.at("style"), f"only `style: {usual}` is supported here")
        explode = node.get("explode")
        if explode is not None and explode.value is not (location == "query"):
            self.context.problem(explode, "only the default of explode is supported; remove it")

    # ── Bodies and responses ─────────────────────────────────────────────────────────────────

    def _body(self, node: Node, identifier: str) -> ir.Body | None:
        written = node.get("requestBody")
        target = self.context.resolve(written) if written else None
        if target is None:
            return None
        self.context.unknown_keys(target, _BODY_KEYS, "this body")
        media = self._json(target)
        schema = media.get("schema") if media else None
        if media is None or schema is None:
            self.context.problem(target, f"only a body with {_JSON} is supported")
            return None
        view = self.context.views.of(schema)
        shape = view.target.node if view.target is not None else None
        odd = [
            key
            for key in (*schema_keywords.DECIDING, "nullable")
            if shape is not None and shape.get(key) is not None
        ]
        typed = (
            shape is not None
            and isinstance(shape.value, dict)
            and shape.value.get("type", "object") == "object"
            and shape.get("properties") is not None
        )
        if shape is None or odd or not typed or shape.at("properties").value == {}:
            self.context.problem(
                schema, "a body must be an object with properties, which become arguments"
            )
            return None
        extra = shape.get("additionalProperties")
        if extra is not None and extra.value is not False and extra.value is not True:
            self.context.problem(
                extra,
                "additional fields of a body are not supported; declare them as properties",
                key=True,
            )
        self.context.unknown_keys(shape, schema_keywords.KNOWN, "this schema")
        fields = self.schemas.fields(
            (shape,), Site((identifier, "request"), response=False, request=True)
        )
        return ir.Body(
            fields=fields, required=target.flag("required"), example=examples.body(media, view)
        )

    def _json(self, node: Node) -> Node | None:
        """Return the JSON content of a body or a response; other media types are reported."""
        content = node.get("content")
        for media_type, child in content.items() if content else ():
            self.context.unknown_keys(child, _MEDIA_KEYS, "this media type")
            if media_type != _JSON:
                self.context.problem(
                    child, f"{media_type!r} is not supported; only {_JSON} is", key=True
                )
        return content.get(_JSON) if content else None

    def _responses(
        self, node: Node, identifier: str
    ) -> tuple[tuple[ir.SuccessResponse, ...], tuple[ir.ErrorResponse, ...]]:
        successes: list[ir.SuccessResponse] = []
        errors: list[ir.ErrorResponse] = []
        responses = node.get("responses")
        for status, written in responses.items() if responses else ():
            target = self.context.resolve(written)
            if target is None:
                continue
            self.context.unknown_keys(target, _RESPONSE_KEYS, "this response")
            if not (status.isdecimal() and len(status) == 3):
                self.context.problem(
                    written, f"a response needs a status of three digits, not {status!r}", key=True
                )
            elif status.startswith("2"):
                successes.append(self._success(int(status), target, identifier))
            else:
                errors.append(_error(int(status), target))
        declared = [status for status, _ in responses.items()] if responses else []
        if not any(status.startswith("2") or status == "default" for status in declared):
            self.context.problem(
                node, "an operation needs a response with a success status, 200 to 299", key=True
            )
        return (
            tuple(sorted(successes, key=lambda success: success.status)),
            tuple(sorted(errors, key=lambda error: error.status)),
        )

    def _success(self, status: int, node: Node, identifier: str) -> ir.SuccessResponse:
        media = self._json(node)
        schema = media.get("schema") if media else None
        # A response component provides the name for an object inline in it.
        words = (
            (node.key,)
            if node.pointer[:2] == ("components", "responses")
            else (identifier, "response")
        )
        found = (
            self.schemas.top(schema, Site(words, response=True, request=False)) if schema else None
        )
        headers = node.get("headers")
        return ir.SuccessResponse(
            status=status,
            description=node.text("description") or "",
            headers=tuple(sorted(name for name, _ in headers.items())) if headers else (),
            type=found,
        )

    def _returns(self, node: Node, responses: tuple[ir.SuccessResponse, ...]) -> ir.Type | None:
        types = list(dict.fromkeys(response.type for response in responses))
        if len(types) > 1:
            self.context.problem(
                node.at("responses"),
                "success responses of different types are not supported; make them equal",
                key=True,
            )
        return types[0] if types else None


def _error(status: int, node: Node) -> ir.ErrorResponse:
    extension = node.get("x-runnersmith")
    return ir.ErrorResponse(
        status=status,
        description=node.text("description") or "",
        error=extension.text("error") if extension else None,
    )


def _repeat(extension: Node) -> ir.Repeat:
    written = extension.text("repeat")
    return "safe" if written == "safe" else "idempotent" if written == "idempotent" else "unsafe"


def _strings(extension: Node, *keys: str) -> tuple[str, ...]:
    node: Node | None = extension
    for key in keys:
        node = node.get(key) if node else None
    return (
        tuple(item.value for item in node.elements() if isinstance(item.value, str)) if node else ()
    )


def _permissions(extension: Node) -> tuple[ir.Permission, ...]:
    permissions = extension.get("permissions")
    written = permissions.get("fine-grained") if permissions else None
    return tuple(
        ir.Permission(name=name, access="read" if child.value == "read" else "write")
        for name, child in (written.items() if written else ())
    )
