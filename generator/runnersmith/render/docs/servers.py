"""Servers of single operations in documentation and in examples. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ... import ir
from ...openapi.navigation import origin_of
from ..python.source import literal
from .docstrings import join
from .escaping import code

_RULE = (
    "A server that is not on the host of `base_url` receives credentials only if it is named here, "
    "and only those that its operations declare. Without it, operations that require them raise "
    "InvalidArgument."
)
_RAISES = (
    "Raises InvalidArgument for another name, or for an address that `base_url` cannot have either; "
    "TypeError for another type."
)
# The address in an example if the description has none.
_SAMPLE = "https://api.example.com"


def servers_option(api: ir.Api) -> str:
    """Return the entry of the argument `servers`, with its errors."""
    names = ", ".join(code(one.name) for one in api.named_servers)
    text = (
        f"addresses of servers that single operations are sent to, by name: {names}. Default: the "
        "addresses in the API description, of which those on the host of the API follow `base_url`."
    )
    return f"{text[0].upper()}{text[1:]} {_RULE} {_RAISES}"


def server_doc(server: ir.NamedServer) -> str:
    """Return the docstring of a server: its description, its address and the alternatives."""
    return join(*_facts(server))


def _facts(server: ir.NamedServer) -> Iterator[str]:
    yield " ".join(server.description.split())
    yield f"Default: {code(server.url)}" if has_address(server) else "It has no default"
    if server.others:
        yield f"Alternatives: {', '.join(code(one.url) for one in server.others)}"


def has_address(server: ir.NamedServer) -> bool:
    """Return whether the description has an address that a client can use."""
    return server.url.startswith("/") or (origin_of(server.url) != "" and "{" not in server.url)


def servers_example(api: ir.Api) -> str:
    """Return a call that creates a client with the address of one server."""
    server = next(filter(has_address, api.named_servers), api.named_servers[0])
    return f"Client(servers={{{literal(server.name)}: {literal(_shown(server, api))}}})"


def _shown(server: ir.NamedServer, api: ir.Api) -> str:
    if server.url.startswith("/"):
        return (origin_of(api.server) or _SAMPLE) + server.url
    return server.url if has_address(server) else _SAMPLE


def servers_arguments(operation: ir.Operation, api: ir.Api) -> tuple[str, ...]:
    """Return the arguments of an example's client for the server of its operation, if it needs any."""
    server = next((one for one in api.named_servers if one.name == operation.server), None)
    if server is None:
        return ()
    is_other = origin_of(server.url) not in ("", origin_of(api.server))
    if has_address(server) and not (is_other and any(operation.security)):
        return ()
    url = _shown(server, api)
    plain = ("allow_insecure_http=True",) if url.startswith("http:") else ()
    return f"servers={{{literal(server.name)}: {literal(url)}}}", *plain
