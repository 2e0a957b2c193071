"""Edit site: a difference with its operations and parts. Changes only the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ...compare import Difference, Product
from ...compare.facts import Entity
from ...compare.operations import Operation
from ...openapi.document import Json, Pointer
from .claims import Claims
from .descriptions import root
from .draft import Draft, Mapping, put
from .proposals import Proposal, Rank
from .unsupported import is_paged, reason


@dataclass(frozen=True, slots=True)
class EditSite:
    """One difference, with both operations, and both sides of the part that differs."""

    draft: Draft
    difference: Difference
    # What is known of the products of a new part.
    claims: Claims
    # Whether the description has the part in no API version.
    lost: bool
    curated_operation: Operation
    official_operation: Operation | None
    ours: Entity | None
    official: Entity | None
    # The official operation as an entity, with the curated names of path parameters.
    like: Entity | None

    @property
    def product(self) -> Product:
        """Return the product of the official description."""
        return self.claims.product

    @property
    def pointer(self) -> Pointer:
        """Return the place of the curated operation."""
        return self.curated_operation.node.pointer

    @property
    def unsupported(self) -> str | None:
        """Return why the curated spec cannot have the official part, if it cannot."""
        if self.official is None or self.difference.path.field:
            return None
        beside = {name: make() for name, make in root(self.curated_operation).entities.items()}
        name, head = self.difference.path.entity, self.difference.path.keyword
        if head not in ("", "content") or (self.ours is not None and name == "body" and not head):
            return None
        paged = is_paged(self.curated_operation.node.value)
        return reason(self.curated_operation.method, name, self.official, beside, paged=paged)

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
            difference=self.difference,
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
