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
from ..problems import Place, Problem, SpecError, UsageError
from . import jsontext, limits, yamltext


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


def parse(text: bytes, *, name: str, suffix: str = ".yaml") -> Document:
    """Make a Document of a file's bytes; a `.json` suffix means JSON, any other YAML."""
    is_json = suffix.lower() == ".json"
    most = limits.MAX_JSON_BYTES if is_json else limits.MAX_YAML_BYTES
    if len(text) > most:
        kind = "JSON" if is_json else "YAML"
        message = f"larger than {most >> 20} MiB, the most that a {kind} file may have; split it"
        raise _refuse(Place(name), message)
    decoded = _decode(text, name)
    if not decoded.strip():
        raise _refuse(Place(name), "empty file; expected an OpenAPI document")
    return jsontext.parse(decoded, name) if is_json else yamltext.parse(decoded, name)


def _decode(text: bytes, name: str) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        found = "a UTF-16 file" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "not UTF-8"
        raise _refuse(Place(name, line, column), f"{found}; save it as UTF-8") from error


def _refuse(place: Place, message: str) -> SpecError:
    return SpecError([Problem(place, message)])
