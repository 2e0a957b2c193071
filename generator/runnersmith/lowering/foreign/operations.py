"""Operations of any document: named after their operationId, signed by its security schemes."""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...openapi.document import Node
from ..core.context import Context
from ..core.models import Models
from ..core.operations import Operations
from ..core.schemas import Schemas
from .security import Requirements, Security
from .servers import Servers


class ForeignOperations:
    """Lowering of the operations of one document."""

    def __init__(
        self, context: Context, schemas: Schemas, models: Models, root: Node, servers: Servers
    ) -> None:
        self.context = context
        self.servers = servers
        self.security: Security = Security(context, root)
        self._operations: Operations = Operations(context, schemas, models)

    def build(self, node: Node, item: Node, path: str, name: str) -> ir.Operation | None:
        """Return one operation of a path. Report a problem and return None if it is unsupported."""
        server = self.servers.of(node, item)
        operation = self._operations.build(node, item, path)
        if operation is None:
            return None
        security = self.security.requirements(node)
        operation = self._without_keys(node, operation, security)
        return replace(
            operation,
            name=name,
            security=security,
            oauth_scopes=self.security.scopes(node),
            server=server,
            responses=_with_any_success(operation.responses),
        )

    def _without_keys(
        self, node: Node, operation: ir.Operation, security: Requirements
    ) -> ir.Operation:
        """Return an operation without the parameters that its security schemes send."""
        parameters = (*operation.query, *operation.headers, *operation.cookies)
        sent = {it: name for it in parameters if (name := self.security.sender(it, security))}
        for parameter, name in sent.items():
            self.context.note(
                node,
                f"the {parameter.location} parameter {parameter.wire_name!r} is no argument: it is "
                f"the key of the security scheme {name!r}, which the client gets as auth",
                key=True,
            )
        return replace(
            operation,
            query=tuple(it for it in operation.query if it not in sent),
            headers=tuple(it for it in operation.headers if it not in sent),
            cookies=tuple(it for it in operation.cookies if it not in sent),
        )


def _with_any_success(
    responses: tuple[ir.SuccessResponse, ...],
) -> tuple[ir.SuccessResponse, ...]:
    """Return the responses, and any other success if none has content: nothing is read anyway."""
    if any(it.type is not None or it.status == 2 for it in responses):
        return responses
    return (ir.SuccessResponse(status=2, description="", headers=(), type=None), *responses)
