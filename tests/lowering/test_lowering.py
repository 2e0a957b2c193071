"""Lowering: types, names and limits of the IR are those of the spec."""

from __future__ import annotations

from typing import cast

import pytest

from lowering.schemas import OBJECT, TEXT
from runnersmith import ir
from runnersmith.openapi.document import Json
from small_specs import (
    Schema,
    build_ir,
    inside,
    lamp,
    put,
    small_spec,
    with_fields,
)


def field_type(schema: Schema, *, required: bool = False) -> ir.Type:
    """The type of a response's field with this schema."""
    spec = with_fields(field=schema)
    if required:
        cast(list[Json], inside(spec, "components", "schemas", "Lamp")["required"]).append("field")
    model = next(model for model in build_ir(spec).models if model.name == "Lamp")
    return next(field.type for field in model.fields if field.wire_name == "field")


# ── What is expressed is what was said ───────────────────────────────────────────────────────

STR, INT, ANY = (ir.Primitive(name=name) for name in ("str", "int", "any"))
OPEN = ir.Literal(values=("a", "b"), open=True)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, STR),
        ({"type": "string", "format": "uuid"}, STR),
        ({"type": "string", "format": "date-time"}, ir.Primitive(name="datetime")),
        ({"type": "string", "format": "date"}, ir.Primitive(name="date")),
        ({"type": "integer", "format": "int64"}, INT),
        ({"type": "number"}, ir.Primitive(name="float")),
        ({"type": "boolean"}, ir.Primitive(name="bool")),
        ({}, ANY),
        ({"type": ["string", "null"]}, ir.Nullable(type=STR)),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, ir.Nullable(type=STR)),
        ({"enum": ["a", "b"]}, OPEN),
        ({"enum": ["a", "b", None]}, ir.Nullable(type=OPEN)),
        ({"type": "string", "x-runnersmith": {"values": ["a", "b"]}}, OPEN),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "string"}]}, OPEN),
        ({"const": "a"}, ir.Literal(values=("a",), open=True)),
        ({"type": "array", "items": {"type": "string"}}, ir.Array(items=STR)),
        ({"type": "object"}, ir.Map(values=ANY)),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, ir.Map(values=INT)),
        ({"type": ["string", "integer"]}, ir.Union(members=(STR, INT))),
        (OBJECT, ir.Reference(model="LampField")),
        ({"allOf": [OBJECT]}, ir.Reference(model="LampField")),
        ({"type": "array", "items": OBJECT}, ir.Array(items=ir.Reference(model="LampFieldItem"))),
        ({"$ref": "#/components/schemas/Lamp"}, ir.Reference(model="Lamp")),
    ],
)
def test_types(schema: Schema, expected: ir.Type) -> None:
    """Each way of saying a type gives that type, in a response."""
    assert field_type(schema) == expected


def test_required_beside_all_of() -> None:
    """What is required beside allOf is required of the whole."""
    parts: list[Json] = [OBJECT, {**OBJECT, "properties": {"y": TEXT}}]
    for all_of in (parts, parts[:1]):
        spec = with_fields(field={"allOf": all_of, "required": ["x"]})
        model = next(model for model in build_ir(spec).models if model.name == "LampField")
        assert {field.wire_name: field.required for field in model.fields}["x"] is True


def test_what_is_read_and_what_is_sent() -> None:
    """The same component is open in a response, and what a caller gives is closed and text."""
    spec = put({**OBJECT, "properties": {"mode": {"enum": ["a", "b"], "description": "A mode."}}})
    lamp(spec)["mode"] = {"enum": ["a", "b"], "description": "A mode."}
    [scope] = build_ir(spec).scopes
    body = next(op.body for op in scope.resources[0].operations if op.body is not None)
    assert body.fields[0].type == ir.Literal(values=("a", "b"), open=False)


def test_a_default_is_told_and_nothing_else() -> None:
    """A default is JSON text for the docstring; the field stays one that may be left out."""
    spec = put({**OBJECT, "properties": {"x": {**TEXT, "default": 'say "é"'}}})
    [scope] = build_ir(spec).scopes
    body = next(op.body for op in scope.resources[0].operations if op.body is not None)
    assert body.fields[0].default == '"say \\"é\\""'
    assert body.fields[0].required is False


def test_every_limit_is_told() -> None:
    """The bounds of a field, also those of what a reference leads to, are put in words."""
    spec = with_fields(
        field={"type": "array", "minItems": 1, "maxItems": 9, "items": {"type": "integer"}}
    )
    inside(spec, "components", "schemas")["Name"] = {**TEXT, "minLength": 2, "pattern": "^x"}
    lamp(spec)["name"] = {"$ref": "#/components/schemas/Name"}
    limits = {field.wire_name: field.limits for field in build_ir(spec).models[0].fields}
    assert limits == {
        "id": "",
        "field": "1 to 9 items",
        "name": "at least 2 characters, matching ^x",
    }


