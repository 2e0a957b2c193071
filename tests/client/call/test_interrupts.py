"""Exceptions of signal handlers, and cancellation: they cost no place and no lock, wherever they strike."""

from __future__ import annotations

import asyncio
import functools
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from typing import Any, cast

import httpx2
import pytest

from client.auth.github_app_server import app as an_app
from client.call.striker import Struck, struck
from client.runtime_api import CREATE, GET, THING, TICKET, TOKEN, AsyncClient, Client
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.pacing import AT_ONCE
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.client.github.pacing import Pacing, ThrottlingPacer
from ghrunners._runtime.clock import Clock

# A connection that is interrupted while it is made is closed by its destructor, which warns.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def answer(request: ReceivedRequest) -> ScriptedResponse:
    if request.method == "POST":
        return json_response(TICKET, 201)
    return json_response({**THING, "id": int(request.target.rpartition("/")[2])})


# ── Sync: every place at which CPython runs a handler ────────────────────────────────────────


class Instant(Clock):
    """A clock whose waits take no time."""

    def __init__(self) -> None:
        self._passed = 0.0

    def now(self) -> float:
        return super().now() + self._passed

    def sleep(self, seconds: float) -> None:
        self._passed += seconds

    async def asleep(self, seconds: float) -> None:
        self._passed += seconds
        await asyncio.sleep(0)


class Gathering:
    """Answers as many calls as there are places, once all of them are in progress at once.

    A request of an interrupted call may still arrive. It is not one of them.
    """

    numbers = range(1000, 1000 + AT_ONCE)

    def __init__(self) -> None:
        self._arrived: set[str] = set()
        self._all = threading.Condition()

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        if request.method == "GET" and int(request.target.rpartition("/")[2]) in self.numbers:
            with self._all:
                self._arrived.add(request.target)
                self._all.notify_all()
                assert self._all.wait_for(lambda: len(self._arrived) == AT_ONCE, 30)
        return answer(request)


