"""Security schemes and servers of any document. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ... import ir
from ...openapi.document import Node
from ..core.context import Context
from .parameters import FRAMING, is_token

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def schemes(context: Context, root: Node) -> tuple[ir.Scheme, ...]:
    """The ways to prove who calls that templates can print; a note tells of what is not sent."""
    components = root.get("components")
    written = components.get("securitySchemes") if components else None
    found: list[ir.Scheme] = []
    for name, child in written.items() if written else ():
        target = context.resolve(child)
        if target is None:
            continue
        made = _scheme(name, target)
        if made is not None and (said := _unusable(made)) is not None:
            context.problem(target, said)
        if made is None:
            said = f"nothing is sent for the security scheme {name!r}: the client has no such way to sign in"
            context.note(child, said, key=True)
        else:
            found.append(made)
    return tuple(found)


def _scheme(name: str, node: Node) -> ir.Scheme | None:
    description = node.text("description") or ""
    match node.text("type"), (node.text("scheme") or "").lower(), node.text("in"):
        case "apiKey", _, "header" | "query" | "cookie" as place:
            return ir.Scheme(
                wire_name=name, type=place, key=node.text("name") or "", description=description
            )
        case "http", "basic", _:
            return ir.Scheme(wire_name=name, type="basic", key="", description=description)
        case ("http", "bearer", _) | ("oauth2" | "openIdConnect", _, _):
            return ir.Scheme(wire_name=name, type="bearer", key="", description=description)
        case _:
            return None


def _unusable(scheme: ir.Scheme) -> str | None:
    """Why no request can carry a scheme's key; None where one can."""
    match scheme.type, scheme.key:
        case "header" | "query" | "cookie", "":
            return f"the security scheme {scheme.wire_name!r} has no name of a {scheme.type}; give it one"
        case "header" | "cookie", key if not is_token(key):
            return (
                f"{key!r} cannot be the name of a {scheme.type}; it has a character that none has"
            )
        case "header", key if key.lower() in FRAMING - {"cookie"}:
            return f"the header {key} frames every request; no scheme can set it"
        case _:
            return None


def requirements(node: Node, root: Node, known: Sequence[ir.Scheme]) -> tuple[tuple[str, ...], ...]:
    """What an operation asks for: alternatives, each the known schemes that are used together.

    An empty list says that it asks for nothing, which is one alternative, without any scheme. So is
    an alternative of nothing but schemes that the client cannot speak: the server has the last word.
    """
    written = node.get("security") or root.get("security")
    if written is None:
        return ()
    names = {scheme.wire_name for scheme in known}
    listed = [tuple(name for name, _ in one.items() if name in names) for one in written.elements()]
    return tuple(dict.fromkeys(listed)) or ((),)


def servers(context: Context, root: Node) -> tuple[ir.Server, ...]:
    """The addresses of an API, their variables filled in with their defaults."""
    written = root.get("servers")
    return tuple(
        ir.Server(url=_address(context, one), description=one.text("description") or "")
        for one in (written.elements() if written else ())
    )


def _address(context: Context, server: Node) -> str:
    variables = server.get("variables")

    def value(found: re.Match[str]) -> str:
        variable = variables.get(found[1]) if variables else None
        default = variable.text("default") if variable else None
        if default is None:
            context.problem(
                server, f"the server's variable {found[1]!r} has no default; give it one"
            )
        return default or ""

    return _VARIABLE.sub(value, server.text("url") or "").rstrip("/")
