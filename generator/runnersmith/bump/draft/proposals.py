"""Proposed edits, and the choice of those that all who share a place agree on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ...compare.facts import Entity, dump
from ...compare.operations import METHODS
from ...openapi.document import Json, Pointer
from .correspondence import Correspondence
from .draft import Draft

# What goes first: the others are proposed again, of what it leaves.
Rank = Literal["gone", "rebuilt", "edited", "renamed", "renamed here"]
RANKS: tuple[Rank, ...] = ("gone", "rebuilt", "edited", "renamed", "renamed here")


def nothing() -> None:
    """Do nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An edit of the place `target`, which one operation's difference asks for.

    Proposals of equal `what` for one place are one edit: `run` makes it, once; `also` follows for
    each operation. `partner` is what stands there in the official description; without one the
    place is taken to be about its operations as a whole.
    """

    operation: str
    target: Pointer
    partner: object = None
    what: str
    run: Callable[[], None]
    also: Callable[[], None] = nothing
    rank: Rank = "edited"


def make(
    draft: Draft, pairs: Correspondence, proposals: Iterable[Proposal], compared: frozenset[str]
) -> bool:
    """Make the edits of the first rank of which any can be made; tell whether one was.

    A place that is shared is edited when everything that stands there in the official description
    asks for the same.
    """
    groups: dict[tuple[Pointer, str], list[Proposal]] = {}
    for proposal in proposals:
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
        # Only now: examples follow all that changed.
        for proposal in [proposal for group in ready for proposal in group]:
            proposal.also()
        if ready:
            return True
    return False


def _users(target: Pointer, uses: dict[str, set[Pointer]]) -> set[str]:
    """The operations that a place is about."""
    if target[0] == "components":
        return {name for name, used in uses.items() if target[:3] in used}
    _, path, *below = target
    if below and below[0] in METHODS:
        return {f"{str(below[0]).upper()} {path}"}
    return {name for name in uses if name.partition(" ")[2] == path}


def fingerprint(found: Entity, depth: int = 4) -> str:
    """A text that is equal for things that state the same, as far as it looks."""
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