def test_names_do_not_depend_on_others() -> None:
    """A schema more renames no other, and the order of components is of no account."""
    spec = small_spec()
    inside(spec, "components", "schemas").update({"Zebra": OBJECT, "Aardvark": OBJECT})
    lamp(spec).update(
        {
            "z": {"$ref": "#/components/schemas/Zebra"},
            "a": {"$ref": "#/components/schemas/Aardvark"},
            "inline": OBJECT,
        }
    )
    many = {model.name: model.module for model in build_ir(spec).models}
    assert many == {
        "Aardvark": "aardvark",
        "Lamp": "lamp",
        "LampInline": "lamp_inline",
        "Zebra": "zebra",
    }
    schemas = inside(spec, "components", "schemas")
    inside(spec, "components")["schemas"] = dict(reversed(schemas.items()))
    assert {model.name: model.module for model in build_ir(spec).models} == many


def test_the_limits_of_parts_are_told() -> None:
    """Bounds in an allOf hold as well; those beside it go first."""
    part: Schema = {"minLength": 2, "maxLength": 9}
    spec = with_fields(
        field={"allOf": [{"type": "string", **part}, {"pattern": "^x"}], "maxLength": 5}
    )
    limits = {field.wire_name: field.limits for field in build_ir(spec).models[0].fields}
    assert limits["field"] == "2 to 5 characters, matching ^x"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        # A value of a response is read whatever it is; the closest type that holds all is used.
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "string"}]}, STR),
        ({"type": ["integer", "number"]}, ir.Primitive(name="float")),
        ({"enum": [1, "many"]}, ir.Union(members=(INT, STR))),
        ({"enum": [1.5, 2]}, ir.Primitive(name="float")),
        ({"type": "string", "format": "binary"}, STR),
        (
            {"$ref": "#/components/schemas/Name", "enum": ["a"]},
            ir.Literal(values=("a",), open=True),
        ),
        ({"type": "object", "patternProperties": {"^x": TEXT}}, ir.Map(values=STR)),
        (
            {
                "anyOf": [
                    {"type": "array", "items": TEXT},
                    {"type": "array", "items": {"type": "integer"}},
                ]
            },
            ir.Array(items=ir.Union(members=(STR, INT))),
        ),
    ],
)
def test_a_looser_type_that_holds_every_value_is_no_problem(
    schema: Schema, expected: ir.Type
) -> None:
    """Nothing of the schema is lost for a caller but a check that the server makes."""
    spec = with_fields(field={"description": "A.", **schema})
    inside(spec, "components", "schemas")["Name"] = TEXT
    lamp(spec)["name"] = {"$ref": "#/components/schemas/Name"}
    [model] = build_ir(spec).models
    assert {it.wire_name: it.type for it in model.fields}["field"] == expected


def test_a_discriminator_tells_models_apart() -> None:
    """As in any other document: each model has its tag."""
    spec = with_fields(
        field={
            "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Day", "Night")],
            "discriminator": {"propertyName": "kind"},
        }
    )
    for name in ("Day", "Night"):
        inside(spec, "components", "schemas")[name] = {
            **OBJECT,
            "required": ["kind"],
            "properties": {"kind": TEXT, "x": TEXT},
        }
    models = {model.name: model for model in build_ir(spec).models}
    tags = {name: models[name].tag for name in ("Day", "Night")}
    assert {name: tag.value for name, tag in tags.items() if tag} == {
        "Day": "Day",
        "Night": "Night",
    }


@pytest.mark.parametrize(
    ("statuses", "names"),
    [
        (("200",), ["LampsPutResponse"]),
        (("201",), ["LampsPutResponse"]),
        (("200", "201", "202"), [f"LampsPutResponse{status}" for status in ("", 201, 202)]),
    ],
)
def test_an_object_in_a_response_is_named_after_its_status(
    statuses: tuple[str, ...], names: list[str]
) -> None:
    """The usual one after the operation alone, so that another status renames nothing."""
    spec = put(OBJECT)
    inside(spec, "paths", "/houses/{house}/lamps/{lamp_id}", "put")["responses"] = {
        status: {"description": "A.", "content": {"application/json": {"schema": OBJECT}}}
        for status in statuses
    }
    assert [it.name for it in build_ir(spec).models if it.name != "Lamp"] == names
