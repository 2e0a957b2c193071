"""A change, and what is to be said of it."""

from __future__ import annotations

from typing import NamedTuple

from diff.lamp_client import API, having
from runnersmith import ir
from runnersmith.diff import LEVELS, Kind, Level

# The kind, the level, and what it is about.
Said = tuple[Kind, Level, str]
B, C, D = LEVELS


class Case(NamedTuple):
    """Two clients, and every change between them in order."""

    old: ir.Api
    new: ir.Api
    said: tuple[Said, ...]


class Cases(dict[str, Case]):
    """Cases by name."""

    def add(
        self,
        name: str,
        new: ir.Api,
        *said: Said,
        undone: Said | list[Said] | None = None,
        old: ir.Api = API,
    ) -> None:
        """Add a change; with `undone`, also the way back, and what is said of that."""
        assert name not in self
        self[name] = Case(old, new, said)
        if undone is not None:
            back = undone if isinstance(undone, list) else [undone]
            self[f"{name}, undone"] = Case(new, old, tuple(back))

    def types(
        self,
        name: str,
        place: tuple[str, str],
        types: tuple[ir.Type, ir.Type],
        kinds: tuple[Kind, Kind],
        levels: tuple[Level, Level],
    ) -> None:
        """Add a type that became another, and the way back; a place is a path and a subject."""
        path, subject = place
        old, new = (having(path, type=found) for found in types)
        there: Said = (kinds[0], levels[0], subject)
        back: Said = (kinds[1], levels[1], subject)
        self.add(f"{name}: {subject}", new, there, undone=back, old=old)
