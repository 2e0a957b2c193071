"""Additional headers of requests: what `with_options` accepts, and where they are sent."""

from __future__ import annotations

import pytest

from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TICKET,
    AnyClient,
    AResource,
    Resource,
    either,
    page,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import InvalidArgument, OutcomeUnknown
from ghrunners._runtime.redaction import Secret
from ghrunners._runtime.request.headers import Headers, check_headers

QUICK = Retry(base=0.0)
KEY = "Idempotency-Key"


async def ids(resource: Resource | AResource) -> list[int]:
    """Read all pages of a list."""
    if isinstance(resource, Resource):
        return [one.id for one in resource.list()]
    return [one.id async for one in resource.list()]


@either
def test_headers_are_sent_with_every_request_of_a_copy(kind: AnyClient) -> None:
    """With calls, retries, redirects, pages and any endpoint; with no request of the client."""
    script = (
        ScriptedResponse(status=502),
        ScriptedResponse(status=307, headers={"Location": "/moved"}),
        json_response(THING),
        json_response(page([1], 1)),
        json_response(1),
    )
    with ScriptedServer(*script) as server, OpenClient(kind, server.url, retry=QUICK) as held:
        keyed = held.client.with_options(headers={KEY: "a b", "X-Team": "7"})
        held.do(keyed.org().call, GET, path={"thing": 7})
        assert held.do(ids, keyed.org()) == [1]
        held.do(keyed.request, "GET", "/any")
        sent = [(it.header(KEY), it.header("X-Team")) for it in server.requests]
        assert sent == [("a b", "7")] * 5
        server.script(json_response(THING))
        held.do(held.org.call, GET, path={"thing": 7})
        assert server.requests[-1].header(KEY) is None


@either
def test_headers_are_replaced_as_a_whole(kind: AnyClient) -> None:
    """Another option changes none; `{}` sends none."""
    with (
        ScriptedServer(default=json_response(THING)) as server,
        OpenClient(kind, server.url) as held,
    ):
        keyed = held.client.with_options(headers={KEY: "1"})
        for client in (
            keyed.with_options(strict=True),
            keyed.with_options(headers={"X-Team": "7"}),
            keyed.with_options(headers={}),
        ):
            held.do(client.org().call, GET, path={"thing": 7})
        sent = [(it.header(KEY), it.header("X-Team")) for it in server.requests]
        assert sent == [("1", None), (None, "7"), (None, None)]


@either
def test_no_header_makes_a_write_safe_to_repeat(kind: AnyClient) -> None:
    """Only the description can say that, not a name."""
    script = (ScriptedResponse(raw=b"", end="reset"), json_response(TICKET, 201))
    with ScriptedServer(*script) as server, OpenClient(kind, server.url, retry=QUICK) as held:
        keyed = held.client.with_options(headers={KEY: "1"})
        with pytest.raises(OutcomeUnknown):
            held.do(keyed.org().call, CREATE, body={"name": "x"})
        assert len(server.requests) == 1


def test_a_header_of_the_request_goes_first() -> None:
    """Whatever the case of its name."""
    own = ((b"accept", b"text/csv"), (b"X-Team", b"1"))
    given = Headers(((b"x-team", b"2"), (b"X-New", b"3")))
    assert given.beside(own) == (*own, (b"X-New", b"3"))


@either
@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"Authorization": "s3cret"}, "Authorization is set by the client"),
        ({"host": "s3cret"}, "host is set by the client"),
        ({"x-github-api-version": "s3cret"}, "x-github-api-version is set by the client"),
        ({"a b": "s3cret"}, "a name has characters that no header can have"),
        ({"": "s3cret"}, "a name has characters that no header can have"),
        ({"X": "s3cret\r\nY: 1"}, "X must be visible ASCII, with spaces inside only"),
        ({"X": " s3cret"}, "X must be visible ASCII, with spaces inside only"),
        ({"X": ""}, "X must be visible ASCII, with spaces inside only"),
        ({"X": "s3cret", "x": "s3cret"}, "x is given twice"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(
    kind: AnyClient, headers: dict[str, str], problem: str
) -> None:
    """Before any call, and without its value."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        with pytest.raises(InvalidArgument, match=f"^headers: {problem}$") as caught:
            held.client.with_options(headers=headers)
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("value", [[("X", "1")], {"X": 1}, {1: "x"}, {"X": b"1"}, None])
def test_other_types_are_type_errors(value: object) -> None:
    with pytest.raises(TypeError, match=r"^headers must "):
        check_headers(Secret(value))


def test_no_repr_shows_a_value() -> None:
    assert "s3cret" not in repr(check_headers(Secret[object]({"X": "s3cret"})))
