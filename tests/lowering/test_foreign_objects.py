"""Objects with properties that the document does not declare: read, kept, changed and sent."""

from __future__ import annotations

import copy
import importlib
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.scripted_server import ScriptedResponse, json_response
from lowering.foreign_packages import call_both, call_operation


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


DONE = ScriptedResponse(status=204)


def test_typed_extras_are_read_beside_the_fields(packages: Path) -> None:
    """`additionalProperties` with a schema gives the type of what has no field."""
    models = importlib.import_module("museum.models")
    body = {"name": "Urn", "at": "2026-01-02T03:04:05Z", "visits": 3}
    _, label = call_operation(
        packages, "museum", json_response(body), "labels.get_label", path=(1,)
    )
    assert isinstance(label, models.Label)
    assert (label.name, label.at.year, label.extra) == ("Urn", 2026, {"visits": 3})


def test_a_time_with_nine_decimals_is_cut(packages: Path) -> None:
    """As Python has six; rounding would put it into another year."""
    answer = json_response({"name": "a", "at": "2026-12-31T23:59:59.999999999Z", "x": 1})
    _, found = call_both(packages, "museum", answer, "labels.get_label", path=[7])
    assert found.at == datetime(2026, 12, 31, 23, 59, 59, 999999, UTC)


def test_an_extra_of_another_type_is_kept_with_a_warning(packages: Path) -> None:
    errors = importlib.import_module("museum")
    answer = json_response({"name": "Urn", "visits": "many"})
    with pytest.warns(errors.SchemaDrift, match=r"/visits \(Expected int, got str\)"):
        _, label = call_operation(packages, "museum", answer, "labels.get_label", path=(1,))
    assert (label.name, label.extra) == ("Urn", {"visits": "many"})


def test_arguments_without_a_field_are_sent_among_the_others(packages: Path) -> None:
    """A parameter keeps the name `extra`; the body's extras get another then."""
    call = ("museum", DONE, "labels.put_label")
    sent, _ = call_operation(packages, *call, path=(1,), name="Urn", extra={"visits": 3})
    assert sent.json == {"name": "Urn", "visits": 3}
    answer = json_response(7)
    sent, seven = call_operation(
        packages, "museum", answer, "labels.patch_label", path=(1,), extra="q", extra_body={"b": 1}
    )
    assert (sent.target, sent.json, seven) == ("/labels/1?extra=q", {"b": 1}, 7)


def test_an_extra_cannot_replace_a_field(packages: Path) -> None:
    """Neither of a body nor of a model in it: nothing is sent."""
    errors, models = importlib.import_module("museum"), importlib.import_module("museum.models")
    with pytest.raises(errors.InvalidArgument, match="extra must not hold 'at'"):
        call_operation(
            packages, "museum", DONE, "labels.put_label", path=(1,), name="Urn", extra={"at": 1}
        )
    room = models.Room(name="Hall", extra={"label": None})
    with pytest.raises(errors.InvalidArgument, match="extra must not hold 'label'"):
        call_operation(packages, "museum", DONE, "rooms.add_rooms", body=[room])


@pytest.mark.parametrize(
    ("arguments", "expected"), [({}, None), ({"extra_body": {}}, {}), ({"at": "x"}, {"at": "x"})]
)
def test_an_empty_body_is_sent_only_when_it_is_given(
    packages: Path, arguments: dict[str, object], expected: object
) -> None:
    """No argument sends no body, and empty extras send an empty object."""
    answer = json_response(1)
    sent, _ = call_operation(
        packages, "museum", answer, "labels.patch_label", path=(1,), **arguments
    )
    assert (sent.json if sent.body else None) == expected


ROOMS: list[dict[str, Any]] = [
    {
        "name": "Hall",
        "extra": "a field of that name",
        "lit": True,
        "label": {"name": "Urn", "visits": 3},
        "shelves": {"a": {"width": 1.5, "wood": ["oak", None]}},
    },
    {"name": "Attic"},
    {"name": "Cellar", "door": {"open": False}, "floor": {"depth": 2}},
]


