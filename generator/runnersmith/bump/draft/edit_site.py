"""Edit site: a difference with its operations and parts. Changes only the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...compare import Difference
from ...compare.facts import Entity
from ...compare.operations import Operation
from ...openapi.document import Json, Pointer
from .draft import Draft, Mapping, put
from .proposals import Proposal, Rank


@dataclass(frozen=True, slots=True)
class EditSite:
    """One difference, with both operations, and both sides of the part that differs."""

    draft: Draft
    difference: Difference
    curated_operation: Operation
    official_operation: Operation | None
    ours: Entity | None
    official: Entity | None
    # The official operation as an entity, with the curated names of path parameters.
    like: Entity | None

    @property
    def pointer(self) -> Pointer:
        """Return the place of the curated operation."""
        return self.curated_operation.node.pointer

    @property
    def operation(self) -> Mapping:
        return self.draft.at(self.pointer)

    def propose(
        self,
        target: Pointer,
        what: str,
        run: Callable[[], None],
        partner: Entity | None = None,
        rank: Rank = "edited",
    ) -> Iterator[Proposal]:
        """Build the edit of a place; `what` distinguishes it from other edits of the same place."""
        yield Proposal(
            operation=self.difference.operation,
            target=target,
            partner=partner.identity if partner else None,
            what=what,
            run=run,
            rank=rank,
        )


def change(target: Mapping, key: str, value: Json, order: Sequence[str]) -> None:
    """Set an entry, or remove it if there is no value."""
    if value is None:
        drop(target, key)
    else:
        put(target, key, value, order)


def drop(target: Mapping, key: str) -> None:
    """Remove an entry."""
    target.pop(key, None)
