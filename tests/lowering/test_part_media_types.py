"""Fields of a multipart form by the media type of their part: texts, files and objects."""

from __future__ import annotations

import pytest

from runnersmith import ir
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json
from small_specs import document

TEXT, FILE = ir.Primitive(name="str"), ir.Primitive(name="file")
STRING: dict[str, Json] = {"type": "string"}
OBJECT: dict[str, Json] = {"type": "object", "properties": {"a": {"type": "integer"}}}


def field(schema: Json, media_type: str) -> tuple[ir.Type, ir.Part, list[str]]:
    """The type of a field, its part, and the notes."""
    media: Json = {
        "schema": {"type": "object", "properties": {"f": schema}},
        "encoding": {"f": {"contentType": media_type}},
    }
    operation: Json = {
        "requestBody": {"content": {"multipart/form-data": media}},
        "responses": {"204": {"description": "Done."}},
    }
    info: Json = {"title": "Calls", "version": "1"}
    paths: Json = {"/x": {"post": operation}}
    made = build_foreign(document({"openapi": "3.1.0", "info": info, "paths": paths}), "calls")
    body = made.api.resources[0].operations[0].body
    assert body is not None
    return body.fields[0].type, body.parts[0], [it.message for it in made.notes]


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sdp",
        "application/yaml; charset=utf-8",
        "Application/JWT",
        "application/xml",
        "text/markdown",
        "application/x-ndjson",
    ],
)
def test_a_string_is_a_text(media_type: str) -> None:
    """Alone and in a list; its part has the media type."""
    part = ir.Part(wire_name="f", media_type=media_type, style=None)
    assert field(STRING, media_type) == (TEXT, part, [])
    listed: Json = {"type": "array", "items": STRING}
    assert field(listed, media_type) == (ir.Array(items=TEXT), part, [])


@pytest.mark.parametrize(
    ("schema", "media_type"),
    [
        (STRING, "image/png"),
        (STRING, "audio/mpeg"),
        (STRING, "application/octet-stream"),
        (STRING, "application/pdf"),
        (STRING, "application/vnd.ms-excel"),
        (STRING, "application/x-tar"),
        ({}, "application/sdp"),
        ({**STRING, "format": "binary"}, "application/sdp"),
        ({**STRING, "contentMediaType": "application/sdp"}, "application/sdp"),
    ],
)
def test_a_file_is_a_file(schema: Json, media_type: str) -> None:
    """By its schema, or by a media type that is never text."""
    part = ir.Part(wire_name="f", media_type=media_type, style=None, file="one")
    assert field(schema, media_type) == (FILE, part, [])


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (OBJECT, TEXT),
        ({"type": "object"}, TEXT),
        ({"type": "array", "items": OBJECT}, ir.Array(items=TEXT)),
    ],
)
def test_an_object_that_is_no_json_is_a_text(schema: Json, expected: ir.Type) -> None:
    """The caller has encoded it, which is noted: JSON under another media type would be wrong."""
    found, part, notes = field(schema, "application/xml")
    assert (found, part.media_type) == (expected, "application/xml")
    assert notes == [
        "only the caller knows how to write an object as application/xml; it is a text"
    ]
    assert field(schema, "application/json")[2] == []
