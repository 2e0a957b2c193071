"""Sample values of schemas: an example that is valid, or one that is made up."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ghrunners import testing
from ghrunners.testing._kit.description import Content, Schema
from ghrunners.testing._kit.samples.values import Samples, samples_of
from ghrunners.testing._kit.schemas import Schemas

REF = "#/models/"
MODELS: dict[str, Schema] = {
    "Id": {"type": "integer", "minimum": 4},
    "Node": {
        "type": "object",
        "properties": {
            "id": {"$ref": f"{REF}Id"},
            "children": {"type": "array", "items": {"$ref": f"{REF}Node"}},
            "next": {"anyOf": [{"$ref": f"{REF}Node"}, {"type": "null"}]},
        },
        "required": ["id", "children", "next"],
    },
}
NEW, OLD = "2026-03-10", "2022-11-28"


def made(schema: Schema, *, version: str = NEW, examples: dict[str, Any] | None = None) -> Any:
    """Return a sample, which is valid."""
    schemas = Schemas(MODELS, version)
    value = Samples(schemas, examples or {}).of(schema, "word")
    assert list(schemas.problems(schema, value)) == []
    return value


MADE_UP: list[tuple[Schema, object]] = [
    ({"type": "string"}, "word"),
    ({"type": "string", "minLength": 6}, "wordxx"),
    ({"type": "string", "maxLength": 2}, "wo"),
    ({"type": "string", "format": "date"}, "2026-01-31"),
    ({"type": "string", "format": "date-time"}, "2026-01-31T12:00:00Z"),
    ({"type": "string", "format": "no-such"}, "word"),
    ({"type": "string", "example": "mine"}, "mine"),
    ({"type": "string", "example": 7}, "word"),
    ({"type": "null", "example": None}, None),
    ({"const": 5}, 5),
    ({"type": "string", "enum": ["b", "a"]}, "b"),
    ({"type": "string", "known": ["c"]}, "c"),
    ({"type": "boolean"}, False),
    ({"type": "array", "items": {"type": "boolean"}}, [False]),
    ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [False, False]),
    ({"type": "array", "items": {"type": "boolean"}, "maxItems": 0}, []),
    ({"type": "array"}, [{}]),
    ({}, {}),
    ({"type": "object"}, {}),
    ({"anyOf": [{"type": "null"}, {"type": "string"}]}, None),
    ({"$ref": f"{REF}Node"}, {"id": 4, "children": [], "next": None}),
]


@pytest.mark.parametrize(("schema", "value"), MADE_UP)
def test_a_value_is_made_up(schema: Schema, value: object) -> None:
    """Of the name, the format or what is listed; a list ends where it would contain itself."""
    assert made(schema) == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "^[a-z]+$"}, "word"),
        ({"pattern": "^/v1/customers"}, "/v1/customers"),
        ({"pattern": "^(0|[1-9][0-9]*)$"}, "0"),
        ({"pattern": "^(0|[1-9][0-9]*)$", "minLength": 9}, "110234567891"),
        ({"pattern": r"^(SM|MM)[0-9A-F]{4}$"}, "SM1A02"),
        ({"pattern": r"^(?:a|(?P<b>b{3}))\.x?$", "minLength": 4}, "bbb.x"),
        ({"pattern": r"^(?=.*\d)(?!aaa)\w{8,}$"}, "a1A0b2Bc"),
        ({"pattern": r"^[^]\s/-]{2,4}/\u0041\x42$"}, "a1/AB"),
        ({"pattern": r"^([\d-]+)*?\b$"}, "1"),
        ({"pattern": "^#(x|y)?$", "maxLength": 1}, "#"),
        ({"pattern": "ab", "minLength": 5}, "abxxx"),
        ({"pattern": "^[0-9]{4}-.*$", "format": "date"}, "2026-01-31"),
        ({"pattern": "^[0-9]{3}$", "format": "uuid"}, "102"),
    ],
)
def test_a_text_matches_its_pattern(schema: Schema, value: str) -> None:
    """Within its limits; the name or a text of its format does if the pattern allows it."""
    assert made({"type": "string", **schema}) == value


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a)\1$",
        ".^",
        f"^{'(a{1000}){1000}' * 9}$",
        "".join(f"(k{number}|" for number in range(900)),
        "x" * 100_000,
    ],
)
def test_no_text_is_made_at_any_price(pattern: str) -> None:
    """The name stands in for a text that would be hard to find, or too long."""
    samples = Samples(Schemas(MODELS, NEW), {})
    assert samples.of({"type": "string", "pattern": pattern}, "word") == "word"


@pytest.mark.parametrize("pattern", ["[", "x{99999999999}", "(" * 5_000, r"\p{L}"])
def test_a_pattern_of_another_dialect_is_not_checked(pattern: str) -> None:
    """Any text matches it."""
    assert made({"type": "string", "pattern": pattern}) == "word"


def test_limits_beside_alternatives_hold_for_the_one_that_is_chosen() -> None:
    """As those of a number that can be null."""
    nullable = [{"type": "integer"}, {"type": "null"}]
    assert made({"anyOf": nullable, "minimum": 2, "multipleOf": 3}) == 3
    assert made({"anyOf": [{"$ref": f"{REF}Id"}], "maximum": 9}) == 4
    assert made({"anyOf": [{"type": "string"}], "pattern": "^[0-9]{2}$"}) == "10"
    listed = [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]
    assert made({"anyOf": listed, "items": {"minimum": 7}, "minItems": 2}) == [7, 7]


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize(
    ("limits", "value"),
    [
        ({}, 1),
        ({"minimum": 3}, 3),
        ({"minimum": -3}, 1),
        ({"maximum": 5}, 1),
        ({"maximum": -5}, -5),
        ({"exclusiveMaximum": -5}, -6),
        ({"minimum": -5, "maximum": -2}, -2),
        ({"minimum": 0, "maximum": 0}, 0),
        ({"exclusiveMinimum": 3}, 4),
        ({"exclusiveMinimum": 3, "exclusiveMaximum": 5}, 4),
        ({"minimum": -5, "exclusiveMaximum": 0}, -1),
        ({"multipleOf": 5}, 5),
        ({"multipleOf": 5, "minimum": 12}, 15),
        ({"multipleOf": 5, "exclusiveMinimum": 10}, 15),
        ({"multipleOf": 5, "minimum": -20, "exclusiveMaximum": 0}, -5),
    ],
)
def test_a_number_is_within_its_limits(kind: str, limits: Schema, value: int) -> None:
    """The one nearest to 1, of its own type."""
    number = made({"type": kind, **limits})
    assert number == value
    assert kind == "number" or type(number) is int


def test_an_object_has_what_is_required_or_has_an_example() -> None:
    """In the API version that is asked for."""
    schema: Schema = {
        "type": "object",
        "properties": {
            "required": {"type": "integer"},
            "optional": {"type": "integer"},
            "shown": {"type": "integer", "example": 9},
            "later": {"type": "integer", "requiredIn": [NEW]},
            "old": {"type": "integer", "example": 1, "versions": [OLD]},
        },
        "required": ["required"],
    }
    assert made(schema) == {"required": 1, "shown": 9, "later": 1}
    assert made(schema, version=OLD) == {"required": 1, "shown": 9, "old": 1}


def test_an_object_has_as_many_properties_as_it_must_have() -> None:
    """Others than those around it; then keys, if it has arbitrary ones."""
    number: Schema = {"type": "integer"}
    schema: Schema = {
        "type": "object",
        "properties": {"a": number, "b": number, "old": {**number, "versions": [OLD]}},
        "required": ["b"],
        "minProperties": 2,
    }
    assert made(schema) == {"a": 1, "b": 1}
    keys: Schema = {"minProperties": 3, "additionalProperties": {"type": "string"}}
    assert made({**schema, **keys}) == {"a": 1, "b": 1, "key2": "value"}
    models: dict[str, Schema] = {
        "Query": {
            "type": "object",
            "properties": {"not": {"$ref": f"{REF}Query"}, "term": {"type": "string"}},
            "minProperties": 1,
        },
        "Tree": {
            "type": "object",
            "additionalProperties": {"$ref": f"{REF}Tree"},
            "minProperties": 1,
        },
    }
    samples = Samples(Schemas(models, NEW), {})
    assert samples.of({"$ref": f"{REF}Query"}) == {"term": "term"}
    assert samples.of({"$ref": f"{REF}Tree"}) == {}  # no value of it would end


def test_an_example_of_a_model_is_taken_if_it_is_valid() -> None:
    """That of the schema comes before that of a response."""
    reference = {"$ref": f"{REF}Id"}
    assert made(reference, examples={f"{REF}Id": 7}) == 7
    assert made(reference, examples={f"{REF}Id": 3}) == 4
    assert made({**reference, "example": 8}, examples={f"{REF}Id": 7}) == 8
    samples = Samples(Schemas(MODELS, NEW), {})
    assert samples.of(reference, "id", 6) == 6
    assert samples.of(reference, "id", 2) == 4


def test_an_example_of_a_property_does_not_contain_its_own_model() -> None:
    """It would not end."""
    looped: Schema = {
        "type": "object",
        "properties": {"again": {"$ref": f"{REF}Looped", "example": "no object"}},
    }
    samples = Samples(Schemas({"Looped": looped}, NEW), {})
    assert samples.of({"$ref": f"{REF}Looped"}) == {}


def test_examples_of_responses_are_those_of_their_models() -> None:
    """Of the first response or error that has one, at any depth."""
    tree: dict[str, Any] = {
        "id": 4,
        "children": [{"id": 5, "children": [], "next": None}],
        "next": None,
    }
    listed: Schema = {"type": "object", "properties": {"tree": {"$ref": f"{REF}Node"}}}
    found = testing.MockServer().description
    first, second, *_ = found.operations
    operations = (
        msgspec.structs.replace(first, responses={}, errors={"404": Content(schema=listed)}),
        msgspec.structs.replace(
            second,
            responses={
                "200": Content(schema={"anyOf": [{"type": "null"}, listed]}, example={"tree": tree})
            },
            errors={"404": Content(schema={"$ref": f"{REF}Id"}, example=99)},
        ),
    )
    description = msgspec.structs.replace(found, models=MODELS, operations=operations)
    samples = samples_of(description, NEW)
    assert samples.examples == {f"{REF}Node": tree, f"{REF}Id": 4}
