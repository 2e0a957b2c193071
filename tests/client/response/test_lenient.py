"""A list with something odd in it: what is kept, what is warned of, and what is too odd."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
import types
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import ClassVar, Literal

import msgspec
import pytest

import ghrunners
from client.runtime_api import TOKEN, Caller, Client, SyncCaller, both
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.errors import OutcomeUnknown
from ghrunners._runtime.request.operation import Operation, PagedOperation
from ghrunners._runtime.response import lenient, tolerance
from ghrunners._runtime.response.json import Mismatch, decode
from ghrunners._runtime.response.warnings import SchemaDrift
from ghrunners._runtime.response_errors import UnexpectedResponse
from ghrunners._runtime.types import Model, SecretModel

SECRET = "EXAMPLE-SECRET-OF-A-TEST"  # noqa: S105 - nobody's
JSON = {"Content-Type": "application/json"}


# ── A small API ──────────────────────────────────────────────────────────────────────────────


class Part(Model, frozen=True, kw_only=True, gc=False):
    id: int
    kind: Literal["a", "b"] | str
    size: int | None = None


class Key(SecretModel, frozen=True, kw_only=True, gc=False):
    _secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    id: int
    name: str
    token: str | None
    parts: list[Part] = msgspec.field(default_factory=list[Part])


class Widget(Model, frozen=True, kw_only=True, gc=False):
    id: int
    name: str
    state: Literal["on", "off"] | str = "on"
    part: Part | None = None
    parts: list[Part] = msgspec.field(default_factory=list[Part])
    tags: list[str] = msgspec.field(default_factory=list[str])
    made: datetime | None = None
    counts: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    inner: str | None = msgspec.field(name="outer", default=None)
    key: Key | None = None


class Widgets(Model, frozen=True, kw_only=True, gc=False):
    total_count: int
    widgets: list[Widget]

    def __iter__(self) -> Iterator[Widget]:
        return iter(self.widgets)


class Keys(Model, frozen=True, kw_only=True, gc=False):
    total_count: int
    keys: list[Key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)


class Tag(Model, frozen=True, kw_only=True, gc=False):
    name: str
    id: int | None = None


class Node(Model, frozen=True, kw_only=True, gc=False):
    id: int
    child: Node | None = None


class Signed(SecretModel, frozen=True, kw_only=True, gc=False):
    _secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    widget: Widget
    note: str
    token: str
    parts: list[Part] = msgspec.field(default_factory=list[Part])


def listed(kind: object) -> Operation[list[object]]:
    """An operation that gives a list of a kind."""
    returns = types.GenericAlias(list, kind)
    return Operation(
        id="x", method="GET", path="/x", success=(200,), returns=lambda: returns, repeat="safe"
    )


LIST: PagedOperation[Widget, Widgets] = PagedOperation(
    id="widgets/list",
    method="GET",
    path="/orgs/{org}/widgets",
    success=(200,),
    returns=lambda: Widgets,
    repeat="safe",
    items=lambda page: page.widgets,
    total=lambda page: page.total_count,
)
KEYS: Operation[Keys] = Operation(
    id="keys/list",
    method="GET",
    path="/orgs/{org}/keys",
    success=(200,),
    returns=lambda: Keys,
    repeat="safe",
)

WIDGET: Mapping[str, object] = {"id": 1, "name": "one"}
PART: Mapping[str, object] = {"id": 5, "kind": "a"}
KEY: Mapping[str, object] = {"id": 3, "name": "three", "token": SECRET}


def page(*widgets: object) -> dict[str, object]:
    return {"total_count": len(widgets), "widgets": list(widgets)}


def keys(*found: object) -> dict[str, object]:
    return {"total_count": len(found), "keys": list(found)}


def without(value: Mapping[str, object], name: str) -> dict[str, object]:
    return {key: one for key, one in value.items() if key != name}


def shown(error: BaseException) -> str:
    """All that an error can show, and a traceback with the variables of all frames but the test's."""
    assert error.__traceback__ is not None
    error.with_traceback(error.__traceback__.tb_next)
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert "_runtime" in found.stack[-1].filename
    return "".join(found.format()) + repr(error) + repr(vars(error))


