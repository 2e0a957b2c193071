"""Connections that are used again: never after bytes that nobody asked for, nor late for a write."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import anyio
import anyio.abc
import httpcore2
import pytest

from client.faults.certificates import in_tls, ours, trusted
from client.http.proxy_server import SERVER, HttpProxy, bridge
from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    AnyClient,
    clear_environment,
    either,
)
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.errors import CallError, ConnectionLost, OutcomeUnknown
from ghrunners._runtime.http.proxy import Proxy
from ghrunners._runtime.http.streams import AsyncStream, Stream, WholeReads
from ghrunners._runtime.request.operation import Operation

HEAD: Operation[None] = Operation(
    id="things/head",
    method="HEAD",
    path="/orgs/{org}/things/{thing}",
    success=(200,),
    returns=None,
    repeat="safe",
)

FIRST = json_response(THING)
OTHER = json_response({"id": 666, "name": "not asked for"}).wire()
GONE = ScriptedResponse(status=204).wire()


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


def in_one_record(connection: socket.socket, number: int) -> socket.socket:
    """TLS in TLS, where everything that is sent within a moment arrives at once."""
    del number
    outer = trusted().wrap_socket(connection, server_side=True)
    return trusted().wrap_socket(bridge(outer), server_side=True)


def call(held: OpenClient, operation: Operation[Any] = GET) -> Any:
    return held.do(held.org.call, operation, path={"thing": 7})


# ── Bytes after a response ───────────────────────────────────────────────────────────────────

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"

LEFTOVERS: dict[str, tuple[Operation[Any], bytes]] = {
    "a response": (GET, FIRST.wire() + OTHER),
    "a success": (GET, FIRST.wire() + GONE),
    "the beginning of one": (GET, FIRST.wire() + OTHER[:9]),
    "a line end": (GET, FIRST.wire() + b"\r\n"),
    "a long body": (GET, FIRST.wire() + b"x" * 100_000),
    "after chunks": (GET, CHUNKED + b'e\r\n{"id":7,"name"\r\n6\r\n:"s7"}\r\n0\r\n\r\n' + OTHER),
    "a body of a 204": (DELETE, EMPTY + b'{"x": 1}'),
    "a response after a 204": (DELETE, EMPTY + OTHER),
    "a body of HEAD": (HEAD, FIRST.wire()),
}


@either
@pytest.mark.parametrize("wire", ["plain", "tls", "tunnel"])
@pytest.mark.parametrize("name", LEFTOVERS)
def test_bytes_after_a_response_close_the_connection(kind: AnyClient, name: str, wire: str) -> None:
    """They would be taken for the response to the next request."""
    operation, raw = LEFTOVERS[name]
    enter = {"plain": None, "tls": in_tls, "tunnel": HttpProxy()}[wire]
    with ScriptedServer(
        ScriptedResponse(raw=raw), default=json_response(THING), wrap_connection=enter
    ) as server:
        url = {"plain": server.url, "tls": f"https://127.0.0.1:{server.port}", "tunnel": SERVER}
        proxy = server.url if wire == "tunnel" else None
        with OpenClient(kind, url[wire], verify=ours().trust(), proxy=proxy) as held:
            call(held, operation)
            for _ in range(2):
                assert call(held).name == "seven"
    assert [request.connection for request in server.requests] == [0, 1, 1]


@either
def test_bytes_that_come_later_close_the_connection(kind: AnyClient) -> None:
    """An idle connection has nothing to receive."""
    sent = threading.Event()

    def later() -> Iterator[bytes]:
        assert asked.wait(10)
        yield OTHER
        sent.set()

    asked = threading.Event()
    first = ScriptedResponse(raw=FIRST.wire(), pieces=later)
    with (
        ScriptedServer(first, default=json_response(THING)) as server,
        OpenClient(kind, server.url) as held,
    ):
        call(held)
        asked.set()
        assert sent.wait(10)
        assert call(held).name == "seven"
    assert [request.connection for request in server.requests] == [0, 1]


@either
def test_a_second_tls_record_closes_the_connection(kind: AnyClient) -> None:
    """It may have been received with the first one: then the socket does not show it."""
    first = ScriptedResponse(raw=FIRST.wire(), pieces=lambda: [OTHER])
    with ScriptedServer(
        first, default=json_response(THING), wrap_connection=HttpProxy(outer=trusted())
    ) as server:
        proxy = Proxy(f"https://127.0.0.1:{server.port}", verify=ours().trust())
        with OpenClient(kind, SERVER, verify=ours().trust(), proxy=proxy) as held:
            call(held)
            assert call(held).name == "seven"
    assert [request.connection for request in server.requests] == [0, 1]


def test_nothing_stays_behind_in_anyio() -> None:
    """Its stream keeps what exceeds the size that is asked for, which no socket shows."""

    class Full(anyio.abc.ByteStream):
        received = b"x" * 2**18

        async def receive(self, max_bytes: int = 65_536) -> bytes:
            found, self.received = self.received[:max_bytes], self.received[max_bytes:]
            return found

        async def send(self, item: bytes) -> None:
            raise NotImplementedError

        async def send_eof(self) -> None:
            raise NotImplementedError

        async def aclose(self) -> None:
            self.received = b""

    async def main() -> None:
        inner = Full()
        assert len(await AsyncStream(WholeReads(inner)).read(65_536)) == 2**18
        assert inner.received == b""

    anyio.run(main)


@either
def test_a_connection_is_used_again(kind: AnyClient) -> None:
    """All that closes them is an exception: calls in a row need one connection, in TLS as well."""
    with ScriptedServer(default=json_response(THING), wrap_connection=in_tls) as server:
        url = f"https://127.0.0.1:{server.port}"
        with OpenClient(kind, url, verify=ours().trust()) as held:
            for _ in range(5):
                call(held)
    assert {request.connection for request in server.requests} == {0}


# ── Writes on idle connections ───────────────────────────────────────────────────────────────


def closes_when_idle(seconds: float) -> Callable[[ReceivedRequest], ScriptedResponse]:
    """Close a connection on which a request comes later than this, as a race with it would end."""
    used: dict[int, float] = {}

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        now = time.monotonic()
        if now - used.get(request.connection, now) > seconds:
            return ScriptedResponse(raw=b"", end="close")
        used[request.connection] = now
        return json_response(THING) if request.method == "GET" else json_response(TICKET, 201)

    return answer


@either
def test_a_write_uses_no_connection_that_was_idle_for_a_second(kind: AnyClient) -> None:
    """A server that closes it meanwhile would make the outcome unknown."""
    with (
        ScriptedServer(default=closes_when_idle(1.0)) as server,
        OpenClient(kind, server.url) as held,
    ):
        call(held)
        time.sleep(1.05)
        call(held, CREATE)
        call(held, CREATE)
    assert [request.connection for request in server.requests] == [0, 1, 1]


@either
def test_a_read_may_use_a_connection_that_was_idle(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be sent again. A write after it finds the connection fresh."""
    with (
        ScriptedServer(default=closes_when_idle(60)) as server,
        OpenClient(kind, server.url) as held,
    ):
        call(held)
        monkeypatch.setattr("ghrunners._runtime.http.pool._FRESH", -1)
        call(held)
        monkeypatch.setattr("ghrunners._runtime.http.pool._FRESH", 60)
        call(held, CREATE)
    assert {request.connection for request in server.requests} == {0}


