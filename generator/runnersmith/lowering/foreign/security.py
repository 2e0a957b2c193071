"""Security schemes and servers of any document. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ... import ir
from ...openapi.document import Node
from ..core.context import Context
from ..core.parameters import FRAMING, is_token

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def schemes(context: Context, root: Node) -> tuple[ir.Scheme, ...]:
    """Return the supported security schemes, and note the others."""
    components = root.get("components")
    written = components.get("securitySchemes") if components else None
    found: list[ir.Scheme] = []
    for name, child in written.items() if written else ():
        target = context.resolve(child)
        if target is None:
            continue
        made = _scheme(name, target)
        if made is not None and (message := _unusable(made)) is not None:
            context.problem(target, message)
        if made is None:
            message = (
                f"the security scheme {name!r} is not supported: the client sends nothing for it"
            )
            context.note(child, message, key=True)
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
    """Return why no request can carry a scheme's key; None if one can."""
    match scheme.type, scheme.key:
        case "header" | "query" | "cookie", "":
            return f"the security scheme {scheme.wire_name!r} has no name of a {scheme.type}; give it one"
        case "header" | "cookie", key if not is_token(key):
            return f"{key!r} cannot be the name of a {scheme.type}; it has an invalid character"
        case "header", key if key.lower() in FRAMING:
            return f"the header {key} is part of every request; no scheme can set it"
        case _:
            return None


def requirements(node: Node, root: Node, known: Sequence[ir.Scheme]) -> tuple[tuple[str, ...], ...]:
    """Return the alternatives of an operation, each with the supported schemes used together.

    An empty list in the document means one alternative without any scheme. The same holds for an
    alternative of unsupported schemes only: the server decides.
    """
    written = node.get("security") or root.get("security")
    if written is None:
        return ()
    names = {scheme.wire_name for scheme in known}
    listed = [tuple(name for name, _ in one.items() if name in names) for one in written.elements()]
    return tuple(dict.fromkeys(listed)) or ((),)


def servers(context: Context, root: Node) -> tuple[ir.Server, ...]:
    """Return the servers of an API, with the defaults of their variables filled in."""
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
