"""Schemas of any document as types: what is read, and what is sent, for each way to write one."""

from __future__ import annotations

import pytest

from runnersmith import ir
from runnersmith.lowering import LoweringResult, build_foreign
from runnersmith.openapi.document import Json
from small_specs import document

POINT: Json = {"type": "object", "properties": {"x": {"type": "integer"}}}
TO_POINT: Json = {"$ref": "#/components/schemas/Point"}


def built(schema: Json, version: str = "3.1.0", /, **components: Json) -> LoweringResult:
    """A client whose one operation sends and receives a model with the property `it`."""
    media: Json = {"application/json": {"schema": {"$ref": "#/components/schemas/Held"}}}
    held: Json = {"type": "object", "properties": {"it": schema}}
    operation: Json = {
        "operationId": "get_it",
        "responses": {"200": {"description": "Held.", "content": media}},
    }
    spec: Json = {
        "openapi": version,
        "info": {"title": "Points", "version": "1"},
        "servers": [{"url": "https://points.example"}],
        "paths": {
            "/it": {
                "get": operation,
                "put": {
                    "operationId": "put_it",
                    "requestBody": {"content": {"application/json": {"schema": schema}}},
                    "responses": {"204": {"description": "Put."}},
                },
            }
        },
        "components": {"schemas": {"Point": POINT, "Held": held, **components}},
    }
    return build_foreign(document(spec), "points")


def field(found: LoweringResult, model: str = "Held", name: str = "it") -> ir.Field:
    fields = {it.name: it.fields for it in found.api.models}[model]
    return next(it for it in fields if it.wire_name == name)


def text(found: ir.Type) -> str:
    match found:
        case ir.Primitive(name=name):
            return name
        case ir.Literal(values=values, open=is_open):
            return " | ".join([*map(repr, values), *(["..."] if is_open else [])])
        case ir.Array(items=items):
            return f"list[{text(items)}]"
        case ir.Map(values=values):
            return f"dict[{text(values)}]"
        case ir.Reference(model=model):
            return model
        case ir.Nullable(type=inner):
            return f"{text(inner)} | None"
        case ir.Union(members=members):
            return " | ".join(map(text, members))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        # Null: by a bare `nullable`, as schemars writes it, beside a reference or an allOf.
        ({"anyOf": [TO_POINT, {"nullable": True}]}, "Point | None"),
        ({"allOf": [TO_POINT, {"nullable": True}]}, "Point | None"),
        ({"allOf": [TO_POINT], "nullable": True}, "Point | None"),
        ({"$ref": "#/components/schemas/Point", "nullable": True}, "Point | None"),
        ({"oneOf": [TO_POINT, {"enum": [None], "nullable": True}]}, "Point | None"),
        ({"oneOf": [TO_POINT, {"$ref": "#/components/schemas/Null"}]}, "Point | None"),
        # Two objects that nothing tells apart are one; beside a single one, anything is valid.
        ({"anyOf": [TO_POINT, {}]}, "any"),
        ({"anyOf": [TO_POINT, {"properties": {"y": {"type": "number"}}}, {}]}, "HeldIt"),
        ({"nullable": True}, "any"),
        # A value that is listed is one that servers send, whatever the type says of null.
        ({"type": "string", "enum": ["a", None]}, "'a' | ... | None"),
        # The type decides what travels.
        ({"type": "string", "enum": [1, 2]}, "'1' | '2' | ..."),
        ({"type": "string", "enum": [True, "b"]}, "'true' | 'b' | ..."),
        ({"type": "string", "enum": [1.0, 1.1]}, "str"),
        ({"type": "integer", "enum": ["1", "2"]}, "int"),
        ({"type": "integer", "enum": [1.0, 2.0]}, "int"),
        ({"type": "number", "enum": [1, 2]}, "float"),
        ({"type": "boolean", "enum": ["true", "false"]}, "bool"),
        ({"type": "array", "items": {"type": "string"}, "enum": ["x"]}, "list[str]"),
        ({"type": "object", "enum": ["x"]}, "dict[any]"),
        ({"enum": ["a", "b"], "const": "a"}, "'a' | ..."),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_schema_is_read_as_its_type(schema: Json, expected: str, version: str) -> None:
    """Both versions of OpenAPI give one type to one schema."""
    found = built(schema, version, Null={"nullable": True, "enum": [None]})
    assert text(field(found).type) == expected


def test_values_of_another_type_are_noted() -> None:
    """A list of values that cannot be of the stated type is not checked, and a note says so."""
    found = built({"type": "array", "items": {"type": "string"}, "enum": ["x"]})
    assert {note.message for note in found.notes} == {
        "`enum` is not checked by the client: a value is not of the stated type"
    }


def test_false_is_no_alternative() -> None:
    """What nothing satisfies is left out of a union."""
    assert text(field(built({"anyOf": [TO_POINT, False]})).type) == "Point"


def test_null_leaves_the_name_of_a_class_alone() -> None:
    """A reference with `nullable` beside it is to the class of the component."""
    found = built({"$ref": "#/components/schemas/Point", "nullable": True}, "3.0.3")
    assert [model.name for model in found.api.models] == ["Held", "Point"]


def test_a_nullable_base_makes_no_derived_schema_nullable() -> None:
    """Null that a part allows is not allowed by a whole with a separate type."""
    base: Json = {"type": "object", "nullable": True, "properties": {"a": {"type": "string"}}}
    derived: Json = {"type": "object", "allOf": [{"$ref": "#/components/schemas/Base"}, POINT]}
    found = built({"$ref": "#/components/schemas/Derived"}, "3.0.3", Base=base, Derived=derived)
    assert text(field(found).type) == "Derived"
    assert (
        text(field(built({"$ref": "#/components/schemas/Base"}, Base=base)).type) == "Base | None"
    )


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.1.0", {"x": True, "y": True}), ("3.0.3", {"x": False})],
)
def test_an_object_beside_a_reference(version: str, expected: dict[str, bool]) -> None:
    """From 3.1 on, properties beside a `$ref` hold as well; 3.0 ignores them."""
    more: Json = {
        "$ref": "#/components/schemas/Point",
        "required": ["x", "y"],
        "properties": {"y": {"type": "string"}},
    }
    found = built({"$ref": "#/components/schemas/More"}, version, More=more)
    shown = field(found).type
    assert isinstance(shown, ir.Reference)
    assert shown.model == ("More" if version == "3.1.0" else "Point")
    fields = {model.name: model.fields for model in found.api.models}[shown.model]
    assert {it.wire_name: it.required for it in fields} == expected


def test_limits_and_a_default_beside_a_reference() -> None:
    """Beside a 3.1 `$ref`, both are told with those that it leads to, and go before them."""
    small: Json = {"type": "integer", "minimum": 1, "maximum": 9, "default": 2}
    found = field(
        built({"$ref": "#/components/schemas/Small", "maximum": 5, "default": 3}, Small=small)
    )
    assert (text(found.type), found.limits, found.default) == ("int", "1 to 5", "3")


@pytest.mark.parametrize(("key", "expected"), [("allOf", "L0"), ("anyOf", "any"), ("oneOf", "any")])
def test_shared_parts_are_worked_out_once(key: str, expected: str) -> None:
    """Forty levels of two members each are read, not in 2**40 steps; alternatives have a bound."""
    levels: dict[str, Json] = {"L40": POINT}
    for level in range(40):
        reference: Json = {"$ref": f"#/components/schemas/L{level + 1}"}
        levels[f"L{level}"] = {key: [reference, reference]}
    found = built({"$ref": "#/components/schemas/L0"}, **levels)
    assert text(field(found).type) == expected