# ── TLS that breaks ──────────────────────────────────────────────────────────────────────────


def _alert(connection: socket.socket) -> None:
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def _plain(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 20)


def _nothing(connection: socket.socket) -> None:
    del connection


@either
@pytest.mark.parametrize("damage", [_alert, _plain, _nothing])
@pytest.mark.parametrize("operation", [GET, CREATE], ids=["read", "write"])
@pytest.mark.parametrize("nested", [False, True], ids=["tls", "tls in tls"])
def test_tls_that_breaks_is_a_lost_connection(
    kind: AnyClient,
    operation: Operation[Any],
    damage: Callable[[socket.socket], None],
    nested: bool,
) -> None:
    """Whatever `ssl` raises; and an unsafe write may have been carried out."""
    raw: list[socket.socket] = []

    def enter(connection: socket.socket, number: int) -> socket.socket:
        raw.append(connection.dup())
        return (HttpProxy(outer=trusted()) if nested else in_tls)(connection, number)

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        del request
        # The client may have closed its end at the first damaged byte.
        with closing(raw[0]), suppress(OSError):
            damage(raw[0])
            raw[0].shutdown(socket.SHUT_RDWR)
        return ScriptedResponse(raw=b"", end="close")

    with ScriptedServer(answer, wrap_connection=enter) as server:
        here = f"https://127.0.0.1:{server.port}"
        proxy = Proxy(here, verify=ours().trust()) if nested else None
        with (
            OpenClient(
                kind, SERVER if nested else here, verify=ours().trust(), proxy=proxy
            ) as held,
            pytest.raises(CallError) as caught,
        ):
            call(held, operation)
    error = caught.value
    assert isinstance(error, OutcomeUnknown) is (operation is CREATE)
    assert type(error.error if isinstance(error, OutcomeUnknown) else error) is ConnectionLost


def test_a_connection_that_was_reset_gets_no_tls() -> None:
    """Python would make a socket of it that sends in the clear."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far.close()
        stream = Stream(near)
        with pytest.raises(httpcore2.ConnectError):
            stream.start_tls(ours().trust(), "127.0.0.1")
        assert near.fileno() == -1


def test_a_closed_stream_fails_as_a_lost_connection() -> None:
    """As it does for a call under way when another thread closes the client."""
    near, far = socket.socketpair()
    with far:
        stream = Stream(near)
        stream.close()
        for step in (lambda: stream.read(1), lambda: stream.write(b"x")):
            with pytest.raises(httpcore2.NetworkError):
                step()
        assert stream.get_extra_info("is_readable")
