"""Bring the curated spec to a newer API version, from GitHub's official description.

    plan = bump(ours, official, corrections, version)    what changes; lines(plan) says it
    staged = stage(plan, spec, name)                     both files, made and proven in memory
    write(staged)                                        written(...) says what is left to decide

All but `write` leave every file alone.
"""

from __future__ import annotations

from ..openapi.todo_marks import MARK, undecided
from .plan import Plan, bump
from .report import lines, written
from .staging import Staged, stage
from .writer import refuse_modified, write

__all__ = [
    "MARK",
    "Plan",
    "Staged",
    "bump",
    "lines",
    "refuse_modified",
    "stage",
    "undecided",
    "write",
    "written",
]
