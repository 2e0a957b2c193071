"""The request that leaves: exactly what the caller said, as seen on the socket."""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Mapping

import pytest

from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    TOKEN,
    UPDATE,
    Caller,
    Client,
    SyncCaller,
    both,
)
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.request.builder import PathValue, QueryValue
from ghrunners._runtime.types import UNSET


class Colour(enum.StrEnum):
    RED = "red"


class OldColour(str, enum.Enum):  # noqa: UP042 - as older code has it
    RED = "red"


class Number(enum.IntEnum):
    SEVEN = 7


@both
def test_headers_are_these_and_no_others(flavour: type[Caller]) -> None:
    """A read carries the headers of the API, the token, and what HTTP itself needs."""
    with ScriptedServer(json_response(THING)) as server:
        flavour(server.url).call(GET, path={"thing": 7})
    assert sorted((name.lower(), value) for name, value in server.only.headers) == [
        ("accept", "application/vnd.github+json"),
        ("accept-encoding", "gzip"),
        ("authorization", f"Bearer {TOKEN}"),
        ("host", f"127.0.0.1:{server.port}"),
        ("user-agent", "ghrunners/0.0"),
        ("x-github-api-version", "2026-03-10"),
    ]
    assert (server.only.method, server.only.body) == ("GET", b"")


SEGMENTS: Mapping[PathValue, str] = {
    "seven": "seven",
    7: "7",
    -1: "-1",
    10**30: "1" + "0" * 30,
    "aZ09-._~": "aZ09-._~",
    "a/b": "a%2Fb",
    "../../x": "..%2F..%2Fx",
    "..": "",
    "...": "...",
    ".a": ".a",
    "%2e%2e": "%252e%252e",
    "%2F": "%252F",
    "a%": "a%25",
    "a b": "a%20b",
    "a+b": "a%2Bb",
    "a?b#c": "a%3Fb%23c",
    "a&b=c;d": "a%26b%3Dc%3Bd",
    "a\\b": "a%5Cb",
    "a@b:c": "a%40b%3Ac",
    "!$'()*,[]": "%21%24%27%28%29%2A%2C%5B%5D",
    '<">`{|}^': "%3C%22%3E%60%7B%7C%7D%5E",
    "größe": "gr%C3%B6%C3%9Fe",
    "\N{RUNNER}": "%F0%9F%8F%83",
    "\u2028\u202e": "%E2%80%A8%E2%80%AE",
    " ": "%20",
    "{thing}": "%7Bthing%7D",
    Colour.RED: "red",
    OldColour.RED: "red",
}


@both
@pytest.mark.parametrize(("value", "segment"), [kv for kv in SEGMENTS.items() if kv[1]])
def test_a_path_value_is_one_segment(flavour: type[Caller], value: PathValue, segment: str) -> None:
    """Whatever a value holds, it travels as one segment, encoded once, and nothing decodes it."""
    with ScriptedServer(json_response(THING)) as server:
        flavour(server.url).call(GET, path={"thing": value})
    assert server.only.target == f"/orgs/acme/things/{segment}"


def test_an_int_enum_travels_as_its_number() -> None:
    """An IntEnum is its value, whatever its repr says."""
    with ScriptedServer(json_response(THING)) as server:
        SyncCaller(server.url).call(GET, path={"thing": Number.SEVEN})
    assert server.only.target == "/orgs/acme/things/7"


@both
def test_the_value_that_a_scope_holds_is_one_segment(flavour: type[Caller]) -> None:
    """An organization cannot lead to another path either."""
    with ScriptedServer(json_response(THING)) as server:
        flavour(server.url).call(GET, org="../../user", path={"thing": 7})
    assert server.only.target == "/orgs/..%2F..%2Fuser/things/7"


@both
@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "a\rb", "a\nb", "\r\nX-Evil: 1", "a\0", "\t", "\x1b", "\x7f", "\x85", "\ud800"],
)
def test_a_path_value_that_cannot_be_a_segment_is_refused(
    flavour: type[Caller], value: str
) -> None:
    """Dots, nothing, control characters and lone surrogates are rejected before anything is sent."""
    with ScriptedServer() as server:
        with pytest.raises(InvalidArgument, match="thing must not"):
            flavour(server.url).call(GET, path={"thing": value})
        with pytest.raises(InvalidArgument, match="org must not"):
            flavour(server.url).call(GET, org=value, path={"thing": 7})
    assert server.requests == []


@pytest.mark.parametrize("value", [True, 1.0, None, b"x", UNSET, ["a"]])
def test_a_path_value_of_another_type_is_refused(value: object) -> None:
    """Only str and int name a resource: True is not runner 1."""
    with (
        ScriptedServer() as server,
        pytest.raises(TypeError, match="thing must be a str or an int"),
    ):
        SyncCaller(server.url).call(GET, path={"thing": value})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType] - the point
    assert server.requests == []


QUERIES: list[tuple[dict[str, QueryValue], str]] = [
    ({}, ""),
    ({"name": UNSET, "page": UNSET}, ""),
    ({"name": "seven"}, "?name=seven"),
    ({"name": "a&b=c d+e/ä%"}, "?name=a%26b%3Dc%20d%2Be%2F%C3%A4%25"),
    ({"name": "a\r\nb\0"}, "?name=a%0D%0Ab%00"),
    ({"name": ""}, "?name="),
    ({"page": 2, "busy": True, "idle": False}, "?page=2&busy=true&idle=false"),
    ({"ids": [1, 2]}, "?ids=1&ids=2"),
    ({"names": ("a", "b,c")}, "?names=a&names=b%2Cc"),
    ({"ids": []}, ""),
    ({"b": 1, "a": 2}, "?b=1&a=2"),
]


