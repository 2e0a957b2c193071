"""Edits a YAML text so that all that is not edited stays byte by byte. Pure."""

from __future__ import annotations

from .emit import Comments, block
from .patch import patch

__all__ = ["Comments", "block", "patch"]