# ── What is kept ─────────────────────────────────────────────────────────────────────────────

# A widget with one odd value, what becomes of which field, and the warning.
ODD: dict[str, tuple[dict[str, object], str, object, str, str]] = {
    "a null": ({**WIDGET, "name": None}, "name", None, "/name", "Expected str, got null"),
    "another type": ({**WIDGET, "id": "7"}, "id", "7", "/id", "Expected int, got str"),
    "an object": (
        {**WIDGET, "name": {"first": [1]}},
        "name",
        {"first": [1]},
        "/name",
        "Expected str, got object",
    ),
    "missing": (
        without(WIDGET, "name"),
        "name",
        None,
        "/name",
        "a required field is missing",
    ),
    "an optional one": (
        {**WIDGET, "state": 3},
        "state",
        3,
        "/state",
        "Expected str, got int",
    ),
    "another name on the wire": (
        {**WIDGET, "outer": 3},
        "inner",
        3,
        "/outer",
        "Expected str | null, got int",
    ),
    "no date": (
        {**WIDGET, "made": SECRET},
        "made",
        SECRET,
        "/made",
        "Invalid RFC3339 encoded datetime",
    ),
    "in a list": (
        {**WIDGET, "tags": ["x", None, "y"]},
        "tags",
        ["x", None, "y"],
        "/tags/*",
        "Expected str, got null",
    ),
    "no list": (
        {**WIDGET, "tags": SECRET},
        "tags",
        SECRET,
        "/tags",
        "Expected array, got str",
    ),
    "in a map": (
        {**WIDGET, "counts": {SECRET: SECRET}},
        "counts",
        {SECRET: SECRET},
        "/counts/*",
        "Expected int, got str",
    ),
    "in an object": (
        {**WIDGET, "part": {**PART, "kind": None, "new": 1}},
        "part",
        Part(id=5, kind=None),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        "/part/kind",
        "Expected str, got null",
    ),
    "in an object of a list": (
        {**WIDGET, "parts": [PART, {**PART, "id": "9"}]},
        "parts",
        [Part(id=5, kind="a"), Part(id="9", kind="a")],  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        "/parts/*/id",
        "Expected int, got str",
    ),
    "missing in an object": (
        {**WIDGET, "part": {"id": 5}},
        "part",
        Part(id=5, kind=None),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        "/part/kind",
        "a required field is missing",
    ),
    "another object": (
        {**WIDGET, "part": {"x": 1}},
        "part",
        {"x": 1},
        "/part/id",
        "a required field is missing",
    ),
    "no object": (
        {**WIDGET, "part": [1]},
        "part",
        [1],
        "/part",
        "Expected object | null, got array",
    ),
    "an object that is none in a list": (
        {**WIDGET, "parts": [PART, None]},
        "parts",
        [Part(id=5, kind="a"), None],
        "/parts/*",
        "Expected object, got null",
    ),
}


