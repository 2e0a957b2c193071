"""Merging of API versions: every row of the table, and what the table does not cover."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest

from merge.lamp_specs import (
    NEWEST,
    OLDER,
    OLDEST,
    SUBSETS,
    VERSIONS,
    asking,
    body,
    merged,
    moved,
    operations,
    refused,
    requiring,
)
from runnersmith import ir
from runnersmith.lowering import build
from runnersmith.openapi.document import Json
from small_specs import (
    LAMP_PATH,
    PACKAGE,
    Schema,
    document,
    inside,
    lamp,
    small_spec,
    with_fields,
)

INT, TEXT = (ir.Primitive(name=name) for name in ("int", "str"))
LIST_OR_ONE = ir.Union(members=(ir.Array(items=INT), INT))


def fields(api: ir.Api) -> dict[str, ir.Field]:
    [model] = [model for model in api.models if model.name == "Lamp"]
    return {field.name: field for field in model.fields}


def arguments(api: ir.Api) -> dict[str, ir.Field]:
    body = operations(api)["lamps.put"].body
    assert body is not None
    return {field.name: field for field in body.fields}


def query(api: ir.Api) -> dict[str, ir.Parameter]:
    return {it.name: it for it in operations(api)["lamps.get"].query}


# ── The table ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [2, 3])
def test_what_is_the_same_is_as_it_is(count: int) -> None:
    """Versions without a difference give the newest's client, and the list of versions."""
    specs = [body(("a",), a={"type": "string"}) for _ in range(count)]
    [alone] = [build(document(specs[0]), PACKAGE)]
    api = merged(*specs)
    assert (api.versions, api.version) == (VERSIONS[:count], NEWEST)
    assert (api.scopes, api.models) == (alone.scopes, alone.models)


ABSENT, OPTIONAL, REQUIRED = "absent", "optional", "required"
# What three versions say of one member, the newest first -> required, required in, available in.
ROWS: list[tuple[tuple[str, ...], bool, tuple[str, ...], tuple[str, ...]]] = [
    ((OPTIONAL, OPTIONAL), False, (), ()),
    ((REQUIRED, REQUIRED), True, (), ()),
    ((OPTIONAL, ABSENT), False, (), (NEWEST,)),
    ((ABSENT, OPTIONAL), False, (), (OLDER,)),
    ((REQUIRED, ABSENT), False, (NEWEST,), (NEWEST,)),
    ((ABSENT, REQUIRED), False, (OLDER,), (OLDER,)),
    ((REQUIRED, OPTIONAL), False, (NEWEST,), ()),
    ((OPTIONAL, REQUIRED), False, (OLDER,), ()),
    ((REQUIRED, REQUIRED, OPTIONAL), False, (NEWEST, OLDER), ()),
    ((OPTIONAL, REQUIRED, REQUIRED), False, (OLDER, OLDEST), ()),
    ((REQUIRED, OPTIONAL, REQUIRED), False, (NEWEST, OLDEST), ()),
    ((OPTIONAL, REQUIRED, OPTIONAL), False, (OLDER,), ()),
    ((ABSENT, OPTIONAL, REQUIRED), False, (OLDEST,), (OLDER, OLDEST)),
    ((ABSENT, REQUIRED, REQUIRED), False, (OLDER, OLDEST), (OLDER, OLDEST)),
    ((ABSENT, ABSENT, REQUIRED), False, (OLDEST,), (OLDEST,)),
    ((REQUIRED, ABSENT, ABSENT), False, (NEWEST,), (NEWEST,)),
    ((REQUIRED, ABSENT, REQUIRED), False, (NEWEST, OLDEST), (NEWEST, OLDEST)),
    ((OPTIONAL, ABSENT, OPTIONAL), False, (), (NEWEST, OLDEST)),
    ((ABSENT, OPTIONAL, ABSENT), False, (), (OLDER,)),
    ((REQUIRED, REQUIRED, ABSENT), False, (NEWEST, OLDER), (NEWEST, OLDER)),
]


