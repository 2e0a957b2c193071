"""The step of the version number that changes call for. Pure.

Semantic versioning: what breaks is a major step, what adds a minor one, documentation a patch. Before
1.0.0 a minor version may break what is public, as CHANGELOG.md says: there, the major step is a
minor one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .change import Change
from .change_kinds import LEVELS, Level

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
