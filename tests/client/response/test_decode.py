"""Decoding of responses: the declared value, or an error that says what came instead."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import pytest

from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    LIST,
    THING,
    TICKET,
    Caller,
    SyncCaller,
    Thing,
    Ticket,
    both,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.errors import OutcomeUnknown
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import ServerError, UnexpectedResponse
from ghrunners._runtime.types import Model

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


@both
def test_a_declared_reply_is_its_model(flavour: type[Caller]) -> None:
    """Known fields are read; unknown ones, and unknown values of open strings, do no harm."""
    with ScriptedServer(json_response({**THING, "state": "melting", "new": {"a": [1]}})) as server:
        thing = flavour(server.url).call(GET, path={"thing": 7})
    assert thing == Thing(id=7, name="seven", state="melting")


@both
def test_a_reply_without_content_is_none(flavour: type[Caller]) -> None:
    """204 is a success that says nothing."""
    with ScriptedServer(ScriptedResponse(status=204)) as server:
        flavour(server.url).call(DELETE, path={"thing": 7})
    assert server.only.method == "DELETE"


@both
@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/vnd.github+json",
        "application/vnd.github.v3+json; x=y",
    ],
)
def test_json_has_several_names(flavour: type[Caller], media_type: str) -> None:
    """Every media type that means JSON is read."""
    answer = json_response(THING, headers={"Content-Type": media_type})
    with ScriptedServer(answer) as server:
        assert flavour(server.url).call(GET, path={"thing": 7}).id == 7


@both
def test_a_compressed_reply_is_read(flavour: type[Caller]) -> None:
    """Gzip, which the client asks for, is undone."""
    body = gzip.compress(json.dumps(THING).encode())
    with ScriptedServer(
        ScriptedResponse(body=body, headers={**JSON, "Content-Encoding": "gzip"})
    ) as server:
        assert flavour(server.url).call(GET, path={"thing": 7}).name == "seven"


@both
@pytest.mark.parametrize("status", [200, 201, 202, 203])
def test_another_success_counts_when_the_shape_is_right(flavour: type[Caller], status: int) -> None:
    """The value is what matters where a 200 is declared and a 201 comes, or the reverse."""
    with ScriptedServer(json_response(TICKET, status)) as server:
        assert flavour(server.url).call(CREATE).token == TICKET["token"]


# What a read may get in place of a thing, and what the error says of it.
WRONG = {
    "a page of HTML": (
        ScriptedResponse(body=b"<html>Please sign in</html>", headers=HTML),
        "expected JSON, got text/html",
    ),
    "HTML that says it is JSON": (
        ScriptedResponse(body=b"<html>Please sign in</html>", headers=JSON),
        "the body is not valid JSON: JSON is malformed: invalid character (byte 0)",
    ),
    "JSON that says it is text": (
        ScriptedResponse(body=json.dumps(THING).encode(), headers={"Content-Type": "text/plain"}),
        "expected JSON, got text/plain",
    ),
    "many bodies of JSON": (
        ScriptedResponse(
            body=json.dumps(THING).encode(), headers={"Content-Type": "application/json-seq"}
        ),
        "expected JSON, got application/json-seq",
    ),
    "no content type": (
        ScriptedResponse(body=json.dumps(THING).encode()),
        "expected JSON, got no content type",
    ),
    "an empty body": (
        ScriptedResponse(headers=JSON),
        "the body is not valid JSON: Input data was truncated",
    ),
    "half a body": (
        ScriptedResponse(body=b'{"id": 7, "na', headers=JSON),
        "the body is not valid JSON: Input data was truncated",
    ),
    "two bodies": (
        ScriptedResponse(body=json.dumps(THING).encode() * 2, headers=JSON),
        "the body is not valid JSON: JSON is malformed: trailing characters (byte 42)",
    ),
    "bytes that are no text": (
        ScriptedResponse(body=b'{"id": 7, "name": "\xff\xfe"}', headers=JSON),
        "the body is not valid UTF-8",
    ),
    "endless nesting": (
        ScriptedResponse(body=b'{"x":' + b"[" * 200_000, headers=JSON),
        "the body is nested too deeply",
    ),
    "a list for an object": (json_response([THING]), "at the top: Expected object, got array"),
    "null": (json_response(None), "at the top: Expected object, got null"),
    "nothing in it": (json_response({}), "at /id: a required field is missing"),
    "another type": (json_response({**THING, "id": "7"}), "at /id: Expected int, got str"),
    "a null": (json_response({**THING, "name": None}), "at /name: Expected str, got null"),
    "no content": (ScriptedResponse(status=204), "the status is not declared as a success"),
    "a part": (
        ScriptedResponse(status=206, body=json.dumps(THING).encode(), headers=JSON),
        "the status is not declared as a success",
    ),
    "not modified": (ScriptedResponse(status=304), "the status is not declared as a success"),
    "a status of no meaning": (
        json_response(THING, 299),
        "the status is not declared as a success",
    ),
    "damaged compression": (
        ScriptedResponse(body=b"no gzip", headers={**JSON, "Content-Encoding": "gzip"}),
        "the compression of the body is corrupt",
    ),
    "cut compression": (
        ScriptedResponse(
            body=gzip.compress(json.dumps(THING).encode() * 9, mtime=0)[:-12],
            headers={**JSON, "Content-Encoding": "gzip"},
        ),
        "the compressed body is truncated",
    ),
    "compression that was not asked for": (
        ScriptedResponse(body=b"\x0b\x02", headers={**JSON, "Content-Encoding": "br"}),
        "the body has a content coding that was not requested",
    ),
}


@both
@pytest.mark.parametrize(("answer", "problem"), WRONG.values(), ids=WRONG)
def test_what_is_not_the_declared_reply_is_an_error(
    flavour: type[Caller], answer: ScriptedResponse, problem: str
) -> None:
    """Nothing but the declared shape becomes a value."""
    with ScriptedServer(answer) as server, pytest.raises(UnexpectedResponse) as caught:
        flavour(server.url, strict=True).call(GET, path={"thing": 7})
    assert str(caught.value).startswith(
        f"GET /orgs/acme/things/7: response {answer.status}: {problem}"
    )
    assert caught.value.status == answer.status


@both
@pytest.mark.parametrize(
    "answer", [a for a, _ in WRONG.values() if a.status == 200], ids=lambda a: repr(a.body[:12])
)
def test_a_read_that_failed_is_no_empty_list(
    flavour: type[Caller], answer: ScriptedResponse
) -> None:
    """A list raises where a single read does: a fleet is not terminated over a page of HTML."""
    with ScriptedServer(answer) as server, pytest.raises(UnexpectedResponse):
        flavour(server.url).ids()


@both
@pytest.mark.parametrize(
    "answer",
    [
        ScriptedResponse(status=200, body=b"<html>OK</html>", headers=HTML),
        ScriptedResponse(status=200),
        json_response({}, 200),
        json_response({}, 202),
        ScriptedResponse(status=203),
    ],
)
def test_a_delete_is_done_only_when_the_reply_says_so(
    flavour: type[Caller], answer: ScriptedResponse
) -> None:
    """Where 204 is declared, a login page with a 200 has deleted nothing."""
    with (
        ScriptedServer(answer) as server,
        pytest.raises(UnexpectedResponse, match="expected a response without content"),
    ):
        flavour(server.url).call(DELETE, path={"thing": 7})


def test_where_the_shape_differs_is_a_json_pointer() -> None:
    """The pointer leads to the value, `expected` says what belongs there, `body` has it all."""
    things = {"total_count": 2, "things": [THING, {"id": "SECRET", "name": "x"}]}
    with (
        ScriptedServer(json_response(things)) as server,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        SyncCaller(server.url, strict=True).call(LIST)
    error = caught.value
    assert (error.pointer, error.expected) == ("/things/1/id", "int")
    assert json.loads(error.body) == things
    assert "SECRET" not in f"{error!s}{error!r}"


@pytest.mark.parametrize(
    ("ticket", "pointer", "problem"),
    [
        ({"token": ["SECRET"], "expires_at": "x"}, "/token", "Expected str | null, got array"),
        ({"token": "SECRET"}, "/expires_at", "a required field is missing"),
        (
            {"token": "SECRET", "expires_at": "x", "thing": "SECRET"},
            "/thing",
            "Expected object, got str",
        ),
    ],
)
def test_an_unexpected_reply_shows_no_value(ticket: object, pointer: str, problem: str) -> None:
    """A secret that sits beside the mistake does not show either, also where a write that may have
    been carried out says so.
    """
    with (
        ScriptedServer(json_response(ticket, 201)) as server,
        pytest.raises(OutcomeUnknown) as caught,
    ):
        SyncCaller(server.url).call(CREATE)
    error = caught.value.error
    assert isinstance(error, UnexpectedResponse)
    assert caught.value.__cause__ is error
    assert error.pointer == pointer
    assert problem in str(error)
    assert str(error) in str(caught.value)
    assert "SECRET" not in f"{caught.value!s}{caught.value!r}{error!s}{error!r}"
    assert b"SECRET" in error.body


class Closed(Model, frozen=True, kw_only=True, gc=False):
    """Shapes whose mistakes msgspec describes with a value, or without a name."""

    level: Literal["a", "b"] = "a"
    counts: Mapping[str, int] = {}
    when: datetime | None = None


@pytest.mark.parametrize(
    ("body", "pointer", "problem"),
    [
        ({"level": "SECRET"}, "/level", "Invalid enum value …"),
        ({"level": "it's SECRET"}, "/level", "Invalid enum value …"),
        ({"level": "SECRET' - at `$.x.SECRET` - at `$.SECRET"}, "/level", "Invalid enum value …"),
        ({"counts": {"SECRET": "SECRET"}}, "/counts", "Expected int, got str"),
        ({"when": "SECRET"}, "/when", "Invalid RFC3339 encoded datetime"),
    ],
)
def test_a_mistake_is_named_by_its_place_alone(body: object, pointer: str, problem: str) -> None:
    """Neither a value that is not listed nor a key of a map shows."""
    operation: Operation[Closed] = Operation(
        id="closed", method="GET", path="/x", success=(200,), returns=lambda: Closed, repeat="safe"
    )
    with ScriptedServer(json_response(body)) as server, pytest.raises(UnexpectedResponse) as caught:
        SyncCaller(server.url, strict=True).call(operation)
    assert caught.value.pointer == pointer
    assert str(caught.value) == f"GET /x: response 200: at {pointer}: {problem}"


@both
@pytest.mark.parametrize("status", [200, 500])
def test_a_huge_body_is_not_read_to_its_end(flavour: type[Caller], status: int) -> None:
    """A body that grows beyond the limit, also by decompression, is given up."""
    bomb = gzip.compress(b" " * (65 * 2**20), compresslevel=9)
    answer = ScriptedResponse(
        status=status, body=bomb, headers={**JSON, "Content-Encoding": "gzip"}
    )
    expected = UnexpectedResponse if status == 200 else ServerError
    with ScriptedServer(answer) as server, pytest.raises(expected) as caught:
        flavour(server.url).call(GET, path={"thing": 7})
    if isinstance(caught.value, UnexpectedResponse):
        assert "the body is larger than 64 MiB" in str(caught.value)
        assert caught.value.body == b""


def test_a_ticket_is_read_with_its_secret() -> None:
    """What an operator asked for is there, whole."""
    with ScriptedServer(json_response({**TICKET, "thing": THING}, 201)) as server:
        ticket = SyncCaller(server.url).call(CREATE)
    assert ticket == Ticket(
        token=str(TICKET["token"]), expires_at="soon", thing=Thing(id=7, name="seven")
    )
