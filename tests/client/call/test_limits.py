"""Limits that are reached while a call waits: it checks them again immediately before it sends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TICKET,
    TOKEN,
    UPDATE,
    AnyClient,
    AsyncClient,
    Client,
    FakeClock,
    either,
)
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call import driver
from ghrunners._runtime.call.pacing import AT_ONCE
from ghrunners._runtime.call.places import Turns
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import ClientClosed, ConnectTimedOut
from ghrunners._runtime.response.rate_limit import Refusal
from ghrunners._runtime.response.response import Response
from ghrunners._runtime.response_errors import RateLimited

SECONDARY = "You have exceeded a secondary rate limit."


def refuse(client: Any, seconds: float = 30.0) -> None:
    """Let another call of the client reach a rate limit."""
    state = client.core.state
    limit = Refusal("secondary", seconds, "")
    response = Response(429, [(b"Retry-After", b"30")], b"{}")
    state.pacer.refused(state.clock.now(), limit, response, "", "things/other")


def meanwhile(monkeypatch: pytest.MonkeyPatch, wait: int, happens: Callable[[], None]) -> None:
    """Let something happen during the n-th wait for a place or a turn."""
    waits = 0
    take, acquire = Turns.take, driver._acquire  # pyright: ignore[reportPrivateUsage] - each wait

    def count() -> None:
        nonlocal waits
        waits += 1
        if waits == wait:
            happens()

    def sync_wait(self: Turns, taken: list[int], seconds: float) -> bool:
        count()
        return take(self, taken, seconds)

    async def async_wait(lock: Any, seconds: float) -> bool:
        count()
        return await acquire(lock, seconds)

    monkeypatch.setattr(Turns, "take", sync_wait)
    monkeypatch.setattr(driver, "_acquire", async_wait)


# ── A limit that is reached during a wait ────────────────────────────────────────────────────


@either
@pytest.mark.parametrize("operation", [GET, UPDATE])
def test_a_call_that_waited_for_a_place_keeps_a_limit(
    kind: AnyClient, operation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for the rest of the limit before it sends, and this is no attempt."""
    clock = FakeClock()
    sent: list[float] = []

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        del request
        sent.append(clock.passed)
        return json_response(THING)

    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url) as held:
        held.client.core.state.clock = clock
        meanwhile(monkeypatch, 1, lambda: refuse(held.client))
        result = held.do(held.org.call, operation, path={"thing": 7})
    assert result.id == 7
    assert len(sent) == 1
    assert sent[0] >= 30


