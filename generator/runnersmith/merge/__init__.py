"""Merge of several API versions into one client that supports them all.

    same in all versions                 as it is
    in some versions only                optional, with its versions
    another type                         a type that includes both, if a decoder can tell them apart
    another model at one place           the newer one, with the fields of both; the older one stays
                                         only if something else refers to it
    a body in some versions only         an optional one
    required in some versions only       optional in the signature, checked at the call
    another path                         a path for each version (names in braces are never sent)
    anything else                        a problem, to be resolved in the spec

Pure. Documentation (prose, links, limits, permissions) is taken from the newest version.
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
    """Merge the IR of each version, newest first, into one.

    Raises SpecError with every difference that the table does not cover.
    """
    merger = Tree(documents)
    merged = apis[0]
    for older in apis[1:]:
        merged = merger.api(merged, older)
    if merger.problems:
        raise SpecError(merger.problems)
    return merged