@both
@pytest.mark.parametrize(("widget", "name", "kept", "pointer", "problem"), ODD.values(), ids=ODD)
def test_an_odd_value_costs_no_more_than_itself(
    flavour: type[Caller],
    widget: dict[str, object],
    name: str,
    kept: object,
    pointer: str,
    problem: str,
) -> None:
    """It is kept as it came; all else of its item and all other items are as declared."""
    good: dict[str, object] = {**WIDGET, "id": 8, "made": "2026-01-02T00:00:00Z", "new": {}}
    odd = {"made": "2026-01-02T00:00:00Z", **widget, "new": {"a": [1]}}
    with (
        ScriptedServer(json_response(page(good, odd, good))) as server,
        pytest.warns(SchemaDrift) as caught,
    ):
        found = flavour(server.url).call(LIST)
    first, middle, last = found.widgets
    made = datetime(2026, 1, 2, tzinfo=UTC)
    assert first == last == Widget(id=8, name="one", made=made)
    assert type(middle) is Widget
    assert getattr(middle, name) == kept
    whole = Widget(id=1, name="one", made=made)
    assert msgspec.structs.replace(middle, **{name: getattr(whole, name)}) == whole
    [warning] = [one.message for one in caught]
    assert isinstance(warning, SchemaDrift)
    place = f"/widgets/*{pointer}"
    assert str(warning) == f"widgets/list: 1 value is not as declared: {place} ({problem})"
    assert (warning.operation, warning.pointers, warning.count) == ("widgets/list", (place,), 1)
    assert SECRET not in repr(warning)


def test_a_list_without_anything_around_it_is_read_too() -> None:
    """Its items are at the top."""
    with (
        ScriptedServer(json_response([WIDGET, {**WIDGET, "name": None}])) as server,
        pytest.warns(
            SchemaDrift,
            match=r"^x: 1 value is not as declared: /\*/name \(Expected str, got null\)$",
        ),
    ):
        one, two = SyncCaller(server.url).call(listed(Widget))
    assert one == Widget(id=1, name="one")
    assert isinstance(two, Widget)
    assert msgspec.structs.replace(two, name="one") == one


def test_one_required_field_is_not_all_that_tells() -> None:
    """Where only one is required, any field that is there as declared tells the item."""
    with (
        ScriptedServer(json_response([{"name": None, "id": 4}])) as server,
        pytest.warns(SchemaDrift),
    ):
        [tag] = SyncCaller(server.url).call(listed(Tag))
    assert (type(tag), getattr(tag, "id", None)) == (Tag, 4)


@pytest.mark.parametrize("tag", [{"name": None}, {"name": 7, "id": None}, {"name": 7, "id": "x"}])
def test_a_null_tells_nothing(tag: dict[str, object]) -> None:
    """An item of which all that is there is null or odd is another object."""
    with (
        ScriptedServer(json_response([tag])) as server,
        pytest.raises(UnexpectedResponse, match="at /0: another object than the declared one"),
    ):
        SyncCaller(server.url).call(listed(Tag))


def test_an_odd_value_far_down_is_not_dug_out() -> None:
    """A model in itself, time and again, is a mismatch, wherever in the reading the stack ends."""
    node: dict[str, object] = {"id": 1, "child": {"id": None}}
    found: list[object] = []
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(traceback.extract_stack()) + 150)
    try:
        for _ in range(120):
            node = {"id": 1, "child": node}
            found.append(lenient.decode_leniently(list[Node], msgspec.json.encode([node])))
    finally:
        sys.setrecursionlimit(limit)
    assert isinstance(found[0], tolerance.Lenient)
    deep = [one for one in found if not isinstance(one, tolerance.Lenient)]
    assert {one.problem for one in deep if isinstance(one, Mismatch)} == {
        "the body is nested too deeply"
    }
    assert all(isinstance(one, Mismatch) for one in deep)


