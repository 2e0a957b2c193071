"""Lowering of schemas within bounds: models are queued, and nested types are counted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

from ... import ir
from ...ir.types import ANY, nullable
from ...openapi.document import Json, Node, Pointer
from .context import Context
from .models import Models, Site

# A type is written out wherever it is used, so its size is limited; a model counts as one.
BUDGET = 500
DEPTH = 100


class SchemaLowering(ABC):
    """Lowering of schema nodes to types. Models are queued, so long chains need no deep stack."""

    def __init__(self, context: Context, models: Models) -> None:
        self.context = context
        self.models = models
        self._queue: deque[tuple[str, Node]] = deque()
        self._expanding: list[Pointer] = []
        self._spent = 0
        self._depth = 0
        self._refused = False

    def type_of(self, node: Node, site: Site) -> ir.Type:
        """Return the type of a schema. Report an unsupported one and return `any`."""
        if self._too_much(node):
            return ANY
        self._depth += 1
        found = self._type_of(node, site)
        self._depth -= 1
        return found

    def top(self, node: Node, site: Site) -> ir.Type:
        """Return the type of a field, a parameter or a response, to which the limits apply."""
        self._spent, self._refused = 0, False
        return self.type_of(node, site)

    def simplified(
        self, node: Node, why: str, found: ir.Type = ANY, *, fix: str = "remove it"
    ) -> ir.Type:
        """Return a looser type than the schema's, if the document permits it."""
        self.context.simplify(node, why, instead="it is taken as it is", fix=fix)
        return found

    def _too_much(self, node: Node) -> bool:
        """Count a schema. Return whether the limits are exceeded, which is reported once."""
        self._spent += 1
        passed = self._spent > BUDGET or self._depth > DEPTH
        if passed and not self._refused:
            why = "this type is too large or too deeply nested"
            self.simplified(node, why, fix="use objects with properties")
        self._refused |= passed
        return passed

    def _referenced(self, node: Node, site: Site) -> ir.Type:
        target = self.context.target(node)
        if target is None:
            return ANY
        found = self._target_type(target, site)
        return nullable(found) if self.context.views.of(node).null else found

    def _target_type(self, target: Node, site: Site) -> ir.Type:
        """Return the type of a `$ref`'s target."""
        if not self.context.views.of(target).is_component:
            # A reference to a part of a component: named after its place.
            return self.type_of(target, site.at(*(str(part) for part in target.pointer[2:])))
        if target.pointer in self._expanding:
            why = f"{target.key!r} contains itself without an object between"
            return self.simplified(target, why, fix="add properties")
        self._expanding.append(target.pointer)
        found = self.type_of(target, site.at(target.key))
        self._expanding.pop()
        return found

    def _model(self, node: Node, site: Site) -> ir.Type:
        family = self._family(node)
        if family:
            return ir.Union(members=tuple(self._class(it, site.at(it.key)) for it in family))
        return self._class(node, site)

    def _class(self, node: Node, site: Site) -> ir.Type:
        name = self.models.reserve(node, site)
        if name is None:
            return ANY
        if self.models.needs_fields(name):
            self._queue.append((name, node))
        return ir.Reference(model=name)

    @abstractmethod
    def _family(self, node: Node) -> list[Node]:
        """Return the schemas that a schema stands for: those made of it, and itself; if several."""

    @abstractmethod
    def _type_of(self, node: Node, site: Site) -> ir.Type:
        """Return the type of a schema within the limits."""

    @abstractmethod
    def _single(self, node: Node, name: str, site: Site) -> ir.Type:
        """Return the type of a schema for one of its type names."""

    @abstractmethod
    def _object(self, node: Node, site: Site) -> ir.Type:
        """Return the type of an object: a model, or a map."""

    @abstractmethod
    def _values(self, node: Node, values: tuple[Json, ...], site: Site) -> ir.Type:
        """Return the type of a schema that lists its values."""
