"""Tolerances of documents of somebody else: what has one certain meaning is read as it is meant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from runnersmith import ir, pipeline
from runnersmith.cli import main
from runnersmith.lowering import LoweringResult
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError, UnsupportedError
from runnersmith.reader import parse
from runnersmith.validate import validate
from small_specs import Schema, document, project

HEAD = 'openapi: 3.1.0\ninfo: {title: Kiosk, version: "1"}\n'


def built(
    tmp_path: Path, text: str, *, strict: bool = False, name: str = "kiosk.yaml"
) -> LoweringResult:
    """What is made of a document."""
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    found = project(tmp_path / name, tmp_path / "out", package="kiosk")
    return pipeline.build_client(replace(found, skip_unsupported=not strict))


def read(tmp_path: Path, schema: Json, **more: Json) -> tuple[LoweringResult, ir.Operation]:
    """What is made of a response with a schema."""
    content: Json = {"application/json": {"schema": schema}}
    spec: Schema = {
        "openapi": "3.1.0",
        "info": {"title": "Kiosk", "version": "1"},
        "paths": {"/x": {"get": {"responses": {"200": {"description": "ok", "content": content}}}}},
        **more,
    }
    made = built(tmp_path, json.dumps(spec), name="kiosk.json")
    [resource] = made.api.resources
    [operation] = resource.operations
    return made, operation


def said(made: LoweringResult) -> list[str]:
    return [note.message for note in made.notes]


# ── Reading ──────────────────────────────────────────────────────────────────────────────────


def test_keys_that_are_not_strings_are_read_as_they_are_written(tmp_path: Path) -> None:
    """One warning for all of them; in a strict run they are errors."""
    text = HEAD + (
        "paths:\n  /a:\n    get:\n      responses:\n        200:\n          description: ok\n"
        "          content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}\n"
        "components: {schemas: {Door: {properties: {010: {type: string}, true: {type: string}}}}}\n"
    )
    made = built(tmp_path, text)
    assert [response.status for response in made.api.resources[0].operations[0].responses] == [200]
    assert said(made)[0] == 'the key "200" is not a string; it is read as it is written (3 places)'
    assert made.notes[0].place.line == 7
    assert [field.wire_name for field in made.api.models[0].fields] == ["010", "true"]
    with pytest.raises(UnsupportedError, match="is not a string"):
        built(tmp_path, text, strict=True)


def test_texts_that_are_not_quoted_are_read_as_they_are_written(tmp_path: Path) -> None:
    """`1.10` is no 1.1, and a port of a server fills its variable."""
    text = """\
openapi: 3.0
info: {title: 7, version: 1.10}
servers: [{url: "https://a.example:{port}", variables: {port: {default: 8080, enum: [80, 8080]}}}]
paths:
  /a: {get: {operationId: yes, tags: [t404, 2], responses: {"204": {description: 1e3}}}}
  /b: {get: {operationId: 0x1F, responses: {"204": {description: ok}}}}
