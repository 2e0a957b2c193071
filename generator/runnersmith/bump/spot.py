"""Where the schema stands that a difference is about. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..compare.things import FactPath, Thing
from ..document import Node, Pointer
from ..openapi.json_types import JsonTypes
from .proposals import Proposal, Rank, nothing
from .shapes import Shapes
from .sides import field_at, find, home, reading, root
from .site import Site


@dataclass(frozen=True, slots=True)
class Spot:
    """A field of ours, or the value of a parameter, body or reply, and where its schema stands."""

    site: Site
    shapes: Shapes
    path: FactPath
    way: list[str]

    def propose(
        self,
        target: Pointer,
        what: str,
        run: Callable[[], None],
        also: Callable[[], None] = nothing,
        rank: Rank = "edited",
    ) -> Iterator[Proposal]:
        """The edit of a schema of ours, where `self.partner()` stands in the official description."""
        partner = self.partner()
        yield Proposal(
            operation=self.site.difference.operation,
            target=target,
            partner=partner.identity if partner is not None else None,
            what=what,
            run=run,
            also=also,
            rank=rank,
        )

    def partner(self) -> Thing | None:
        """The official thing that states the fact; for a field on one side, the one that holds it."""
        path = FactPath(self.path.thing)
        for step in self.way if self.path.keyword else self.way[:-1]:
            path = path.step(step)
        return find(self.site.like, path) if self.site.like is not None else None

    # ── where things are ─────────────────────────────────────────────────────────────────────

    def parts(self, way: list[str]) -> tuple[Node, ...]:
        """The schema objects of ours at the end of a way into the thing; none when there is no schema."""
        view = self.site.mine.view
        path = FactPath(self.path.thing)
        for step in way:
            path = path.step(step)
        found = find(root(self.site.mine), path)
        place = home(found, path) if found is not None else None
        return reading(view, field_at(view, place)).parts if place is not None else ()

    def home(self) -> Node | None:
        """Where the schema stands that the path leads to, which may be a reference."""
        ours = self.site.ours
        return home(ours, self.path) if ours is not None else None

    def holder(self) -> Node | None:
        """The parameter, body or reply of ours that the field is in."""
        found = find(root(self.site.mine), FactPath(self.path.thing))
        return found.node if found is not None else None

    def types(self, thing: Thing | None, *, official: bool) -> JsonTypes | None:
        operation = self.site.theirs if official else self.site.mine
        if thing is None or operation is None:
            return None
        place = home(thing, self.path)
        return (
            reading(operation.view, field_at(operation.view, place)).types
            if place is not None
            else None
        )
