"""Operations: arguments, request and results of a method, without its name and its resource."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

from ... import ir
from ...ir.types import arguments_of, returned
from ...openapi.document import Node
from .context import Context
from .media_types import MediaTypes
from .models import Models
from .parameters import Parameters, distinct
from .schemas import Schemas

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_KEYS = frozenset(
    """tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated
    security servers""".split()
)
_METHODS: dict[str, ir.Method] = {one.lower(): one for one in get_args(ir.Method)}
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_IDEMPOTENT = frozenset({"PUT", "DELETE"})


class Operations:
    """Lowering of the operations of one document."""

    def __init__(
        self,
        context: Context,
        schemas: Schemas,
        models: Models,
        version_header: str | None = None,
    ) -> None:
        self.context = context
        self.models = models
        self.parameters: Parameters = Parameters(context, schemas, models, version_header)
        self.contents: MediaTypes = MediaTypes(context, schemas)

    def build(
        self, node: Node, item: Node, path: str, held: frozenset[str] = frozenset()
    ) -> ir.Operation | None:
        """Return one operation of a path, with what OpenAPI states of it.

        `held` are path parameters that are no arguments. Report a problem and return None if the
        operation is unsupported.
        """
        identifier, method = identify(node, path), _METHODS.get(node.key)
        if method is None:
            self.context.problem(
                node,
                f"a {node.key.upper()} request would show the credentials it carries; remove it",
                key=True,
            )
            return None
        self._check_keys(node, item)
        parameters = self.parameters.listed((item, path), (node, identifier))
        body = self.contents.body(node, identifier)
        responses, errors = self.contents.responses(node, identifier)
        fields = (body.whole,) if body and body.whole else body.fields if body else ()
        parameters, fields = distinct(
            [it for it in parameters if it.location != "path" or it.wire_name not in held], fields
        )
        if body is not None:
            body = replace(body, whole=fields[0]) if body.whole else replace(body, fields=fields)
        if body is not None and body.extra is not None:
            taken = [*(it.name for it in parameters), *(it.name for it in fields)]
            name = "extra_body" if body.extra.name in taken else body.extra.name
            body = replace(body, extra=replace(body.extra, name=name))
        order = _PLACEHOLDER.findall(path)
        placed = {p.wire_name: p for p in parameters if p.location == "path"}
        operation = ir.Operation(
            id=identifier,
            name="",
            method=method,
            path=path,
            arguments=tuple(placed[it] for it in dict.fromkeys(order) if it in placed),
            query=tuple(p for p in parameters if p.location == "query"),
            headers=tuple(p for p in parameters if p.location == "header"),
            cookies=tuple(p for p in parameters if p.location == "cookie"),
            body=body,
            responses=responses,
            errors=errors,
            returns=returned(responses),
            paged=False,
            item=None,
            lookup=None,
            repeat=(
                "safe" if method in _SAFE else "idempotent" if method in _IDEMPOTENT else "unsafe"
            ),
            available=ir.EVERYWHERE,
            classic_scopes=(),
            permissions=(),
            summary=node.text("summary") or _first(node.text("description")) or f"{method} {path}",
            description=node.text("description") or "",
            docs_url=(docs.text("url") if (docs := node.get("externalDocs")) else None),
            deprecated=node.flag("deprecated"),
        )
        arguments = (*operation.arguments, *operation.query, *operation.headers, *operation.cookies)
        self.models.check_names(node, (*arguments, *arguments_of(body)))
        return operation

    def _check_keys(self, node: Node, item: Node) -> None:
        self.context.unknown_keys(node, _KEYS, "this operation")
        for holder in (node, item):
            if (servers := holder.get("servers")) is not None:
                message = "a server for single operations is not supported: credentials go to one server only"
                self.context.problem(servers, message, key=True)
        if (callbacks := node.get("callbacks")) is not None:
            why = "callbacks are requests of the server; the client does not handle them"
            self.context.simplify(callbacks, why)


def identify(node: Node, path: str) -> str:
    """Return the operationId or, without one, a unique substitute: `get /lamps/{id}`."""
    return node.text("operationId") or f"{node.key} {path}"


def _first(description: str | None) -> str:
    return (description or "").strip().partition("\n")[0][:120]
