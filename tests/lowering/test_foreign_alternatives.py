"""Alternatives of any document: what is read as which model, sent, and kept if it is none."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest

from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from lowering.foreign_packages import FOREIGN, call_both, call_operation
from runnersmith import ir
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json
from runnersmith.reader import load
from small_specs import document

EXHIBITS: list[Json] = [
    {"kind": "oil", "width": 1.5},
    {"kind": "aquarelle", "width": 2, "frame": "gold"},
    {"kind": "Sculpture", "weight": 3.5, "year": 1501},
    {"kind": "bust", "weight": 4, "person": "Ada"},
    {"kind": "Exhibit"},
    {"kind": "vase", "year": 7, "colour": {"base": "red"}},
]


def test_a_parent_stands_for_its_children(packages: Path) -> None:
    """By mapping, by a listed value, by name, at two levels; the parent has every other value."""
    models = importlib.import_module("museum.models")
    _, found = call_operation(packages, "museum", json_response(EXHIBITS), "exhibits.list_exhibits")
    assert [type(one).__name__ for one in found] == [
        "Painting",
        "Painting",
        "Sculpture",
        "Bust",
        "Exhibit",
        "Exhibit",
    ]
    assert (found[1].kind, found[1].extra) == ("aquarelle", {"frame": "gold"})
    assert found[3] == models.Bust(kind="bust", weight=4, person="Ada")
    assert (found[5].kind, found[5].extra) == ("vase", {"colour": {"base": "red"}})


@pytest.mark.parametrize("number", range(len(EXHIBITS)))
def test_each_child_is_sent_as_it_was_read(packages: Path, number: int) -> None:
    """A body that may be any child is one argument, and nothing of it is lost."""
    sent = EXHIBITS[number]
    _, [found] = call_operation(packages, "museum", json_response([sent]), "exhibits.list_exhibits")
    request, again = call_operation(
        packages, "museum", json_response(sent, 201), "exhibits.add_exhibit", body=found
    )
    assert (request.json, again) == (sent, found)


CABINET: dict[str, Any] = {
    "first": EXHIBITS[0],
    "shelves": {"a": EXHIBITS[1], "b": EXHIBITS[5]},
    "drawers": {"c": [EXHIBITS[2], None]},
    "either": EXHIBITS[3],
}


def test_a_parent_stands_for_its_children_inside_other_types(packages: Path) -> None:
    """In maps, beside null, beside text, and as an extra; read and sent again."""
    models = importlib.import_module("museum.models")
    answer = json_response({**CABINET, "loose": EXHIBITS[0]}, 201)
    sent, made = call_both(
        packages, "museum", answer, "exhibits.add_cabinet", **CABINET, extra={"loose": EXHIBITS[0]}
    )
    assert sent.json == {**CABINET, "loose": EXHIBITS[0]}
    painting, vase = models.Painting(kind="oil", width=1.5), made.shelves["b"]
    assert (made.first, made.extra) == (painting, {"loose": painting})
    assert type(made.shelves["a"]) is models.Painting
    assert (type(vase), vase.extra) == (models.Exhibit, {"colour": {"base": "red"}})
    assert made.drawers == {"c": [models.Sculpture(kind="Sculpture", weight=3.5, year=1501), None]}
    assert made.either == models.Bust(kind="bust", weight=4, person="Ada")
    again, _ = call_both(
        packages,
        "museum",
        json_response({"either": "a", "first": None}, 201),
        "exhibits.add_cabinet",
        **{name: getattr(made, name) for name in CABINET},
        extra=made.extra,
    )
    assert again.json == sent.json


def test_a_map_of_a_parent_is_a_result_and_a_body(packages: Path) -> None:
    sent = {"a": EXHIBITS[0], "b": EXHIBITS[5]}
    _, found = call_both(packages, "museum", json_response(sent), "exhibits.list_cabinets")
    assert [type(one).__name__ for one in found.values()] == ["Painting", "Exhibit"]
    done = ScriptedResponse(status=204)
    request, _ = call_both(packages, "museum", done, "exhibits.put_cabinets", body=found)
    assert request.json == sent


def test_an_odd_value_in_a_map_of_a_parent_is_kept(packages: Path) -> None:
    """With a warning, as in a list; what is beside it has its type."""
    models = importlib.import_module("museum.models")
    odd: Json = {"a": EXHIBITS[0], "b": {"kind": "oil", "width": "w"}}
    with pytest.warns(UserWarning, match=r" /\*/width"):
        _, found = call_operation(packages, "museum", json_response(odd), "exhibits.list_cabinets")
    assert found["a"] == models.Painting(kind="oil", width=1.5)
    assert (type(found["b"]), found["b"].width) == (models.Painting, "w")
    answer = json_response({"shelves": odd, "drawers": {"c": [None, EXHIBITS[2], 1]}}, 201)
    with pytest.warns(UserWarning, match=r"/shelves/\*/width") as caught:
        _, made = call_operation(packages, "museum", answer, "exhibits.add_cabinet")
    assert "/drawers/*/*" in str(caught[0].message)
    assert made.shelves == found
    assert [type(one).__name__ for one in made.drawers["c"]] == ["NoneType", "Sculpture", "int"]


@pytest.mark.parametrize("odd", [{"a": "b"}, {"a": {"message": 1}}])
def test_a_value_of_a_map_that_is_no_alternative_is_kept(packages: Path, odd: Json) -> None:
    """The pointer has no key of the map."""
    museum = importlib.import_module("museum")
    with pytest.warns(museum.SchemaDrift, match=r"1 value is not as declared: /\*"):
        _, found = call_operation(packages, "museum", json_response(odd), "exhibits.list_cabinets")
    assert found == odd


@pytest.mark.parametrize("odd", [["a"], "a"])
def test_another_value_than_a_map_is_none(packages: Path, odd: Json) -> None:
    museum = importlib.import_module("museum")
    with pytest.raises(museum.UnexpectedResponse, match="at the top: "):
        call_operation(packages, "museum", json_response(odd), "exhibits.list_cabinets")


EXHIBIT: Json = {"$ref": "#/components/schemas/Exhibit"}
PAINTING: Json = {"$ref": "#/components/schemas/Painting"}
EVENT: Json = {"$ref": "#/components/schemas/Event"}
NULL: Json = {"type": "null"}
_FAMILY = ("Painting", "Exhibit")


@pytest.mark.parametrize(
    ("schema", "names", "null"),
    [
        ({"anyOf": [EXHIBIT, NULL]}, _FAMILY, True),
        ({"oneOf": [NULL, EXHIBIT]}, _FAMILY, True),
        ({"anyOf": [EXHIBIT, {"nullable": True}]}, _FAMILY, True),
        ({"anyOf": [{"anyOf": [EXHIBIT, NULL]}]}, _FAMILY, True),
        ({"allOf": [EXHIBIT], "nullable": True}, _FAMILY, True),
        ({"anyOf": [EXHIBIT, {"type": "string"}]}, (*_FAMILY, "str"), False),
        # A child is among what its parent stands for.
        ({"anyOf": [PAINTING, EXHIBIT]}, _FAMILY, False),
        ({"anyOf": [EVENT, NULL]}, ("Closed", "Opened"), True),
        ({"oneOf": [EVENT, {"type": "integer"}]}, ("Closed", "Opened", "int"), False),
        # No decoder tells these apart.
        ({"oneOf": [EVENT, EXHIBIT]}, None, False),
        ({"oneOf": [EVENT, {"type": "object", "additionalProperties": EVENT}]}, None, False),
    ],
)
@pytest.mark.parametrize("request_", [True, False])
@pytest.mark.parametrize("outer", ["", "map", "list"])
def test_a_union_is_the_same_inside_other_types(
    schema: dict[str, Json], names: tuple[str, ...] | None, null: bool, request_: bool, outer: str
) -> None:
    held: dict[str, Json] = {
        "": schema,
        "map": {"type": "object", "additionalProperties": schema},
        "list": {"type": "array", "items": schema},
    }
    found, notes = _built(held[outer], request=request_)
    # A request takes each of them.
    assert bool(notes) == (names is None and not request_)
    if outer:
        assert isinstance(found, ir.Map | ir.Array)
        found = found.values if isinstance(found, ir.Map) else found.items
    if names is not None:
        assert isinstance(found, ir.Nullable) == null
        union = found.type if isinstance(found, ir.Nullable) else found
        assert isinstance(union, ir.Union)
        assert tuple(map(_named, union.members)) == names


def _named(found: ir.Type) -> str:
    return found.model if isinstance(found, ir.Reference) else str(getattr(found, "name", ""))


def _built(schema: Json, *, request: bool) -> tuple[ir.Type, list[str]]:
    """Return the type of the property of a body, and the notes."""
    event: dict[str, Json] = {"type": "object", "required": ["event"]}
    held: Json = {"type": "object", "properties": {"held": schema}}
    content: dict[str, Json] = {"content": {"application/json": {"schema": held}}}
    done: dict[str, Json] = {"description": "Done."}
    made = build_foreign(
        document(
            {
                "openapi": "3.1.0",
                "info": {"title": "Museum", "version": "1"},
                "paths": {
                    "/x": {
                        "post": {
                            "requestBody": content if request else {"content": {}},
                            "responses": {"200": done if request else {**done, **content}},
                        }
                    }
                },
                "components": {
                    "schemas": {
                        "Exhibit": {
                            "required": ["kind"],
                            "properties": {"kind": {"type": "string"}},
                            "discriminator": {"propertyName": "kind"},
                        },
                        "Painting": {"allOf": [EXHIBIT, {"properties": {"a": NULL}}]},
                        "Event": {
                            "oneOf": [
                                {"$ref": "#/components/schemas/Closed"},
                                {"$ref": "#/components/schemas/Opened"},
                            ]
                        },
                        "Opened": {**event, "properties": {"event": {"const": "opened"}}},
                        "Closed": {**event, "properties": {"event": {"const": "closed"}}},
                    }
                },
            }
        ),
        "museum",
    )
    [operation] = made.api.resources[0].operations
    if request:
        assert operation.body is not None
        found = operation.body.fields[0].type
    else:
        fields = [field for it in made.api.models for field in it.fields]
        [found] = [it.type for it in fields if it.wire_name == "held"]
    return found, [it.message for it in made.notes if "cannot tell" in it.message]


def test_a_child_stands_for_its_own_children(packages: Path) -> None:
    models = importlib.import_module("museum.models")
    answer = json_response({"kind": "bust", "person": "Ada"})
    _, found = call_operation(packages, "museum", answer, "exhibits.get_sculpture")
    assert found == models.Bust(kind="bust", person="Ada")


def test_a_parent_may_list_its_children(packages: Path) -> None:
    """A schema whose alternatives are made of it is no circle."""
    models = importlib.import_module("museum.models")
    answer = json_response({"for": "YearTicket", "price": 30, "name": "Ada"})
    _, found = call_operation(packages, "museum", answer, "tickets.get_ticket")
    assert found == models.YearTicket(for_="YearTicket", price=30, name="Ada")


def test_numbers_tell_alternatives_apart_that_hold_each_other(packages: Path) -> None:
    """In a request, as models."""
    models = importlib.import_module("museum.models")
    frame = models.Frame(code=3, on=models.Rail(code=4, beside=[models.Wall(code=1)]))
    request, _ = call_operation(
        packages, "museum", json_response(None, 204), "walls.add_wall", code=1, holds=[frame]
    )
    held = {"code": 3, "on": {"code": 4, "beside": [{"code": 1}]}}
    assert request.json == {"code": 1, "holds": [held]}


@pytest.mark.parametrize(
    ("method", "sent", "kind"),
    [
        ("get_sign", {"code": 1, "degrees": 90}, "Arrow"),
        ("get_sign", {"code": 2, "lines": 3}, "Board"),
        ("get_floor", {"level": -1, "pumps": 2}, "Cellar"),
        ("get_floor", {"level": 0, "doors": 4}, "Ground"),
        ("get_floor", {"level": 7}, "Floor"),
        ("get_light", {"kind": "spot", "watts": 5}, "Spot"),
        ("get_light", {"kind": "tube"}, "Tube"),
        ("get_lamp", {"kind": "S", "watts": 5}, "Spot"),
        ("get_lamp", {"kind": "T"}, "Tube"),
        # No decoder can choose by a boolean: one model has the properties of all.
        ("get_door", {"open": True, "width": 1}, "Passage"),
    ],
)
def test_a_mapping_has_values_of_the_type_of_the_property(
    packages: Path, method: str, sent: dict[str, Json], kind: str
) -> None:
    """Its keys are texts. Two mappings of the same schemas both hold."""
    _, found = call_operation(packages, "museum", json_response(sent), f"signs.{method}")
    assert type(found).__name__ == kind
    read: dict[str, Json] = msgspec.to_builtins(found)
    assert {name: read[name] for name in sent} == sent


def test_a_response_to_head_has_no_content(packages: Path) -> None:
    """Whatever is described for it, which is that of GET."""
    _, found = call_operation(packages, "museum", ScriptedResponse(status=200), "signs.check_sign")
    assert found is None


def test_a_discriminator_takes_the_values_that_schemas_list(packages: Path) -> None:
    """A listed value goes before the name of the schema. A property may have the tag's name."""
    models = importlib.import_module("museum.models")
    closed: Json = {"event": "closed", "why": "late", "Event": 2}
    answer = json_response([{"event": "opened", "at": "9"}, closed])
    _, found = call_operation(packages, "museum", answer, "events.list_events")
    assert found == [models.Opened(at="9"), models.Closed(why="late", event__pascal=2)]
    assert (found[0].event, found[1].event) == ("opened", "closed")
    assert msgspec.json.decode(msgspec.json.encode(found[1])) == closed