"""
    made = built(tmp_path, text)
    assert (made.api.title, made.api.version) == ("7", "1.10")
    assert made.api.server == "https://a.example:8080"
    assert [it.operations[0].id for it in made.api.resources] == ["yes", "0x1F"]
    assert sum("is read as text" in note for note in said(made)) == 1


def test_the_text_of_a_json_number_is_kept(tmp_path: Path) -> None:
    """JSON knows no unquoted text, but its number is written somehow."""
    text = '{"openapi": "3.1.0", "info": {"title": "Kiosk", "version": 2.50},\n"paths": {"/a": '
    text += '{"get": {"responses": {"204": {"description": "ok"}}}}}}'
    assert built(tmp_path, text, name="kiosk.json").api.version == "2.50"


def test_numbers_that_json_cannot_express(tmp_path: Path) -> None:
    """A bound beyond 64 bits is documented in full; one without an end is no number."""
    text = HEAD + (
        "paths:\n  /a:\n    get:\n      parameters:\n"
        "        - {name: seed, in: query, schema: {type: integer, minimum: -9223372036854776000}}\n"
        "        - {name: most, in: query, schema: {type: number, maximum: .inf}}\n"
        '      responses: {"204": {description: ok}}\n'
    )
    made = built(tmp_path, text)
    seed, most = made.api.resources[0].operations[0].query
    assert (seed.limits, most.limits) == ("at least -9223372036854776000", "")
    as_json = text.replace(".inf", "1" + "0" * 400)
    assert sum("is read as text" in note for note in said(built(tmp_path, as_json))) == 1


def test_large_numbers_of_json_have_a_place(tmp_path: Path) -> None:
    """The first of them, though JSON is read without places."""
    made, _ = read(tmp_path, {"type": "integer", "minimum": -(10**30), "maximum": 10**30})
    [note] = [it for it in made.notes if "more than 64 bits" in it.message]
    assert note.message.endswith("many JSON readers round (2 places)")
    assert (tmp_path / "kiosk.json").read_text()[note.place.column - 1 :].startswith("-1000")


MERGED = HEAD + """\
x-base: &base {type: object, properties: &props {id: {type: string}, n: {type: string}}}
x-more: &more {description: More., type: string}
paths:
  /a:
    get: {responses: {"200": {$ref: "#/components/responses/B"}}}
components:
  responses:
    B: {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}
  schemas:
    B:
      <<: [*base, *more]
      properties:
        n: {type: integer}
        <<: *props
        "<<": {type: boolean}
