"""Alternatives of a schema that are told apart by values of their properties."""

from __future__ import annotations

import pytest

from ghrunners.testing._kit.description import Schema
from ghrunners.testing._kit.samples.values import Samples
from ghrunners.testing._kit.schemas import Schemas

KIND: Schema = {"kind": {"type": "string"}}
MODELS: dict[str, Schema] = {
    "Spot": {
        "type": "object",
        "properties": KIND,
        "required": ["kind"],
        "recognizedBy": {"kind": ["S", "spot"]},
        "example": {"kind": "dim"},
    },
    "Film": {
        "type": "object",
        "properties": {**KIND, "minutes": {"type": "integer", "minimum": 5}},
        "recognizedBy": {"minutes": []},
    },
    "Other": {"type": "object", "properties": {"kind": {"type": "integer"}}},
}
SCHEMAS = Schemas(MODELS, "")
EITHER = {"anyOf": [{"$ref": "#/models/Spot"}, {"$ref": "#/models/Film"}]}


@pytest.mark.parametrize("first", ["Spot", "Film"])
def test_a_sample_is_recognized(first: str) -> None:
    """Among alternatives it meets the conditions, even if the example of its model does not."""
    samples = Samples(SCHEMAS, {})
    assert samples.of({"$ref": "#/models/Spot"}) == {"kind": "dim"}
    union = {"anyOf": [{"$ref": f"#/models/{first}"}, {"$ref": "#/models/Other"}]}
    assert samples.of(union) == {"Spot": {"kind": "S"}, "Film": {"minutes": 5}}[first]


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ({"kind": "spot"}, []),
        ({"kind": "x", "minutes": 7}, []),
        ({"kind": "x"}, ['kind: must be "S" or "spot"']),
        ({"minutes": 1}, ["minutes: must be at least 5"]),
        ({}, ['kind: must be "S" or "spot"']),
        (3, ["must be an object, not an integer"]),
    ],
)
def test_an_object_is_the_alternative_that_recognizes_it(
    value: object, problems: list[str]
) -> None:
    """One that none recognizes is a problem."""
    assert list(SCHEMAS.problems(EITHER, value)) == problems


def test_no_other_alternative_is_tried() -> None:
    """A client decodes an object as the one that recognizes it."""
    either = {"anyOf": [{"$ref": "#/models/Film"}, {"type": "object"}]}
    assert list(SCHEMAS.problems(either, {"minutes": 1})) == ["minutes: must be at least 5"]
    assert list(SCHEMAS.problems(either, {"kind": 4})) == []
    other = {"anyOf": [{"$ref": "#/models/Film"}, {"type": "integer"}]}
    assert list(SCHEMAS.problems(other, 3)) == []
    assert list(SCHEMAS.problems(other, {})) == ["minutes: is required"]
