"""Proof of older API versions: what their clients are generated from stays as it was. Pure."""

from __future__ import annotations

from .change import RESTORE, UNDO, Change, problems
from .changes import changes
from .recorded import Places, Recorded

__all__ = ["RESTORE", "UNDO", "Change", "Places", "Recorded", "changes", "problems"]
