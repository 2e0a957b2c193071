"""Checks of values against schemas: what each keyword allows, at its limits, and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from ghrunners.testing._kit.description import Schema
from ghrunners.testing._kit.schemas import Schemas

MODELS: dict[str, Schema] = {"Id": {"type": "integer", "minimum": 1}}
NEW, OLD = "2026-03-10", "2022-11-28"


def problems(
    schema: Schema, value: object, version: str = NEW, *, closed: bool = True
) -> list[str]:
    """Return what is wrong with a value."""
    return list(Schemas(MODELS, version, closed).problems(schema, value))


VALUES: dict[str, tuple[Any, ...]] = {
    "string": ("", b"x"),
    "integer": (0, -1, 2.0),
    "number": (1, 1.5),
    "boolean": (True, False),
    "array": ([], ()),
    "object": ({},),
    "null": (None,),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_has_a_type(kind: str) -> None:
    """A whole number is an integer, true is no number, and infinity no integer."""
    for value in VALUES[kind]:
        assert problems({"type": kind}, value) == []
    allowed = {kind, "integer"} if kind == "number" else {kind}
    others = [one for name, values in VALUES.items() if name not in allowed for one in values]
    others += [1.5, float("inf"), float("nan")] if kind == "integer" else [object()]
    for value in others:
        if kind == "integer" and value == 1:
            continue
        (problem,) = problems({"type": kind}, value)
        assert problem.startswith("must be ")


@pytest.mark.parametrize(
    ("schema", "value", "problem"),
    [
        ({"type": "array"}, True, "must be an array, not true or false"),
        ({"type": "array"}, object(), "must be an array, not not JSON"),
        ({"const": "a"}, "b", 'must be "a"'),
        ({"enum": ["a", 1]}, True, 'must be "a" or 1'),
        ({"enum": [True]}, 1, "must be true"),
        ({"minLength": 1}, "", "must have at least 1 character"),
        ({"minLength": 2}, "a", "must have at least 2 characters"),
        ({"maxLength": 1}, "ab", "must have at most 1 character"),
        ({"maxLength": 2}, "abc", "must have at most 2 characters"),
        ({"pattern": "^a"}, "ba", "must match ^a"),
        ({"format": "date-time"}, "2026-13-01T00:00:00Z", "must be a date-time"),
        ({"format": "date"}, "2026-02-30", "must be a date"),
        ({"minimum": 2}, 1, "must be at least 2"),
        ({"maximum": 2}, 3, "must be at most 2"),
        ({"exclusiveMinimum": 2}, 2, "must be more than 2"),
        ({"exclusiveMaximum": 2}, 2, "must be less than 2"),
        ({"multipleOf": 0.1}, 0.25, "must be a multiple of 0.1"),
        ({"minItems": 1}, [], "must have at least 1 item"),
        ({"maxItems": 2}, [1, 2, 3], "must have at most 2 items"),
        ({"uniqueItems": True}, [1, 2, 1], "must not have an item twice"),
        ({"items": {"minimum": 5}}, [5, 4], "[1]: must be at least 5"),
        ({"minProperties": 2}, {"a": 1}, "must have at least 2 properties"),
        ({"maxProperties": 1}, {"a": 1, "b": 1}, "must have at most 1 property"),
        ({"$ref": "#/models/Id", "maximum": 9}, 10, "must be at most 9"),
        ({"$ref": "#/models/Id", "maximum": 9}, 0, "must be at least 1"),
    ],
)
def test_a_value_that_is_not_allowed(schema: Schema, value: object, problem: str) -> None:
    """Each keyword says what it allows."""
    assert problems(schema, value) == [problem]


ALLOWED: list[tuple[Schema, list[object]]] = [
    ({"const": "a"}, ["a"]),
    ({"enum": ["a", 1, True]}, ["a", 1, True]),
    ({"minLength": 1, "maxLength": 2}, ["a", "ab", 7]),
    ({"pattern": "b"}, ["abc"]),
    ({"pattern": "(?<name"}, ["anything"]),
    ({"format": "date-time"}, ["2026-01-31T12:00:00Z"]),
    ({"format": "date"}, ["2026-01-31"]),
    ({"format": "email"}, ["anything"]),
    ({"minimum": 2, "maximum": 3}, [2, 3, True, "x"]),
    ({"exclusiveMinimum": 2, "exclusiveMaximum": 3}, [2.001, 2.999]),
    ({"multipleOf": 0.1}, [0.3, 0, -0.2]),
    ({"minItems": 1, "maxItems": 2, "uniqueItems": True}, [[1], [1, 2]]),
    ({"minItems": 2}, [[1, 1]]),
    ({"minProperties": 1, "maxProperties": 2}, [{"a": 1}, {"a": 1, "b": 2}]),
    ({}, [None, 1, "a", [], {"a": 1}]),
]


@pytest.mark.parametrize(("schema", "values"), ALLOWED)
def test_a_value_that_is_allowed(schema: Schema, values: list[object]) -> None:
    """At the limits of each keyword, which says nothing about values of other types."""
    for value in values:
        assert problems(schema, value) == []


OBJECT: Schema = {
    "type": "object",
    "properties": {
        "id": {"$ref": "#/models/Id"},
        "both": {"type": "integer", "requiredIn": [OLD]},
        "old": {"type": "integer", "versions": [OLD]},
        "inner": {"properties": {"id": {"$ref": "#/models/Id"}}},
    },
    "required": ["id"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "version", "found"),
    [
        ({"id": 1}, NEW, []),
        ({}, NEW, ["id: is required"]),
        ({"id": 0}, NEW, ["id: must be at least 1"]),
        ({"id": 1}, OLD, ["both: is required"]),
        ({"id": 1, "both": 1, "old": 1}, OLD, []),
        ({"id": 1, "old": 1}, NEW, ["old: does not exist in API version 2026-03-10"]),
        ({"id": 1, "inner": {"id": 0}}, NEW, ["inner.id: must be at least 1"]),
        ({"id": 1, "x": 1}, NEW, ["x: does not exist; there are id, both, old, inner"]),
    ],
)
def test_an_object_has_the_properties_of_its_version(
    value: object, version: str, found: list[str]
) -> None:
    """And no others; each problem has its place."""
    assert problems(OBJECT, value, version) == found


def test_other_properties() -> None:
    """A response may have them, and so may an object unless its schema forbids it."""
    assert problems(OBJECT, {"id": 1, "x": 1}, closed=False) == []
    assert problems({"type": "object"}, {"x": 1}) == []
    assert problems({"additionalProperties": True}, {"x": 1}) == []
    others = {"additionalProperties": {"$ref": "#/models/Id"}}
    assert problems(others, {"x": 1, "y": 0}) == ["y: must be at least 1"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1, []),
        ({"a": {"b": 1}}, []),
        ("x", ["must be an integer, not a string"]),
        ({"a": {"b": "x"}}, ["a.b: must be an integer, not a string"]),
        ({"a": {"b": "x"}, "c": 1}, ["a.b: must be an integer, not a string"]),
    ],
)
def test_the_best_alternative_says_what_is_wrong(value: object, found: list[str]) -> None:
    """The one with the fewest problems, then the one whose problem is the deepest."""
    number: Schema = {"type": "integer"}
    inside = {"type": "object", "properties": {"a": {"properties": {"b": number}}}}
    shallow = {"type": "object", "properties": {"a": number}, "required": ["a"]}
    either = {"anyOf": [number, shallow, inside]}
    assert problems(either, value) == found


def test_keywords_beside_alternatives() -> None:
    """They hold for a value that fits one of them."""
    either = {"anyOf": [{"type": "integer"}, {"type": "string"}], "maximum": 5}
    assert problems(either, 6) == ["must be at most 5"]
    assert problems(either, "x") == []
