"""When no complete response comes: which error, how often the request was sent, how long it took."""

from __future__ import annotations

import asyncio
import socket
import time
import traceback
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TOKEN,
    AsyncClient,
    Caller,
    Client,
    both,
    no_names,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, closed_port, json_response
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    ConnectTimedOut,
    OutcomeUnknown,
    TimedOut,
    TransportError,
)
from ghrunners._runtime.request.operation import Operation

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def underlying(error: CallError) -> CallError:
    """Return the error that was raised instead of a result, also by an unsafe write."""
    return error.error if isinstance(error, OutcomeUnknown) else error


operations = pytest.mark.parametrize("operation", [GET, CREATE], ids=["read", "write"])


@both
@operations
@pytest.mark.parametrize(
    "answer",
    [
        ScriptedResponse(raw=b"", end="close"),
        ScriptedResponse(raw=b"", end="reset"),
        ScriptedResponse(raw=HEAD, end="close"),
        ScriptedResponse(raw=HEAD + b'Content-Length: 99\r\n\r\n{"id": 7', end="close"),
        ScriptedResponse(raw=HEAD + b'Content-Length: 99\r\n\r\n{"id": 7', end="reset"),
        ScriptedResponse(
            raw=HEAD + b'Transfer-Encoding: chunked\r\n\r\n8\r\n{"id": 7\r\n', end="close"
        ),
        ScriptedResponse(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\nrubbish\r\n", end="close"),
        ScriptedResponse(raw=b"220 smtp.example ESMTP\r\n", end="close"),
        ScriptedResponse(raw=b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", end="close"),
        ScriptedResponse(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, end="close"),
        ScriptedResponse(raw=b"\x16\x03\x01\x02\x00", end="close"),
        ScriptedResponse(raw=b"HTTP/1.1 101 Upgrade\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ],
    ids=lambda answer: f"{answer.raw[-20:]!r} {answer.end}",
)
def test_a_connection_that_breaks_is_lost(
    flavour: type[Caller], operation: Operation[object], answer: ScriptedResponse
) -> None:
    """A response that breaks off, or is no HTTP, is one error, and the request was sent once."""
    with (
        ScriptedServer(answer, default=json_response(THING)) as server,
        pytest.raises(CallError, match=r"the connection was lost: .") as caught,
    ):
        flavour(server.url).call(operation, path={"thing": 7})
    assert len(server.requests) == 1
    assert isinstance(caught.value, OutcomeUnknown) is (operation is CREATE)
    assert type(underlying(caught.value)) is ConnectionLost
    assert caught.value.request.operation == operation.id


@both
@operations
@pytest.mark.parametrize(
    "answer",
    [
        ScriptedResponse(after=5),
        ScriptedResponse(raw=HEAD + b'Content-Length: 99\r\n\r\n{"id": 7'),
    ],
    ids=["silence", "half a body"],
)
def test_an_answer_that_does_not_come_is_not_waited_for(
    flavour: type[Caller], operation: Operation[object], answer: ScriptedResponse
) -> None:
    """The read timeout ends a call, and the request was sent once."""
    with ScriptedServer(answer, default=json_response(THING)) as server:
        started = time.monotonic()
        with pytest.raises(CallError, match=r"no response within 0\.2 s") as caught:
            flavour(server.url, timeout=Timeout(read=0.2)).call(operation, path={"thing": 7})
        assert 0.2 <= time.monotonic() - started < 3
    assert len(server.requests) == 1
    assert isinstance(caught.value, OutcomeUnknown) is (operation is CREATE)
    assert type(underlying(caught.value)) is TimedOut


WORDS = "in a word"
OWN_ERRORS: list[tuple[httpx2.RequestError, type[TransportError], str]] = [
    (httpx2.ConnectError(WORDS), ConnectFailed, "no connection to https://api.github.com: in a"),
    (httpx2.ProxyError(WORDS), ConnectFailed, "no connection to https://api.github.com: in a"),
    (httpx2.UnsupportedProtocol(""), ConnectFailed, "no connection to .*: UnsupportedProtocol"),
    (httpx2.ConnectTimeout(""), ConnectTimedOut, "no connection to .* within 10.0 s"),
    (httpx2.PoolTimeout(""), ConnectTimedOut, "no connection of the pool .* within 60.0 s"),
    (httpx2.ReadTimeout(""), TimedOut, "no response within 30.0 s"),
    (httpx2.WriteTimeout(""), TimedOut, "could not be sent within 30.0 s"),
    (httpx2.ReadError(WORDS), ConnectionLost, "the connection was lost: in a word"),
    (httpx2.WriteError(WORDS), ConnectionLost, "the connection was lost: in a word"),
    (httpx2.CloseError(WORDS), ConnectionLost, "the connection was lost: in a word"),
    (httpx2.LocalProtocolError(WORDS), ConnectionLost, "the connection was lost: in a word"),
    (httpx2.RemoteProtocolError(""), ConnectionLost, "the connection was lost: RemoteProtocol"),
    (httpx2.RemoteProtocolError(f"odd: {WORDS}"), ConnectionLost, "the connection was lost: odd$"),
    (httpx2.RemoteProtocolError(f"'{WORDS}'"), ConnectionLost, "was lost: RemoteProtocolError$"),
    (httpx2.DecodingError(f"odd '{WORDS}'"), ConnectionLost, "the connection was lost: odd$"),
    (httpx2.ProxyError(f"407 {WORDS}"), ConnectFailed, "no connection to https://.*: 407$"),
]


@pytest.mark.parametrize(
    ("error", "kind", "text"), OWN_ERRORS, ids=lambda value: type(value).__name__
)
def test_every_error_of_the_transport_has_a_class(
    error: httpx2.RequestError, kind: type[TransportError], text: str
) -> None:
    """What proves that nothing was sent is kept apart from what does not."""

    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    async def call() -> None:
        async with AsyncClient(
            auth=TOKEN, transport=httpx2.MockTransport(fail), retry=None
        ) as client:
            await client.org().call(GET, path={"thing": 7})

    client = Client(auth=TOKEN, transport=httpx2.MockTransport(fail), retry=None)
    with client, pytest.raises(TransportError, match=text) as one:
        client.org().call(GET, path={"thing": 7})
    with pytest.raises(TransportError, match=text) as two:
        asyncio.run(call())
    assert type(one.value) is type(two.value) is kind


@both
@operations
def test_who_does_not_listen_is_not_reached(
    flavour: type[Caller], operation: Operation[object]
) -> None:
    """A refused connection is an error that says that nothing was sent."""
    with closed_port() as port:
        url = f"http://127.0.0.1:{port}"
        with pytest.raises(ConnectFailed, match=f"no connection to {url}: .") as caught:
            flavour(url).call(operation, path={"thing": 7})
    assert not isinstance(caught.value, TimedOut)


@both
def test_a_name_that_does_not_exist_is_not_reached(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the resolver's words."""
    no_names(monkeypatch)
    with pytest.raises(ConnectFailed, match=r"no connection to https://nowhere\.invalid: .*not kn"):
        flavour("https://nowhere.invalid/api/v3").call(GET, path={"thing": 7})


@both
def test_who_speaks_no_tls_is_not_reached(flavour: type[Caller]) -> None:
    """The token is sent only after the handshake, in which a plain server sees none of it."""
    with ScriptedServer() as server:
        url = f"https://127.0.0.1:{server.port}"
        with pytest.raises(ConnectFailed, match=rf"no connection to {url}: (?!ConnectError)."):
            flavour(url).call(GET, path={"thing": 7})
    assert server.requests == []


@both
def test_a_handshake_that_stalls_times_out(flavour: type[Caller]) -> None:
    """The connect timeout covers TLS, and what was sent until then was no request."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ConnectTimedOut):
            flavour(url, timeout=Timeout(connect=0.3)).call(GET, path={"thing": 7})
        connection, _ = silent.accept()
        with connection:
            assert b"HTTP/1.1\r\n" not in connection.recv(65_536)


@both
def test_a_connection_that_is_not_accepted_times_out(flavour: type[Caller]) -> None:
    """A full backlog takes no connection: the connect timeout ends the call, nothing was sent."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        url = f"http://127.0.0.1:{address[1]}"
        with pytest.raises(ConnectTimedOut, match=rf"no connection to {url} within 0\.2 s") as e:
            flavour(url, timeout=Timeout(connect=0.2)).call(GET, path={"thing": 7})
        for one in waiting:
            one.close()
    assert isinstance(e.value, TransportError)


class Interrupted(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body after whose first half the user presses Ctrl-C."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"THE FIRST HALF"
        raise KeyboardInterrupt

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"THE FIRST HALF"
        raise KeyboardInterrupt


def test_frames_do_not_show_what_was_read_before_an_interrupt() -> None:
    """It may be half of a response with a secret."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(201, stream=Interrupted()))

    async def call() -> None:
        client = AsyncClient(auth=TOKEN, transport=transport)
        await client.org().call(CREATE)

    client = Client(auth=TOKEN, transport=transport)
    for work in (lambda: client.org().call(CREATE), lambda: asyncio.run(call())):
        with pytest.raises(KeyboardInterrupt) as caught:
            work()
        frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
        ours = [frame for frame in frames if "/ghrunners/" in frame.f_code.co_filename]
        assert "read" in ours[-1].f_code.co_name
        assert "HALF" not in repr([frame.f_locals for frame in ours])