@pytest.mark.parametrize(("said", "required", "required_in", "available"), ROWS)
@pytest.mark.parametrize("where", ["body", "query", "reply"])
def test_a_member_says_in_which_versions_it_is_there_and_required(
    where: str,
    said: tuple[str, ...],
    required: bool,
    required_in: tuple[str, ...],
    available: tuple[str, ...],
) -> None:
    """Only what all versions have and require is required; a response's field is never checked."""
    text: Json = {"type": "string"}
    member: ir.Field | ir.Parameter
    if where == "body":
        specs = [
            body(
                ("b",) if it == REQUIRED else (),
                **({"a": text} if it == ABSENT else {"a": text, "b": text}),
            )
            for it in said
        ]
        member = arguments(merged(*specs))["b"]
    elif where == "query":
        specs = [
            small_spec() if it == ABSENT else asking("b", required=it == REQUIRED) for it in said
        ]
        member = query(merged(*specs))["b"]
    else:
        specs = [
            requiring(
                small_spec() if it == ABSENT else with_fields(b=text),
                *(("b",) if it == REQUIRED else ()),
            )
            for it in said
        ]
        member = fields(merged(*specs))["b"]
        required_in = ()
    assert (member.required, member.required_in) == (required, required_in)
    assert member.available.versions == available


@pytest.mark.parametrize("having", SUBSETS)
@pytest.mark.parametrize("resource", ["lamps", "suns"])
def test_an_operation_says_in_which_versions_it_is(having: tuple[str, ...], resource: str) -> None:
    """In three versions: an operation of a resource that all have, and the only one of its own."""
    specs: list[Schema] = []
    for version in VERSIONS:
        spec = body(a={"type": "string"}) if version in having else small_spec()
        if version in having:
            inside(spec, "paths", LAMP_PATH, "put", "x-runnersmith")["resource"] = resource
            if resource == "suns":
                inside(spec, "x-runnersmith", "resources")["suns"] = {"description": "Its suns."}
        specs.append(spec)
    found = operations(merged(*specs))
    expected = () if having == VERSIONS else having
    assert found[f"{resource}.put"].available.versions == expected
    assert not found["lamps.get"].available.versions


@pytest.mark.parametrize("older", [True, False])
def test_a_model_of_some_versions_is_kept(older: bool) -> None:
    """An older version's own model is there as well as the newest's, in the order of names."""
    plain, more = small_spec(), with_fields(bulb={"$ref": "#/components/schemas/Bulb"})
    lamp(more)["bulb"] = {"$ref": "#/components/schemas/Bulb"}
    inside(more, "components", "schemas")["Bulb"] = {
        "type": "object",
        "description": "A bulb.",
        "properties": {"w": {"type": "integer", "description": "Watts."}},
    }
    api = merged(*((plain, more) if older else (more, plain)))
    assert [model.name for model in api.models] == ["Bulb", "Lamp"]
    assert fields(api)["bulb"].available.versions == (OLDER if older else NEWEST,)


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ({"type": "integer"}, {"type": "string"}, ir.Union(members=(INT, TEXT))),
        ({"type": "array", "items": {"type": "integer"}}, {"type": "integer"}, LIST_OR_ONE),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, None),
    ],
)
@pytest.mark.parametrize("where", ["body", "query", "reply"])
def test_a_member_has_the_merged_type(
    where: str, new: Schema, old: Schema, expected: ir.Type | None
) -> None:
    """The types of a response's field, a body's and a query parameter go through one table."""
    if where == "body":
        found = arguments(merged(body(b=new), body(b=old)))["b"].type
    elif where == "query":
        found = query(merged(asking("b", new), asking("b", old)))["b"].type
    else:
        found = _bare(fields(merged(with_fields(b=new), with_fields(b=old)))["b"].type)
    assert found == (expected or ir.Literal(values=("a",), open=True))


def _bare(found: ir.Type) -> ir.Type:
    return found.type if isinstance(found, ir.Nullable) else found


