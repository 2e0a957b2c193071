"""Comparison of schemas: which are the same, and which differ."""

from __future__ import annotations

import json

import pytest

from runnersmith.compare import compare
from runnersmith.openapi.document import Document, Json
from runnersmith.problems import SpecError


def described(version: str, schema: Json, **components: Json) -> Document:
    """A description, ours and GitHub's at once, of one operation that replies with a schema."""
    operation: Json = {
        "operationId": "a",
        "x-runnersmith": {"products": {"ghec": "all"}},
        "responses": {"200": {"content": {"application/json": {"schema": schema}}}},
    }
    data: Json = {
        "openapi": version,
        "info": {"version": "2026-03-10", "x-github-plan": "ghec"},
        "paths": {"/orgs/{org}/actions/runners": {"get": operation}},
        "components": {"schemas": {"a": {"type": "string"}, "b": schema, **components}},
    }
    return Document(name=f"{version}.json", data=data, locate=dict)


def messages(ours: Json, official: Json) -> list[str]:
    """What is said of two schemas of a reply, in 3.1 and in 3.0."""
    comparison = compare(described("3.1.0", ours), described("3.0.3", official))
    start = "GET /orgs/{org}/actions/runners: response 200: "
    assert all(problem.message.startswith(start) for problem in comparison.problems)
    return [problem.message.removeprefix(start) for problem in comparison.problems]


@pytest.mark.parametrize(
    ("ours", "official"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string", "nullable": True}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        (
            {"type": "integer", "exclusiveMaximum": 9},
            {"type": "integer", "maximum": 9, "exclusiveMaximum": True},
        ),
        ({"type": "number", "minimum": 1.0}, {"type": "number", "minimum": 1}),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}),
        ({"type": "object", "additionalProperties": {}}, {"type": "object", "required": []}),
        (
            {
                "allOf": [
                    {"type": "object", "properties": {"a": {"type": "string"}}},
                    {"required": ["a"]},
                ]
            },
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
        ),
        ({"allOf": [{"type": "string"}], "minLength": 1}, {"type": "string", "minLength": 1}),
        ({"$ref": "#/components/schemas/a", "maxLength": 3}, {"type": "string", "maxLength": 3}),
        ({"$ref": "#/components/schemas/a", "description": "A name."}, {"type": "string"}),
        (
            {"type": ["integer", "string"], "maxLength": 3},
            {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer"}]},
        ),
        (
            {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "string"}}]},
            {"oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "number"}]},
        ),
        (
            {"oneOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}]},
            {"oneOf": [{"type": "integer", "enum": [1]}, {"type": "string", "enum": ["a"]}]},
        ),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, {"type": "integer"}),
        ({"type": ["string", "null"]}, {"$ref": "#/components/schemas/a", "nullable": True}),
        (
            {"type": ["string", "null"]},
            {"allOf": [{"$ref": "#/components/schemas/a"}], "nullable": True},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"anyOf": [{"type": "string"}, {"nullable": True}]},
        ),
        ({"anyOf": [{"type": "string"}, False]}, {"type": "string"}),
        ({"type": ["string", "integer"], "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "string", "enum": ["a", "b"], "const": "a"}, {"type": "string", "enum": ["a"]}),
        (
            {"type": "array", "items": {"x-note": 1, "$comment": "Anything."}},
            {"type": "array", "items": {}},
        ),
        (
            {"type": "string", "title": "A", "examples": ["x"], "x-runnersmith": {"secret": True}},
            {"type": "string", "example": "y", "x-octokit": {}},
        ),
    ],
)
def test_two_spellings_of_a_schema_are_equal(ours: Json, official: Json) -> None:
    """What 3.1 writes in one way and 3.0 in another is the same fact."""
    assert messages(ours, official) == []