PROGRAMME: dict[str, Json] = {
    "numbered": [{"code": 2, "steps": 9}, {"code": 1, "by": "Ada", "seats": 5}],
    "named": {"singer": "Ella", "name": "Misty"},
    "inline": {"shape": "long", "length": 2},
    "either": {"open": True},
}


def test_a_discriminator_that_no_alternative_has_yields_to_listed_values(packages: Path) -> None:
    """Its property may be misspelt; what all require and list is certain, and nothing is added."""
    models = importlib.import_module("bakery.models")
    tools: list[Json] = [{"kind": "stove", "heat": 2}, {"kind": "mixer", "speed": 1}]
    body = [models.Oven(kind="stove", heat=2), models.Mixer(kind="mixer", speed=1)]
    sent, found = call_both(packages, "bakery", json_response(tools), "breads.tools", body=body)
    assert found == body
    assert sent.json == tools


def test_values_and_names_tell_alternatives_apart(packages: Path) -> None:
    """Integers, required properties, inline objects; they are sent without a trace of it."""
    models = importlib.import_module("museum.models")
    body = {**PROGRAMME, "named": None}
    sent, found = call_operation(
        packages, "museum", json_response(PROGRAMME), "events.add_events", **body
    )
    assert sent.json == body
    assert found.numbered == [
        models.Tour(code=2, steps=9),
        models.Talk(code=1, by="Ada", extra={"seats": 5}),
    ]
    assert found.named == models.Song(singer="Ella", name="Misty")
    assert found.inline.shape == "long"
    sent, _ = call_operation(
        packages,
        "museum",
        json_response(PROGRAMME),
        "events.add_events",
        numbered=found.numbered,
        named=found.named,
        inline=found.inline,
        either=models.Door(open=True),
    )
    assert sent.json == PROGRAMME


