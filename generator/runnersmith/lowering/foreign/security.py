"""Security schemes of any document. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from ... import ir
from ...openapi.document import Node
from ...openapi.navigation import into, items, keys
from ..core.context import Context
from ..core.parameters import FRAMING, is_token

# Alternatives of an operation: the schemes that are used together in each.
Requirements: TypeAlias = tuple[tuple[str, ...], ...]


class Security:
    """Security schemes of one document, and the alternatives of each operation.

    `schemes` are those that the client supports. An unsupported one is noted: the client sends
    nothing for it, and the server decides. An operation that names one with a key that no request
    can carry is unsupported.
    """

    def __init__(self, context: Context, root: Node) -> None:
        self._context = context
        self._root = root
        self._unusable: dict[str, tuple[Node, str]] = {}
        self.schemes: tuple[ir.Scheme, ...] = tuple(self._supported())

    def _supported(self) -> Iterator[ir.Scheme]:
        for name, child in items(into(self._root, "components", "securitySchemes")):
            target = child.resolved()
            made = _scheme(name, target) if target is not None else None
            if made is None:
                message = f"the security scheme {name!r} is not supported: the client sends nothing for it"
                self._context.note(child, message, key=True)
            elif target is not None and (why := _unusable(made)) is not None:
                self._unusable[name] = (target, why)
            else:
                yield made

    def requirements(self, node: Node) -> Requirements:
        """Return the alternatives of an operation, each with the supported schemes used together.

        An empty list in the document means one alternative without any scheme. The same holds for
        an alternative of unsupported schemes only. A scheme that is not declared is noted.
        """
        written = self._written(node)
        if written is None:
            return ()
        declared = into(self._root, "components", "securitySchemes")
        for name, child in (item for one in written.elements() for item in one.items()):
            if declared is None or declared.get(name) is None:
                message = (
                    f"the security scheme {name!r} is not declared: the client sends nothing for it"
                )
                self._context.note(child, message, key=True)
        for name in dict.fromkeys(name for one in written.elements() for name in keys(one)):
            if name in self._unusable:
                self._context.problem(*self._unusable[name])
        names = {scheme.wire_name for scheme in self.schemes}
        listed = [tuple(name for name in keys(one) if name in names) for one in written.elements()]
        return tuple(dict.fromkeys(listed)) or ((),)

    def sender(self, parameter: ir.Parameter, requirements: Requirements) -> str | None:
        """Return the scheme that sends a key under the name of a parameter; None if none does.

        A scheme that is not in every alternative with credentials may not be the one that is used.
        """
        needed = [one for one in requirements if one]
        for scheme in self.schemes:
            names = [scheme.key, parameter.wire_name]
            if scheme.type == "header":
                names = [name.lower() for name in names]
            if (
                scheme.type == parameter.location
                and names[0] == names[1]
                and needed
                and all(scheme.wire_name in one for one in needed)
            ):
                return scheme.wire_name
        return None

    def scopes(self, node: Node) -> tuple[tuple[ir.SchemeScopes, ...], ...]:
        """Return the alternatives of scopes that an operation needs, of the supported schemes."""
        written = self._written(node)
        names = {scheme.wire_name for scheme in self.schemes}
        found = [
            tuple(
                ir.SchemeScopes(scheme=name, scopes=scopes)
                for name, child in one.items()
                if name in names and (scopes := _texts(child))
            )
            for one in (written.elements() if written is not None else ())
        ]
        return tuple(dict.fromkeys(one for one in found if one))

    def _written(self, node: Node) -> Node | None:
        return node.get("security") or self._root.get("security")


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(one.value for one in node.elements() if isinstance(one.value, str))


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
