"""Files to Documents: every value is kept as written, or the file is refused with the places.

    bytes ──decode──▶ text ──┬─ .json ──▶ jsontext ─┐
                             └─ else ───▶ yamltext ─┴─▶ assembler ──▶ Document

The only module that reads specs from disk; it reads one file, follows nothing, runs nothing.
YAML is YAML 1.2 with its core schema, less what JSON has no word for: tags, merge keys, keys
that are not strings, NaN, several documents in a file. The bounds are in `limits`.
"""

from __future__ import annotations

from pathlib import Path

from ..openapi.document import Document
from ..problems import UsageError
from . import limits
from .parser import parse

__all__ = ["load", "parse"]


def load(path: Path, *, name: str | None = None) -> Document:
    """Read a YAML or JSON file; `name` is how messages call it, the path by default.

    Raises UsageError when the file cannot be read, SpecError when its content is refused.
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
    return parse(content, name=called, suffix=path.suffix)
