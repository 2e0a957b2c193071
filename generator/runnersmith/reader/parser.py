"""Parser of a file's bytes: decodes them and parses JSON or YAML. Pure."""

from __future__ import annotations

from ..openapi.document import Document
from ..problems import Place, Problem, SpecError
from . import jsontext, limits, yamltext


def parse(text: bytes, *, name: str, suffix: str = ".yaml", tolerant: bool = False) -> Document:
    """Parse a file's bytes into a Document: JSON for the suffix `.json`, YAML for any other."""
    is_json = suffix.lower() == ".json"
    most = limits.MAX_JSON_BYTES if is_json else limits.MAX_YAML_BYTES
    if len(text) > most:
        kind = "JSON" if is_json else "YAML"
        message = f"larger than {most >> 20} MiB, the most that a {kind} file may have; split it"
        raise _refuse(Place(name), message)
    decoded = _decode(text, name)
    if not decoded.strip():
        raise _refuse(Place(name), "empty file; expected an OpenAPI document")
    parsed = jsontext.parse if is_json else yamltext.parse
    return parsed(decoded, name, tolerant=tolerant)


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
