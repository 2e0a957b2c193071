"""JSON of models outside of calls: `from_json` reads it as a response, `to_json` as it is sent."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import GenericAlias
from typing import Any

import pytest

from runnersmith.openapi.document import Json

PROGRAMME: dict[str, Json] = {
    "numbered": [{"code": 2, "steps": 9, "seats": 5}, {"code": 1}],
    "named": {"singer": "Ella"},
    "new": [1],
}


@pytest.fixture(name="museum")
def of_museum(packages: Path) -> Any:
    assert (packages / "museum").exists()
    return importlib.import_module("museum")


@pytest.mark.parametrize(
    "content", [json.dumps(PROGRAMME), json.dumps(PROGRAMME).encode(), PROGRAMME]
)
def test_json_is_read_as_in_a_response_and_written_as_in_a_request(
    museum: Any, content: object
) -> None:
    """With alternatives, and with properties that have no field."""
    models = museum.models
    found = museum.from_json(models.Programme, content)
    assert found.numbered == [models.Tour(code=2, steps=9, extra={"seats": 5}), models.Talk(code=1)]
    assert (found.named, found.extra) == (models.Song(singer="Ella"), {"new": [1]})
    assert json.loads(museum.to_json(found)) == PROGRAMME
    assert museum.from_json(models.Programme, museum.to_json(found)) == found


def test_any_type_is_read(museum: Any) -> None:
    """Lists of models, and alternatives."""
    models = museum.models
    assert museum.from_json(GenericAlias(list, models.Tour), [{"code": 2}]) == [models.Tour(code=2)]
    assert museum.from_json(models.Tour | models.Talk, {"code": 1}) == models.Talk(code=1)
    assert museum.to_json([models.Talk(code=1, extra={"a": 1})]) == b'[{"code":1,"a":1}]'


def test_an_unknown_alternative_is_kept_unless_strict(museum: Any) -> None:
    """As in a response: the value stays, and a warning has the place."""
    content = {"named": {"painter": "Frida"}}
    with pytest.warns(museum.SchemaDrift, match="^Programme: 1 value is not as declared: /named"):
        found = museum.from_json(museum.models.Programme, content)
    assert found.named == {"painter": "Frida"}
    with pytest.raises(ValueError, match="does not match Programme: at /named"):
        museum.from_json(museum.models.Programme, content, strict=True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"secret"', "does not match Tour: the body is not valid JSON"),
        ("\ud800", "does not match Tour: the body is not valid JSON"),
        (["secret"], "does not match Tour: at the top: Expected object, got array"),
    ],
)
def test_other_content_is_an_error_that_shows_no_value(
    museum: Any, content: Any, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        museum.from_json(museum.models.Tour, content)
    assert "secret" not in str(caught.value)


def nested(levels: int) -> object:
    found: object = 1
    for _ in range(levels):
        found = [found]
    return found


NO_JSON: dict[str, tuple[Any, str]] = {
    "NaN": ({"code": float("nan")}, ".code must be a finite number"),
    "bytes": ([{"code": b"SECRET"}], r"\[0\].code cannot be sent: bytes is not a JSON type"),
    "an object": ([object()], r"\[0\] cannot be sent: object is not a JSON type"),
    "a number as key": ({7: "SECRET"}, " must have str keys, not int"),
    "a surrogate": ({"a": "SECRET\ud800"}, ".a must not contain lone surrogates"),
    "too deep": ({"a": nested(5000)}, " is nested too deeply"),
}


@pytest.mark.parametrize("name", NO_JSON)
def test_what_json_cannot_express_is_neither_read_nor_written(museum: Any, name: str) -> None:
    """Alone and as an extra of a model. The place is named, and the value is not."""
    value, problem = NO_JSON[name]
    tour = museum.models.Tour(code=1, extra={"more": value})
    in_model = "value" if name == "too deep" else ".extra.more"
    with pytest.raises(museum.InvalidArgument, match="content" + problem) as read:
        museum.from_json(museum.models.Tour, value)
    with pytest.raises(museum.InvalidArgument, match="value" + problem) as alone:
        museum.to_json(value)
    with pytest.raises(museum.InvalidArgument, match=in_model + problem) as inside:
        museum.to_json([tour])
    for error in (read.value, alone.value, inside.value):
        assert error.__context__ is None
        assert "SECRET" not in str(error)


DEEP = b"[" * 5000 + b"]" * 5000
BAD_JSON: dict[str, tuple[bytes, str]] = {
    "deep": (b'{"code": 1, "more": ' + DEEP + b"}", "the body is nested too deeply"),
    "deep after a wrong type": (b'{"code": "a", "more": ' + DEEP + b"}", "at /code: Expected int"),
    "deep and wrong": (DEEP, "Expected object, got array"),
    "no UTF-8": (b'{"code": 1, "more": "SECRET\xff"}', "the body is not valid UTF-8"),
    # With `strict`, the first problem ends the reading.
    "no UTF-8 after a wrong type": (
        b'{"code": "a", "more": "SECRET\xff"}',
        "(at /code: Expected int|the body is not valid UTF-8)",
    ),
    "no UTF-8 at all": (b"\xffSECRET", "the body is not valid JSON"),
    "cut": (b'{"code": 1, "more": "SECRET', "the body is not valid JSON"),
    "NaN": (b'{"code": 1, "more": NaN}', "the body is not valid JSON"),
}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", BAD_JSON)
def test_json_that_cannot_be_read_is_an_error(museum: Any, name: str, strict: bool) -> None:
    """Of one kind, whatever its depth and its bytes are, and without a value."""
    content, problem = BAD_JSON[name]
    with pytest.raises(ValueError, match=f"does not match Tour: .*{problem}") as caught:
        museum.from_json(museum.models.Tour, content, strict=strict)
    assert "SECRET" not in repr(caught.value)
