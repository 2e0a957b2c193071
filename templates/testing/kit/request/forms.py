"""Forms as a mock server receives them: their fields as JSON values. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from ..description import Body, Part, Schema, as_object
from .parameters import MISSING, Reader

_NAME = re.compile(rb'[ ;]name="((?:[^"\\]|\\.)*)"')
_PLAIN = Part()

# The content of a part that is a file, or of any other field.
_Fields: TypeAlias = Sequence[tuple[str, str | bytes]]


def read_form(
    reader: Reader, body: Body, content_type: str, content: bytes
) -> dict[str, Any] | None:
    """Return the fields of a form by name; None if it is no form."""
    if body.encoding == "form":
        fields: _Fields = parse_qsl(content.decode("ascii", "replace"), keep_blank_values=True)
    else:
        found = _parts(content_type, content)
        if found is None:
            return None
        fields = found
    schema = reader.schemas.resolved(body.schema)
    declared: Mapping[str, Schema] = schema.get("properties", {})
    made: dict[str, Any] = {}
    spread: set[str] = set()
    for name, one in declared.items():
        value = _field(reader, name, one, body.parts.get(name, _PLAIN), fields, declared)
        if value is not MISSING:
            made[name] = value
            spread |= set(as_object(value) or {})
    for name, text in fields:
        if not {name, name.partition("[")[0]} & {*declared, *spread}:
            made.setdefault(name, text)
    return made


def _field(
    reader: Reader,
    name: str,
    schema: Schema,
    part: Part,
    fields: _Fields,
    declared: Collection[str],
) -> Any:
    sent = [value for key, value in fields if key == name]
    if part.file is not None:
        if not sent:
            return MISSING
        return sent if part.file == "many" else sent[0]
    pairs = [
        (key, one if isinstance(one, str) else one.decode("utf-8", "replace"))
        for key, one in fields
    ]
    if part.style is not None:
        others = [other for other in declared if other != name]
        return reader.from_pairs(name, schema, part.style, part.explode, pairs, others)
    given = [text for key, text in pairs if key == name]
    if not given:
        return MISSING
    if reader.kind(schema) == "array":
        items: Schema = reader.schemas.resolved(schema).get("items", {})
        return [reader.scalar(items, one) for one in given]
    return reader.scalar(schema, given[0])


def _parts(content_type: str, content: bytes) -> _Fields | None:
    """Return the fields of a multipart form, each as bytes; None if it is not valid."""
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if boundary is None:
        return None
    pieces = (b"\r\n" + content).split(b"\r\n--" + boundary[1].encode())
    if pieces[-1].rstrip() != b"--":
        return None
    fields: list[tuple[str, str | bytes]] = []
    for piece in pieces[1:-1]:
        head, blank, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None or not blank:
            return None
        fields.append((re.sub(rb"\\(.)", rb"\1", name[1]).decode("utf-8", "replace"), value))
    return fields
