"""Servers of any document: those of the API, and those of operations that have others. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ... import ir
from ...ir import distinct
from ...ir.naming import Naming
from ...openapi.document import Node
from ...openapi.navigation import elements, into, origin_of
from ..core.context import Context

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_NO_HOST = re.compile(r"https?:(?:/*\Z|///)", re.IGNORECASE)
# What a client accepts as an address, or as a path on the server of the API.
_USABLE = re.compile(r"(?:https?://[\w.:\[\]-]+)?(?:/[\w.~-]+)*/?", re.ASCII | re.IGNORECASE)


class Servers:
    """Servers of one document. `listed` are those of the API, the first of which is the default.

    The servers of a path or an operation replace those of the document. If all operations have the
    same, or the document has none, those of the first operation are the API's. A variable without a
    default stays in the URL as it is written, which no client accepts: the caller has to pass one.
    """

    def __init__(
        self,
        context: Context,
        naming: Naming,
        root: Node,
        operations: Iterable[tuple[Node, Node]],
    ) -> None:
        """Each operation is a pair: its node, and that of its path item."""
        written = root.get("servers")
        listed = [_own(node, item) for node, item in operations]
        own = [one for one in listed if one is not None]
        if own and len(own) == len(listed):
            same = len({_default(one) for one in own}) == 1
            written = own[0] if same or not any(elements(written)) else written
        self._context = context
        self._default: str = _default(written)
        # That of the API; empty if no client accepts it.
        self.url: str = self._default if _USABLE.fullmatch(self._default) else ""
        self.listed: tuple[ir.Server, ...] = _listed(written)
        self._note_default(written)
        others = {self._address(one): one for one in reversed(own) if not self._is_default(one)}
        named = distinct.servers(
            {address: _source(one, address) for address, one in others.items()}, self._default
        )
        self._names: Mapping[str, str] = naming.names(named, "servers")
        self._named: dict[str, Node] = {self._names[it]: one for it, one in others.items()}

    def _note_default(self, written: Node | None) -> None:
        """Note what makes the caller pass a base URL: variables, or an address of no server."""
        for server in elements(written):
            for variable in _VARIABLE.findall(server.text("url") or ""):
                if _value(server, variable) is None:
                    message = f"the server's variable {variable!r} has no default: pass a base_url"
                    self._context.note(server, message)
        first = next(elements(written), None)
        if first is not None and self._default and not self.url and "{" not in self._default:
            message = f"the server {self._default!r} is no address: pass a base_url"
            self._context.note(first, message)

    def of(self, node: Node, item: Node) -> str | None:
        """Return the name of an operation's server; None if it is that of the API.

        Report a problem for a server without a host, to which nothing can be sent.
        """
        own = _own(node, item)
        if own is None or self._is_default(own):
            return None
        address = self._address(own)
        if _NO_HOST.match(address):
            message = f"the server of this operation, {address!r}, has no host"
            self._context.problem(own, message, key=True)
        return self._names[address]

    def named(self, used: Collection[str | None]) -> tuple[ir.NamedServer, ...]:
        """Return the servers with these names, and note those without a usable address."""
        return tuple(
            self._server(name, own) for name, own in sorted(self._named.items()) if name in used
        )

    def _server(self, name: str, own: Node) -> ir.NamedServer:
        url = self._address(own)
        if _USABLE.fullmatch(url) is None:
            message = f"the server {url!r} is no address: pass servers={{{name!r}: ...}}"
            self._context.note(own, message, key=True)
        first, *others = _listed(own)
        return ir.NamedServer(
            name=name, url=url, description=first.description, others=tuple(others)
        )

    def _is_default(self, own: Node) -> bool:
        return self._address(own) == self._whole(self._default)

    def _address(self, own: Node) -> str:
        return self._whole(_default(own))

    def _whole(self, address: str) -> str:
        """Return an address with the origin of the API, if it is a path."""
        if address and not address.startswith("/"):
            return address
        return origin_of(self._default) + address or "/"


def _own(node: Node, item: Node) -> Node | None:
    """Return the servers that an operation states for itself; None if there are none."""
    found = (node.get("servers"), item.get("servers"))
    return next((it for it in found if it is not None and any(elements(it))), None)


def _listed(servers: Node | None) -> tuple[ir.Server, ...]:
    return tuple(
        ir.Server(url=_filled(one), description=one.text("description") or "")
        for one in elements(servers)
    )


def _default(servers: Node | None) -> str:
    """Return the address of the first server: the document's own, relative to it, if there is none."""
    first = next(elements(servers), None)
    return _filled(first) if first is not None else ""


def _filled(server: Node) -> str:
    """Return the URL of a server, with the defaults of its variables."""
    url = server.text("url") or ""
    url = _VARIABLE.sub(lambda found: _value(server, found[1]) or found[0], url).rstrip("/")
    origin = origin_of(url)
    if origin:
        return origin + url[len(origin) :]
    return f"https:{url}" if url.startswith("//") else url


def _value(server: Node, variable: str) -> str | None:
    found = into(server, "variables", variable)
    return found.text("default") if found is not None else None


def _source(own: Node, address: str) -> str:
    """Return the text that a server's name is derived from: its address, or that with variables."""
    first = next(elements(own), None)
    written = (first.text("url") if first is not None else None) or ""
    return written if "{" in written else address
