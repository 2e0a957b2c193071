"""Update of the curated spec to a newer API version of GitHub's official description.

    plan = bump(ours, official, corrections, version)    the changes; lines(plan) prints them
    staged = stage(plan, spec, name)                     both files, built and verified in memory
    write(staged)                                        written(...) lists open decisions

Only `write` changes files.
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
