"""Changes of the spec and their level for callers: each kind is reported once.

The cases are in diff/: each changes one thing about a small client.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import cast, get_args

import pytest

from diff import client_cases, member_cases, plain_cases
from diff.lamp_client import (
    BODY,
    GET,
    HOUSE,
    INT,
    LAMP,
    LAMP_CLIENT,
    LIST,
    NEW,
    OLD,
    STR,
    adding,
    argument,
    either,
    field,
    find,
    model,
    on,
    one_of,
    only,
    reference,
    with_changed,
    without,
)
from runnersmith import ir
from runnersmith.diff import KINDS, LEVELS, Change, Kind, diff, reaches, semver_step
from runnersmith.diff.client import LEFT_OUT, NOT_COMPARED
from runnersmith.diff.limits import direction
from runnersmith.lowering.core.limits import limits as limits_of
from runnersmith.openapi.document import Document, Json
from runnersmith.openapi.schema_view import SchemaViews

_TABLES = (client_cases.CASES, member_cases.CASES, plain_cases.CASES)
CASES = {name: case for table in _TABLES for name, case in table.items()}
assert len(CASES) == sum(map(len, _TABLES)), "two cases have one name"


def summaries(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.level, change.subject) for change in changes]


@pytest.mark.parametrize("name", CASES)
def test_a_change_has_its_kind_and_level(name: str) -> None:
    """One thing that changed is told once, of the right kind, judged for its traffic."""
    old, new, expected = CASES[name]
    assert summaries(diff(old, new)) == list(expected)


# ── Nothing is left out ──────────────────────────────────────────────────────────────────────


def test_every_kind_and_level_has_a_case() -> None:
    """What `KINDS` says can be, is seen to be, and nothing else."""
    assert tuple(KINDS) == get_args(Kind)
    listed = {(kind, level) for kind, levels in KINDS.items() for level in levels}
    assert {change[:2] for case in CASES.values() for change in case.expected} == listed


def ir_fields() -> set[str]:
    """Every field of every class of the IR."""
    return {f"{one.__name__}.{field.name}" for one in _CLASSES for field in dataclasses.fields(one)}


_CLASSES = tuple(
    one for one in vars(ir).values() if isinstance(one, type) and dataclasses.is_dataclass(one)
)


def touched(old: object, new: object, *path: str) -> Iterator[tuple[str, ...]]:
    """The ways to the innermost differences of two values, as the fields of the IR on each."""
    if type(old) is type(new) and isinstance(old, _CLASSES):
        for one in dataclasses.fields(old):
            name = f"{type(old).__name__}.{one.name}"
            yield from touched(getattr(old, one.name), getattr(new, one.name), *path, name)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        before, after = cast(tuple[object, ...], old), cast(tuple[object, ...], new)
        if len(before) == len(after):
            for pair in zip(before, after, strict=True):
                yield from touched(*pair, *path)
        else:
            yield path
    elif old != new:
        yield path


def test_every_field_of_the_ir_is_compared_or_excused() -> None:
    """A field that the IR gets has to be compared, or listed with a reason.

    Compared is what is on the way to the one difference of some case.
    """
    ways = [list(touched(case.old, case.new)) for case in CASES.values() if case.expected]
    compared = {name for found in ways if len(found) == 1 for name in found[0]}
    assert compared == ir_fields() - NOT_COMPARED.keys()
    assert all(NOT_COMPARED.values())


EXCUSED = {
    "Model.module": with_changed(LAMP, module="other"),
    "Model.wire_name": with_changed(LAMP, wire_name="other"),
    "Scope.wire_name": with_changed(HOUSE, wire_name="other"),
    "Parameter.location": with_changed(f"{GET}.arguments.room", location="query"),
    "Body.available": with_changed(BODY.rpartition(".")[0], available=only(NEW)),
    "Body.required": with_changed(BODY.rpartition(".")[0], required=False),
    "SuccessResponse.type": with_changed(
        GET, responses=(dataclasses.replace(find(GET).responses[0], type=None),)
    ),
    "Resource.module": with_changed(f"{HOUSE}.resources.doors", module="other"),
    "ErrorResponse.error": with_changed(
        GET, errors=(dataclasses.replace(find(GET).errors[0], error="RunnerBusy"),)
    ),
    "Api.ir_version": with_changed("", ir_version=0),
    "Api.package": with_changed("", package="other"),
    "Parameter.example": with_changed(f"{GET}.arguments.room", example="3"),
    "Parameter.bounds": with_changed(f"{GET}.arguments.room", bounds="{}"),
    "Field.example": with_changed(f"{BODY}.name", example="3"),
    "Field.bounds": with_changed(f"{BODY}.name", bounds="{}"),
    "Model.example": with_changed(LAMP, example="{}"),
    "SuccessResponse.example": with_changed(
        GET, responses=(dataclasses.replace(find(GET).responses[0], example="{}"),)
    ),
    "ErrorResponse.example": with_changed(
        GET, errors=(dataclasses.replace(find(GET).errors[0], example="{}"),)
    ),
    "Body.example": with_changed(BODY.rpartition(".")[0], example="{}"),
    "Api.tasks": with_changed(
        "", tasks=(ir.Task(title="Light", description="", methods=("lamps.get",)),)
    ),
    "Api.introduced": with_changed(
        "", introduced=(ir.Introduced(version="2026-03-10", product="ghes", since="3.21"),)
    ),
}


@pytest.mark.parametrize("name", EXCUSED)
def test_what_is_excused_is_no_change(name: str) -> None:
    """A field that is not compared can be anything."""
    assert all(name in way[-2:] for way in touched(LAMP_CLIENT, EXCUSED[name]))
    assert EXCUSED[name] != LAMP_CLIENT
    assert diff(LAMP_CLIENT, EXCUSED[name]) == ()


def test_every_excused_field_is_tried() -> None:
    """Only the tags of types, which no type can have otherwise, what is in `Api.introduced` and
    `Api.tasks`, operations that are left out and the unused name of a tag have no separate trial.
    """
    tags = {f"{one.__name__}.kind" for one in get_args(ir.Type)}
    inside = {
        f"{one.__name__}.{field.name}"
        for one in (ir.Introduced, ir.Task)
        for field in dataclasses.fields(one)
    }
    untried = tags | inside | LEFT_OUT.keys() | {"Tag.name"}
    assert NOT_COMPARED.keys() - EXCUSED.keys() == untried


# ── What is no change ────────────────────────────────────────────────────────────────────────


def test_order_is_no_change() -> None:
    """Names tell things apart, not where they stand; only positional arguments have an order."""
    other = with_changed("", models=LAMP_CLIENT.models[::-1])
    other = with_changed(LAMP, other, fields=find(LAMP).fields[::-1])
    other = with_changed(LIST, other, query=find(LIST).query[::-1])
    other = with_changed(GET, other, available=on(*find(GET).available.products[::-1]))
    other = with_changed(HOUSE, other, resources=find(HOUSE, other).resources[::-1])
    assert other != LAMP_CLIENT
    assert diff(LAMP_CLIENT, other) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (one_of("a", "b"), one_of("b", "a")),
        (either(INT, STR), either(STR, INT)),
        (one_of("a", is_open=True), one_of("a", is_open=True)),
    ],
)
def test_types_of_the_same_values_are_the_same(one: ir.Type, other: ir.Type) -> None:
    """The order of values and alternatives says nothing."""
    place = f"{LAMP}.fields.note"
    assert diff(with_changed(place, type=one), with_changed(place, type=other)) == ()


def test_two_api_versions_can_be_compared() -> None:
    """Across versions it is no change that the versions differ; what one of them lacks, is one."""
    old = with_changed("", version=OLD, versions=(OLD,))
    new = without(f"{LAMP}.fields.note", with_changed("", version=NEW, versions=(NEW,)))
    assert summaries(diff(old, new, across=True)) == [("field-removed", "breaking", "Lamp.note")]
    assert {change.kind for change in diff(old, new)} == {
        "version-added",
        "version-removed",
        "default-version-changed",
        "field-removed",
    }


# ── Renames ──────────────────────────────────────────────────────────────────────────────────


def test_models_are_followed_through_renames() -> None:
    """A wrapper and what is in it, both renamed, are two renames, and further changes are seen."""
    lamps = ir.Array(items=reference("Light"))
    new = without("models.Lamp", without("models.LampList"))
    light = dataclasses.replace(find(LAMP), name="Light", fields=find(LAMP).fields[:-1])
    light = dataclasses.replace(light, eithers=(), fields=(*light.fields, field("volts", INT)))
    wrapper = dataclasses.replace(find("models.LampList"), name="LightList")
    new = adding("models", light, wrapper, api=new)
    new = with_changed("models.LightList.fields.lamps", new, type=lamps)
    new = with_changed(LIST, new, returns=reference("LightList"), item=reference("Light"))
    new = with_changed(GET, new, returns=reference("Light"))
    assert summaries(diff(LAMP_CLIENT, new)) == [
        ("model-renamed", "breaking", "Light"),
        ("field-added", "compatible", "Light.volts"),
        ("field-removed", "breaking", "Light.image_details"),
        ("either-removed", "breaking", "Light.picture"),
        ("model-renamed", "breaking", "LightList"),
    ]


def test_a_method_is_compared_under_its_new_name() -> None:
    """What else changed about a renamed method is told with it."""
    new = with_changed(GET, name="find", arguments=(argument("room"), argument("lamp_id", STR)))
    assert summaries(diff(LAMP_CLIENT, new)) == [
        ("operation-renamed", "breaking", "house.lamps.find"),
        ("type-changed", "breaking", "house.lamps.find(lamp_id)"),
    ]


def test_a_model_of_one_resource_belongs_to_it() -> None:
    """A changelog tells of a model where its only resource is told of; of a shared one, apart."""
    doors = f"{HOUSE}.resources.doors.operations.open"
    shared = with_changed(doors, returns=reference("Lamp"))
    for api, owner in ((LAMP_CLIENT, "lamps"), (shared, None)):
        (change,) = diff(api, with_changed(f"{LAMP}.fields.note", api, required=True))
        assert change.resource == owner
    (gone,) = diff(adding("models", model("Bulb", "response", field("id"))), LAMP_CLIENT)
    assert gone.resource is None


# ── Limits ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("", "1 to 100"),
        ("1 to 100", "2 to 100"),
        ("1 to 100", "1 to 99"),
        ("at least 1", "1 to 5"),
        ("at most 5", "less than 5"),
        ("at least 0", "more than 0"),
        ("more than -1.5", "at least 1e3"),
        ("at most 9 items", "at most 9 items, no item twice"),
        ("a multiple of 2", "a multiple of 4"),
        ("1 to 9 characters", "1 to 9 characters, matching a, or matching b"),
        ("at most 9 entries", "at most 8 entries"),
    ],
)
def test_bounds_are_read(loose: str, tight: str) -> None:
    """Words of bounds tell which admit less."""
    assert direction(loose, tight) == "narrower"
    assert direction(tight, loose) == "wider"
    assert direction(tight, tight) == "same"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 to 5", "2 to 6"),
        ("1 to 5", "1 to 5 items"),
        ("matching a", "matching b"),
        ("a multiple of 2", "a multiple of 3"),
        ("1 to 5", "a handful"),
        ("a handful", "1 to 5, or so"),
    ],
)
def test_bounds_that_are_neither(old: str, new: str) -> None:
    """What admits both more and less, or cannot be read, is just another bound."""
    assert direction(old, new) == "other"


def _words(**schema: Json) -> str:
    document = Document(name="a", data={**schema}, locate=dict)
    return limits_of(SchemaViews(document).of(document.root))


@pytest.mark.parametrize(
    "schema",
    [
        {"minimum": 1, "maximum": 100},
        {"minimum": -1.5},
        {"maximum": 10**20},
        {"exclusiveMinimum": 0, "exclusiveMaximum": 1e-9},
        {"minItems": 1, "maxItems": 100, "uniqueItems": True},
        {"minLength": 1, "maxLength": 64, "pattern": "^[a, b]{1,2}, matching$"},
        {"minProperties": 1},
        {"multipleOf": 0.5},
    ],
)
def test_all_words_for_bounds_are_understood(schema: dict[str, Json]) -> None:
    """The builder writes no bound that is not read back: a bound taken away always loosens."""
    assert direction(_words(**schema), "") == "wider"
    for left in schema:
        fewer = {key: value for key, value in schema.items() if key != left}
        assert direction(_words(**schema), _words(**fewer)) == "wider"


# ── Versions ─────────────────────────────────────────────────────────────────────────────────


def changes_of(level: str) -> tuple[Change, ...]:
    """Changes of which the gravest has a level."""
    case = next(case for case in CASES.values() if case.expected[0][1] == level)
    return diff(case.old, case.new)


@pytest.mark.parametrize(
    ("level", "step", "early"),
    [
        ("breaking", "major", "minor"),
        ("compatible", "minor", "minor"),
        ("documentation", "patch", "patch"),
    ],
)
def test_the_step_follows_from_the_gravest_change(level: str, step: str, early: str) -> None:
    """What breaks is a major step; before 1.0 it is a minor one."""
    changes = (*changes_of("documentation"), *changes_of(level))
    assert semver_step(changes) == step
    assert semver_step(changes, "1.0.0") == step
    assert semver_step(changes, "10.2.0") == step
    assert semver_step(changes, "0.1.0") == early


def test_nothing_calls_for_nothing() -> None:
    """Without a change there is no step, and no level is reached."""
    assert semver_step(diff(LAMP_CLIENT, LAMP_CLIENT)) is None
    assert not any(reaches(diff(LAMP_CLIENT, LAMP_CLIENT), level) for level in LEVELS)


def test_a_level_is_reached_by_what_is_graver() -> None:
    """`--fail-on compatible` also fails on what breaks; not the other way round."""
    reached = [[reaches(changes_of(found), level) for level in LEVELS] for found in LEVELS]
    assert reached == [[True, True, True], [False, True, True], [False, False, True]]
