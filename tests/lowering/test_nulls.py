"""Null where only JSON can express it: it is noted, and no type has it."""

from __future__ import annotations

from typing import Any

import pytest

from runnersmith import ir
from runnersmith.lowering import LoweringResult, build_foreign
from runnersmith.openapi.document import Json
from small_specs import Schema, document

WORD = ir.Primitive(name="str")
MAYBE = ir.Nullable(type=WORD)
NULLABLE: Json = {"type": ["string", "null"]}
LIST: Json = {"type": "array", "items": NULLABLE}
LISTS: Json = {"type": "array", "items": LIST}
MAP: Json = {"type": "object", "additionalProperties": NULLABLE}
MAPS: Json = {"type": "object", "additionalProperties": MAP}
OBJECT: dict[str, Json] = {"type": "object", "properties": {"a": NULLABLE}}
FILE: Json = {"type": ["string", "null"], "format": "binary"}
TEXTS = ir.Array(items=WORD)
ANY_TEXT = ir.Map(values=WORD)


def built(operation: Schema) -> ir.Operation:
    return _built(operation).api.resources[0].operations[0]


def noted(operation: Schema) -> list[str]:
    found = [it.message for it in _built(operation).notes]
    return [it for it in found if it.startswith("null cannot be written in a ")]


def _built(operation: Schema) -> LoweringResult:
    spec: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Kiosk", "version": "1"},
        "paths": {"/x": {"post": {"responses": {"204": {"description": "ok"}}, **operation}}},
        "components": {"schemas": {"Part": OBJECT, "Maybe": {**OBJECT, "nullable": True}}},
    }
    return build_foreign(document(spec), "kiosk")


def parameter(schema: Json, location: str = "query", **more: Json) -> Schema:
    return {"parameters": [{"name": "q", "in": location, "schema": schema, **more}]}


def form(schema: Json, media_type: str, **encoding: Json) -> Schema:
    held: Json = {"type": "object", "properties": {"f": schema}}
    media: Json = {"schema": held, "encoding": {"f": encoding}}
    return {"requestBody": {"required": True, "content": {media_type: media}}}


@pytest.mark.parametrize("location", ["query", "header", "cookie"])
@pytest.mark.parametrize(
    ("schema", "expected"), [(NULLABLE, WORD), (LIST, TEXTS), (MAP, ANY_TEXT), (OBJECT, None)]
)
def test_no_parameter_is_null(location: str, schema: Json, expected: ir.Type | None) -> None:
    """In the value itself, or in the items and values that a style writes."""
    operation = parameter(schema, location)
    made = built(operation)
    [found] = [*made.query, *made.headers, *made.cookies]
    assert expected is None or found.type == expected
    assert noted(operation) == [
        f"null cannot be written in a {location} parameter; None raises TypeError"
    ]


@pytest.mark.parametrize(
    ("schema", "more", "expected"),
    [
        # Lists in lists are JSON, unless each value has its path.
        (LISTS, {}, ir.Array(items=ir.Array(items=MAYBE))),
        (LISTS, {"style": "deepObject"}, ir.Array(items=TEXTS)),
        (MAPS, {}, ir.Map(values=ir.Map(values=MAYBE))),
        (MAPS, {"style": "deepObject"}, ir.Map(values=ANY_TEXT)),
        ({"anyOf": [NULLABLE, {"type": "integer"}]}, {}, None),
    ],
)
def test_null_in_json_inside_a_parameter_is_kept(
    schema: Json, more: dict[str, Any], expected: ir.Type | None
) -> None:
    operation = parameter(schema, **more)
    [found] = built(operation).query
    if expected is None:
        expected = ir.Union(members=(WORD, ir.Primitive(name="int")))
    assert found.type == expected
    assert bool(noted(operation)) == (MAYBE not in _innermost(expected))


def _innermost(found: ir.Type) -> list[ir.Type]:
    while isinstance(found, ir.Array | ir.Map):
        found = found.items if isinstance(found, ir.Array) else found.values
    return [found]


@pytest.mark.parametrize("style", ["form", "deepObject"])
@pytest.mark.parametrize("holder", ["properties", "items", "additionalProperties"])
def test_null_inside_an_object_is_noted_unless_it_is_json(style: str, holder: str) -> None:
    inner: Json = {"type": "object", "properties": {"a": NULLABLE}}
    schemas: dict[str, Json] = {
        "properties": {"type": "object", "properties": {"a": inner}},
        "items": {"type": "object", "properties": {"a": {"type": "array", "items": inner}}},
        "additionalProperties": {"type": "object", "additionalProperties": inner},
    }
    assert len(noted(parameter(schemas[holder], style=style))) == (style == "deepObject")