@either
def test_a_write_that_waited_for_its_turn_keeps_a_limit(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first wait of a paced write is for its turn."""
    clock = FakeClock()
    with (
        ScriptedServer(default=json_response(TICKET, 201)) as server,
        OpenClient(kind, server.url, pacing="strict") as held,
    ):
        held.client.core.state.clock = clock
        meanwhile(monkeypatch, 1, lambda: refuse(held.client))
        held.do(held.org.call, CREATE)
        assert len(server.requests) == 1
    assert clock.passed >= 30


@either
def test_a_call_that_waited_for_a_token_keeps_a_limit(kind: AnyClient) -> None:
    """A function that returns the token may take its time."""
    clock = FakeClock()
    clients: list[Any] = []

    def token() -> str:
        if not clock.waits:
            refuse(clients[0])
        return TOKEN

    with (
        ScriptedServer(json_response(THING)) as server,
        OpenClient(kind, server.url, auth=token) as held,
    ):
        clients.append(held.client)
        held.client.core.state.clock = clock
        assert held.do(held.org.call, GET, path={"thing": 7}).id == 7
        assert len(server.requests) == 1
    assert clock.passed >= 30


@either
def test_a_limit_beyond_what_the_caller_allows_is_raised(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it is reached during the wait. Nothing is sent."""
    with ScriptedServer() as server, OpenClient(kind, server.url, max_wait=5) as held:
        held.client.core.state.clock = FakeClock()
        meanwhile(monkeypatch, 1, lambda: refuse(held.client))
        with pytest.raises(RateLimited):
            held.do(held.org.call, GET, path={"thing": 7})
        assert server.requests == []


@either
def test_a_write_without_a_turn_takes_one_if_throttling_begins(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waited for a place when throttling began, so it also waits for a second to pass."""
    clock = FakeClock()

    def begin() -> None:
        pacer = held.client.core.state.pacer
        pacer.active_until = float("inf")
        pacer.write_ended(clock.now())

    with ScriptedServer(json_response(TICKET, 201)) as server, OpenClient(kind, server.url) as held:
        held.client.core.state.clock = clock
        meanwhile(monkeypatch, 1, begin)
        held.do(held.org.call, CREATE)
        assert len(server.requests) == 1
    assert clock.waits == [1.0]


def test_a_write_needs_a_turn_if_throttling_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another write has the turn, so this one is not sent beside it."""
    with (
        ScriptedServer() as server,
        Client(auth=TOKEN, base_url=server.url, timeout=0.2, retry=None) as client,
    ):
        core: Any = client.core
        turn: list[int] = []

        def begin() -> None:
            core.state.pacer.active_until = float("inf")
            assert core._places.writes.take(turn, 0)

        meanwhile(monkeypatch, 1, begin)
        with pytest.raises(ConnectTimedOut, match="the wait for throttling"):
            client.org().call(CREATE)
        assert server.requests == []


def test_a_place_is_free_only_after_its_limit_is_known() -> None:
    """Otherwise a thread that waits for the place could send before it."""
    refused = json_response({"message": SECONDARY}, 403, {"Retry-After": "30"})
    known: list[bool] = []
    with (
        ScriptedServer(refused) as server,
        Client(auth=TOKEN, base_url=server.url, retry=None) as client,
    ):
        core: Any = client.core
        slots = core._places.slots
        release = slots.release

        def check(place: int) -> None:
            known.append(bool(core.state.pacer.holds))
            release(place)

        slots.release = check
        with pytest.raises(RateLimited):
            client.org().call(GET, path={"thing": 7})
    assert known == [True]


class Limited:
    """A server that refuses the first request, and notes when it received each one."""

    def __init__(self, clock: FakeClock) -> None:
        self.received: list[float] = []
        self.client: Any = None
        self._clock = clock
        self._mutex = threading.Lock()

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        del request
        with self._mutex:
            self.received.append(self._clock.passed)
            is_first = len(self.received) == 1
        if is_first:
            return json_response({"message": SECONDARY}, 403, {"Retry-After": "30"})
        # Those that are under way at the same time are answered after the client knows the limit.
        while not self._clock.passed and not self.client.core.state.pacer.holds:
            time.sleep(0.01)
        return json_response(THING)

    def check(self, calls: int) -> None:
        """Only requests that were under way at that moment came before the end of the limit."""
        assert len(self.received) == calls + 1
        assert sum(at < 30 for at in self.received) <= AT_ONCE


def test_tasks_that_wait_for_a_place_do_not_slip_through() -> None:
    """300 at once: 100 are sent before the limit is known, and no more until its end."""
    clock = FakeClock()
    limited = Limited(clock)

    async def main(url: str) -> None:
        async with AsyncClient(auth=TOKEN, base_url=url) as client:
            client.core.state.clock = clock
            limited.client = client
            await asyncio.gather(*(client.org().call(GET, path={"thing": 7}) for _ in range(300)))

    with ScriptedServer(default=limited) as server:
        asyncio.run(main(server.url))
    limited.check(300)


def test_threads_that_wait_for_a_place_do_not_slip_through() -> None:
    """200 at once."""
    clock = FakeClock()
    limited = Limited(clock)
    with (
        ScriptedServer(default=limited) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        client.core.state.clock = clock
        limited.client = client
        org = client.org()
        threads = [
            threading.Thread(target=org.call, args=(GET,), kwargs={"path": {"thing": 7}})
            for _ in range(200)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    limited.check(200)


# ── Throttling ───────────────────────────────────────────────────────────────────────────────


@either
def test_a_refusal_by_throttling_is_no_attempt(kind: AnyClient) -> None:
    """It costs nothing of the retry budget, and says how long the wait would have been."""
    with (
        ScriptedServer() as server,
        OpenClient(kind, server.url, pacing="strict", retry=Retry()) as held,
    ):
        state = held.client.core.state
        state.clock = FakeClock()
        for _ in range(900):
            state.pacer.spend(state.clock.now(), write=False)
        hurried = held.client.with_options(timeout=5)
        for _ in range(120):
            with pytest.raises(ConnectTimedOut, match=r"it is 60\.0 s") as caught:
                held.do(hurried.org().call, GET, path={"thing": 7})
            assert caught.value.attempts == 0
        assert state.clock.waits == []
        assert all(state.budget.spend() for _ in range(100))
        assert server.requests == []


@either
def test_throttling_ends_and_can_be_seen(kind: AnyClient) -> None:
    """15 minutes after the wait for the last secondary limit."""
    refused = json_response({"message": SECONDARY}, 403, {"Retry-After": "30"})
    with (
        ScriptedServer(refused, default=json_response(THING)) as server,
        OpenClient(kind, server.url) as held,
    ):
        clock = held.client.core.state.clock = FakeClock()
        assert held.client.throttled_until is None
        with pytest.raises(RateLimited):
            held.do(held.org.call, UPDATE, path={"thing": 7})
        end = datetime.fromtimestamp(clock.started + 30 + 900, UTC)
        assert held.client.throttled_until == end
        assert held.client.with_options(timeout=5).throttled_until == end
        clock.sleep(100)
        del clock.waits[:]
        for _ in range(2):
            held.do(held.org.call, UPDATE, path={"thing": 7})
        assert clock.waits == [1.0]
        clock.sleep(830)
        del clock.waits[:]
        for _ in range(2):
            held.do(held.org.call, UPDATE, path={"thing": 7})
        assert clock.waits == []
        assert held.client.throttled_until is None


@either
def test_a_call_waits_if_others_spend_the_points_meanwhile(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as GitHub allows in a minute."""
    clock = FakeClock()

    def spend() -> None:
        pacer = held.client.core.state.pacer
        while pacer.spend(clock.now(), write=False) == 0:
            pass

    with (
        ScriptedServer(default=json_response(THING)) as server,
        OpenClient(kind, server.url, pacing="strict") as held,
    ):
        held.client.core.state.clock = clock
        meanwhile(monkeypatch, 1, spend)
        assert held.do(held.org.call, GET, path={"thing": 7}).id == 7
        assert clock.waits == [60.0]
        assert len(server.requests) == 1


@either
def test_a_call_whose_time_ended_in_its_wait_for_a_place_is_not_sent(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its outcome is known, even if it is an unsafe write."""
    clock = FakeClock()
    with ScriptedServer() as server, OpenClient(kind, server.url, timeout=10) as held:
        held.client.core.state.clock = clock
        meanwhile(monkeypatch, 1, lambda: clock.sleep(10))
        with pytest.raises(ConnectTimedOut, match="not sent: the timeout of the whole call"):
            held.do(held.org.call, CREATE)
        assert server.requests == []


# ── After the client is closed ───────────────────────────────────────────────────────────────


@either
@pytest.mark.parametrize("wait", ["place", "turn", "token"])
def test_a_call_that_waited_is_not_sent_after_close(
    kind: AnyClient, wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it waited for. A token is not requested any more."""
    asked: list[int] = []

    def ask() -> str:
        asked.append(1)
        return TOKEN

    auth: Any = ask if wait == "token" else TOKEN
    pacing: Any = "strict" if wait == "turn" else "off"
    with ScriptedServer() as server, OpenClient(kind, server.url, auth=auth, pacing=pacing) as held:

        def close() -> None:
            held.client.core.state.closed = True

        meanwhile(monkeypatch, 1, close)
        with pytest.raises(ClientClosed):
            held.do(held.org.call, CREATE)
        assert server.requests == []
        assert asked == []


@either
def test_a_call_that_waited_for_a_limit_is_not_sent_after_close(kind: AnyClient) -> None:
    """Or for the pause before a retry."""

    class Closing(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            held.client.core.state.closed = True

    refused = json_response({"message": SECONDARY}, 403, {"Retry-After": "30"})
    with ScriptedServer(refused) as server, OpenClient(kind, server.url, retry=Retry()) as held:
        held.client.core.state.clock = Closing()
        with pytest.raises(ClientClosed):
            held.do(held.org.call, GET, path={"thing": 7})
        assert len(server.requests) == 1


def test_threads_that_wait_are_not_sent_after_close() -> None:
    """20 threads wait for a place while the client is closed."""
    signed = threading.Semaphore(0)

    def token() -> str:
        signed.release()
        return TOKEN

    outcomes: list[type[BaseException]] = []

    def call(client: Client) -> None:
        try:
            client.org().call(GET, path={"thing": 7})
        except ClientClosed as error:
            outcomes.append(type(error))

    with ScriptedServer() as server:
        client = Client(auth=token, base_url=server.url)
        places = client.core._places  # pyright: ignore[reportPrivateUsage] - filled by hand
        taken: list[int] = []
        for _ in range(AT_ONCE):
            assert places.slots.take(taken, 0)
        threads = [threading.Thread(target=call, args=(client,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for _ in threads:
            signed.acquire()
        client.close()
        for place in taken:
            places.slots.release(place)
        for thread in threads:
            thread.join()
        assert outcomes == [ClientClosed] * 20
        assert server.requests == []
