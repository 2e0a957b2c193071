"""Lowering of OpenAPI documents to the intermediate representation.

Pure. Every problem is collected before one is raised. Anything unsupported is a problem and never
silently omitted.
"""

from __future__ import annotations

from .curated.api import build
from .foreign import LoweringResult, build_foreign

__all__ = ["LoweringResult", "build", "build_foreign"]
