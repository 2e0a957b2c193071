"""Choices of objects: a union or a parent, the schemas that wrap one, and what a union offers. Pure.

A schema wraps another one if it adds at most a type, null, `required` or limits to it: beside a
`$ref`, in an allOf, or as the only alternative.
"""

from __future__ import annotations

from ...openapi.document import Node, Pointer
from ...openapi.schema_view import SchemaView
from .inheritance import Inheritance
from .schema_shape import DEPTH, Shapes

# A union and those among its alternatives, by place, each with its objects.
Unions = dict[Pointer, tuple[Node, dict[Pointer, Node]]]


class Choices:
    """Choices of one document."""

    def __init__(self, shapes: Shapes, families: Inheritance) -> None:
        self._shapes: Shapes = shapes
        self._families: Inheritance = families

    def of(self, node: Node) -> SchemaView | None:
        """Return the union or the parent that a schema is, or wraps; None for any other."""
        view = self._shapes.views.of(node).target
        for _ in range(DEPTH):
            if view is None or self._is_choice(view):
                return view
            inner = self._shapes.wrapped(view)
            if inner is None or self._families.is_child(view.node.pointer):
                return None
            view = self._shapes.views.of(inner).target
        return None

    def family(self, node: Node) -> list[Node]:
        """Return the schemas that one stands for if it is a parent, or wraps one."""
        view = self.of(node)
        return [] if view is None else self._families.family(view.node.pointer)

    def _is_choice(self, view: SchemaView) -> bool:
        several = _is_union(view) and len(view.alternatives[0].options) > 1
        return several or bool(self._families.family(view.node.pointer))

    def objects(self, view: SchemaView, unions: Unions) -> dict[Pointer, Node] | None:
        """Return the objects among alternatives, also those of unions among them; None if unclear.

        `unions` gets each of the unions, with its objects.
        """
        if not _is_union(view):
            return None
        found: dict[Pointer, Node] = {}
        unions[view.node.pointer] = (view.node, found)
        for option in view.alternatives[0].options:
            target, kind = self._meant(option), self._shapes.kind(option)
            if target is None or kind in ("map", "nothing") or target.node.pointer in unions:
                return None
            if _is_union(target) and target.get("allOf") is None:
                if (inner := self.objects(target, unions)) is None:
                    return None
                found.update(inner)
            elif kind == "object":
                if self._families.family(target.node.pointer):
                    return None
                found[target.node.pointer] = target.node
            elif target.types.names is None or "object" in target.types.names:
                return None
        return found

    def _meant(self, option: Node) -> SchemaView | None:
        """Return the union or the object that an alternative is, or wraps without a name."""
        if (found := self.of(option)) is not None:
            return found
        view = self._shapes.views.of(option).target
        for _ in range(DEPTH):
            inner = None if view is None else self._shapes.wrapped(view)
            if view is None or inner is None or view.is_component or "required" in view.keys:
                break
            view = self._shapes.views.of(inner).target
        return view


def _is_union(view: SchemaView) -> bool:
    own = view.get("properties")
    return len(view.alternatives) == 1 and not (own is not None and own.value)
