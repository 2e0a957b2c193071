"""Change of a client, its level, and the version step that changes require. Pure.

Texts are safe to print and are valid Markdown. Every value from a spec is in backticks, on one
line, without a backtick or a character that does not print.

Semantic versioning: a breaking change is a major step, an addition a minor one, documentation a
patch. Before 1.0.0, a minor version may break the public API, as CHANGELOG.md states: the major
step is then a minor one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from .. import ir
from .change_kinds import KINDS, LEVELS, Kind, Level

# How a set of values changed: it became larger, smaller, neither of these, or only its notation
# differs.
Direction = Literal["wider", "narrower", "other", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two clients.

    `subject` is the changed element as a caller writes it: `org.runners.list(name)`, `Runner.os`.
    `scope` and `resource` are those of the subject; a model used by only one resource belongs to
    that resource. `role` is the direction for which the level was determined, if it matters.
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
    """Subject of changes: a part of the client's API."""

    name: str
    scope: str | None = None
    resource: str | None = None

    def called(self, name: str) -> Subject:
        """Return another subject in the same scope and resource."""
        return replace(self, name=name)

    def change(
        self, kind: Kind, text: str, level: Level | None = None, role: ir.Role | None = None
    ) -> Change:
        """Build a change of this subject; `level` may be omitted if the kind has only one."""
        if level is None:
            (level,) = KINDS[kind]
        return Change(
            kind=kind,
            level=level,
            role=role,
            scope=plain(self.scope) if self.scope else None,
            resource=None if self.resource is None else plain(self.resource),
            subject=plain(self.name),
            text=text,
        )


def by_variance(direction: Direction, role: ir.Role) -> Level:
    """Return the level of a change in the accepted values.

    More values in a response break a reader; fewer values in a request break a caller. Both rules
    hold for a model with the role "both".
    """
    if direction == "same":
        return "compatible"
    harmless = {"request": "wider", "response": "narrower", "both": None}[role]
    return "compatible" if direction == harmless else "breaking"


def code(value: str) -> str:
    """Return a value from a spec as text in backticks, shortened if it is very long."""
    shown = plain(value)
    return f"`{shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}`" if shown else "none"


_LONGEST = 160


def plain(value: str) -> str:
    """Return a value on one line, safe for a terminal and for a code span of Markdown."""
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
    """Return the step from `version`, or from any version since 1.0.0; None without changes."""
    found = {change.level for change in changes}
    for level in LEVELS:
        if level in found:
            early = version is not None and version.startswith("0.")
            return "minor" if early and level == "breaking" else _STEPS[level]
    return None


def reaches(changes: Iterable[Change], level: Level) -> bool:
    """Return whether a change has a level or a more severe one, for `--fail-on`."""
    grave = LEVELS[: LEVELS.index(level) + 1]
    return any(change.level in grave for change in changes)
