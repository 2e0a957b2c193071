"""From a document to the intermediate representation. The only place that knows OpenAPI.

Pure. Collects every problem before it raises; what it cannot express is a problem, never left out.
"""

from __future__ import annotations

from .curated.api import build
from .foreign import LoweringResult, build_foreign

__all__ = ["LoweringResult", "build", "build_foreign"]