def test_a_declared_list_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading costs only who needs it."""
    monkeypatch.setattr(lenient, "decode_leniently", None)
    with ScriptedServer(json_response(page(WIDGET))) as server:
        assert SyncCaller(server.url).call(LIST).widgets == [Widget(id=1, name="one")]


def test_a_page_of_runners_stays_readable() -> None:
    """The generated models too, whichever of their values is new."""
    runner: dict[str, object] = {
        "id": 1,
        "name": "r1",
        "os": "linux",
        "status": "online",
        "busy": False,
        "labels": [],
    }
    odd: list[dict[str, object]] = [
        {**runner, "id": 2, "os": None, "labels": [{"name": None, "id": 4}]},
        {**without(runner, "status"), "id": 3, "version": 7, "labels": None},
        {**runner, "id": 4, "busy": "perhaps", "ephemeral": {}},
    ]
    content: dict[str, object] = {"total_count": 4, "runners": [runner, *odd]}
    with (
        ScriptedServer(json_response(content)) as server,
        ghrunners.Client(auth=TOKEN, base_url=server.url) as client,
        pytest.warns(ghrunners.SchemaDrift) as caught,
    ):
        found = list(client.org("acme").runners.list())
    assert [(type(one), one.id, one.name) for one in found] == [
        (ghrunners.models.Runner, number, "r1") for number in (1, 2, 3, 4)
    ]
    assert [(type(one), one.id) for one in found[1].labels] == [(ghrunners.models.RunnerLabel, 4)]
    [warning] = [one.message for one in caught]
    assert isinstance(warning, ghrunners.SchemaDrift)
    assert (warning.operation, warning.count) == ("org.runners.list", 7)
    pointers = ["os", "labels/*/name", "status", "version", "labels", "busy", "ephemeral"]
    assert sorted(warning.pointers) == sorted(f"/runners/*/{pointer}" for pointer in pointers)


# ── What is too odd ──────────────────────────────────────────────────────────────────────────

# A response, and what the error says: where, what was expected, what is wrong.
TOO_ODD: dict[str, tuple[object, str, str | None, str]] = {
    "an item that is null": (
        page(WIDGET, None),
        "/widgets/1",
        "object",
        "Expected object, got null",
    ),
    "an item that is text": (page("x"), "/widgets/0", "object", "Expected object, got str"),
    "an item that is a list": (page([]), "/widgets/0", "object", "Expected object, got array"),
    "an empty item": (page(WIDGET, {}), "/widgets/1", None, "another object than the declared one"),
    "an item of another shape": (
        page({"status": "x", "tags": ["a"]}),
        "/widgets/0",
        None,
        "another object than the declared one",
    ),
    "an item that is odd throughout": (
        page({"id": None, "name": 1, "state": "on"}),
        "/widgets/0",
        None,
        "another object than the declared one",
    ),
    "no total": ({"widgets": [WIDGET]}, "/total_count", None, "a required field is missing"),
    "a null for a total": (
        {"total_count": None, "widgets": [WIDGET]},
        "/total_count",
        "int",
        "Expected int, got null",
    ),
    "no items": ({"total_count": 1}, "/widgets", None, "a required field is missing"),
    "null for items": (
        {"total_count": 1, "widgets": None},
        "/widgets",
        "array",
        "Expected array, got null",
    ),
    "an object for items": (
        {"total_count": 1, "widgets": {"0": WIDGET}},
        "/widgets",
        "array",
        "Expected array, got object",
    ),
    "items alone": ([WIDGET], "", "object", "Expected object, got array"),
    "an odd total after an odd item": (
        {"widgets": [{**WIDGET, "name": None}], "total_count": "1"},
        "/total_count",
        "int",
        "Expected int, got str",
    ),
    "another item after an odd one": (
        page({**WIDGET, "name": None}, {"x": 1}),
        "/widgets/1",
        None,
        "another object than the declared one",
    ),
}


@both
@pytest.mark.parametrize(
    ("content", "pointer", "expected", "problem"), TOO_ODD.values(), ids=TOO_ODD
)
def test_what_holds_the_items_is_read_strictly(
    flavour: type[Caller], content: object, pointer: str, expected: str | None, problem: str
) -> None:
    """A list is never shorter than it should be, nor made of something else; nobody is warned."""
    with (
        ScriptedServer(json_response(content)) as server,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        flavour(server.url).call(LIST)
    assert (caught.value.pointer, caught.value.expected) == (pointer, expected)
    place = pointer or "the top"
    assert str(caught.value) == f"GET /orgs/acme/widgets: response 200: at {place}: {problem}"
    assert json.loads(caught.value.body) == content


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (b', "x": [1,', "not valid JSON"),
        (b', "name": "\xff"}]}', "not valid UTF-8"),
        (b"}, " + b"[" * 200_000, "nested too deeply"),
        (b', "name": ' + b"[" * 200_000, "nested too deeply"),
        (b"}]} more", "not valid JSON"),
    ],
    ids=["cut", "no text", "deep", "deep inside", "more"],
)
def test_what_comes_after_an_odd_value_is_looked_at(rest: bytes, problem: str) -> None:
    """The first reading stops at what is odd; the second one finds what is broken behind it."""
    body = b'{"total_count": 1, "widgets": [{"id": "1"' + rest
    with (
        ScriptedServer(ScriptedResponse(body=body, headers=JSON)) as server,
        pytest.raises(UnexpectedResponse, match=problem),
    ):
        SyncCaller(server.url).call(LIST)


ONE: Operation[Widget] = Operation(
    id="x", method="GET", path="/x", success=(200,), returns=lambda: Widget, repeat="safe"
)


@both
@pytest.mark.parametrize(("widget", "name", "kept", "pointer", "problem"), ODD.values(), ids=ODD)
def test_a_single_object_is_read_like_an_item(
    flavour: type[Caller],
    widget: dict[str, object],
    name: str,
    kept: object,
    pointer: str,
    problem: str,
) -> None:
    """One value that is not as declared does not make the others unreadable."""
    with ScriptedServer(json_response(widget)) as server, pytest.warns(SchemaDrift) as caught:
        found = flavour(server.url).call(ONE)
    assert type(found) is Widget
    assert getattr(found, name) == kept
    whole = Widget(id=1, name="one")
    assert msgspec.structs.replace(found, **{name: getattr(whole, name)}) == whole
    [warning] = [one.message for one in caught]
    assert isinstance(warning, SchemaDrift)
    assert str(warning) == f"x: 1 value is not as declared: {pointer} ({problem})"
    assert SECRET not in repr(warning)


@both
@pytest.mark.parametrize(("widget", "pointer"), [(one[0], one[3]) for one in ODD.values()], ids=ODD)
def test_a_strict_client_refuses_a_single_object(
    flavour: type[Caller], widget: dict[str, object], pointer: str
) -> None:
    """The error has the pointer, as far as it holds no data, and the body."""
    with (
        ScriptedServer(json_response(widget)) as server,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        flavour(server.url, strict=True).call(ONE)
    assert caught.value.pointer is not None
    assert pointer.startswith(caught.value.pointer.replace("/1", "/*"))
    assert json.loads(caught.value.body) == caught.value.json() == widget


@both
@pytest.mark.parametrize(
    ("widget", "pointer"),
    [({**WIDGET, "name": None}, "/widgets/1/name"), ({"id": 1}, "/widgets/1/name")],
)
def test_a_strict_client_raises(
    flavour: type[Caller], widget: dict[str, object], pointer: str
) -> None:
    """Where another would warn."""
    with (
        ScriptedServer(json_response(page(WIDGET, widget))) as server,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        flavour(server.url, strict=True).call(LIST)
    assert caught.value.pointer == pointer


def test_a_part_of_a_client_may_be_strict() -> None:
    """`with_options` says so, and the rest goes on as it was."""
    with (
        ScriptedServer(default=json_response(page({**WIDGET, "name": None}))) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        with pytest.raises(UnexpectedResponse):
            client.with_options(strict=True).org().call(LIST)
        with pytest.warns(SchemaDrift):
            client.org().call(LIST)


def test_a_write_that_gives_an_odd_list_is_done() -> None:
    """Its list is read like any other; a strict client cannot tell what became of it."""
    write = msgspec.structs.replace(LIST, method="POST", repeat="unsafe")
    answer = json_response(page({**WIDGET, "name": None}))
    with ScriptedServer(default=answer) as server:
        with pytest.warns(SchemaDrift):
            assert len(SyncCaller(server.url).call(write).widgets) == 1
        with pytest.raises(OutcomeUnknown) as caught:
            SyncCaller(server.url, strict=True).call(write)
    assert isinstance(caught.value.error, UnexpectedResponse)


# ── Secrets ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "pointer"),
    [
        ({**KEY, "name": None}, "/keys/*/name"),
        (without(KEY, "name"), "/keys/*/name"),
        ({**KEY, "parts": [{**PART, "kind": 7}]}, "/keys/*/parts/*/kind"),
    ],
)
def test_what_holds_a_secret_may_lack_something_else(key: dict[str, object], pointer: str) -> None:
    """A null or a missing value shows nothing, and the secret is whole."""
    with ScriptedServer(json_response(keys(key))) as server, pytest.warns(SchemaDrift) as caught:
        [found] = SyncCaller(server.url).call(KEYS).keys
    assert found.token == SECRET
    assert SECRET not in repr(found)
    assert [getattr(one.message, "pointers", None) for one in caught] == [(pointer,)]


@pytest.mark.parametrize(
    ("key", "pointer"),
    [
        ({**KEY, "token": [SECRET]}, "/keys/1/token"),
        (without(KEY, "token"), "/keys/1/token"),
        ({**KEY, "name": {"token": SECRET}}, "/keys/1/name"),
        ({**KEY, "name": 7}, "/keys/1/name"),
        ({**KEY, "parts": SECRET}, "/keys/1/parts"),
        ({**KEY, "parts": [{"token": SECRET}]}, "/keys/1/parts/0/id"),
        ({"value": SECRET, "id": 3}, "/keys/1/token"),
    ],
)
def test_a_credential_is_not_half_read(key: dict[str, object], pointer: str) -> None:
    """A secret that is not as declared, or may have moved elsewhere, refuses the response."""
    content = keys(KEY, key)
    with (
        ScriptedServer(json_response(content)) as server,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        SyncCaller(server.url).call(KEYS)
    assert caught.value.pointer == pointer
    assert SECRET not in shown(caught.value)
    assert SECRET.encode() in caught.value.body


@pytest.mark.parametrize(
    "key", [SECRET, [SECRET], {"value": SECRET}, [KEY], {**KEY, "token": [SECRET]}]
)
def test_what_should_hold_a_secret_is_not_kept_as_it_came(key: object) -> None:
    """Inside of another model it would show in a repr."""
    with (
        ScriptedServer(json_response(page({**WIDGET, "key": key}))) as server,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        SyncCaller(server.url).call(LIST)
    assert SECRET not in shown(caught.value)


SIGNED: Operation[Signed] = Operation(
    id="x", method="POST", path="/x", success=(200,), returns=lambda: Signed, repeat="unsafe"
)
WHOLE: Mapping[str, object] = {"widget": WIDGET, "parts": [PART], "note": "n", "token": SECRET}


@both
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"widget": {**WIDGET, "name": None}}, "/widget/name"),
        ({"widget": {**WIDGET, "name": 7, "new": 1}}, "/widget/name"),
        ({"widget": without(WIDGET, "name")}, "/widget/name"),
        ({"widget": {**WIDGET, "part": {**PART, "kind": None}}}, "/widget/part/kind"),
        ({"parts": [PART, {**PART, "id": "9"}]}, "/parts/*/id"),
    ],
)
def test_an_object_beside_a_secret_does_not_cost_the_secret(
    flavour: type[Caller], change: dict[str, object], pointer: str
) -> None:
    """It is read like an item of a list: the server hands the secret out only once."""
    with (
        ScriptedServer(json_response({**WHOLE, **change})) as server,
        pytest.warns(SchemaDrift) as caught,
    ):
        found = flavour(server.url).call(SIGNED)
    assert (found.token, found.note, type(found.widget)) == (SECRET, "n", Widget)
    assert drifts(caught) == [("x", 1, (pointer,))]
    assert SECRET not in repr(found) + str(caught[0].message)


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({**WHOLE, "token": None}, "/token"),
        ({**WHOLE, "token": [SECRET], "widget": {**WIDGET, "name": None}}, "/token"),
        (without({**WHOLE, "widget": {**WIDGET, "name": None}}, "token"), "/token"),
        ({**WHOLE, "note": None}, "/note"),
        ({**WHOLE, "widget": None}, "/widget"),
        ({**WHOLE, "widget": SECRET}, "/widget"),
        ({**WHOLE, "widget": {"token": SECRET}}, "/widget"),
        ({**WHOLE, "parts": SECRET}, "/parts"),
        ({**WHOLE, "parts": [SECRET]}, "/parts/0"),
    ],
)
def test_all_else_beside_a_secret_is_read_strictly(
    content: Mapping[str, object], pointer: str
) -> None:
    """The secret itself, plain values, and what is no object of the declared kind."""
    with ScriptedServer(json_response(content)) as server, pytest.raises(OutcomeUnknown) as caught:
        SyncCaller(server.url).call(SIGNED)
    error = caught.value.error
    assert isinstance(error, UnexpectedResponse)
    assert error.pointer == pointer
    assert SECRET not in shown(caught.value)


# ── Work ─────────────────────────────────────────────────────────────────────────────────────


def work(monkeypatch: pytest.MonkeyPatch, kind: object, content: object) -> tuple[object, int, int]:
    """Read a body leniently: the result, and how many values and bytes were decoded for it."""
    decoded: list[int] = []

    def counting(kind: object, raw: bytes | msgspec.Raw) -> object:
        decoded.append(memoryview(raw).nbytes)
        return decode(kind, raw)

    monkeypatch.setattr(lenient, "decode", counting)
    result = lenient.decode_leniently(kind, msgspec.json.encode(content))
    return result, len(decoded), sum(decoded)


@pytest.mark.parametrize(
    "widget",
    [
        {**WIDGET, "parts": [0] * 500},
        {**WIDGET, "tags": [0] * 500},
        {**WIDGET, "parts": [{**PART, "size": "s"}] * 100},
        {**WIDGET, "name": None},
    ],
    ids=["no parts", "no texts", "odd parts", "odd items"],
)
def test_the_work_for_odd_values_is_bounded(
    monkeypatch: pytest.MonkeyPatch, widget: dict[str, object]
) -> None:
    """However many there are: then the response is a mismatch. Ten times as many take no longer."""
    monkeypatch.setattr(tolerance, "MAX_VALUES", 10_000)
    for times in (3_000, 30_000):
        result, values, _ = work(monkeypatch, list[Widget], [widget] * times)
        assert isinstance(result, Mismatch)
        assert result.problem == "too many values of the wrong type"
        assert values <= 2 * 10_000


def test_items_as_declared_are_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list with one odd value is read."""
    monkeypatch.setattr(tolerance, "MAX_VALUES", 100)
    content = [*[WIDGET] * 1000, {**WIDGET, "name": None}]
    result, _, _ = work(monkeypatch, list[Widget], content)
    assert isinstance(result, tolerance.Lenient)
    assert result.count == 1