@pytest.mark.parametrize(("named", "kind"), [("Ella", "str"), (None, "NoneType")])
def test_objects_and_other_types_are_told_apart(packages: Path, named: Json, kind: str) -> None:
    answer = json_response({"named": named})
    _, found = call_operation(packages, "museum", answer, "events.add_events")
    assert type(found.named).__name__ == kind


def test_what_looks_alike_is_one_model_with_the_properties_of_all(packages: Path) -> None:
    """In a response. What is sent as well is any value, which takes the models."""
    models = importlib.import_module("museum.models")
    answer = json_response({"either": {"width": 2.5, "open": True, "depth": 1}})
    _, found = call_operation(packages, "museum", answer, "events.add_events")
    assert found.either == models.ProgrammeEither(width=2.5, open=True, extra={"depth": 1})
    assert get_type_hints(models.Programme)["either"] == models.ProgrammeEither | None
    assert get_type_hints(models.ProgrammeEither)["open"] == bool | None
    assert get_type_hints(models.Room)["place"] == Any | msgspec.UnsetType
    document = load(FOREIGN / "museum.yaml", name="museum.yaml")
    messages = [note.message for note in build_foreign(document, "museum").notes]
    assert messages.count("`oneOf` is not checked by the client") == 2
    assert [it for it in messages if "tell these alternatives apart" in it] == [
        "a decoder cannot tell these alternatives apart; it is taken as it is"
    ]


