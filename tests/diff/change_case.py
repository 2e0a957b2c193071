"""Change cases: two clients, and the changes that are expected between them."""

from __future__ import annotations

from typing import NamedTuple

from diff.lamp_client import LAMP_CLIENT, with_changed
from runnersmith import ir
from runnersmith.diff import LEVELS, Kind, Level

# The kind, the level and the subject.
ExpectedChange = tuple[Kind, Level, str]
B, C, D = LEVELS


class Case(NamedTuple):
    """Two clients, and every expected change between them in order."""

    old: ir.Api
    new: ir.Api
    expected: tuple[ExpectedChange, ...]


class Cases(dict[str, Case]):
    """Cases by name."""

    def add(
        self,
        name: str,
        new: ir.Api,
        *expected: ExpectedChange,
        undone: ExpectedChange | list[ExpectedChange] | None = None,
        old: ir.Api = LAMP_CLIENT,
    ) -> None:
        """Add a case; with `undone`, also the reverse one, with its expected changes."""
        assert name not in self
        self[name] = Case(old, new, expected)
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
        """Add a change of a type, and its reverse; a place is a path and a subject."""
        path, subject = place
        old, new = (with_changed(path, type=found) for found in types)
        there: ExpectedChange = (kinds[0], levels[0], subject)
        back: ExpectedChange = (kinds[1], levels[1], subject)
        self.add(f"{name}: {subject}", new, there, undone=back, old=old)