def test_a_deep_object_is_not_parsed_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each level parses all that is below it: as many times as the limit, and not more."""
    node: dict[str, object] = {"id": None, "pad": "x" * 2**20}
    for _ in range(100):
        node = {"id": 1, "child": node}
    result, _, size = work(monkeypatch, list[Node], [node])
    assert isinstance(result, Mismatch)
    assert result.problem == "too many values of the wrong type"
    assert size <= (tolerance.MAX_PARSES + 2) * len(msgspec.json.encode([node]))


# ── Warnings ─────────────────────────────────────────────────────────────────────────────────


def drifts(caught: pytest.WarningsRecorder) -> list[tuple[str, int, tuple[str, ...]]]:
    """The operation, the number of values and their places, for each warning."""
    drifts = [one.message for one in caught if isinstance(one.message, SchemaDrift)]
    return [(one.operation, one.count, one.pointers) for one in drifts]


def test_an_operation_warns_once() -> None:
    """By one client and those made from it, under the name that a caller uses."""
    odd = page(*({**WIDGET, "name": None} for _ in range(5)), {**WIDGET, "name": 1, "state": 2})
    named = msgspec.structs.replace(LIST, name="org.widgets.list")
    expected = (6 + 1, ("/widgets/*/name", "/widgets/*/state"))
    with (
        ScriptedServer(default=json_response(odd)) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        with pytest.warns(SchemaDrift) as caught:
            _ = [one.org().call(named) for one in (client, client, client.with_options(timeout=5))]
        assert drifts(caught) == [("org.widgets.list", *expected)]
        with pytest.warns(SchemaDrift) as caught:
            client.org().call(LIST)  # another operation
        assert drifts(caught) == [("widgets/list", *expected)]
        server.script(json_response(page({**WIDGET, "tags": None})))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client.org().call(LIST)
        with pytest.warns(SchemaDrift) as caught:
            SyncCaller(server.url).call(LIST)
        assert drifts(caught) == [("widgets/list", *expected)]


def test_a_warning_is_bounded() -> None:
    """It names twenty places, and says how many more there are."""
    names = [f"field_{number:02}" for number in range(30)]
    wide = msgspec.defstruct("Wide", [("id", int), *((name, str) for name in names)], kw_only=True)
    content = [{"id": 1, **dict.fromkeys(names)}] * 2
    with ScriptedServer(json_response(content)) as server, pytest.warns(SchemaDrift) as caught:
        SyncCaller(server.url).call(listed(wide))
    assert drifts(caught) == [("x", 60, tuple(f"/*/{name}" for name in names[:20]))]
    text = str(caught[0].message)
    assert text.startswith("x: 60 values are not as declared: /*/field_00 (Expected str, got null)")
    assert text.endswith(", 10 more places")


def test_a_warning_made_an_error_is_raised_each_time() -> None:
    """Who asks for errors misses none, and neither they nor their frames show the response."""
    odd = {**WIDGET, "name": None, "key": KEY, "more": SECRET}
    with (
        ScriptedServer(default=json_response(page(WIDGET, odd))) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error", SchemaDrift)
        for _ in range(2):
            with pytest.raises(SchemaDrift) as caught:
                client.org().call(LIST)
            assert SECRET not in shown(caught.value)


def line_of(text: str) -> int:
    """The line of this file that ends in a text."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    [number] = [n for n, line in enumerate(lines, 1) if line.endswith(text)]
    return number


def test_a_warning_points_at_the_line_of_the_caller() -> None:
    """Of a call and of a loop, in either flavour."""

    def program() -> None:
        with ghrunners.Client(auth=TOKEN, base_url=server.url) as client:
            client.org("acme").runners.list_labels(1)  # a call
            for _ in client.org("acme").runners.list():  # a loop
                pass
        asyncio.run(other())

    async def other() -> None:
        async with ghrunners.AsyncClient(auth=TOKEN, base_url=server.url) as client:
            await client.org("acme").runners.list_labels(1)  # an await
            async for _ in client.org("acme").runners.list():  # an async loop
                pass

    labels = json_response({"total_count": 1, "labels": [{"id": 1, "name": None}]})
    runners = json_response({"total_count": 1, "runners": [{"id": 1}]})
    with ScriptedServer(*[labels, runners] * 2) as server, pytest.warns(SchemaDrift) as caught:
        program()
    assert {one.filename for one in caught} == {__file__}
    assert [line for line, _ in groupby(one.lineno for one in caught)] == [
        line_of(text) for text in ("# a call", "# a loop", "# an await", "# an async loop")
    ]
