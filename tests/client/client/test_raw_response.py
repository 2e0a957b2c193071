"""The response behind a result, and requests that depend on its ETag."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any, assert_type

import msgspec
import pytest

import ghrunners
from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    TOKEN,
    UPDATE,
    AnyClient,
    AsyncClient,
    Client,
    Thing,
    Things,
    Ticket,
    either,
    page,
    pickled,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners import models
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.response_errors import NotFound, UnexpectedResponse

ETAG = 'W/"5f2c"'
HEADERS = {
    "ETag": ETAG,
    "X-GitHub-Request-Id": "AB:12",
    "Set-Cookie": "logged_in=no",
    "WWW-Authenticate": "Basic",
    "X-Odd": f"before {TOKEN} after",
    "Link": '<https://api.github.com/x?page=2>; rel="next"',
}
UNCHANGED = ScriptedResponse(status=304, headers={"ETag": ETAG})


# ── The response behind a result ─────────────────────────────────────────────────────────────


@either
def test_a_call_gives_its_reply_as_well(kind: AnyClient) -> None:
    """Status, headers, ETag and request id stand beside the typed result."""
    with (
        ScriptedServer(json_response(THING, headers=HEADERS)) as server,
        OpenClient(kind, server.url) as held,
    ):
        raw = held.raw(held.org.call, GET, path={"thing": 7})
    assert raw.value == Thing(id=7, name="seven")
    assert (raw.status, raw.etag, raw.request_id) == (200, ETAG, "AB:12")
    assert raw.headers["content-type"] == "application/json; charset=utf-8"
    assert raw.headers["link"] == HEADERS["Link"]
    assert server.only.header("if-none-match") is None


@either
def test_headers_show_no_secret(kind: AnyClient) -> None:
    """Cookies and challenges are left out, a token in another header is masked."""
    with (
        ScriptedServer(json_response(THING, headers=HEADERS)) as server,
        OpenClient(kind, server.url) as held,
    ):
        raw = held.raw(held.org.call, GET, path={"thing": 7})
    assert not {"set-cookie", "www-authenticate"} & raw.headers.keys()
    assert raw.headers["x-odd"] == "before *** after"


@either
def test_several_lines_of_a_header_are_joined(kind: AnyClient) -> None:
    """As everywhere in HTTP."""
    text = "HTTP/1.1 204 X\r\nX-Two: a\r\nx-two: b\r\n\r\n"
    with (
        ScriptedServer(ScriptedResponse(raw=text.encode())) as server,
        OpenClient(kind, server.url) as held,
    ):
        raw = held.raw(held.org.call, DELETE, path={"thing": 7})
    assert raw.headers["x-two"] == "a, b"
    assert raw.value is None
    assert raw.status == 204


@either
def test_of_a_list_it_is_one_page(kind: AnyClient) -> None:
    """The first, of 100, or the one that is asked for."""
    answer = json_response(page([1, 2], 900), headers=HEADERS)
    with ScriptedServer(answer, answer) as server, OpenClient(kind, server.url) as held:
        first = held.raw(held.org.list)
        third = held.raw(held.org.list, page=3, per_page=2)
    assert isinstance(first.value, Things)
    assert [thing.id for thing in third.value.things] == [1, 2]
    assert first.etag == ETAG
    assert [one.target for one in server.requests] == [
        "/orgs/acme/things?per_page=100",
        "/orgs/acme/things?page=3&per_page=2",
    ]


@either
def test_a_secret_result_stays_masked(kind: AnyClient) -> None:
    """A repr shows no header and no secret, and such a result is not pickled."""
    headers = {"X-Odd": "unusual"}
    with (
        ScriptedServer(json_response(TICKET, 201, headers)) as server,
        OpenClient(kind, server.url) as held,
    ):
        raw = held.raw(held.org.call, CREATE)
    assert isinstance(raw.value, Ticket)
    assert raw.value.token == TICKET["token"]
    assert repr(raw).startswith("RawResponse(status=201, value=Ticket(token=***")
    assert "unusual" not in repr(raw)
    with pytest.raises(TypeError, match="Ticket holds a secret"):
        pickle.dumps(raw)


@either
def test_it_is_a_plain_value(kind: AnyClient) -> None:
    """It pickles, copies and compares, and is taken apart by what takes dataclasses apart."""
    with (
        ScriptedServer(json_response(THING, headers=HEADERS)) as server,
        OpenClient(kind, server.url) as held,
    ):
        raw = held.raw(held.org.call, GET, path={"thing": 7})
    again = pickled(raw)
    assert again == raw
    parts = dataclasses.asdict(raw)
    assert parts == {"status": 200, "headers": raw.headers, "value": raw.value}
    assert dataclasses.replace(raw, status=203).status == 203
    assert copy.deepcopy(raw) == raw
    built = msgspec.to_builtins(raw)
    assert built == {"status": 200, "headers": raw.headers, "value": THING}


@either
def test_a_secret_result_is_taken_apart_too(kind: AnyClient) -> None:
    """A copy in memory gives nothing away, and masks what its original masks."""
    ticket = {**TICKET, "thing": THING}
    with ScriptedServer(json_response(ticket, 201)) as server, OpenClient(kind, server.url) as held:
        raw = held.raw(held.org.call, CREATE)
    parts = dataclasses.asdict(raw)
    assert parts["value"] == raw.value
    assert parts["value"].thing == raw.value.thing
    assert str(TICKET["token"]) not in repr(parts)
    assert copy.deepcopy(raw) == raw


@either
def test_a_call_goes_its_usual_way(kind: AnyClient) -> None:
    """Redirects, retries and errors are what they are without it; the last response counts."""
    moved = ScriptedResponse(status=307, headers={"Location": "/orgs/9/things/7"})
    with (
        ScriptedServer(
            ScriptedResponse(status=502),
            moved,
            json_response(THING, headers=HEADERS),
            json_response({"message": "No"}, 404),
        ) as server,
        OpenClient(kind, server.url, retry=Retry(base=0.0)) as held,
    ):
        raw = held.raw(held.org.call, GET, path={"thing": 7})
        with pytest.raises(NotFound):
            held.raw(held.org.call, GET, path={"thing": 7})
    assert (raw.status, raw.etag) == (200, ETAG)
    assert len(server.requests) == 4


@either
def test_the_options_of_the_method_s_client_hold(kind: AnyClient) -> None:
    """A client made by `with_options` lends its methods; the response of each call is its own."""
    with (
        ScriptedServer(ScriptedResponse(status=502), json_response(THING)) as server,
        OpenClient(kind, server.url) as held,
    ):
        patient = held.client.with_options(retry=Retry(base=0.0))
        assert held.raw(patient.org().call, GET, path={"thing": 7}).status == 200


@either
def test_what_is_no_method_of_a_resource_is_refused(kind: AnyClient) -> None:
    """A result, a function, a method of something else, of another flavour, of another client."""
    other = AsyncClient if kind is Client else Client
    with (
        ScriptedServer() as server,
        OpenClient(kind, server.url) as held,
        OpenClient(kind, server.url) as stranger,
        OpenClient(other, server.url) as foreign,
    ):
        odd: list[Any] = [7, None, len, held.client.supports, "x".upper, held.org]
        for call in odd:
            with pytest.raises(TypeError, match="call must be a method of a resource of this"):
                held.raw(call)
        with pytest.raises(TypeError, match="call must be a method"):
            held.raw(foreign.org.call, GET, path={"thing": 7})
        with pytest.raises(TypeError, match="this one sent no request"):
            held.raw(held.org.__repr__)
        with pytest.raises(InvalidArgument, match="another client"):
            held.raw(stranger.org.call, GET, path={"thing": 7})
    assert server.requests == []


def test_types_go_through() -> None:
    """A type checker knows the result, and the arguments, of what is called."""
    runner: dict[str, object] = {"id": 7, "name": "r", "os": "linux", "status": "online"}
    runner |= {"busy": False, "labels": []}
    listed = json_response({"total_count": 1, "runners": [runner]}, headers={"ETag": ETAG})
    with (
        ScriptedServer(json_response(runner), listed, UNCHANGED) as server,
        ghrunners.Client(auth=TOKEN, base_url=server.url) as github,
    ):
        runners = github.org("acme").runners
        one = github.with_raw_response(runners.get, 7)
        assert_type(one, ghrunners.RawResponse[models.Runner])
        many = github.with_raw_response(runners.list, per_page=5)
        assert_type(many, ghrunners.RawResponse[models.RunnerList])
        same = github.if_none_match(many.etag or "", runners.list, per_page=5)
        assert_type(same, ghrunners.RawResponse[models.RunnerList] | None)
    assert one.value.name == "r"
    assert many.value.total_count == 1
    assert same is None


# ── Requests that depend on an ETag ──────────────────────────────────────────────────────────


@either
def test_what_has_not_changed_is_none(kind: AnyClient) -> None:
    """A 304 is the answer, of one thing and of a page alike."""
    with ScriptedServer(UNCHANGED, UNCHANGED) as server, OpenClient(kind, server.url) as held:
        assert held.unless(ETAG, held.org.call, GET, path={"thing": 7}) is None
        assert held.unless(ETAG, held.org.list) is None
    assert [one.header("if-none-match") for one in server.requests] == [ETAG, ETAG]


@either
def test_what_has_changed_comes_with_its_new_etag(kind: AnyClient) -> None:
    """It is what `with_raw_response` gives."""
    answer = json_response(THING, headers={"ETag": '"new"'})
    with ScriptedServer(answer) as server, OpenClient(kind, server.url) as held:
        raw = held.unless(ETAG, held.org.call, GET, path={"thing": 7})
    assert (raw.value.name, raw.etag) == ("seven", '"new"')


@either
def test_the_condition_goes_with_repeats_and_redirects(kind: AnyClient) -> None:
    """Each request of the call has it, wherever it goes; the next call does not."""
    moved = ScriptedResponse(status=302, headers={"Location": "/orgs/9/things/7"})
    script = (ScriptedResponse(status=503), moved, UNCHANGED, json_response(THING))
    with (
        ScriptedServer(*script) as server,
        OpenClient(kind, server.url, retry=Retry(base=0.0)) as held,
    ):
        assert held.unless(ETAG, held.org.call, GET, path={"thing": 7}) is None
        held.do(held.org.call, GET, path={"thing": 7})
    sent = [one.header("if-none-match") for one in server.requests]
    assert sent == [ETAG, ETAG, ETAG, None]


@either
@pytest.mark.parametrize("etag", ["5f2c", 'W/"5f2c"', '"5f,2c"', "W/5f2c", '""'])
def test_an_etag_is_handed_back_as_it_came(kind: AnyClient, etag: str) -> None:
    """With quotes or without: only the server knows what it means by it."""
    script = (
        json_response(THING, headers={"ETag": etag}),
        ScriptedResponse(status=304, headers={"ETag": etag}),
    )
    with ScriptedServer(*script) as server, OpenClient(kind, server.url) as held:
        raw = held.raw(held.org.call, GET, path={"thing": 7})
        assert raw.etag == etag
        assert held.unless(raw.etag, held.org.call, GET, path={"thing": 7}) is None
    assert [one.header("if-none-match") for one in server.requests] == [None, etag]


@either
@pytest.mark.parametrize(
    "etag",
    [
        "",
        '"5f2c',
        "5f,2c",
        "5f 2c",
        'w/"x"',
        "*",
        '"a", "b"',
        '"a"b"',
        '"x"\r\nX: y',
        '"x"\n',
        '"é"',
        '"\0"',
    ],
)
def test_what_is_no_etag_is_refused(kind: AnyClient, etag: str) -> None:
    """Before anything is sent: it would match nothing, or add a header."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        with pytest.raises(InvalidArgument, match="etag must be as in the response"):
            held.unless(etag, held.org.call, GET, path={"thing": 7})
        with pytest.raises(TypeError, match="etag must be a str, not NoneType"):
            held.unless(None, held.org.call, GET, path={"thing": 7})
    assert server.requests == []


@either
@pytest.mark.parametrize("operation", [CREATE, UPDATE, DELETE], ids=lambda it: it.id)
def test_a_write_is_refused(kind: AnyClient, operation: Any) -> None:
    """Nothing is sent: a write on condition is another matter."""
    with (
        ScriptedServer() as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(InvalidArgument, match="if_none_match cannot be used for a write"),
    ):
        held.unless(ETAG, held.org.call, operation, path={"thing": 7})
    assert server.requests == []


@either
def test_a_304_that_nobody_asked_for_is_unexpected(kind: AnyClient) -> None:
    """It has no content to read."""
    with ScriptedServer(UNCHANGED, UNCHANGED) as server, OpenClient(kind, server.url) as held:
        with pytest.raises(UnexpectedResponse):
            held.do(held.org.call, GET, path={"thing": 7})
        with pytest.raises(UnexpectedResponse):
            held.raw(held.org.call, GET, path={"thing": 7})
