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


def test_what_is_no_json_is_a_type_error(museum: Any) -> None:
    with pytest.raises(TypeError):
        museum.from_json(museum.models.Tour, [object()])