def test_an_unknown_alternative_stays_readable(packages: Path) -> None:
    """In a list, in a field, alone: the value is kept as it is, and a warning has the place."""
    package = importlib.import_module("museum")
    unknown: Json = {"event": "moved", "to": "B"}
    answer = json_response([{"event": "opened"}, unknown])
    with pytest.warns(package.SchemaDrift):
        _, found = call_operation(packages, "museum", answer, "events.list_events")
    assert found == [package.models.Opened(), unknown]
    body: Json = {"numbered": [{"code": 3}, {"code": 1}], "named": {"painter": "Frida"}, "new": 1}
    with pytest.warns(package.SchemaDrift) as warned:
        _, found = call_operation(packages, "museum", json_response(body), "events.add_events")
    assert found.numbered == [{"code": 3}, package.models.Talk(code=1)]
    assert (found.named, found.extra) == ({"painter": "Frida"}, {"new": 1})
    [drift] = [it.message for it in warned]
    assert str(drift).startswith("events.add_events: 2 values are not as declared")
    # An object is known by it, even if it has nothing else.
    with pytest.warns(package.SchemaDrift):
        _, found = call_operation(
            packages, "museum", json_response({"named": {"painter": "Frida"}}), "events.add_events"
        )
    assert found == package.models.Programme(named={"painter": "Frida"})
    answer = json_response({"kind": "relief"})
    with pytest.warns(package.SchemaDrift, match="none of the declared alternatives"):
        _, found = call_operation(packages, "museum", answer, "exhibits.get_sculpture")
    assert found == {"kind": "relief"}


