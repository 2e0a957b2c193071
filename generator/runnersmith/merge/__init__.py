"""The clients of several API versions, made into one that speaks them all.

    same in all versions                 as it is
    in some versions only                optional, and says in which
    another type                         a type that holds both, where a decoder can tell them apart
    required in some versions only       optional in the signature, checked at the call
    another path                         a path for each version (names in braces never travel)
    anything else                        a problem: it needs a decision in the spec

Pure. Facts that are for people (prose, links, limits, permissions) are the newest version's.
"""

from __future__ import annotations

from collections.abc import Sequence

from .. import ir
from ..openapi.document import Document
from ..problems import SpecError
from .members import both
from .tree import Tree

__all__ = ["both", "merge"]


def merge(apis: Sequence[ir.Api], documents: Sequence[Document]) -> ir.Api:
    """Merge the IR of each version, the newest first, into one.

    Raises SpecError with every difference that the table does not cover.
    """
    merger = Tree(documents)
    merged = apis[0]
    for older in apis[1:]:
        merged = merger.api(merged, older)
    if merger.problems:
        raise SpecError(merger.problems)
    return merged
