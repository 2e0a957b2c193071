"""One change, how much it asks of a caller, and the version step that changes call for. Pure.

Texts are safe to print and are Markdown as they stand: the words are ours, and every value from a
spec stands between backticks, on one line, without a backtick or a character that does not print.

Semantic versioning: what breaks is a major step, what adds a minor one, documentation a patch. Before
1.0.0 a minor version may break what is public, as CHANGELOG.md says: there, the major step is a
minor one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from .. import ir
from .change_kinds import KINDS, LEVELS, Kind, Level

# How a set of values, or what may be left out, became another: larger, smaller, neither, or the
# same in another spelling.
Direction = Literal["wider", "narrower", "other", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two clients.

    `subject` is what it is about, as a caller writes it: `org.runners.list(name)`, `Runner.os`.
    `scope` and `resource` are those it belongs to; a model that one resource alone uses belongs to
    that one. `role` is the traffic that the level was judged for, where that matters.
    """

    kind: Kind
    level: Level
    role: ir.Role | None
    scope: str | None
    resource: str | None
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What changes are told of."""

    name: str
    scope: str | None = None
    resource: str | None = None

    def called(self, name: str) -> Subject:
        """Something else, in the same scope and resource."""
        return replace(self, name=name)

    def change(
        self, kind: Kind, text: str, level: Level | None = None, role: ir.Role | None = None
    ) -> Change:
        """A change of this; `level` is left out where the kind has one only."""
        if level is None:
            (level,) = KINDS[kind]
        return Change(
            kind=kind,
            level=level,
            role=role,
            scope=None if self.scope is None else plain(self.scope),
            resource=None if self.resource is None else plain(self.resource),
            subject=plain(self.name),
            text=text,
        )


def by_variance(direction: Direction, role: ir.Role) -> Level:
    """The level of a change of what may travel.

    More may come in a reply than a reader reckons with; less is taken in a request than a caller
    sends. Both rules hold for what travels both ways.
    """
    if direction == "same":
        return "compatible"
    harmless = {"request": "wider", "reply": "narrower", "both": None}[role]
    return "compatible" if direction == harmless else "breaking"


def code(value: str) -> str:
    """A value from a spec, for a text: between backticks, cut when it is very long."""
    shown = plain(value)
    return f"`{shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}`" if shown else "none"


_LONGEST = 160


def plain(value: str) -> str:
    """A value on one line that does nothing to a terminal, nor to a code span of Markdown."""
    return "".join(
        (
            character
            if character.isprintable() and character != "`"
            else (
                f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"
            )
        )
        for character in value
    )


Step = Literal["major", "minor", "patch"]

_STEPS: dict[Level, Step] = {
    "breaking": "major",
    "compatible": "minor",
    "documentation": "patch",
}


def semver_step(changes: Iterable[Change], version: str | None = None) -> Step | None:
    """The step from `version`, or from any from 1.0.0 on; None when nothing changed."""
    found = {change.level for change in changes}
    for level in LEVELS:
        if level in found:
            early = version is not None and version.startswith("0.")
            return "minor" if early and level == "breaking" else _STEPS[level]
    return None


def reaches(changes: Iterable[Change], level: Level) -> bool:
    """Whether a change is of a level, or of a graver one: what `--fail-on` asks."""
    grave = LEVELS[: LEVELS.index(level) + 1]
    return any(change.level in grave for change in changes)
