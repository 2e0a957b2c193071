"""Pure functions of `sync` and `bump` that remember their latest results.

Nearly every test starts with the same small spec, and reads what was written several times. Equal
texts have one document, known by its identity. A test fails if anything has changed it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from runnersmith import overlay, pipeline, reader
from runnersmith.ir.naming import Rename
from runnersmith.openapi.document import Document
from runnersmith.problems import Problem
from runnersmith.validate import Level
from runnersmith.validate.second_opinion import SecondOpinion

# As they are before a test replaces them.
_PARSE, _APPLY, _VALIDATED = reader.parse, overlay.apply, pipeline.validated


def parse(text: bytes, *, name: str, suffix: str = ".yaml", tolerant: bool = False) -> Document:
    """Return the document of a text, as `reader.parse` does."""
    return _unchanged(*_parsed(text, name, suffix, tolerant))


def apply(document: Document, layer: Document) -> Document:
    """Return a document with an overlay, as `overlay.apply` does."""
    return _unchanged(*_applied(document, layer))


def validated(
    newest: Document,
    level: Level,
    older: Sequence[Document] = (),
    second: SecondOpinion | None = None,
    renames: Sequence[Rename] = (),
) -> tuple[Problem, ...]:
    """Return the problems of a spec, as `pipeline.validated` does; a second opinion is asked anew."""
    if second is not None or renames:
        return _VALIDATED(newest, level, older, second, renames)
    return _validated(newest, level, tuple(older))


@lru_cache(maxsize=32)
def _parsed(text: bytes, name: str, suffix: str, tolerant: bool) -> tuple[Document, str]:
    return _recorded(_PARSE(text, name=name, suffix=suffix, tolerant=tolerant))


@lru_cache(maxsize=32)
def _applied(document: Document, layer: Document) -> tuple[Document, str]:
    return _recorded(_APPLY(document, layer))


@lru_cache(maxsize=32)
def _validated(newest: Document, level: Level, older: tuple[Document, ...]) -> tuple[Problem, ...]:
    return _VALIDATED(newest, level, older)


def _recorded(document: Document) -> tuple[Document, str]:
    return document, json.dumps(document.data)


def _unchanged(document: Document, record: str) -> Document:
    assert json.dumps(document.data) == record, f"{document.name} has changed in memory"
    return document
