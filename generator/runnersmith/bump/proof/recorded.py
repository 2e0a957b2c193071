"""Older API version as an update has left it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ...openapi.document import Document, Pointer

Places = frozenset[Pointer]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An older API version: `decided` are the places left to decide, `added` those that are new."""

    version: str
    document: Document
    decided: Places = frozenset()
    added: Places = frozenset()