def check_all_places(client: Client, server: ScriptedServer) -> None:
    """Have as many requests in progress at once as there are places."""
    server.default = Gathering()
    found: list[int] = []

    def call(number: int) -> None:
        found.append(client.org().call(GET, path={"thing": number}).id)

    threads = [threading.Thread(target=call, args=(number,)) for number in Gathering.numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(Gathering.numbers)


def pool_of(client: Client) -> object:
    """Return the pool of httpcore2 for the next request."""
    core: Any = client.core
    pool: object = core._places.line().sender._inner._pool
    return pool


def unpaced(client: Client | AsyncClient) -> None:
    """End the throttling of a client."""
    pacer = client.core.state.pacer
    assert isinstance(pacer, ThrottlingPacer)
    pacer.active_until = 0


def turns(client: Client) -> tuple[int, int, int, int]:
    """Return the free places and turns to write, and the turns to get a token: taken, waited for."""
    places = client.core._places  # pyright: ignore[reportPrivateUsage] - to count them
    waiting = client.core._turns.values()  # pyright: ignore[reportPrivateUsage] - the same
    free = [
        turns._free.qsize()  # pyright: ignore[reportPrivateUsage] - the same
        for turns in (places.slots, places.writes, *places.renewals.values())
    ]
    return free[0], free[1], len(places.renewals) - sum(free[2:]), sum(map(len, waiting))


@pytest.mark.parametrize(("pacing", "connection"), [("off", "new"), ("strict", "kept")])
def test_no_strike_costs_anything(pacing: Pacing, connection: str) -> None:
    """One at each place of a write, on a new connection and on one that was used before."""
    strikes, auth = 0, ["one"]

    def token() -> str:
        return auth[0]

    with (
        ScriptedServer(default=answer) as server,
        # A pool whose places are lost fails soon.
        Client(
            auth=token,
            base_url=server.url,
            pacing=pacing,
            retry=None,
            timeout=Timeout(pool=10),
        ) as client,
    ):
        client.core.state.clock = Instant()
        path = {"thing": 7}
        while True:
            if connection == "kept":
                assert client.org().call(GET, path=path).id == 7
            client.core.state.clock.sleep(60)  # no points of earlier calls are counted
            pool = pool_of(client)
            if not struck(strikes + 1, lambda: client.org().call(CREATE)):
                break
            strikes += 1
            assert strikes < 1500, "each strike leaves something that makes the next call longer"
            # Other threads can end what they have under way: its repr takes the lock of the pool.
            other = threading.Thread(target=repr, args=(pool,), daemon=True)
            other.start()
            other.join(10)
            assert not other.is_alive(), strikes
            assert turns(client) == (AT_ONCE, 1, 0, 0), strikes
        assert strikes > 100
        unpaced(client)
        check_all_places(client, server)


def test_an_app_s_token_is_not_lost_for_others() -> None:
    """The turn to get a token is returned as well, wherever the strike is."""
    strikes = 0
    given = 0

    def sign_in(request: ReceivedRequest) -> ScriptedResponse:
        nonlocal given
        if request.target.endswith("/access_tokens"):
            given += 1
            # It must be renewed at once, so that the next call gets one, too.
            return json_response(
                {"token": f"ghs_{given:036}", "expires_at": "2020-01-01T00:00:00Z"}, 201
            )
        return json_response(THING)

    with (
        ScriptedServer(default=sign_in) as server,
        Client(
            auth=cast("Any", an_app(installation_id=7)), base_url=server.url, retry=None
        ) as client,
    ):
        while struck(1 + 7 * strikes, lambda: client.org().call(GET, path={"thing": 7})):
            strikes += 1
            assert turns(client) == (AT_ONCE, 1, 0, 0), strikes
        assert strikes > 30
        assert client.org().call(GET, path={"thing": 7}).id == 7


def request_elsewhere(sender: Any, url: str) -> threading.Thread:
    """Send a request in another thread, on the connections of a call that was struck."""
    limits = dict.fromkeys(("connect", "read", "write", "pool"), 10.0)
    request = httpx2.Request("GET", url, extensions={"timeout": limits})
    other = threading.Thread(
        target=lambda: sender._inner.handle_request(request).read(), daemon=True
    )
    other.start()
    other.join(30)
    return other


def test_a_strike_leaves_no_connection_locked_for_other_threads() -> None:
    """They may be under way on the same connections, before the client replaces those."""
    strikes, more = 0, True
    with ScriptedServer(default=answer) as server:
        while more:
            with Client(auth=TOKEN, base_url=server.url, retry=None) as client:
                call = functools.partial(client.org().call, GET, path={"thing": 7})
                call()
                places = client.core._places  # pyright: ignore[reportPrivateUsage] - for the sender
                sender = places.line().sender
                more = struck(1 + strikes, call)
                strikes += 1
                other = request_elsewhere(sender, f"{server.url}/things/7")
                assert not other.is_alive(), strikes
    assert strikes > 100


def test_random_strikes_cost_nothing() -> None:
    """Hundreds of them at any moment, as a task queue's soft limit, while other threads work."""
    chance = random.Random(7)  # noqa: S311 - a moment, no secret
    hits, failures = 0, list[BaseException]()
    done = threading.Event()

    def strike(number: int, frame: object) -> None:
        del number, frame
        raise Struck

    def work(client: Client, number: int) -> None:
        try:
            while not done.is_set():
                assert client.org().call(GET, path={"thing": number}).id == number
        except BaseException as error:
            failures.append(error)
            raise

    before = signal.signal(signal.SIGALRM, strike)
    try:
        with (
            ScriptedServer(default=answer) as server,
            Client(auth=TOKEN, base_url=server.url, retry=None) as client,
        ):
            workers = [threading.Thread(target=work, args=(client, n)) for n in range(3)]
            for worker in workers:
                worker.start()
            for number in range(1500):
                try:
                    signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, 3e-3))
                    assert client.org().call(GET, path={"thing": number}).id == number
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except Struck:
                    hits += 1
                if hits == 300:
                    break
            done.set()
            for worker in workers:
                worker.join()
            assert not failures
            assert hits == 300
            assert turns(client) == (AT_ONCE, 1, 0, 0)
            check_all_places(client, server)
    finally:
        done.set()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_call_does_not_import_the_codec_of_host_names() -> None:
    """CPython's lock of a module stays locked for other threads if a strike meets its import."""
    program = (
        "import sys, ghrunners; ghrunners.Client(auth='token', base_url='http://127.0.0.1:1')"
        "; print('encodings.idna' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert shown.stdout.strip() == b"True"


# ── Async: cancellation at every await ───────────────────────────────────────────────────────


class Cancelling:
    """Runs a coroutine, and cancels its task when it waits for the n-th time."""

    def __init__(self, inner: Any, number: int) -> None:
        self._inner = inner
        self._left = number
        self.was_cancelled = False

    def __await__(self) -> Generator[Any, Any, Any]:
        step = self._inner.__await__()
        value, error = None, None
        while True:
            try:
                wait = step.send(value) if error is None else step.throw(error)
            except StopIteration as end:
                return end.value
            self._left -= 1
            if self._left == 0:
                self.was_cancelled = True
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            value, error = None, None
            try:
                value = yield wait
            except BaseException as thrown:  # noqa: BLE001 - it is passed on
                error = thrown


@pytest.mark.parametrize("pacing", ["off", "strict"])
def test_cancellation_at_every_await_costs_nothing(pacing: Pacing) -> None:
    """On a new connection, and while other tasks wait for their places."""

    async def run(awaiting: Cancelling) -> None:
        await awaiting

    async def main(server: ScriptedServer) -> int:
        cancellations = 0
        async with AsyncClient(
            auth=TOKEN, base_url=server.url, pacing=pacing, retry=None
        ) as client:
            client.core.state.clock = Instant()
            line = client.core._places.line()  # pyright: ignore[reportPrivateUsage] - its places
            while True:
                if cancellations % 2:
                    assert (await client.org().call(GET, path={"thing": 7})).id == 7
                awaiting = Cancelling(client.org().call(CREATE), cancellations + 1)
                try:
                    await asyncio.create_task(run(awaiting))
                except asyncio.CancelledError:
                    cancellations += 1
                assert line.slots.value == AT_ONCE
                assert not line.writes.locked()
                if not awaiting.was_cancelled:
                    break
            unpaced(client)
            server.default = Gathering()
            calls = [client.org().call(GET, path={"thing": n}) for n in Gathering.numbers]
            found = [one.id for one in await asyncio.gather(*calls)]
            assert found == list(Gathering.numbers)
        return cancellations

    with ScriptedServer(default=answer) as server:
        assert asyncio.run(main(server)) >= 3
