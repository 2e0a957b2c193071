"""Changes of the client's API between two specs, by their effect on callers.

    OLD ──source──▶ documents ──api──▶ IR ─┐
                                           ├─▶ diff ──▶ changes ──▶ terminal, markdown, as_json
    NEW ──source──▶ documents ──api──▶ IR ─┘

    between: all of it but the last step

`sources` reads files and runs git; everything else is pure. Each change has one kind of a closed
set and one level. A change is breaking if a type-checked program that worked with the old client
and API can fail with the new one.
"""

from __future__ import annotations

from .change import Change, Step, reaches, semver_step
from .change_kinds import KINDS, LEVELS, Kind, Level
from .client import diff
from .report import as_json, markdown, terminal
from .sources import Source, api, between, source

__all__ = [
    "KINDS",
    "LEVELS",
    "Change",
    "Kind",
    "Level",
    "Source",
    "Step",
    "api",
    "as_json",
    "between",
    "diff",
    "markdown",
    "reaches",
    "semver_step",
    "source",
    "terminal",
]
