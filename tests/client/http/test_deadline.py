"""The end of a call: nothing that a server does, or other calls do, makes it later."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from typing import Any

import httpcore2
import httpx2
import pytest

from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TICKET,
    TOKEN,
    AsyncClient,
    Caller,
    Client,
    FakeClock,
    both,
)
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.pacing import AT_ONCE
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.errors import (
    CallError,
    ClientClosed,
    ConnectTimedOut,
    OutcomeUnknown,
    TimedOut,
)
from ghrunners._runtime.http.backend import Backend
from ghrunners._runtime.http.deadline import DeadlineTimeout, timeout_until
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import RateLimited, UnexpectedResponse

SHORT = Timeout(total=0.4)
JSON = {"Content-Type": "application/json"}


class Dripping(ScriptedServer):
    """Answers one byte at a time, forever: each is well within every timeout but that of a call."""

    def __init__(self, begin: bytes) -> None:
        super().__init__(default=self._drip)
        self._begin = begin

    def _drip(self, request: ReceivedRequest) -> ScriptedResponse:
        del request
        connection = next(iter(self._open))
        connection.sendall(self._begin)
        while not self._stopping.wait(0.02):
            connection.sendall(b"x")
        return ScriptedResponse(raw=b"", end="close")


drips = pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-A: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["status", "header", "body"],
)


@both
@drips
@pytest.mark.parametrize("operation", [GET, CREATE], ids=["read", "write"])
def test_a_drip_ends_with_the_call(
    flavour: type[Caller], operation: Operation[object], begin: bytes
) -> None:
    """Each read is in time, and the whole is not."""
    with Dripping(begin) as server, pytest.raises(CallError) as caught:
        flavour(server.url, timeout=SHORT).call(operation, path={"thing": 7})
    error = caught.value
    assert isinstance(error, OutcomeUnknown) is (operation is CREATE)
    assert type(error.error if isinstance(error, OutcomeUnknown) else error) is TimedOut
    assert "no response within 0.4 s for the whole call" in str(error)
    assert len(server.requests) == 1


@both
def test_repeats_share_the_time_of_the_call(flavour: type[Caller]) -> None:
    """A second attempt gets what the first one left."""
    with ScriptedServer(default=ScriptedResponse(after=5)) as server:
        timeout = Timeout(read=0.25, total=0.4)
        with pytest.raises(TimedOut) as caught:
            flavour(server.url, timeout=timeout, retry=Retry(base=0)).call(GET, path={"thing": 7})
    assert caught.value.attempts == len(server.requests) == 2


def test_an_until_is_a_number_of_seconds() -> None:
    """What knows only seconds gets those that are left when it is made."""
    assert timeout_until(float("inf"), 3.0) == 3.0
    assert timeout_until(float("inf"), None) is None
    soon = timeout_until(time.monotonic() + 5, 30.0)
    assert isinstance(soon, DeadlineTimeout)
    assert 4 < soon <= 5
    assert float(DeadlineTimeout(time.monotonic() - 1, 30.0)) == 0.0
    assert DeadlineTimeout(time.monotonic() - 1, 30.0).left() < 0


def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first may be one that does not answer, as IPv6 often is; all share one time."""
    look_up = socket.getaddrinfo

    def find(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        hosts = ["127.0.0.2", "127.0.0.1"] if host == "two.example" else [host]
        return [it for one in hosts for it in look_up(one, port, *rest, **options)]

    with ScriptedServer() as server, monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", find)
        stream = Backend().connect_tcp(
            "two.example", server.port, DeadlineTimeout(time.monotonic() + 5, None)
        )
        stream.close()
        with pytest.raises(httpcore2.ConnectError, match="refused"):
            Backend().connect_tcp("127.0.0.2", server.port)


def test_no_time_is_no_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is connected once the end has come."""
    monkeypatch.setattr(socket, "socket", None)
    with pytest.raises(httpcore2.ConnectTimeout):
        Backend().connect_tcp("127.0.0.1", 1, DeadlineTimeout(time.monotonic() - 1, None))


# ── Other calls of the client ────────────────────────────────────────────────────────────────


@pytest.fixture
def crowd() -> Iterator[ScriptedServer]:
    """A server that answers after a while and counts how many requests it holds at once."""
    with ScriptedServer(default=ScriptedResponse(status=204, after=0.3)) as server:
        yield server


def test_at_most_100_requests_are_under_way(crowd: ScriptedServer) -> None:
    """The 101st waits, and when it has waited long enough it fails without being sent."""
    with Client(auth=TOKEN, base_url=crowd.url, retry=None) as client:
        gate = client.core._places.slots  # pyright: ignore[reportPrivateUsage] - filled by hand
        places: list[int] = []
        for _ in range(AT_ONCE):
            assert gate.take(places, 0)
        assert not gate.take(places, 0)
        hurried = client.with_options(timeout=Timeout(pool=0.05))
        with pytest.raises(ConnectTimedOut, match="not sent: 100 other requests"):
            Client.org(hurried).call(GET, path={"thing": 7})
        gate.release(places.pop())
        with pytest.raises(UnexpectedResponse, match="204"):
            client.org().call(GET, path={"thing": 7})
    assert len(crowd.requests) == 1


def test_at_most_100_requests_of_tasks_are_under_way() -> None:
    """The same for tasks, over a real server: never more than 100 at once, and none is lost."""
    under_way, most = 0, 0
    mutex = threading.Lock()

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        nonlocal under_way, most
        del request
        with mutex:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.05)
        with mutex:
            under_way -= 1
        return json_response(THING)

    async def main(url: str) -> int:
        async with AsyncClient(auth=TOKEN, base_url=url) as client:
            things = client.org()
            made = [things.call(GET, path={"thing": 7}) for _ in range(130)]
            return len(await asyncio.gather(*made))

    with ScriptedServer(default=answer) as server:
        assert asyncio.run(main(server.url)) == 130
    assert 1 < most <= AT_ONCE


class Writes:
    """Counts the writes that a server holds at once."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self._mutex = threading.Lock()

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        with self._mutex:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._mutex:
            self.now -= 1
        return json_response(TICKET, 201) if request.method == "POST" else json_response(THING)


def test_threads_write_one_at_a_time_when_the_pace_is_kept() -> None:
    """And a second apart; without a pace they write at once."""
    writes = Writes()
    with ScriptedServer(default=writes) as server:
        for pacing in ("strict", "off"):
            with Client(auth=TOKEN, base_url=server.url, pacing=pacing) as client:
                clock = client.core.state.clock = FakeClock()
                things = client.org()
                threads = [threading.Thread(target=things.call, args=(CREATE,)) for _ in range(5)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            if pacing == "strict":
                assert writes.most == 1
                assert clock.waits == [1.0] * 4
            else:
                assert writes.most > 1
                assert clock.waits == []


def test_tasks_write_one_at_a_time_when_the_pace_is_kept() -> None:
    """The same for tasks."""
    writes = Writes()

    async def main(url: str) -> list[float]:
        async with AsyncClient(auth=TOKEN, base_url=url, pacing="strict") as client:
            clock = client.core.state.clock = FakeClock()
            things = client.org()
            await asyncio.gather(*(things.call(CREATE) for _ in range(5)))
            return clock.waits

    with ScriptedServer(default=writes) as server:
        assert asyncio.run(main(server.url)) == [1.0] * 4
    assert writes.most == 1


def test_a_pace_that_leaves_no_time_is_an_error() -> None:
    """The write was not sent, and the error says so."""
    with (
        ScriptedServer(default=json_response(TICKET, 201)) as server,
        Client(auth=TOKEN, base_url=server.url, pacing="strict", retry=None) as client,
    ):
        client.core.state.clock = FakeClock()
        client.org().call(CREATE)
        hurried = client.with_options(timeout=0.5)
        with pytest.raises(ConnectTimedOut, match="not sent: the wait for throttling"):
            Client.org(hurried).call(CREATE)
    assert len(server.requests) == 1


# ── with_options ─────────────────────────────────────────────────────────────────────────────


def test_a_client_with_other_options_shares_the_rest() -> None:
    """Connections, what was learnt of limits, and the end; the options of the first stay."""
    refused = json_response({"message": "secondary rate limit"}, 403, {"Retry-After": "500"})
    with ScriptedServer(json_response(THING), json_response(THING), refused) as server:
        client = Client(auth=TOKEN, base_url=server.url, retry=None)
        other = client.with_options(timeout=Timeout(read=1), max_wait=7, retry=Retry(attempts=2))
        assert type(other) is Client
        client.org().call(GET, path={"thing": 7})
        other.org().call(GET, path={"thing": 7})
        assert [request.connection for request in server.requests] == [0, 0]
        with pytest.raises(RateLimited):
            other.org().call(GET, path={"thing": 7})
        with pytest.raises(RateLimited, match="secondary"):
            client.org().call(GET, path={"thing": 7})
        assert len(server.requests) == 3
        options = client.core.flows.options
        assert (options.timeout, options.max_wait) == (Timeout(), 90)
        with other:
            pass
        server.script(json_response(THING))
        client.core.state.pacer.holds.clear()
        client.org().call(GET, path={"thing": 7})
        client.close()
        with pytest.raises(ClientClosed):
            other.org().call(GET, path={"thing": 7})


def test_an_async_client_with_other_options_shares_the_rest() -> None:
    """The same with await."""

    async def main(url: str) -> None:
        async with AsyncClient(auth=TOKEN, base_url=url, retry=None) as client:
            async with client.with_options(strict=True) as other:
                await other.org().call(GET, path={"thing": 7})
            await client.org().call(GET, path={"thing": 7})
        with pytest.raises(ClientClosed):
            await other.org().call(GET, path={"thing": 7})

    with ScriptedServer(default=json_response(THING)) as server:
        asyncio.run(main(server.url))
    assert [request.connection for request in server.requests] == [0, 0]


# ── Transports of the caller's own ───────────────────────────────────────────────────────────


class Stuck(httpx2.AsyncBaseTransport):
    """A transport that pays no attention to time-outs: before a response, or in its body."""

    def __init__(self, *, in_body: bool) -> None:
        self._in_body = in_body
        self.cancelled = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        del request
        if not self._in_body:
            await self._stay()
        return httpx2.Response(200, headers=JSON, stream=Endless(self._stay()))

    async def _stay(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


class Endless(httpx2.AsyncByteStream):
    """A body that begins, and then waits for something."""

    def __init__(self, waiting: Coroutine[Any, Any, None]) -> None:
        self._waiting = waiting

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{"
        await self._waiting


@pytest.mark.parametrize("cache", [False, True])
@pytest.mark.parametrize("operation", [GET, CREATE], ids=["read", "write"])
@pytest.mark.parametrize("in_body", [False, True])
def test_an_async_transport_of_ones_own_is_cancelled(
    operation: Operation[object], in_body: bool, cache: bool
) -> None:
    """At the end of the call, wherever it waits; a write may have been carried out."""
    transport = Stuck(in_body=in_body)

    async def main() -> None:
        async with AsyncClient(
            auth=TOKEN, transport=transport, timeout=SHORT, retry=None, cache=cache
        ) as client:
            async with asyncio.timeout(20):  # or the test would not end without the rule
                await client.org().call(operation, path={"thing": 7})

    with pytest.raises(CallError, match=r"no response within 0\.4 s for the whole call") as caught:
        asyncio.run(main())
    error = caught.value
    assert isinstance(error, OutcomeUnknown) is (operation is CREATE)
    assert type(error.error if isinstance(error, OutcomeUnknown) else error) is TimedOut
    assert transport.cancelled


def test_a_cancelled_caller_is_not_a_time_out() -> None:
    """Who cancels a call gets its own cancellation, though the client could cancel, too."""

    async def main() -> None:
        transport = Stuck(in_body=False)
        async with AsyncClient(auth=TOKEN, transport=transport, timeout=30) as client:
            async with asyncio.timeout(0.05):
                await client.org().call(GET, path={"thing": 7})

    with pytest.raises(TimeoutError):
        asyncio.run(main())


class Slow(httpx2.SyncByteStream):
    """A body whose chunks each come in time, until somebody stops asking for them."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.asked = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.asked += 1
            time.sleep(0.05)
            yield chunk


@pytest.mark.parametrize("operation", [GET, CREATE], ids=["read", "write"])
@pytest.mark.parametrize("cache", [False, True])
def test_the_body_of_a_sync_transport_ends_with_the_call(
    operation: Operation[object], cache: bool
) -> None:
    """What takes too long as a whole is noticed between two chunks."""
    stream = Slow([b" "] * 1000)
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=JSON, stream=stream))
    with (
        Client(auth=TOKEN, transport=transport, timeout=SHORT, retry=None, cache=cache) as client,
        pytest.raises(CallError, match=r"no response within 0\.4 s for the whole call") as caught,
    ):
        client.org().call(operation, path={"thing": 7})
    assert isinstance(caught.value, OutcomeUnknown) is (operation is CREATE)
    assert 1 < stream.asked < 1000


def test_a_whole_response_is_used_though_it_is_late() -> None:
    """A sync transport cannot be interrupted, and the outcome is known."""
    stream = Slow([json.dumps(THING).encode()])
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=JSON, stream=stream))
    with Client(auth=TOKEN, transport=transport, timeout=0.01, retry=None) as client:
        assert client.org().call(GET, path={"thing": 7}).name == "seven"
