"""What a change of the spec means for those who use the client.

    OLD ──source──▶ documents ──api──▶ IR ─┐
                                           ├─▶ diff ──▶ changes ──▶ terminal, markdown, as_json
    NEW ──source──▶ documents ──api──▶ IR ─┘

    between: all of it but the last step

`sources` reads files and asks git; all else is pure. Each change has one kind of a closed set and
one level. What breaks is judged from the caller's side: a program that worked with the client and
the API before, and was type-checked, still does, or the change is breaking.
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
