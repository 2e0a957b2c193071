"""Compressed replies: what is decompressed, and what is a fault."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

import httpx2
import pytest

from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    TOKEN,
    AsyncClient,
    Caller,
    Client,
    Thing,
    both,
)
from client.scripted_server import ScriptedResponse, ScriptedServer
from ghrunners._runtime.errors import OutcomeUnknown
from ghrunners._runtime.response.content_coding import CORRUPT, TRUNCATED, UNKNOWN, decoded
from ghrunners._runtime.response_errors import UnexpectedResponse

JSON = {"Content-Type": "application/json"}
BODY = json.dumps(THING).encode()
BOM = b"\xef\xbb\xbf"


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def coded(body: bytes, coding: str, status: int = 200) -> ScriptedResponse:
    return ScriptedResponse(status=status, body=body, headers={**JSON, "Content-Encoding": coding})


READABLE: dict[str, ScriptedResponse] = {
    "gzip": coded(gzip.compress(BODY), "gzip"),
    "another name of gzip": coded(gzip.compress(BODY), "x-gzip"),
    "in capitals": coded(gzip.compress(BODY), " GZIP "),
    "gzip in two members": coded(gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), "gzip"),
    "deflate": coded(zlib.compress(BODY), "deflate"),
    "deflate without its frame": coded(raw_deflate(BODY), "deflate"),
    "two codings": coded(gzip.compress(zlib.compress(BODY)), "deflate, gzip"),
    "none by name": coded(BODY, "identity"),
    "a byte order mark": ScriptedResponse(body=BOM + BODY, headers=JSON),
    "a byte order mark in gzip": coded(gzip.compress(BOM + BODY), "gzip"),
}


@both
@pytest.mark.parametrize("answer", READABLE.values(), ids=READABLE)
def test_a_coding_is_undone(flavour: type[Caller], answer: ScriptedResponse) -> None:
    """Gzip, which the client asks for, and what servers send in its place."""
    with ScriptedServer(answer) as server:
        assert flavour(server.url).call(GET, path={"thing": 7}).name == "seven"


# A whole JSON text and the start of a second member: all that can be seen of it is complete.
FLUSHED = zlib.compressobj(wbits=31)
WHOLE_TEXT = FLUSHED.compress(BODY) + FLUSHED.flush(zlib.Z_SYNC_FLUSH)
BROKEN: dict[str, tuple[ScriptedResponse, str]] = {
    "no end, though the JSON is whole": (coded(WHOLE_TEXT, "gzip"), TRUNCATED),
    "no checksum": (coded(gzip.compress(BODY)[:-8], "gzip"), TRUNCATED),
    "half a checksum": (coded(gzip.compress(BODY)[:-1], "x-gzip"), TRUNCATED),
    "another checksum": (coded(gzip.compress(BODY)[:-8] + b"\0" * 8, "gzip"), CORRUPT),
    "a head alone": (coded(gzip.compress(BODY)[:10], "gzip"), TRUNCATED),
    "deflate without its end": (coded(zlib.compress(BODY)[:-3], "deflate"), TRUNCATED),
    "more after its end": (coded(gzip.compress(BODY) + b"more", "gzip"), CORRUPT),
    "more after deflate": (coded(zlib.compress(BODY) + b"more", "deflate"), CORRUPT),
    "half a second member": (
        coded(gzip.compress(BODY) + gzip.compress(b"x")[:9], "gzip"),
        TRUNCATED,
    ),
    "many members": (coded(gzip.compress(b"") * 21 + gzip.compress(BODY), "gzip"), CORRUPT),
    "not what it says": (coded(BODY, "gzip"), CORRUPT),
    "unknown": (coded(BODY, "br"), UNKNOWN),
    "unknown below gzip": (coded(gzip.compress(BODY), "br, gzip"), UNKNOWN),
}


@both
@pytest.mark.parametrize(("answer", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_coding_is_an_error(
    flavour: type[Caller], answer: ScriptedResponse, problem: str
) -> None:
    """Also if what can be read of it looks like the whole."""
    with ScriptedServer(answer) as server, pytest.raises(UnexpectedResponse) as caught:
        flavour(server.url).call(GET, path={"thing": 7})
    assert str(caught.value) == f"GET /orgs/acme/things/7: response 200: {problem}"


@both
@pytest.mark.parametrize("status", [200, 204])
def test_a_body_that_is_cut_to_nothing_is_no_success(flavour: type[Caller], status: int) -> None:
    """Where no content is declared, an empty body would be right; this one was not empty."""
    head = gzip.compress(b"<p>Sign in</p>")[:10]
    raw = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
    answer = (
        coded(head, "gzip", status)
        if status == 200
        else ScriptedResponse(raw=f"{raw}\r\n".encode())
    )
    with ScriptedServer(answer) as server:
        call = flavour(server.url)
        if status == 204:  # which has no body, whatever its header names
            call.call(DELETE, path={"thing": 7})
            return
        with pytest.raises(UnexpectedResponse, match=TRUNCATED):
            call.call(DELETE, path={"thing": 7})


@both
def test_a_cut_ticket_leaves_the_outcome_open(flavour: type[Caller]) -> None:
    """What was made may be whole on the server; nothing of what came is shown."""
    body = gzip.compress(json.dumps(TICKET).encode())[:-4]
    with (
        ScriptedServer(coded(body, "gzip", 201)) as server,
        pytest.raises(OutcomeUnknown) as caught,
    ):
        flavour(server.url).call(CREATE)
    assert TRUNCATED in str(caught.value)
    assert str(TICKET["token"]) not in f"{caught.value!r}{caught.value!s}"


def test_decompression_stops_at_the_limit() -> None:
    """Whatever a small body would grow to."""
    for coding, body in (
        ("gzip", gzip.compress(bytes(10_000))),
        ("gzip", gzip.compress(bytes(60)) * 9),
        ("deflate", zlib.compress(bytes(10_000))),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(10_000)))),
    ):
        assert decoded(body, coding, 100) == (bytes(101), None)
    assert decoded(gzip.compress(bytes(100)), "gzip", 100) == (bytes(100), None)


# ── Transports of the caller's own ───────────────────────────────────────────────────────────

Respond = Callable[[httpx2.Request], httpx2.Response]


def fetch(respond: Respond, *, is_async: bool) -> Thing:
    transport = httpx2.MockTransport(respond)

    async def call() -> Thing:
        async with AsyncClient(auth=TOKEN, transport=transport) as client:
            return await client.org().call(GET, path={"thing": 7})

    if is_async:
        return asyncio.run(call())
    with Client(auth=TOKEN, transport=transport) as client:
        return client.org().call(GET, path={"thing": 7})


class Chunks(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in chunks of one byte."""

    def __init__(self, body: bytes) -> None:
        self._chunks = [bytes([one]) for one in body]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for one in self._chunks:
            yield one


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip"])
@pytest.mark.parametrize("is_stream", [False, True])
def test_a_transport_may_hand_a_body_over_in_any_form(
    coding: str, is_async: bool, is_stream: bool
) -> None:
    """As a stream, or as content."""
    body = gzip.compress(BODY)

    def respond(_: httpx2.Request) -> httpx2.Response:
        headers = {**JSON, "Content-Encoding": coding}
        if is_stream:
            return httpx2.Response(200, headers=headers, stream=Chunks(body))
        return httpx2.Response(200, headers=headers, content=body)

    assert fetch(respond, is_async=is_async).name == "seven"
    body = WHOLE_TEXT
    with pytest.raises(UnexpectedResponse, match=TRUNCATED):
        fetch(respond, is_async=is_async)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "identity"])
def test_a_transport_may_read_a_body_itself(coding: str) -> None:
    """A transport that records what passes does."""
    body = BODY if coding == "identity" else gzip.compress(BODY)

    def respond(_: httpx2.Request) -> httpx2.Response:
        headers = {**JSON, "Content-Encoding": coding}
        response = httpx2.Response(200, headers=headers, stream=Chunks(body))
        response.read()
        return response

    assert fetch(respond, is_async=False).name == "seven"
