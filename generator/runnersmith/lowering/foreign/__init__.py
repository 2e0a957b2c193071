"""From a document that has no extension of ours to the intermediate representation.

Pure. Resources come from tags and method names from operationIds. What the client cannot express
is a problem; what it expresses in part is a note.
"""

from __future__ import annotations

from .api import LoweringResult, build_foreign

__all__ = ["LoweringResult", "build_foreign"]
