"""Lowering of schemas within bounds: models are queued, and nested types are counted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

from ... import ir
from ...ir.types import ANY
from ...openapi.document import Node, Pointer
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
        self._queue: deque[tuple[str, tuple[Node, ...]]] = deque()
        self._expanding: list[Pointer] = []
        self._spent = 0
        self._depth = 0
        self._refused = False

    def finish(self) -> tuple[ir.Model, ...]:
        """Lower the fields of queued models until none is left; return all by name."""
        while self._queue:
            name, parts = self._queue.popleft()
            self.models.fill(name, self.fields(parts, self.models.site(name)))
        return self.models.finish()

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

    def _too_much(self, node: Node) -> bool:
        """Count a schema. Return whether the limits are exceeded, which is reported once."""
        self._spent += 1
        passed = self._spent > BUDGET or self._depth > DEPTH
        if passed and not self._refused:
            self._exhausted(node)
        self._refused |= passed
        return passed

    def _exhausted(self, node: Node) -> None:
        self.context.problem(
            node, "this type is too large or too deeply nested; use objects with properties"
        )

    def _endless(self, target: Node) -> ir.Type:
        self.context.problem(
            target,
            f"{target.key!r} contains itself without an object between; add properties",
            key=True,
        )
        return ANY

    def _model(self, node: Node, parts: tuple[Node, ...], site: Site) -> ir.Type:
        name = self.models.reserve(node, site)
        if name is None:
            return ANY
        if self.models.needs_fields(name):
            self._queue.append((name, parts))
        return ir.Reference(model=name)

    @abstractmethod
    def _type_of(self, node: Node, site: Site) -> ir.Type:
        """Return the type of a schema within the limits."""

    @abstractmethod
    def fields(self, parts: tuple[Node, ...], site: Site) -> tuple[ir.Field, ...]:
        """Return the fields of the schemas that form one object, in document order."""