"""


def test_merge_keys_add_what_a_mapping_does_not_have(tmp_path: Path) -> None:
    """Its own fields come first, then those of the first mapping; a quoted key is a field."""
    made = built(tmp_path, MERGED.replace('        "<<": {type: boolean}\n', ""))
    [model] = made.api.models
    assert model.description == "More."
    fields = {field.wire_name: field.type for field in model.fields}
    assert fields == {"n": ir.Primitive(name="int"), "id": ir.Primitive(name="str")}
    assert sum("merge key" in note for note in said(made)) == 1


def test_a_quoted_merge_key_is_a_field() -> None:
    read_ = parse(b'a: {"<<": {b: 1}, c: 2}', name="kiosk.yaml", tolerant=True)
    assert (read_.data, read_.tolerated) == ({"a": {"<<": {"b": 1}, "c": 2}}, ())


def test_a_merge_key_needs_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"a merge key .* needs a mapping or a list of mappings"):
        built(tmp_path, HEAD + "x-a: {<<: 1}\npaths: {}\n")


def test_places_of_merged_fields_are_where_they_are_written(tmp_path: Path) -> None:
    """A problem in them has the line of the anchor."""
    text = MERGED.replace("type: object,", "type: objct,")
    with pytest.raises(SpecError) as caught:
        built(tmp_path, text)
    [place] = [it.place for it in caught.value.problems if "objct" in it.message]
    assert (place.line, place.column) == (3, text.splitlines()[2].index("objct") + 1)


# ── Repairs ──────────────────────────────────────────────────────────────────────────────────


def test_null_of_an_optional_field_is_its_absence(tmp_path: Path) -> None:
    """Values that can be null are kept, and every other place stays right."""
    schema: Json = {
        "type": "object",
        "title": None,
        "required": ["a"],
        "properties": {
            "a": {
                "description": None,
                "type": ["string", "null"],
                "enum": ["x", None],
                "default": None,
            },
            "b": {"type": "string", "items": None, "enum": None},
        },
    }
    made, operation = read(
        tmp_path, schema, tags=[{"name": "t", "description": None}], security=None
    )
    assert operation.security == ()
    [model] = made.api.models
    first, second = model.fields
    assert (first.default, first.description) == ("null", "")
    assert first.type == ir.Nullable(type=ir.Literal(values=("x",), open=True))
    assert second.type == ir.Primitive(name="str")
    [note] = [it for it in made.notes if "is null, which is read as absent" in it.message]
    assert note.message.endswith("(6 places)")


def test_a_null_type_that_is_not_quoted_is_a_name(tmp_path: Path) -> None:
    text = HEAD + (
        "paths:\n  /a:\n    get:\n      parameters:\n"
        "        - {name: q, in: query, schema: {type: [string, null]}}\n"
        '      responses: {"204": {description: ok}}\n'
    )
    [query] = built(tmp_path, text).api.resources[0].operations[0].query
    assert query.type == ir.Primitive(name="str")


@pytest.mark.parametrize(
    ("schema", "kind", "warning"),
    [
        ({"type": "string", "anyOf": []}, "str", "anyOf lists nothing"),
        ({"type": "string", "required": True}, "str", "required in a property"),
        (
            {"type": "string", "enum": [f"v{n}" for n in range(1_001)]},
            "str",
            "more than 1000 values",
        ),
        ({"enum": [f"v{n}" for n in range(1_001)]}, "str", "more than 1000 values"),
        ({"oneOf": [{"const": n} for n in range(1_001)]}, "any", "more than 1000 schemas"),
        ({"type": "string", "$id": "https://other.example/x"}, "str", "$id"),
        ({"type": "string", "$anchor": "here"}, "str", "$anchor"),
    ],
)
def test_what_a_schema_cannot_mean_is_looser(
    schema: Json, kind: str, warning: str, tmp_path: Path
) -> None:
    """Every valid value can still be read."""
    made, operation = read(tmp_path, schema)
    assert operation.responses[0].type == ir.Primitive(name="str" if kind == "str" else "any")
    assert sum(warning in note for note in said(made)) == 1


def test_required_that_names_a_field_twice(tmp_path: Path) -> None:
    made, _ = read(
        tmp_path,
        {"type": "object", "required": ["a", "a"], "properties": {"a": {"type": "string"}}},
    )
    assert [field.required for field in made.api.models[0].fields] == [True]


def test_a_recursive_reference_leads_to_the_schema_around_it(tmp_path: Path) -> None:
    """To its anchor, or to its component; without either it is a problem of its operation."""
    inner: Json = {"type": "array", "items": {"$recursiveRef": "#"}}
    for anchor in ({"$recursiveAnchor": True}, {}):
        shelf: Json = {"type": "object", "properties": {"all": inner}, **anchor}
        made, _ = read(
            tmp_path,
            {"$ref": "#/components/schemas/Shelf"},
            components={"schemas": {"Shelf": json.loads(json.dumps(shelf))}},
        )
        [model] = made.api.models
        assert "Reference(model='Shelf'" in str(model.fields[0].type)
    with pytest.raises(SpecError, match=r"\$recursiveRef is not supported"):
        read(tmp_path, {"type": "object", "properties": {"all": json.loads(json.dumps(inner))}})


def test_line_ends_of_other_systems_are_accepted_in_texts(tmp_path: Path) -> None:
    """Another control character is not; each as data is neither."""
    flows: Json = {"clientCredentials": {"tokenUrl": "/t", "scopes": {"read": "One\r\nand two."}}}
    made, _ = read(
        tmp_path,
        {"type": "string", "pattern": "a\rb"},
        components={"securitySchemes": {"o": {"type": "oauth2", "flows": flows}}},
    )
    assert made.emitted == 1
    with pytest.raises(SpecError, match=r"U\+0007"):
        read(tmp_path, {"type": "string", "format": "a\x07b"})


def test_unknown_keys_have_no_effect(tmp_path: Path) -> None:
    """Each kind is said, wherever it is: in a path, an operation, a parameter, a response."""
    text = HEAD + """\
host: kiosk.example
paths:
  /a:
    tags: [x]
    get:
      consumes: [application/json]
      parameters: [{name: q, in: query, collectionFormat: multi, schema: {type: string}}]
      responses: {"200": {description: ok, schema: {}, content: {application/json: {text: 1, schema: {type: string}}}}}
