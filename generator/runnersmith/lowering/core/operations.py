"""Operations: arguments, request and results of a method, without its name and its resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import get_args
from weakref import WeakKeyDictionary

from ... import ir
from ...ir.types import decoded_as, returned
from ...openapi.document import Document, Node
from ...validate.openapi.paths import split_query
from .content.bodies import Bodies
from .content.responses import Responses
from .context import Context
from .models import Models
from .parameters import Parameters, argument_names
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
        self.bodies: Bodies = Bodies(context, schemas)
        self.responses: Responses = Responses(context, schemas)

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
        if (stated := node.text("operationId")) and stated != identifier:
            why = f"operationId {stated!r} is used by another operation already"
            instead = f"this one is {identifier!r}"
            self.context.simplify(node.at("operationId"), why, instead=instead, fix="change one")
        parameters = self.parameters.listed((item, path), (node, identifier))
        body = self.bodies.body(node, identifier)
        responses, errors = self.responses.responses(node, identifier)
        fields = (body.whole,) if body and body.whole else body.fields if body else ()
        parameters = [it for it in parameters if it.location != "path" or it.wire_name not in held]
        sent, fixed_query, queried = self._sent_path(node, path)
        parameters = self._in_query(node, parameters, queried)
        parameters, fields = argument_names(self.models, node, identifier, parameters, fields)
        if body is not None:
            body = replace(body, whole=fields[0]) if body.whole else replace(body, fields=fields)
        if body is not None and body.extra is not None:
            taken = [*(it.name for it in parameters), *(it.name for it in fields)]
            name = "extra_body" if body.extra.name in taken else body.extra.name
            body = replace(body, extra=replace(body.extra, name=name))
        order = _PLACEHOLDER.findall(sent)
        placed = {p.wire_name: p for p in parameters if p.location == "path"}
        return ir.Operation(
            id=identifier,
            name="",
            method=method,
            path=sent,
            fixed_query=fixed_query,
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

    def _sent_path(self, node: Node, path: str) -> tuple[str, str, Mapping[str, str]]:
        """Return the path that is sent, its fixed query, and its parameters that are in the query."""
        sent, has_fragment, fragment = path.partition("#")
        if has_fragment:
            why = f"the fragment {fragment!r} of a path is never sent"
            instead = "the operation is sent to the path before it"
            self.context.simplify(node, why, instead=instead)
        sent, _, query = sent.partition("?")
        return sent, *split_query(query)

    def _in_query(
        self, node: Node, parameters: list[ir.Parameter], fields: Mapping[str, str]
    ) -> list[ir.Parameter]:
        """Return the parameters with those of the path that its query has: `/lamps?page={page}`."""
        stated = {it.wire_name for it in parameters if it.location == "query"}
        found: list[ir.Parameter] = []
        for it in parameters:
            field = fields.get(it.wire_name) if it.location == "path" else None
            if field is None:
                found.append(it)
            elif field not in stated:
                if it.style is not None and it.style.name != "json":
                    message = f"`style: {it.style.name}` has no meaning for the query of a path"
                    self.context.problem(node, message, key=True)
                # Lists and objects are separated by commas, as in a path.
                plain = decoded_as(it.type) not in ("array", "object", "any")
                style = it.style or (None if plain else ir.Style(name="form", explode=False))
                found.append(replace(it, location="query", wire_name=field, style=style))
        return found

    def _check_keys(self, node: Node, item: Node) -> None:
        self.context.unknown_keys(node, _KEYS, "this operation")
        for holder in (node, item) if self.context.strict else ():
            if (servers := holder.get("servers")) is not None:
                message = "a server for single operations is not supported: credentials go to one server only"
                self.context.problem(servers, message, key=True)
        if (callbacks := node.get("callbacks")) is not None:
            why = "callbacks are requests of the server; the client does not handle them"
            self.context.simplify(callbacks, why)


def identify(node: Node, path: str) -> str:
    """Return the operationId or a unique substitute: `get /lamps/{id}`.

    Of several operations with one operationId, the first one has it.
    """
    stated = node.text("operationId")
    if stated and _owners(node.document).get(stated, (path, node.key)) == (path, node.key):
        return stated
    return f"{node.key} {path}"


# The path and the method of the first operation with each operationId.
_known: WeakKeyDictionary[Document, dict[str, tuple[str, str]]] = WeakKeyDictionary()


def _owners(document: Document) -> dict[str, tuple[str, str]]:
    if document not in _known:
        found = _known[document] = dict[str, tuple[str, str]]()
        paths = document.root.get("paths")
        for path, written in paths.items() if paths else ():
            item = written.resolved() if not path.startswith("x-") else None
            for key, node in item.items() if item is not None else ():
                if key in METHODS and (stated := node.text("operationId")):
                    found.setdefault(stated, (path, key))
    return _known[document]


def _first(description: str | None) -> str:
    return (description or "").strip().partition("\n")[0][:120]