@pytest.mark.parametrize(
    ("ours", "official", "expected"),
    [
        (
            {"type": "string"},
            {"type": "string", "nullable": True},
            ["type: ours string, official string or null"],
        ),
        (
            {"type": "number", "default": 1},
            {"type": "number", "default": True},
            ["default: ours 1, official true"],
        ),
        (
            {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "object"}]},
            {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object"}]},
            ["anyOf: ours 2, official none", "oneOf: ours none, official 2"],
        ),
        (
            {"oneOf": [{"type": "number"}, {"type": "integer"}]},
            {"type": "number"},
            [
                "oneOf: ours 2, official none",
                "(number): ours present, official none",
                "(integer): ours present, official none",
            ],
        ),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array"},
            ["[]: ours present, official none"],
        ),
        (
            {"type": "array", "items": False},
            {"type": "array"},
            ["items: ours false, official none"],
        ),
        (
            {"type": "object", "patternProperties": {"a": {}}},
            {"type": "object"},
            ['patternProperties: ours {"a": {}}, official none'],
        ),
        (
            {"properties": {"a": {"type": "string"}}},
            {"type": "object"},
            ["type: ours any, official object", "a: ours optional, official none"],
        ),
        (
            {"allOf": [{"type": ["string", "null"]}, {"type": "string"}]},
            {"type": "string", "nullable": True},
            ["type: ours string, official string or null"],
        ),
        ({"required": ["a"]}, {"properties": {"a": {}}}, ["a: ours required, official optional"]),
        (
            {"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b"}]},
            {"type": "string", "pattern": "a"},
            ["pattern: ours [a, b], official a"],
        ),
        (False, True, ["type: ours nothing, official any"]),
        ({"properties": {"a\u2028b": {}}}, {}, ['"a\\u2028b": ours optional, official none']),
        (
            {"properties": {"a": {"x\ny": 1}}},
            {"properties": {"a": {}}},
            ["a: x\\ny: ours 1, official none"],
        ),
    ],
)
def test_different_schemas_are_told_apart(ours: Json, official: Json, expected: list[str]) -> None:
    """What only looks alike differs, and a name from a description cannot break the line."""
    assert messages(ours, official) == sorted(expected)


UNREADABLE: list[tuple[Json, str]] = [
    (
        {"$ref": "#/components/schemas/gone"},
        "$ref '#/components/schemas/gone' leads to nothing",
    ),
    ({"$ref": "#/components/schemas/b"}, "$ref '#/components/schemas/b' leads to nothing"),
    ({"$ref": "other.yaml#/a"}, "$ref 'other.yaml#/a' leads to nothing"),
    (
        {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/b"}]},
        "this is an alternative of itself",
    ),
    ({"x-github-breaking-changes": {}}, "x-github-breaking-changes is not a list"),
    ({"x-github-breaking-changes": [{"patch": {}}]}, "needs a version"),
    ({"x-github-breaking-changes": [{"version": "soon", "patch": {}}]}, "needs a version"),
    ({"x-github-breaking-changes": [{"version": "2026-03-10"}]}, "and a patch"),
    ({"x-github-breaking-changes": ["2026-03-10"]}, "needs a version"),
    (
        {"x-github-breaking-changes": [{"version": "2026-03-10", "patch": {"op": "add"}}]},
        "neither a merge patch nor the list",
    ),
    (
        {"x-github-breaking-changes": [{"version": "2026-03-10", "patch": "x"}]},
        "neither a merge patch nor the list",
    ),
]


@pytest.mark.parametrize(("schema", "message"), UNREADABLE)
def test_a_description_that_cannot_be_read_is_refused(schema: Json, message: str) -> None:
    """A reference into nothing or a change in an unknown form stops the comparison, and says where."""
    with pytest.raises(SpecError, match=r"3\.0\.3\.json:1:1: ") as caught:
        compare(described("3.1.0", {"type": "string"}), described("3.0.3", schema))
    assert message in str(caught.value)


def test_unions_that_share_alternatives_are_read_once_each() -> None:
    """Forty levels of two alternatives each are told at once, not in 2**40 steps."""
    levels: dict[str, Json] = {"u40": {"type": "string"}}
    for level in range(40):
        reference: Json = {"$ref": f"#/components/schemas/u{level + 1}"}
        levels[f"u{level}"] = {"anyOf": [reference, reference]}
    official = described("3.0.3", {"$ref": "#/components/schemas/u0"}, **levels)
    problems = compare(described("3.1.0", {"type": "string"}), official).problems
    assert [problem.message.split(": ")[2] for problem in problems] == [
        "(string#2)",
        "(string)",
        "anyOf",
    ]


def test_an_all_of_in_a_circle_ends() -> None:
    """A schema that is also all of itself says what it says."""
    circle: Json = {"type": "string", "allOf": [{"$ref": "#/components/schemas/c"}]}
    official = described("3.0.3", {"$ref": "#/components/schemas/c"}, c=circle)
    assert compare(described("3.1.0", {"type": "string"}), official).problems == ()


@pytest.mark.parametrize(
    ("deep", "message"),
    [
        ({"anyOf": [{"$ref": "#/components/schemas/next"}, {"type": "array"}]}, "alternatives of"),
        ({"type": "object", "properties": {"a": {"$ref": "#/components/schemas/next"}}}, "fields"),
    ],
)
def test_nesting_without_end_is_refused(deep: Json, message: str) -> None:
    """Two thousand schemas, each within the last, are a problem and no RecursionError."""
    chain = {
        f"n{level}": json.loads(json.dumps(deep).replace("/next", f"/n{level + 1}"))
        for level in range(2000)
    }
    chain["n2000"] = {"type": "string"}
    first: Json = {"$ref": "#/components/schemas/n0"}
    with pytest.raises(SpecError, match=f"{message} .* deep, are not compared"):
        compare(described("3.1.0", first, **chain), described("3.0.3", first, **chain))