def test_what_is_read_is_changed_and_sent_without_a_loss(packages: Path) -> None:
    """At every depth: in lists, in maps, in fields. A field named `extra` gets another name."""
    models = importlib.import_module("museum.models")
    _, rooms = call_operation(packages, "museum", json_response(ROOMS), "rooms.list_rooms")
    hall, attic, cellar = rooms
    assert (hall.extra, hall.extra_, attic.extra) == ({"lit": True}, "a field of that name", {})
    assert hall.shelves["a"] == models.Shelf(width=1.5, extra={"wood": ["oak", None]})
    assert cellar.extra == {"floor": {"depth": 2}}
    renamed = msgspec.structs.replace(hall, name="Great hall")
    sent, _ = call_operation(
        packages, "museum", DONE, "rooms.add_rooms", body=[renamed, attic, cellar]
    )
    assert sent.json == [{**ROOMS[0], "name": "Great hall"}, *ROOMS[1:]]


def test_a_closed_object_keeps_nothing_else(packages: Path) -> None:
    """`additionalProperties: false`: a new property is no error, and the model is a plain one."""
    answer = json_response([{"name": "Hall", "door": {"open": True, "colour": "red"}}])
    _, [hall] = call_operation(packages, "museum", answer, "rooms.list_rooms")
    models = importlib.import_module("museum.models")
    assert hall.door == models.Door(open=True)
    assert "extra" not in models.Door.__struct_fields__


def test_extras_are_part_of_a_model(packages: Path) -> None:
    """Equality, repr, copies and pickles have them; a model without any can be a key."""
    assert (packages / "museum").exists()
    models = importlib.import_module("museum.models")
    plain, label = models.Label(name="Urn"), models.Label(name="Urn", extra={"visits": 3})
    assert plain != label
    assert plain == models.Label(name="Urn", extra={})
    assert {plain: 1}[models.Label(name="Urn")] == 1
    assert repr(plain) == f"Label(name='Urn', at={plain.at!r})"
    assert repr(label) == f"Label(name='Urn', at={plain.at!r}, extra={{'visits': 3}})"
    for made in (copy.copy, copy.deepcopy, _pickled):
        assert made(label) == label
        assert made(plain).extra is plain.extra
    with pytest.raises(TypeError, match="extra cannot be changed"):
        plain.extra["visits"] = 4
    assert msgspec.json.decode(msgspec.json.encode(label), type=models.Label) == label
    assert msgspec.json.encode(plain) == b'{"name":"Urn"}'


def test_an_item_of_a_list_that_drifts_keeps_its_extras(packages: Path) -> None:
    package = importlib.import_module("museum")
    body = [{"name": "Hall", "door": 3, "lit": True}, {"name": "Attic", "lit": False}]
    with pytest.warns(package.SchemaDrift, match=r"/\*/door"):
        _, rooms = call_operation(packages, "museum", json_response(body), "rooms.list_rooms")
    assert [room.extra for room in rooms] == [{"lit": True}, {"lit": False}]
    assert rooms[0].door == 3


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'[{"name":"Hall","lit":1},{"na', "not valid JSON"),
        (b'[{"name":"Hall","lit":1},{"name":"\xff"}]', "not valid UTF-8"),
        (b'[{"name":"Hall","lit":1},{"name":3}]', "at /1: "),
        (b'[{"name":"Hall","lit":' + b"[" * 9999 + b"]" * 9999 + b"}]", "nested too deeply"),
    ],
)
def test_what_is_wrong_behind_an_extra_is_found(packages: Path, body: bytes, problem: str) -> None:
    """The first property without a field ends the first decoding, and not the checks."""
    package = importlib.import_module("museum")
    answer = ScriptedResponse(body=body, headers={"Content-Type": "application/json"})
    with pytest.raises(package.UnexpectedResponse, match=problem):
        call_operation(packages, "museum", answer, "rooms.list_rooms")
