"""Reader of files into Documents: a file is read without loss, or rejected with places.

    bytes ──decode──▶ text ──┬─ .json ──▶ jsontext ─┐
                             └─ else ───▶ yamltext ─┴─▶ assembler ──▶ Document

The only module that reads specs from disk. It reads one file and follows no reference.
YAML is YAML 1.2 with its core schema, restricted to what JSON can express: no tags, merge keys,
keys that are not strings, NaN, or several documents in a file. A tolerant reading accepts merge
keys, scalars as keys, and numbers that JSON cannot express. The bounds are in `limits`.
"""

from __future__ import annotations

from pathlib import Path

from ..openapi.document import Document
from ..problems import UsageError
from . import limits
from .parser import parse

__all__ = ["load", "parse"]


def load(path: Path, *, name: str | None = None, tolerant: bool = False) -> Document:
    """Load a YAML or JSON file; `name` identifies it in messages, by default its path.

    A `tolerant` reading accepts what has one certain meaning, and lists it in the document.
    Raises UsageError if the file cannot be read, SpecError if its content is rejected.
    """
    called = name if name is not None else path.as_posix()
    most = max(limits.MAX_JSON_BYTES, limits.MAX_YAML_BYTES)
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"cannot read {called}: {reason}") from error
    except ValueError as error:  # a NUL in the path
        raise UsageError(f"cannot read {called!r}: {error}") from error
    return parse(content, name=called, suffix=path.suffix, tolerant=tolerant)