@both
@pytest.mark.parametrize(("query", "sent"), QUERIES)
def test_a_query_is_what_was_given(
    flavour: type[Caller], query: dict[str, QueryValue], sent: str
) -> None:
    """Given values travel encoded, in order; unset ones do not travel."""
    with ScriptedServer(json_response(THING)) as server:
        flavour(server.url).call(GET, path={"thing": 7}, query=query)
    assert server.only.target == f"/orgs/acme/things/7{sent}"


@pytest.mark.parametrize("value", [None, 1.5, {"a": 1}, {1, 2}, [True], [None], iter("ab")])
def test_a_query_value_of_another_type_is_refused(value: object) -> None:
    """None is not the word `None`, and a set has no order."""
    with ScriptedServer() as server, pytest.raises(TypeError, match="name must be a str or an int"):
        SyncCaller(server.url).call(GET, path={"thing": 7}, query={"name": value})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType] - the point
    assert server.requests == []


def test_a_query_with_a_lone_surrogate_is_refused() -> None:
    """What has no encoding is rejected, without the text in the error."""
    with (
        ScriptedServer() as server,
        pytest.raises(InvalidArgument, match="name must not contain lone"),
    ):
        SyncCaller(server.url).call(GET, path={"thing": 7}, query={"name": "a\udfff"})
    assert server.requests == []


def test_an_endless_argument_is_refused() -> None:
    """An address that no server takes is not sent."""
    with ScriptedServer() as server, pytest.raises(InvalidArgument, match="too long"):
        SyncCaller(server.url).call(GET, path={"thing": "x" * 40_000})
    assert server.requests == []


BODIES: list[tuple[dict[str, object], object]] = [
    ({}, {}),
    ({"name": UNSET}, {}),
    ({"name": "fast", "visibility": UNSET}, {"name": "fast"}),
    ({"network_id": None}, {"network_id": None}),
    ({"labels": []}, {"labels": []}),
    ({"labels": ("a", "b")}, {"labels": ["a", "b"]}),
    ({"restricted": False, "id": 0, "ratio": 0.5}, {"restricted": False, "id": 0, "ratio": 0.5}),
    ({"image": {"id": "1", "tags": [None]}}, {"image": {"id": "1", "tags": [None]}}),
    ({"name": "ä\r\n\0\u2028"}, {"name": "ä\r\n\0\u2028"}),
    ({"day": datetime.date(2026, 3, 10)}, {"day": "2026-03-10"}),
    ({"colour": Colour.RED}, {"colour": "red"}),
]


@both
@pytest.mark.parametrize(("body", "sent"), BODIES)
def test_a_body_holds_the_fields_that_were_given(
    flavour: type[Caller], body: dict[str, object], sent: object
) -> None:
    """A PATCH sends what was set, null included, and nothing else."""
    with ScriptedServer(json_response(THING)) as server:
        flavour(server.url).call(UPDATE, path={"thing": 7}, body=body)
    request = server.only
    assert json.loads(request.body) == sent
    assert request.header("content-type") == "application/json"
    assert request.header("content-length") == str(len(request.body))
    assert request.header("transfer-encoding") is None


@both
def test_no_body_is_no_body(flavour: type[Caller]) -> None:
    """An operation without a body sends none, and claims no type for it."""
    with ScriptedServer(json_response(TICKET, 201)) as server:
        flavour(server.url).call(CREATE)
    assert (server.only.method, server.only.target) == ("POST", "/orgs/acme/tickets")
    assert server.only.body == b""
    assert server.only.header("content-type") is None
    assert server.only.header("content-length") == "0"


@both
def test_a_delete_sends_its_method_alone(flavour: type[Caller]) -> None:
    """A DELETE has neither body nor length."""
    with ScriptedServer(json_response(THING, 500)) as server, pytest.raises(Exception, match="500"):
        flavour(server.url).call(DELETE, path={"thing": 7})
    assert server.only.method == "DELETE"
    assert server.only.header("content-length") is None


@pytest.mark.parametrize("value", ["gpu", {"gpu"}, (x for x in "ab"), {"a": 1}, 5, True])
def test_what_is_no_list_is_refused_where_one_belongs(value: object) -> None:
    """`labels="gpu"` is not g, p and u; a set or a generator has no order to rely on."""
    with (
        ScriptedServer() as server,
        pytest.raises(TypeError, match="labels must be a list or a tuple"),
    ):
        SyncCaller(server.url).call(UPDATE, path={"thing": 7}, body={"labels": value})
    assert server.requests == []


@pytest.mark.parametrize("value", [{"a"}, b"bytes", {"a": UNSET}, float("nan"), "\ud800"])
def test_what_json_cannot_express_is_refused(value: object) -> None:
    """By the name of its field, before anything is sent. `test_json_values` has all places."""
    with ScriptedServer() as server, pytest.raises(InvalidArgument, match=r"^field"):
        SyncCaller(server.url).call(UPDATE, path={"thing": 7}, body={"field": value})
    assert server.requests == []


def test_the_base_path_precedes_every_target() -> None:
    """Enterprise Server's API is below a path; a slash at its end changes nothing."""
    with ScriptedServer(default=json_response(THING)) as server:
        for base_url in (f"{server.url}/api/v3", f"{server.url}/api/v3/"):
            with Client(base_url=base_url, auth=TOKEN) as client:
                client.org().call(GET, path={"thing": 7})
    assert server.targets == ["/api/v3/orgs/acme/things/7"] * 2
