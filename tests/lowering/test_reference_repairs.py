"""References whose target is not where they say: those with one certain target are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowering.test_tolerances import built, read, said
from runnersmith import ir
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError
from small_specs import Schema

HEAD = 'openapi: 3.1.0\ninfo: {title: Kiosk, version: "1"}\n'
NAMED: Json = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
STR = ir.Primitive(name="str")


def test_a_pointer_may_lead_through_references(tmp_path: Path) -> None:
    """Several, one behind the other."""
    schemas: Json = {
        "Box": {"type": "object", "properties": {"lid": {"$ref": "#/components/schemas/Lid"}}},
        "Lid": {"$ref": "#/components/schemas/Top"},
        "Top": NAMED,
    }
    pointer = "#/components/schemas/Box/properties/lid/properties/name"
    made, operation = read(tmp_path, {"$ref": pointer}, components={"schemas": schemas})
    assert operation.responses[0].type == STR
    assert said(made) == [
        f'"{pointer}" has no target; it is read as "#/components/schemas/Top/properties/name"'
    ]


def test_a_circle_of_references_has_no_target(tmp_path: Path) -> None:
    schemas: Json = {
        "A": {"$ref": "#/components/schemas/B"},
        "B": {"$ref": "#/components/schemas/A"},
    }
    with pytest.raises(SpecError):
        read(
            tmp_path,
            {"$ref": "#/components/schemas/A/properties/x"},
            components={"schemas": schemas},
        )


def test_definitions_inside_a_schema_are_those_that_are_meant(tmp_path: Path) -> None:
    """The closest ones; in the mapping of a discriminator as well."""

    def kind(name: str, inner: Json) -> Schema:
        return {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": name}, "inner": inner},
        }

    schema: Json = {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"},
        },
        "$defs": {
            "Cat": kind("cat", {"$ref": "#/$defs/Name"}),
            "Dog": {
                **kind("dog", {"$ref": "#/$defs/Name"}),
                "$defs": {"Name": {"type": "integer"}},
            },
            "Name": {"type": "string"},
        },
    }
    made, operation = read(tmp_path, schema)
    assert isinstance(operation.responses[0].type, ir.Union)
    found = {model.tag and model.tag.value: model.fields[0].type for model in made.api.models}
    assert found == {"cat": STR, "dog": ir.Primitive(name="int")}


@pytest.mark.parametrize("reference", ["#/$defs/Other", "#/components/schemas/No/x"])
def test_another_reference_without_a_target_is_an_error(reference: str, tmp_path: Path) -> None:
    schema: Json = {"$ref": reference, "$defs": {"Name": {"type": "string"}}}
    with pytest.raises(SpecError, match="no target"):
        read(tmp_path, schema)


COMPONENTS = """\
paths:
  /a:
    get:
      operationId: get
      responses:
        "200":
          description: ok
          headers: {ETag: {$ref: "#/components/parameters/etag"}}
  /b:
    get:
      operationId: other
      responses: {"200": {$ref: "#/components/requestBodies/Thing"}}
  /c:
    get:
      operationId: third
      responses:
        "200": {$ref: "#/components/requestBodies/Thing"}
        "201":
          description: ok
          headers:
            a: {$ref: "#/components/parameters/etag"}
components:
  parameters: {etag: {name: E, in: header, schema: {type: string}}}
  requestBodies:
    Thing:
      description: d
      required: true
      content: {application/json: {schema: {type: string}, odd: 1}}
"""


def test_objects_of_similar_kinds_have_the_same_fields(tmp_path: Path) -> None:
    """A header is a parameter without a name and a place; a body has a content in both ways."""
    made = built(tmp_path, HEAD + COMPONENTS)
    assert (made.emitted, made.reasons) == (3, {})
    first, second, _ = made.api.resources[0].operations
    assert [it.headers for it in first.responses if it.status == 200] == [("ETag",)]
    assert [(it.status, it.type) for it in second.responses] == [(200, STR)]
    strict = HEAD + COMPONENTS.replace("requestBodies/Thing", "parameters/etag")
    with pytest.raises(SpecError, match="leads to a parameter where a response is needed"):
        built(tmp_path, strict, strict=True)