def test_another_path_is_kept_for_each_version() -> None:
    """With the newest's names in the braces."""
    api = merged(
        small_spec(),
        moved("/houses/{house}/bulbs/{bulb}", ("lamp_id", "bulb")),
        moved("/houses/{house}/lights/{lamp_id}"),
    )
    found = operations(api)["lamps.get"]
    assert found.path == LAMP_PATH
    assert found.older_paths == (
        ir.OlderPath(version=OLDER, path="/houses/{house}/bulbs/{lamp_id}"),
        ir.OlderPath(version=OLDEST, path="/houses/{house}/lights/{lamp_id}"),
    )


def test_a_renamed_path_parameter_is_no_difference() -> None:
    """Names in braces never travel; the newest's is the argument's."""
    api = merged(small_spec(), moved("/houses/{house}/lamps/{bulb}", ("lamp_id", "bulb")))
    found = operations(api)["lamps.get"]
    assert not found.older_paths
    assert [it.name for it in found.arguments] == ["lamp_id"]


def test_the_more_careful_repeat_counts() -> None:
    """What is unsafe to repeat in one version is not repeated in any."""
    new, old = body(a={"type": "string"}), body(a={"type": "string"})
    stated = inside(old, "paths", LAMP_PATH, "put", "x-runnersmith")
    stated.update({"repeat": "unsafe", "lookup": "the lamp in `lamps.get`"})
    for api in (merged(new, old), merged(old, new)):
        found = operations(api)["lamps.put"]
        assert (found.repeat, found.lookup) == ("unsafe", "the lamp in `lamps.get`")


@pytest.mark.parametrize("older", [True, False])
def test_what_is_secret_in_one_version_is_secret(older: bool) -> None:
    """A value that one version marks as secret is never shown, whichever version marks it."""
    text: Schema = {"type": "string"}
    secret: Schema = {**text, "x-runnersmith": {"secret": True}}
    specs = with_fields(b=text), with_fields(b=secret)
    assert fields(merged(*(specs if older else specs[::-1])))["b"].secret


# ── What the table does not cover ────────────────────────────────────────────────────────────


def _refused_type() -> tuple[Schema, Schema]:
    return with_fields(b={"type": "string"}), with_fields(b={})


def _refused_body_type() -> tuple[Schema, Schema]:
    return body(b={"type": ["integer", "string"]}), body(b={})


def _refused_method() -> tuple[Schema, Schema]:
    old = body(a={"type": "string"})
    item = inside(old, "paths", LAMP_PATH)
    item["patch"] = item.pop("put")
    return body(a={"type": "string"}), old


def _refused_parameter() -> tuple[Schema, Schema]:
    old = moved("/houses/{house}/lamps/{lamp_id}/{side}")
    parameters = inside(old, "paths", "/houses/{house}/lamps/{lamp_id}/{side}")["parameters"]
    side: Schema = {**cast("list[Schema]", parameters)[0], "name": "side"}
    cast("list[Json]", parameters).append(side)
    return small_spec(), old


def _two_ids(path: str) -> Schema:
    """A spec with two path parameters that a caller gives, in the order of the path."""
    spec = moved(path)
    parameters = cast("list[Schema]", inside(spec, "paths", path)["parameters"])
    parameters.append({**parameters[1], "name": "side", "description": "The side."})
    if path.index("{side}") < path.index("{lamp_id}"):
        parameters[1:] = parameters[:0:-1]
    return spec


def _refused_order() -> tuple[Schema, Schema]:
    return (
        _two_ids("/houses/{house}/lamps/{lamp_id}/sides/{side}"),
        _two_ids("/houses/{house}/sides/{side}/lamps/{lamp_id}"),
    )


def _refused_move() -> tuple[Schema, Schema]:
    new = body(a={"type": "string"}, bright={"type": "integer"})
    old = body(a={"type": "string"})
    parameter = inside(asking(), "paths", LAMP_PATH, "get")["parameters"]
    inside(old, "paths", LAMP_PATH, "put")["parameters"] = parameter
    return new, old


