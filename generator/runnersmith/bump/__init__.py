"""Bring the curated spec to a newer API version, from GitHub's official description.

    plan = bump(ours, official, corrections, version)    what changes; lines(plan) says it
    staged = stage(plan, spec, name)                     both files, made and proven in memory
    write(staged)                                        written(...) says what is left to decide

All but `write` leave every file alone.
"""

from __future__ import annotations

from ..marker import MARK, undecided
from .files import refuse_modified, write
from .plan import Plan, bump
from .staging import Staged, stage
from .text import lines, written

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
