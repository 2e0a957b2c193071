"""Comparison of the curated spec with GitHub's official description, fact by fact.

    spec ────────┐                                ┌─ differences ─┐
    official ────┼─ operations as entities ─ walk ┤               ├─ problems
    corrections ─┘                                └─ corrections ─┘

Pure: the input is loaded documents, the result values and text.
"""

from __future__ import annotations

from .comparison import Comparison, compare, compare_versions, message
from .corrections import Correction, Corrections, read_corrections
from .products import Product, described, known, names_version, product_of
from .releases import releases
from .report import applied, lines, missing, summary, together
from .walk import Difference

__all__ = [
    "Comparison",
    "Correction",
    "Corrections",
    "Difference",
    "Product",
    "applied",
    "compare",
    "compare_versions",
    "described",
    "known",
    "lines",
    "message",
    "missing",
    "names_version",
    "product_of",
    "read_corrections",
    "releases",
    "summary",
    "together",
]
