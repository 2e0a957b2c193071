"""Operations of a curated document: those of OpenAPI, with their `x-runnersmith`."""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...openapi.document import Node
from ..core.context import Context, products
from ..core.operations import Operations


class CuratedOperations:
    """Lowering of the operations of one document."""

    def __init__(self, context: Context, operations: Operations) -> None:
        self.context = context
        self._operations = operations

    def build(
        self, node: Node, item: Node, scope_parameters: frozenset[str]
    ) -> ir.Operation | None:
        """Return one operation of a path item.

        Report a problem and return None if it is unsupported.
        """
        extension = node.get("x-runnersmith")
        if extension is None or not node.text("operationId"):
            self.context.problem(node, "an operation needs operationId and x-runnersmith", key=True)
            return None
        operation = self._operations.build(node, item, item.key, scope_parameters)
        if operation is None:
            return None
        paged = extension.flag("paged")
        if paged:
            self._check_paged(node, operation)
        return replace(
            operation,
            name=extension.text("method") or "",
            paged=paged,
            repeat=_repeat(extension),
            lookup=extension.text("lookup"),
            available=ir.Availability(products=products(extension)),
            classic_scopes=_strings(extension, "permissions", "classic"),
            permissions=_permissions(extension),
        )

    def _check_paged(self, node: Node, operation: ir.Operation) -> None:
        """Report what no page can have: each page is one request, and of one type."""
        if len({response.type for response in operation.responses}) > 1:
            self.context.problem(
                node.at("responses"),
                "every success response of a paged operation is a page; make their types equal",
                key=True,
            )
        if operation.body is not None:
            message = "pages are requested by the query only; remove the body"
            self.context.problem(node.at("requestBody"), message, key=True)

    def scope_parameter(self, node: Node, path: str) -> ir.Parameter | None:
        """Return a path parameter of a scope. It needs no style: only arguments of methods have one."""
        found = self._operations.parameters.parameter(node, path)
        if found is None or isinstance(found.type, ir.Literal):
            return found
        if not (isinstance(found.type, ir.Primitive) and found.type.name in ("str", "int")):
            self.context.problem(node, "a parameter of a scope can be text or an integer")
        return found


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
