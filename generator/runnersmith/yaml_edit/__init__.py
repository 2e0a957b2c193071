"""Edits of a YAML text that keep everything else unchanged, byte by byte. Pure."""

from __future__ import annotations

from .emit import Comments, block
from .patch import patch

__all__ = ["Comments", "block", "patch"]
