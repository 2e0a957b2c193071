"""Facts that an update has changed in the operations of a description. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...compare import Difference
from ...compare.description_view import View
from ...compare.facts import FactPath
from ...compare.operations import Operation, entity, operations
from ...compare.walk import Walk
from ...openapi.document import Document, Json
from ..draft.draft import KEY, Draft, Mapping, mapping


@dataclass(frozen=True, slots=True)
class ChangedOperation:
    """An operation before and after an update. The official side of a difference is the one before."""

    now: Operation
    was: Operation
    differences: tuple[Difference, ...]

    @property
    def extension(self) -> Mapping:
        """Return its `x-runnersmith`."""
        return _extension(self.now)

    @property
    def extension_before(self) -> Mapping:
        return _extension(self.was)


@dataclass(slots=True)
class Update:
    """A draft, and what it was made of."""

    draft: Draft
    before: Document
    operations: tuple[ChangedOperation, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.operations = tuple(_changed(self.before, self.draft.document()))

    @property
    def differences(self) -> Iterator[tuple[ChangedOperation, Difference]]:
        """Yield every changed fact, with its operation."""
        for operation in self.operations:
            yield from ((operation, it) for it in operation.differences)

    def component(self, name: str) -> Mapping:
        """Return a component schema as it was; empty if there was none."""
        found = self.before.find(f"#/components/schemas/{name}")
        return mapping(found.value) if found is not None else {}


def _changed(before: Document, now: Document) -> Iterator[ChangedOperation]:
    old = operations(View(before))
    for key, operation in operations(View(now)).items():
        if (was := old.get(key)) is not None:
            sides = entity(operation, operation, {}), entity(was, operation, {})
            found = Walk(operation.name).differences(*sides, FactPath())
            yield ChangedOperation(operation, was, tuple(found))


def _extension(operation: Operation) -> Mapping:
    stated = operation.node.get(KEY)
    value: Json = stated.value if stated is not None else {}
    return mapping(value)
