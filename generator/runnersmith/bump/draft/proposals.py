"""Proposed edits, and the selection of those on which all users of a shared place agree. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ...compare import Difference
from ...compare.facts import Entity, dump
from ...compare.operations import METHODS
from ...openapi.document import Json, Pointer
from .correspondence import Correspondence
from .draft import Draft
from .shared_components import SharedComponents

# Edits of the lowest rank go first. The others are proposed again for the result.
# What is "asked" of a person is never run, but the users that it concerns get a copy.
Rank = Literal["gone", "rebuilt", "edited", "renamed", "renamed here", "asked"]
RANKS: tuple[Rank, ...] = ("gone", "rebuilt", "edited", "renamed", "renamed here")


def nothing() -> None:
    """Do nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An edit of the place `target`, proposed for the difference of one operation.

    Proposals with equal `what` for one place are one edit. `run` applies it once; `also` runs for
    each operation. `partner` is the official counterpart. Without one, the place belongs to its
    operations as a whole.
    """

    difference: Difference
    target: Pointer
    partner: object = None
    what: str
    run: Callable[[], None]
    also: Callable[[], None] = nothing
    rank: Rank = "edited"

    @property
    def operation(self) -> str:
        return self.difference.operation


def make(
    draft: Draft,
    pairs: Correspondence,
    proposals: Iterable[Proposal],
    compared: frozenset[str],
    shared: SharedComponents,
) -> bool:
    """Apply the edits of the first rank in which any is agreed; return whether one was.

    A shared place is edited if all of its official counterparts require the same edit. If none is
    agreed, the users that change a component get a copy of it.
    """
    groups: dict[tuple[Pointer, str], list[Proposal]] = {}
    for proposal in (one for one in proposals if not draft.is_left(one.target)):
        groups.setdefault((proposal.target, proposal.what), []).append(proposal)
    uses = {f"{method.upper()} {path}": used for (path, method), used in draft.uses().items()}

    def agreed(target: Pointer, group: list[Proposal]) -> bool:
        if group[0].partner is not None:
            return pairs.partners(target) <= {proposal.partner for proposal in group}
        return _users(target, uses) & compared <= {proposal.operation for proposal in group}

    for rank in RANKS:
        ready = [
            group
            for (target, _), group in groups.items()
            if group[0].rank == rank and agreed(target, group)
        ]
        for group in ready:
            group[0].run()
        # At the end, since examples follow all other changes.
        for proposal in [proposal for group in ready for proposal in group]:
            proposal.also()
        if ready:
            return True
    return _split(shared, groups.values())


def _split(shared: SharedComponents, groups: Iterable[list[Proposal]]) -> bool:
    """Copy a component for the users that agree on an edit: for most users first."""
    return any(
        shared.split(group[0].target[:3], [(one.operation, one.difference.path) for one in group])
        for group in sorted(groups, key=lambda group: -len(group))
        if group[0].target[0] == "components"
    )


def _users(target: Pointer, uses: dict[str, set[Pointer]]) -> set[str]:
    """Return the operations that use a place."""
    if target[0] == "components":
        return {name for name, used in uses.items() if target[:3] in used}
    _, path, *below = target
    if below and below[0] in METHODS:
        return {f"{str(below[0]).upper()} {path}"}
    return {name for name in uses if name.partition(" ")[2] == path}


def fingerprint(found: Entity, depth: int = 4) -> str:
    """Return a text that is equal for entities with equal facts, up to a depth."""
    return dump(_content(found, depth))


def _content(found: Entity, depth: int) -> Json:
    fields = (
        {name: _content(part(), depth - 1) for name, part in found.fields.items()} if depth else {}
    )
    return {
        "head": found.head,
        "facts": {keyword: fact.value for keyword, fact in found.facts.items()},
        "fields": {**fields},
    }
