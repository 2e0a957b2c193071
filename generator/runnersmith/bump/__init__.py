"""Updates of the curated spec by GitHub's official description.

    source = read_source(spec, name)                     the spec with its overlays
    plan = sync(source, official, corrections)           changes within its API versions
    plan = bump(source, official, corrections, version)  a new API version; lines(plan) prints them
    staged = stage(plan)                                 every file, built and verified in memory
    write(staged)                                        written(...) lists open decisions
    finish(source)                                       older versions proven after the decisions

Only `write` changes files.
"""

from __future__ import annotations

from ..openapi.todo_marks import MARK, undecided
from .finish import Finish, finish, unproven
from .plan import Plan, bump, sync
from .record import missing
from .report import finished, lines, written
from .sources import Source, read_source
from .staging import Staged, stage
from .writer import refuse_modified, write

__all__ = [
    "MARK",
    "Finish",
    "Plan",
    "Source",
    "Staged",
    "bump",
    "finish",
    "finished",
    "lines",
    "missing",
    "read_source",
    "refuse_modified",
    "stage",
    "sync",
    "undecided",
    "unproven",
    "write",
    "written",
]
