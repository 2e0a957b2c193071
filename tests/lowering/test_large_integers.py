"""Integers of more than 64 bits in other people's documents: read exactly, and not checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from client.scripted_server import json_response
from lowering.foreign_packages import call_both
from runnersmith import ir, pipeline
from runnersmith.lowering import LoweringResult
from runnersmith.openapi.document import Json
from runnersmith.reader import parse
from small_specs import Schema, project

LARGE = 99999999999999999999999
INTEGER = ir.Primitive(name="int")


def built(tmp_path: Path, schema: Schema, name: str = "kiosk.json") -> LoweringResult:
    """Lower a document whose only body has one property `a`."""
    content: Json = {
        "application/json": {"schema": {"required": ["a"], "properties": {"a": schema}}}
    }
    spec: Schema = {
        "openapi": "3.1.0",
        "info": {"title": "Kiosk", "version": "1"},
        "paths": {
            "/x": {
                "post": {
                    "requestBody": {"required": True, "content": content},
                    "responses": {"204": {"description": "ok"}},
                }
            }
        },
    }
    (tmp_path / name).write_text(json.dumps(spec), encoding="utf-8")
    return pipeline.build_client(project(tmp_path / name, tmp_path / "out", package="kiosk"))


def body(made: LoweringResult) -> ir.Body:
    found = made.api.resources[0].operations[0].body
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "integer", "enum": [1, 2**63 - 1]},
            ir.Literal(values=(1, 2**63 - 1), open=False),
        ),
        ({"type": "integer", "enum": [1.0, 2]}, ir.Literal(values=(1, 2), open=False)),
        ({"type": "integer", "enum": [1, 2**63]}, INTEGER),
        ({"type": "integer", "enum": [-(2**63)]}, INTEGER),
        ({"type": "integer", "const": LARGE}, INTEGER),
        ({"enum": [LARGE, None]}, ir.Nullable(type=INTEGER)),
        ({"type": "number", "enum": [LARGE]}, ir.Primitive(name="float")),
        # The digits of a float are lost: nobody knows which integer it is.
        ({"type": "integer", "enum": [1, 1e23]}, INTEGER),
        ({"type": "integer", "enum": [1, 1e17]}, INTEGER),
    ],
)
def test_an_enum_with_a_large_integer_is_not_checked(
    tmp_path: Path, schema: Schema, expected: ir.Type
) -> None:
    """Type checkers reject a literal of more than 63 bits."""
    made = built(tmp_path, schema)
    assert body(made).fields[0].type == expected
    noted = [it for it in made.notes if "is not checked by the client: an integer" in it.message]
    assert len(noted) == (not isinstance(expected, ir.Literal))


@pytest.mark.parametrize("name", ["kiosk.json", "kiosk.yaml"])
def test_large_integers_are_never_rounded(tmp_path: Path, name: str) -> None:
    """Neither where they are documented nor in the example of a call."""
    schema: Schema = {"type": "integer", "default": LARGE, "example": LARGE, "maximum": LARGE}
    made = body(built(tmp_path, schema, name))
    assert (made.fields[0].default, made.fields[0].limits) == (str(LARGE), f"at most {LARGE}")
    assert made.example == f'{{"a": {LARGE}}}'


@pytest.mark.parametrize("text", [str(LARGE), f"-{LARGE}", f"+{LARGE}", hex(LARGE), oct(LARGE)])
def test_every_spelling_of_a_large_integer_is_exact(text: str) -> None:
    found = parse(f"a: {text}".encode(), name="a.yaml", tolerant=True)
    assert found.data == {"a": int(text, 0)}
    [note] = found.tolerated
    assert "many JSON readers round" in note.message


def test_a_number_too_large_for_a_float_is_text() -> None:
    text = "1" + "0" * 309
    assert parse(f"a: {text}".encode(), name="a.yaml", tolerant=True).data == {"a": text}


def test_large_integers_are_sent_and_read_exactly(packages: Path) -> None:
    """In paths, queries and JSON, where any integer is read, also one that is not listed."""
    value: dict[str, Json] = {
        "stars": LARGE,
        "debt": -(2**63) - 1,
        "odd": 2**64,
        "each": {"a": 2**63, "b": LARGE + 1},
    }
    sent, result = call_both(
        packages,
        "bazaar",
        json_response(value),
        "goods.count",
        path=[2**63],
        most=[2**64],
        **value,
    )
    assert sent.target == f"/goods/{2**63}/counts?most={2**64}"
    assert json.loads(sent.body) == value
    assert {name: getattr(result, name) for name in value} == value