def test_a_parameter_that_is_json_can_be_null() -> None:
    content: Json = {"application/json": {"schema": NULLABLE}}
    operation: Schema = {"parameters": [{"name": "q", "in": "query", "content": content}]}
    [found] = built(operation).query
    assert (found.type, noted(operation)) == (MAYBE, [])


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(
    ("schema", "encoding", "expected"),
    [
        (NULLABLE, {}, WORD),
        (LIST, {}, TEXTS),
        (MAP, {"style": "deepObject"}, ANY_TEXT),
        # Sent as JSON.
        (MAP, {}, ir.Map(values=MAYBE)),
        (NULLABLE, {"contentType": "application/json"}, MAYBE),
        (LIST, {"contentType": "application/json"}, ir.Array(items=MAYBE)),
    ],
)
def test_no_field_of_a_form_is_null(
    media_type: str, schema: Json, encoding: dict[str, Any], expected: ir.Type
) -> None:
    """An empty field is an empty text, and an absent one is another request."""
    operation = form(schema, media_type, **encoding)
    body = built(operation).body
    assert body is not None
    assert body.fields[0].type == expected
    message = "null cannot be written in a field of a form; None raises TypeError"
    assert noted(operation) == ([] if MAYBE in _innermost(expected) else [message])


def test_no_file_is_null() -> None:
    operation = form(FILE, "multipart/form-data")
    body = built(operation).body
    assert body is not None
    assert body.fields[0].type == ir.Primitive(name="file")
    assert len(noted(operation)) == 1


def test_no_extra_of_a_form_is_null() -> None:
    schema: Json = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": NULLABLE,
    }
    content: Json = {"application/x-www-form-urlencoded": {"schema": schema}}
    operation: Schema = {"requestBody": {"content": content}}
    body = built(operation).body
    assert body is not None
    assert body.extra is not None
    assert body.extra.type == ANY_TEXT
    assert len(noted(operation)) == 1


@pytest.mark.parametrize(
    ("media_type", "schema", "expected"),
    [
        ("text/plain", NULLABLE, WORD),
        ("image/png", NULLABLE, ir.Primitive(name="bytes")),
        ("text/plain", {"type": "string"}, WORD),
        ("text/plain", {}, WORD),
    ],
)
def test_no_body_without_json_is_null(media_type: str, schema: Json, expected: ir.Type) -> None:
    operation: Schema = {"requestBody": {"content": {media_type: {"schema": schema}}}}
    made = _built(operation)
    body = made.api.resources[0].operations[0].body
    assert body is not None
    assert body.whole is not None
    assert body.whole.type == expected
    found = [it.message for it in made.notes if it.message == "null is never sent as a body"]
    assert len(found) == (schema == NULLABLE)


PART: Json = {"$ref": "#/components/schemas/Part"}
NULL: Json = {"type": "null"}


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("schema", "model"),
    [
        ({"type": ["object", "null"], "properties": {"a": NULLABLE}}, "PostXRequest"),
        ({"type": "object", "nullable": True, "properties": {"a": NULLABLE}}, "PostXRequest"),
        ({"oneOf": [PART, NULL]}, "Part"),
        ({"anyOf": [NULL, PART]}, "Part"),
        ({"allOf": [PART], "nullable": True}, "Part"),
        ({"$ref": "#/components/schemas/Maybe"}, "Maybe"),
    ],
)
def test_an_object_that_may_be_null_is_one_argument(
    schema: Json, model: str, required: bool
) -> None:
    """None as the whole body is null; an optional body can be left out as well."""
    body: Json = {"required": required, "content": {"application/json": {"schema": schema}}}
    made = _built({"requestBody": body})
    found = made.api.resources[0].operations[0].body
    assert found is not None
    assert found.whole is not None
    assert found.whole.type == ir.Nullable(type=ir.Reference(model=model))
    assert (found.whole.required, found.omissible) == (required, not required)
    assert made.notes == ()


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_is_never_null(media_type: str) -> None:
    """Its properties stay arguments, with a note."""
    schema: Json = {"type": ["object", "null"], "properties": {"a": {"type": "string"}}}
    made = _built({"requestBody": {"content": {media_type: {"schema": schema}}}})
    body = made.api.resources[0].operations[0].body
    assert body is not None
    assert [it.name for it in body.fields] == ["a"]
    assert [it.message for it in made.notes] == ["null is never sent as a body"]
