"""Context shared by the lowering of one document: its schemas, and the problems found so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import get_args

from ... import ir
from ...openapi.document import Node
from ...openapi.schema_view import SchemaViews
from ...problems import Problem


@dataclass(slots=True)
class Context:
    """Collects the problems of a document, each with the element being lowered.

    `views` are the schemas of the document. `notes` are simplifications: a value that is passed on
    unparsed, a condition that is not checked. A `strict` document permits none: its author can
    correct it.
    """

    views: SchemaViews
    strict: bool
    problems: list[Problem] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    owner: str = ""

    def problem(self, node: Node, message: str, *, key: bool = False) -> None:
        self.problems.append(node.problem(message, key=key))
        self.owners.append(self.owner)

    def note(self, node: Node, message: str, *, key: bool = False) -> None:
        self.notes.append(node.problem(message, key=key, severity="warning"))

    def simplify(
        self, node: Node, why: str, *, instead: str = "", fix: str = "remove it", key: bool = True
    ) -> None:
        """Note what the client does `instead`; in a strict document, report a problem to `fix`."""
        if self.strict:
            self.problem(node, f"{why}; {fix}", key=key)
        else:
            self.note(node, f"{why}; {instead}" if instead else why, key=key)

    def demote(self, known: int, instead: str) -> bool:
        """Make notes of all problems but the first `known`; return whether there are any.

        They stay problems in a strict document.
        """
        if self.strict:
            return False
        found = self.problems[known:]
        del self.problems[known:], self.owners[known:]
        self.notes += (
            replace(one, message=f"{one.message}; {instead}", severity="warning") for one in found
        )
        return bool(found)

    def resolve(self, node: Node) -> Node | None:
        """Follow `$ref`; report a dangling one and return None."""
        target = node.resolved()
        if target is None:
            self.problem(
                node, f"`$ref: {node.reference}` has no target; point it at an existing component"
            )
        return target

    def target(self, schema: Node) -> Node | None:
        """Follow the `$ref` of a schema, up to one with more beside it; report a dangling one."""
        target = self.views.target(schema)
        return target if target is not None else self.resolve(schema)

    def unknown_keys(self, node: Node, known: Iterable[str], what: str) -> None:
        """Report keys that OpenAPI does not have here, so that none is silently ignored.

        They have no meaning, so they are noted unless the document is strict.
        """
        known = frozenset(known)
        for key, child in node.items():
            if key not in known and not key.startswith("x-"):
                why = f"{what} has `{key}`, which OpenAPI does not know"
                self.simplify(child, why, instead="it has no effect")


def products(extension: Node) -> tuple[ir.Product, ...]:
    """Return the `products` of an `x-runnersmith`, in the order of the IR."""
    written = extension.get("products")
    return releases(written) if written is not None else ()


def releases(node: Node) -> tuple[ir.Product, ...]:
    """Return a mapping of products to `all` or a first release, in the order of the IR."""
    return tuple(
        ir.Product(name=name, since=None if child.value == "all" else str(child.value))
        for name in get_args(ir.ProductName)
        if (child := node.get(name)) is not None
    )


def available(node: Node) -> ir.Availability:
    """Return the availability of a property or a parameter from its `x-runnersmith`."""
    extension = node.get("x-runnersmith")
    return ir.Availability(products=products(extension)) if extension else ir.EVERYWHERE
