"""Lowering of documents without the `x-runnersmith` extension.

Pure. Resources are derived from tags, and method names from operationIds. Anything unsupported is a
problem; a simplification is a note.
"""

from __future__ import annotations

from .api import LoweringResult, build_foreign

__all__ = ["LoweringResult", "build_foreign"]