def _refused_name() -> tuple[Schema, Schema]:
    text: Json = {"type": "string"}
    return body(**{"a-b": text}), body(a_b=text)


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        (_refused_type, "Lamp"),
        (_refused_body_type, "lamps/put"),
        (_refused_method, "lamps/put"),
        (_refused_parameter, "lamps/get"),
        (_refused_order, "lamps/get"),
        (_refused_move, "lamps/put"),
        (_refused_name, "lamps/put"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_the_table_does_not_cover_is_a_problem(
    pair: Callable[[], tuple[Schema, Schema]], name: str, turned: bool
) -> None:
    """It names the operation or the model, and where that stands."""
    specs = pair()[::-1] if turned else pair()
    first = refused(*specs).splitlines()[0]
    lines = json.dumps(specs[0], indent=1).splitlines()
    found = int(first.split(":")[1])
    assert first.startswith("spec.json:")
    assert f": {name}: " in first
    assert any(name in line or "Lamp" in line for line in lines[found - 1 : found + 3]), first


def test_an_older_parameter_does_not_take_the_name_of_an_argument() -> None:
    """The older version's query parameter is called what the newest's path parameter is."""
    old = moved("/houses/{house}/lamps/{bulb}", ("lamp_id", "bulb"), spec=asking("lamp_id"))
    assert ": lamps/get: " in refused(small_spec(), old)


def test_every_difference_is_told_at_once() -> None:
    """One that cannot be merged does not hide the next."""
    text: Schema = {"type": "string"}
    new, old = with_fields(b=text, c=text), with_fields(b={}, c={})
    assert len(refused(new, old).splitlines()) == 2


def test_a_problem_of_an_inline_object_has_its_place() -> None:
    """A model that the builder named is told at its operation or property, not at line 1."""

    def nested(schema: Schema) -> Schema:
        inner = {"x": {"description": "X.", **schema}}
        return with_fields(b={"type": "object", "properties": cast(Json, inner)})

    found = refused(nested({"type": "string"}), nested({}))
    assert not found.startswith("spec.json:1:")


def _other_items() -> tuple[Schema, Schema]:
    def listing(key: str) -> Schema:
        spec = with_fields(rows={"type": "array", "items": {"type": "string"}})
        lamp(spec)["cols"] = {**cast(Schema, lamp(spec)["rows"])}
        inside(spec, "components", "schemas", "Lamp")["x-runnersmith"] = {"items": key}
        lamp(spec)["total_count"] = {"type": "integer", "description": "All."}
        get = inside(spec, "paths", LAMP_PATH, "get")
        inside(get, "x-runnersmith")["paged"] = True
        get["parameters"] = [
            {"name": name, "in": "query", "description": "P.", "schema": {"type": "integer"}}
            for name in ("page", "per_page")
        ]
        return requiring(spec, "rows", "cols", "total_count")

    return listing("rows"), listing("cols")


def _at_root(**changed: Json) -> Callable[[], tuple[Schema, Schema]]:
    def pair() -> tuple[Schema, Schema]:
        old = small_spec()
        for key, value in changed.items():
            if key == "server":
                old["servers"] = [{"url": value}]
            else:
                inside(old, "x-runnersmith")[key.replace("_", "-")] = value
        return small_spec(), old

    return pair


def _other_scope() -> tuple[Schema, Schema]:
    old = small_spec()
    scopes = inside(old, "x-runnersmith", "scopes")
    scopes["home"] = scopes.pop("house")
    return small_spec(), old


@pytest.mark.parametrize(
    "pair",
    [
        _other_items,
        _at_root(version_header="X-Other"),
        _at_root(media_type="application/vnd.other+json"),
        _at_root(server="https://other.example.com"),
        _other_scope,
    ],
    ids=["items", "header", "media", "server", "scope"],
)
def test_no_difference_is_dropped_in_silence(pair: Callable[[], tuple[Schema, Schema]]) -> None:
    """A fact of an older version that one client cannot hold is a problem."""
    assert refused(*pair())