SAIL: Json = {"rig": "sails", "decks": 2}


@pytest.mark.parametrize(
    ("call", "sent", "pointer", "kept"),
    [
        ("get_ferry", SAIL, "", SAIL),
        ("get_ferry", {"rig": None}, "", {"rig": None}),
        ("get_fleet", {"flagship": SAIL}, "/flagship", {"flagship": SAIL}),
        ("get_fleet", {"ferries": [SAIL]}, "/ferries/*", {"ferries": [SAIL]}),
        ("get_fleet", {"named": {"a": SAIL}}, "/named/*", {"named": {"a": SAIL}}),
    ],
)
def test_another_tag_than_that_of_the_only_model_stays_readable(
    packages: Path, call: str, sent: Json, pointer: str, kept: Json
) -> None:
    """The object is kept as it is, with a warning that has its place; strict=True rejects it."""
    package = importlib.import_module("harbour")
    with pytest.warns(package.SchemaDrift) as warned:
        _, found = call_operation(packages, "harbour", json_response(sent), f"berths.{call}")
    assert (found if call == "get_ferry" else msgspec.to_builtins(found)) == kept
    drift: Any
    [drift] = [it.message for it in warned]
    assert (drift.pointers, drift.count) == ((pointer,), 1)
    with ScriptedServer(json_response(sent)) as server:
        client = package.Client(base_url=server.url, strict=True)
        with client, pytest.raises(package.UnexpectedResponse):
            getattr(client.berths, call)()


def test_an_object_without_its_tag_is_the_only_model(packages: Path) -> None:
    """Also if something else in it is not as declared."""
    package = importlib.import_module("harbour")
    answer = json_response({"decks": 3})
    _, found = call_operation(packages, "harbour", answer, "berths.get_ferry")
    assert found == package.models.Ferry(decks=3)
    answer = json_response({"flagship": {"decks": "three", "name": "Ada"}})
    with pytest.warns(package.SchemaDrift, match="1 value is not as declared: /flagship/decks"):
        _, found = call_operation(packages, "harbour", answer, "berths.get_fleet")
    assert type(found.flagship) is package.models.Ferry


def test_schemas_with_one_value_of_a_tag_are_told_apart_by_what_they_require(
    packages: Path,
) -> None:
    """Children of a parent, and alternatives; if nothing tells them apart, the parent has it all."""
    models = importlib.import_module("harbour.models")
    marks: Json = [
        {"shape": "ball", "chain": 3},
        {"shape": "ball", "watts": 5},
        {"shape": "cloth", "colour": "red"},
    ]
    _, found = call_both(packages, "harbour", json_response(marks), "marks.list_marks")
    assert found == [
        models.Buoy(shape="ball", chain=3),
        models.Lamp(shape="ball", watts=5),
        models.Mark(shape="cloth", extra={"colour": "red"}),
    ]
    sent: Json = [{"kind": "sound", "strokes": 2}, {"kind": "sound", "pitch": 1}]
    body = [models.Bell(kind="sound", strokes=2), models.Horn(kind="sound", pitch=1)]
    request, found = call_both(
        packages, "harbour", json_response(sent), "marks.put_signals", body=body
    )
    assert (request.json, found) == (sent, body)
