"""Event loops: an async client has its own connections and places in each."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trio

from client.runtime_api import CREATE, GET, THING, TICKET, TOKEN, AsyncClient
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.pacing import AT_ONCE
from ghrunners._runtime.clock import Clock
from ghrunners._runtime.errors import ClientClosed

# asyncio warns if a loop ends while connections are open. These programs close them at their end.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def echo(request: ReceivedRequest) -> ScriptedResponse:
    """ScriptedResponse with the id that was asked for."""
    if request.method == "POST":
        return json_response(TICKET, 201)
    return json_response(
        {**THING, "id": int(request.target.rpartition("/")[2])}, headers={"ETag": '"1"'}
    )


async def get(client: AsyncClient, number: int) -> int:
    return (await client.org().call(GET, path={"thing": number})).id


async def create(client: AsyncClient) -> str | None:
    return (await client.org().call(CREATE)).expires_at


@pytest.mark.parametrize("cache", [False, True])
def test_a_client_works_in_one_loop_after_another(cache: bool) -> None:
    """`asyncio.run` twice; the second call is a write that must not be sent twice."""
    with ScriptedServer(default=echo) as server:
        client = AsyncClient(auth=TOKEN, base_url=server.url, cache=cache)
        assert asyncio.run(get(client, 1)) == 1
        assert asyncio.run(create(client)) == "soon"
        assert asyncio.run(get(client, 1)) == 1
        asyncio.run(client.aclose())
        with pytest.raises(ClientClosed):
            asyncio.run(get(client, 1))
        assert [one.connection for one in server.requests] == [0, 1, 2]
    gc.collect()


def test_connections_of_closed_loops_are_dropped() -> None:
    """A program that calls `asyncio.run` for ever keeps no more than the latest."""
    with ScriptedServer(default=echo) as server:
        client = AsyncClient(auth=TOKEN, base_url=server.url)
        for number in range(5):
            assert asyncio.run(get(client, number)) == number
        core: Any = client.core
        assert len(core._places._lines) == 1
        asyncio.run(client.aclose())
    gc.collect()


def test_two_loops_can_use_a_client_in_turn() -> None:
    """Each keeps its connection."""
    with ScriptedServer(default=echo) as server, asyncio.Runner() as one, asyncio.Runner() as other:
        client = AsyncClient(auth=TOKEN, base_url=server.url)
        for number in range(3):
            assert one.run(get(client, number)) == number
            assert other.run(get(client, number)) == number
        assert [request.connection for request in server.requests] == [0, 1] * 3
        one.run(client.aclose())
        with pytest.raises(ClientClosed):
            other.run(get(client, 1))
    gc.collect()


def test_loops_of_several_threads_can_use_a_client_at_once() -> None:
    """Every answer is that of its call."""

    async def many(client: AsyncClient, start: int) -> list[int]:
        return await asyncio.gather(*(get(client, n) for n in range(start, start + 150)))

    with ScriptedServer(default=echo) as server, ThreadPoolExecutor(4) as pool:
        client = AsyncClient(auth=TOKEN, base_url=server.url)
        starts = [1000, 2000, 3000, 4000]
        found = pool.map(asyncio.run, [many(client, start) for start in starts])
        assert list(found) == [list(range(start, start + 150)) for start in starts]
        asyncio.run(client.aclose())
    gc.collect()


def test_places_that_a_loop_left_taken_do_not_matter_in_the_next() -> None:
    """It was ended with calls under way."""
    reached = threading.Event()
    go = threading.Event()

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        if request.target.endswith("/0"):
            reached.set()
            go.wait(30)
        return echo(request)

    async def leave(client: AsyncClient) -> None:
        line = client.core._places.line()  # pyright: ignore[reportPrivateUsage] - filled by hand
        for _ in range(AT_ONCE - 1):
            line.slots.acquire_nowait()
        line.writes.acquire_nowait()
        task = asyncio.create_task(get(client, 0))
        await asyncio.to_thread(reached.wait)
        task.cancel()

    with ScriptedServer(default=answer) as server:
        client = AsyncClient(auth=TOKEN, base_url=server.url, pacing="strict")
        asyncio.run(leave(client))
        go.set()
        assert asyncio.run(create(client)) == "soon"
        asyncio.run(client.aclose())
    gc.collect()


@pytest.mark.parametrize("cache", [False, True])
def test_a_client_works_on_trio(cache: bool) -> None:
    """In several runs, each with its connections, and on asyncio after them."""

    async def calls(client: AsyncClient) -> None:
        for number in range(3):
            assert await get(client, number) == number
        assert await create(client) == "soon"

    with ScriptedServer(default=echo) as server:
        client = AsyncClient(auth=TOKEN, base_url=server.url, cache=cache)
        trio.run(calls, client)
        trio.run(calls, client)
        asyncio.run(calls(client))
        trio.run(client.aclose)
        with pytest.raises(ClientClosed):
            trio.run(get, client, 1)
        assert [one.connection for one in server.requests] == [0] * 4 + [1] * 4 + [2] * 4
    gc.collect()


class Instant(Clock):
    """A clock whose waits take no time."""

    passed = 0.0

    def now(self) -> float:
        return super().now() + self.passed

    async def asleep(self, seconds: float) -> None:
        self.passed += seconds
        await trio.lowlevel.checkpoint()


def test_tasks_of_trio_wait_for_places_and_turns() -> None:
    """A task that is cancelled in one returns it."""
    free: list[int] = []

    async def calls(client: AsyncClient) -> None:
        line = client.core._places.line()  # pyright: ignore[reportPrivateUsage] - to count places
        client.core.state.clock = Instant()
        async with trio.open_nursery() as tasks:
            for number in range(150):
                tasks.start_soon(get, client, number)
            for _ in range(3):
                tasks.start_soon(create, client)
        with trio.move_on_after(0.01):
            async with trio.open_nursery() as tasks:
                for number in range(150):
                    tasks.start_soon(get, client, number)
        free.append(line.slots.value)
        assert await get(client, 7) == 7
        await client.aclose()

    with ScriptedServer(default=echo) as server:
        client = AsyncClient(auth=TOKEN, base_url=server.url, pacing="strict")
        trio.run(calls, client)
    assert free == [AT_ONCE]
    gc.collect()


class Own(httpx2.AsyncBaseTransport):
    """A transport of the caller."""

    def __init__(self) -> None:
        self.requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        del request
        self.requests += 1
        return httpx2.Response(200, json=dict(THING))


def test_a_transport_of_one_s_own_belongs_to_its_first_loop() -> None:
    """Its connections may belong to that loop. Nothing is sent in another one."""
    own = Own()
    client = AsyncClient(auth=TOKEN, transport=own)
    with asyncio.Runner() as one:
        assert one.run(get(client, 7)) == 7
        with pytest.raises(ClientClosed, match="belongs to another process or event loop"):
            asyncio.run(create(client))
        assert one.run(get(client, 7)) == 7
        one.run(client.aclose())
    assert own.requests == 2


@pytest.mark.parametrize("cache", ["memory", "file"])
def test_a_client_that_nobody_used_can_be_closed_in_any_loop(cache: str, tmp_path: Path) -> None:
    """Its cache is closed, too."""
    client = AsyncClient(auth=TOKEN, cache=True if cache == "memory" else tmp_path / "cache.db")
    asyncio.run(client.aclose())
    with pytest.raises(ClientClosed):
        asyncio.run(get(client, 7))
