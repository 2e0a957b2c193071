"""Servers of any document: those of the API, and the server of an operation of its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ... import ir
from ...openapi.document import Node
from ...openapi.navigation import elements, into
from ..core.context import Context

_VARIABLE = re.compile(r"\{([^{}]+)\}")


class Servers:
    """Servers of one document. `listed` are those of the API, the first of which is the default.

    The servers of a path or an operation replace those of the document. If all operations have the
    same, these are the API's. A variable without a default stays in the URL as it is written, which
    no client accepts as a base URL: the caller has to pass one.
    """

    def __init__(
        self, context: Context, root: Node, operations: Iterable[tuple[Node, Node]]
    ) -> None:
        """Each operation is a pair: its node, and that of its path item."""
        written = root.get("servers")
        own = [_own(node, item) for node, item in operations]
        if own and None not in own and len({_default(one) for one in own}) == 1:
            written = own[0]
        self._context = context
        self._default: str = _default(written)
        self.listed: tuple[ir.Server, ...] = tuple(
            ir.Server(url=_address(one), description=one.text("description") or "")
            for one in elements(written)
        )
        self._note_variables(written)

    def _note_variables(self, written: Node | None) -> None:
        for server in elements(written):
            for variable in _VARIABLE.findall(server.text("url") or ""):
                if _value(server, variable) is None:
                    message = f"the server's variable {variable!r} has no default: pass a base_url"
                    self._context.note(server, message)

    def check(self, node: Node, item: Node) -> None:
        """Report an operation with a server that is not the API's."""
        own = _own(node, item)
        if own is not None and _default(own) != self._default:
            message = (
                f"the server of this operation is {_default(own)!r}, and not that of the API: "
                "credentials go to one server only"
            )
            self._context.problem(own, message, key=True)


def _own(node: Node, item: Node) -> Node | None:
    """Return the servers that an operation states for itself; None if there are none."""
    found = (node.get("servers"), item.get("servers"))
    return next((it for it in found if it is not None and it.value), None)


def _default(servers: Node | None) -> str:
    """Return the address of the first server: the document's own, relative to it, if there is none."""
    first = next(elements(servers), None)
    return _address(first) if first is not None else ""


def _address(server: Node) -> str:
    """Return the URL of a server, with the defaults of its variables."""
    url = server.text("url") or ""
    return _VARIABLE.sub(lambda found: _value(server, found[1]) or found[0], url).rstrip("/")


def _value(server: Node, variable: str) -> str | None:
    found = into(server, "variables", variable)
    return found.text("default") if found is not None else None
