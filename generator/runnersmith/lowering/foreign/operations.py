"""Operations of any document: named after their operationId, signed by its security schemes."""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...openapi.document import Node
from ..core.context import Context
from ..core.models import Models
from ..core.operations import Operations
from ..core.schemas import Schemas
from .security import Security
from .servers import Servers


class ForeignOperations:
    """Lowering of the operations of one document."""

    def __init__(
        self, context: Context, schemas: Schemas, models: Models, root: Node, servers: Servers
    ) -> None:
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
        return replace(
            operation,
            name=name,
            security=security,
            oauth_scopes=self.security.scopes(node),
            server=server,
            responses=_with_any_success(operation.responses),
        )


def _with_any_success(
    responses: tuple[ir.SuccessResponse, ...],
) -> tuple[ir.SuccessResponse, ...]:
    """Return the responses, and any other success if none has content: nothing is read anyway."""
    if any(it.type is not None or it.status == 2 for it in responses):
        return responses
    return (ir.SuccessResponse(status=2, description="", headers=(), type=None), *responses)