"""
    made = built(tmp_path, text)
    assert (made.emitted, made.reasons) == (1, {})
    unknown = [note.split("`")[1] for note in said(made) if "which OpenAPI does not know" in note]
    assert sorted(unknown) == ["collectionFormat", "consumes", "schema", "tags", "text"]


# ── Parts that no operation needs ────────────────────────────────────────────────────────────

OUTSIDE: list[Schema] = [
    {"tags": 5},
    {"servers": 1},
    {"info": []},
    {"info": None},
    {"externalDocs": {"url": 7}},
    {"security": [{"nowhere": []}]},
    {"components": {"securitySchemes": {"s": {"type": "oauth2"}, "t": 3}}},
    {"components": {"schemas": {"Unused": {"type": "strnig"}, "b d": {"required": 1}}}},
    {"components": {"schemas": {"Unused": {"$ref": "#/nowhere"}}}},
    {"components": {"responses": {"Unused": {"description": "", "headers": 1}}}},
    {"components": {"parameters": {"Unused": {"name": "Host", "in": "header"}}}},
    {"x-own": {"a\x07b": 1}},
]


@pytest.mark.parametrize("part", OUTSIDE, ids=str)
def test_nothing_outside_an_operation_stops_a_document(part: Schema, tmp_path: Path) -> None:
    """The operation is there, and what is wrong elsewhere is a warning."""
    made, operation = read(tmp_path, {"type": "string"}, **part)
    assert operation.responses[0].type == ir.Primitive(name="str")
    assert made.reasons == {}


def test_a_model_that_no_operation_needs_stops_nothing(tmp_path: Path) -> None:
    """Its names meet, but the union that holds it is not typed."""
    clashing: Json = {"type": "object", "properties": {"a-b": {}, "a b": {}}}
    holders: list[Json] = [
        {"type": "object", "properties": {"one": {"$ref": "#/components/schemas/Clash"}}},
        {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Clash"}},
    ]
    made, operation = read(
        tmp_path, {"anyOf": holders}, components={"schemas": {"Clash": clashing}}
    )
    assert (made.emitted, made.api.models) == (1, ())
    assert operation.responses[0].type == ir.Map(values=ir.Primitive(name="any"))


# ── The whole ────────────────────────────────────────────────────────────────────────────────


def test_a_curated_document_tolerates_nothing(tmp_path: Path) -> None:
    """Each place is an error, as it is written."""
    text = HEAD + (
        "x-runnersmith: {}\npaths:\n  /a:\n    get:\n      responses:\n"
        "        200: {description: ok}\n        404: {description: no}\n"
    )
    with pytest.raises(SpecError) as caught:
        built(tmp_path, text)
    assert [str(it).partition(": ")[2] for it in caught.value.problems] == [
        'the key 200 is not a string; quote it: "200"',
        'the key 404 is not a string; quote it: "404"',
    ]
    spec: Schema = {"openapi": "3.1.0", "info": {"title": "a", "version": 1}, "paths": {}}
    assert any("found 1, an integer" in it.message for it in validate(document(spec), "curated"))


TWO = """\
openapi: 3.1.0
info: {title: Kiosk, version: "1"}
paths:
  /a: {trace: {operationId: one, responses: {"204": {description: ok}}}}
  /b: {trace: {operationId: two, responses: {"204": {description: ok}}}}
"""
SOUND = '  /c: {get: {operationId: three, responses: {"204": {description: ok}}}}\n'


def test_the_terminal_groups_the_reasons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many there are, and why, with places; 1 if nothing was emitted, and then nothing is written."""
    monkeypatch.chdir(tmp_path)
    Path("kiosk.yaml").write_text(TWO + SOUND)
    command = ["generate", "--spec", "kiosk.yaml", "--package", "kiosk", "--output", "out"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "emitted 1 of 3 operations; left out 2:",
        "  2 operations: a TRACE request would show the credentials it carries; remove it",
        "    kiosk.yaml:4:8 one",
        "    kiosk.yaml:5:8 two",
    ]
    assert main(["validate", "kiosk.yaml", "--level", "foreign"]) == 1
    assert capsys.readouterr().err.count("TRACE") == 2
    assert main([*command[:-1], "strict", "--strict"]) == 1
    assert "without --strict, the rest is generated" in capsys.readouterr().err
    Path("kiosk.yaml").write_text(TWO)
    assert main([*command[:-1], "empty"]) == 1
    printed = capsys.readouterr()
    assert "no operation of this document can be generated" in printed.err
    assert printed.err.count("TRACE") == 2
    assert not Path("strict").exists()
    assert not Path("empty").exists()
