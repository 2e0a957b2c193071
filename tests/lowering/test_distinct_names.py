"""Distinct names: each has a Python name of its own, and its own name on the wire.

`foreign/names.yaml` has the names; calls show that each value arrives under its wire name.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from client.scripted_server import ReceivedRequest, ScriptedResponse, json_response
from lowering.foreign_packages import FOREIGN, call_operation, generated_package
from runnersmith import ir, pipeline
from runnersmith.ir import names
from runnersmith.lowering import LoweringResult, build_foreign
from runnersmith.openapi.document import Json
from runnersmith.reader import load
from small_specs import Schema, document, inside, project


def built(spec: Schema) -> LoweringResult:
    return build_foreign(document(spec), "shop")


def fields(api: ir.Api) -> dict[str, dict[str, str]]:
    """The Python name of each field, by model and wire name."""
    return {model.name: {it.wire_name: it.name for it in model.fields} for model in api.models}


def methods(api: ir.Api) -> dict[str, dict[str, str]]:
    """The operations by resource and method."""
    return {it.name: {op.name: op.id for op in it.operations} for it in api.resources}


API = generated_package("names").built.api


def test_every_part_of_a_document_has_its_names() -> None:
    """Properties, resources, methods and classes: nothing is left out."""
    assert API.left_out == ()
    assert methods(API) == {
        "catalog": {"get_thing__camel": "getThing", "get_thing": "get_thing"},
        "catalog__upper": {"class_": "class"},
        "puzzles": {
            "read_item": "read_item_items__item_id__get",
            "drop": "drop_items__item_id__delete",
            "find_shadows": "find_shadows",
            "read_item_parts_item_id_get": "read_item_parts__item_id__get",
        },
        "resource": {API.resources[3].operations[0].name: API.resources[3].operations[0].id},
        "größen": {"maße": "maße", "masse": "masse", "events": "events"},
    }
    assert [it.class_name for it in API.resources] == [
        "Catalog",
        "CATALOG",
        "Puzzles",
        "ResourceResource",
        "Größen",
    ]


def test_a_method_without_a_name_is_called_by_its_path() -> None:
    """A long one is cut, and ends in a digest of the whole."""
    operation = API.resources[3].operations[0]
    assert operation.id.startswith("get /a/very/long/path/")
    assert operation.name.startswith("get_a_very_long_path_that_nobody_would")
    assert len(operation.name) <= names.MAX_LENGTH


THING = {
    "_id": "id__underscore",
    "@id": "id__at",
    "id": "id",
    "A": "a__upper",
    "a": "a",
    "banType": "ban_type__camel",
    "ban_type": "ban_type",
    "dict": "dict_",
    "__dict__": "dict__underscores",
    "": "empty",
    "…": "horizontal_ellipsis",
    "👍": "thumbs_up_sign",
    "1": "n1",
    "None": "none",
    "straße": "straße",
    "ｉｄ": "id__ca2ecb9e",
    "раураl": "u0440u0430u0443u0440u0430l",
    "x123456789" * 12 + "x": "x" + "_123456789_x" * 9 + "_1_37c324ed",
}


def test_properties_are_read_and_sent_under_their_own_names(packages: Path) -> None:
    """Each value under its JSON key, both ways."""
    assert fields(API)["Thing"] == THING
    values = {wire: 7 if wire in ("A", "a", "👍") else f"of {wire}" for wire in THING}
    arguments = {THING[wire]: value for wire, value in values.items()}
    answer = json_response(values)
    sent, thing = call_operation(packages, "names", answer, "catalog__upper.class_", **arguments)
    assert json.loads(sent.body) == values
    assert msgspec.to_builtins(thing) == values
    assert {wire: getattr(thing, name) for wire, name in THING.items()} == values


def query(sent: ReceivedRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(sent.target).query))


def test_parameters_are_sent_under_their_own_names(packages: Path) -> None:
    """In the path, the query and the headers."""
    sent, _ = call_operation(
        packages,
        "names",
        json_response({}),
        "catalog.get_thing__camel",
        path=("of the path",),
        sort_by="1",
        sort_by__camel="2",
        made__lt=3,
        made__gt=4,
        made=5,
        id_query="6",
        größe="7",
        star="8",
        x_trace__dash="9",
        x_trace="10",
    )
    assert urlsplit(sent.target).path == "/things/of%20the%20path"
    assert query(sent) == {
        "sort_by": "1",
        "sortBy": "2",
        "made<": "3",
        "made>": "4",
        "made": "5",
        "id": "6",
        "Größe": "7",
        "*": "8",
    }
    assert (sent.header("X-Trace"), sent.header("x_trace")) == ("9", "10")


def test_a_body_gives_way_to_the_parameters(packages: Path) -> None:
    """Its fields say that they are of the body; if another field is called so, with two signs."""
    arguments = {
        "color": "1",
        "color__body": "2",
        "color__pascal": "3",
        "color_body": "4",
        "id_body": "5",
        "self_": "6",
    }
    sent, _ = call_operation(
        packages, "names", json_response({}), "catalog.get_thing", path=("x",), **arguments
    )
    assert query(sent) == {"color": "1"}
    assert json.loads(sent.body) == {
        "color": "2",
        "Color": "3",
        "color_body": "4",
        "id": "5",
        "self": "6",
    }


def test_classes_that_differ_in_case_are_read(packages: Path) -> None:
    """Each from its own module, on systems that ignore case too."""
    wire = {
        "upper": {"upper": "FOO"},
        "title": {"title": "Foo"},
        "lower": {"lower": "foo"},
        "dashed": {"dashed": "foo-bar"},
        "dotted": {"dotted": "foo.bar", "more": {"dashed": "again"}},
        "self": {},
    }
    call = "puzzles.read_item"
    _, case = call_operation(packages, "names", json_response(wire), call, path=(7,))
    found = {name: type(getattr(case, name)).__name__ for name in ("upper", "title", "lower")}
    assert found == {"upper": "FOO", "title": "Foo", "lower": "Foo_lower"}
    assert case.dotted.dotted == "foo.bar"
    assert case.dotted.more.dashed == "again"
    assert type(case.dotted).__name__ == "FooBar_dot"
    modules = [model.module for model in API.models]
    assert len({module.casefold() for module in modules}) == len(modules)


def test_other_alphabets_and_discriminators_are_read(packages: Path) -> None:
    """A class, a module, a constant and a method in letters beyond ASCII; a tag beside a field."""
    answer = json_response([{"名前": "x", "名": 1}])
    sent, found = call_operation(packages, "names", answer, "größen.maße")
    assert (sent.method, sent.target) == ("GET", "/masse")
    assert (type(found[0]).__name__, found[0].名前, found[0].名) == ("MaßeResponseItem", "x", 1)
    done = ScriptedResponse(status=204)
    sent, _ = call_operation(packages, "names", done, "größen.masse")
    assert sent.method == "PUT"
    answer = json_response({"$type": "Made", "type": "of its own"})
    _, event = call_operation(packages, "names", answer, "größen.events")
    assert (event.type__dollar, event.type) == ("Made", "of its own")


def test_files_and_constants_are_in_ascii() -> None:
    """Archives and file systems disagree on other letters."""
    made = generated_package("names").files
    assert all(path.isascii() for path in made)
    assert len({path.casefold() for path in made}) == len(made)


def test_one_warning_lists_the_unusual_names() -> None:
    """With the entries that the table of the project can have; the first ten."""
    notes = [it for it in generated_package("names").built.notes if "made distinct" in it.message]
    [message] = [note.message for note in notes]
    listed, _, hint = message.partition("; ")
    assert listed.removeprefix("names that would be the same in Python were made distinct: ").split(
        ", "
    ) == [
        "arguments.getThing.header.X-Trace is x_trace__dash",
        'arguments.getThing.query."made<" is made__lt',
        'arguments.getThing.query."made>" is made__gt',
        "arguments.getThing.query.sortBy is sort_by__camel",
        "operations.getThing is get_thing__camel",
        "operations.read_item_parts__item_id__get is read_item_parts_item_id_get",
        "properties.GetThingRequest.Color is color__pascal",
        'properties.Made."$type" is type__dollar',
        'properties.Thing."@id" is id__at',
        "properties.Thing.A is a__upper",
        "and 7 more",
    ]
    assert hint == "[tool.runnersmith.rename] in pyproject.toml sets others"
    assert all("made distinct" not in it.message for it in generated_package("studio").built.notes)


# ── What stays ───────────────────────────────────────────────────────────────────────────────


def shop(schemas: Schema, *operations: tuple[str, str, Json]) -> Schema:
    """A document of schemas, and of operations: a path, an operationId and the schema it returns."""
    paths: Schema = {}
    for path, identifier, schema in operations:
        content: Json = {"application/json": {"schema": schema}}
        response: Json = {"200": {"description": "ok", "content": content}}
        paths[path] = {"get": {"operationId": identifier, "responses": response}}
    info: Json = {"title": "Shop", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def thing(*properties: str) -> Schema:
    return {"type": "object", "properties": {name: {"type": "string"} for name in properties}}


def test_a_new_property_renames_none_that_is_closer() -> None:
    """`_id` comes to `id`, before it or after it."""
    used: tuple[str, str, Json] = ("/t", "t", {"$ref": "#/components/schemas/Thing"})
    for properties in (["id"], ["id", "_id"], ["_id", "id"], ["@id", "Id", "_id", "id"]):
        api = built(shop({"Thing": thing(*properties)}, used)).api
        assert fields(api)["Thing"]["id"] == "id"
        assert fields(api)["Thing"].get("_id", "id__underscore") == "id__underscore"


def test_inline_objects_of_one_name_keep_it_in_any_order() -> None:
    """The one whose words are closest to it, wherever it is in the document."""
    both: list[tuple[str, str, Json]] = [
        ("/a", "get_item", thing("first")),
        ("/b", "getItem", thing("second")),
    ]
    one, other = (built(shop({}, *listed)).api for listed in (both, both[::-1]))
    assert fields(one) == fields(other)
    assert fields(one)["GetItemResponse"] == {"first": "first"}
    assert sorted(fields(one)) == ["GetItemResponse", "GetItemResponse_1fb33150"]
    assert {model.name: model.module for model in one.models} == {
        model.name: model.module for model in other.models
    }


def test_inline_objects_give_way_to_components() -> None:
    """Twice if need be."""
    schemas: Schema = {"GetResponse": thing("a"), "GetResponseInline": thing("b")}
    used: Json = {
        "type": "object",
        "properties": {
            "a": {"$ref": "#/components/schemas/GetResponse"},
            "b": {"$ref": "#/components/schemas/GetResponseInline"},
        },
    }
    api = built(shop(schemas, ("/x", "get", used))).api
    found = fields(api)
    assert found.pop("GetResponse") == {"a": "a"}
    assert found.pop("GetResponseInline") == {"b": "b"}
    assert list(found.values()) == [{"a": "a", "b": "b"}]


def test_what_is_left_out_keeps_its_name() -> None:
    """An operation that is left out today renames no other when it comes back."""
    spec = shop({}, ("/a", "getIt", thing("a")), ("/b", "get_it", thing("b")))
    inside(spec, "paths", "/b", "get")["parameters"] = [{"name": "x", "in": "nowhere"}]
    found = build_foreign(document(spec), "shop", skip_unsupported=True).api
    assert [one.id for one in found.left_out] == ["get_it"]
    assert methods(found) == {"default": {"get_it__camel": "getIt"}}


def test_no_argument_is_called_like_the_wire_name_of_another() -> None:
    """A request is built from wire names, and from Python names beside them."""
    spec = shop({}, ("/x", "get", thing("a")))
    inside(spec, "paths", "/x", "get")["parameters"] = [
        {"name": name, "in": location, "schema": {"type": "string"}}
        for name, location in (("a", "header"), ("A", "header"), ("a__upper", "query"))
    ]
    [resource] = built(spec).api.resources
    [operation] = resource.operations
    made = {it.wire_name: it.name for it in (*operation.query, *operation.headers)}
    assert made == {"a__upper": "a_upper", "a": "a", "A": "a__upper__559aead0"}


@pytest.mark.usefixtures("packages")
def test_signatures_have_every_argument_once() -> None:
    """In both flavours."""
    package: Any = importlib.import_module("names")
    for kind in (package.Catalog, package.AsyncCatalog):
        listed = list(inspect.signature(kind.get_thing).parameters)
        assert len(listed) == len(set(listed)) == 9


def test_a_document_in_another_order_has_the_same_names(tmp_path: Path) -> None:
    """All its mappings upside down."""
    spec = _upside_down(load(FOREIGN / "names.yaml").data)
    (tmp_path / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    api = pipeline.build_client(project(tmp_path / "spec.json", tmp_path / "out")).api
    assert fields(api) == fields(API)
    assert methods(api) == methods(API)
    assert {it.name: it.module for it in api.models} == {it.name: it.module for it in API.models}


def _upside_down(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _upside_down(value[key]) for key in reversed(list(value))}
    return [_upside_down(one) for one in value] if isinstance(value, list) else value
