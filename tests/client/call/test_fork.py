"""Processes: a child has its own connections, places, locks and cache, whatever its parent does."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import os
import select
import signal
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from anyio._core import _eventloop, _synchronization

from client.faults.certificates import Authority
from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TICKET,
    TOKEN,
    AnyClient,
    AsyncClient,
    Client,
    either,
)
from client.scripted_server import (
    ReceivedRequest,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from ghrunners._runtime import lazy
from ghrunners._runtime.errors import ClientClosed
from ghrunners._runtime.response.warnings import SchemaDrift

# Python 3.12 and later warn about a fork while there are threads, which is the point here.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def echo(request: ReceivedRequest) -> ScriptedResponse:
    """ScriptedResponse with the id that was asked for."""
    if request.method == "POST":
        return json_response(TICKET, 201)
    return json_response(
        {**THING, "id": int(request.target.rpartition("/")[2])}, headers={"ETag": '"1"'}
    )


class Child:
    """A forked process that runs a function and hands back its text."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._read, write = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            # Nothing of the test run may happen in the child, not even its end.
            try:
                text = str(function())
            except BaseException as error:  # noqa: BLE001 - the parent reports it
                text = f"{type(error).__name__}: {error}"
            os.write(write, text.encode())
            os._exit(0)
        os.close(write)

    def result(self) -> str:
        """Wait for the text. A child that hangs is ended."""
        ready, _, _ = select.select([self._read], [], [], 60)
        if not ready:
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        with os.fdopen(self._read, "rb") as pipe:
            text = pipe.read().decode()
        assert ready, "the child hung"
        return text


def many(client: Client, start: int, calls: int = 20) -> str:
    """Call several times; return which calls got the answer of another one."""
    wrong: list[tuple[int, int]] = []
    for number in range(start, start + calls):
        found = client.org().call(GET, path={"thing": number}).id
        if found != number:
            wrong.append((number, found))
    return str(wrong)


AUTHORITY = Authority("fork")


def scripted(*, secure: bool) -> ScriptedServer:
    """Return a server over TCP or TLS."""
    context = AUTHORITY.server("127.0.0.1")

    def enter(connection: Any, number: int) -> Any:
        del number
        return context.wrap_socket(connection, server_side=True)

    return ScriptedServer(default=echo, wrap_connection=enter if secure else None)


@pytest.fixture(params=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedServer]:
    """A server over TCP or TLS."""
    secure = request.param == "tls"
    with scripted(secure=secure) as server:
        if secure:
            server.url = server.url.replace("http:", "https:")
        yield server


def a_client(server: ScriptedServer, **options: Any) -> Client:
    verify: ssl.SSLContext | None = AUTHORITY.trust() if "https" in server.url else None
    return Client(auth=TOKEN, base_url=server.url, verify=verify, retry=None, **options)


def test_children_and_parent_use_a_client_at_the_same_time(server: ScriptedServer) -> None:
    """A client is made and used before, as by a server that forks its workers."""
    with a_client(server) as client:
        assert many(client, 1) == "[]"
        starts = (1000, 2000, 3000, 4000)
        children = [Child(functools.partial(many, client, start)) for start in starts]
        assert many(client, 9000) == "[]"
        assert [child.result() for child in children] == ["[]"] * 4
        assert many(client, 1) == "[]"
    users: defaultdict[int, set[int]] = defaultdict(set)
    for request in server.requests:
        users[request.connection].add(int(request.target.rpartition("/")[2]) // 1000)
    assert len(users) == 5
    assert all(one == {0, 9} or len(one) == 1 for one in users.values()), users


def test_a_child_ends_no_connection_of_its_parent(server: ScriptedServer) -> None:
    """Neither when it closes the client nor when it ends: TLS would send a message."""
    with a_client(server) as client:
        assert many(client, 1, 1) == "[]"
        assert Child(client.close).result() == "None"
        assert many(client, 2, 1) == "[]"
        assert Child(lambda: client.org().call(GET, path={"thing": 3}).id).result() == "3"
        assert many(client, 4, 1) == "[]"
    assert [request.connection for request in server.requests] == [0, 0, 1, 0]


def test_a_child_does_not_keep_connections_of_its_parent_open(server: ScriptedServer) -> None:
    """Otherwise a server would not see that the parent closed one until the child ends."""
    with a_client(server) as client:
        assert many(client, 1, 1) == "[]"
        core: Any = client.core
        (connection,) = core._places.line().sender._inner._pool.connections
        stream = connection._connection._network_stream
        descriptor: int = stream.get_extra_info("socket").fileno()

        def child() -> None:
            os.fstat(descriptor)

        assert "Bad file descriptor" in Child(child).result()
        os.fstat(descriptor)
        assert many(client, 2, 1) == "[]"


@contextmanager
def served_elsewhere(*, secure: bool) -> Generator[str]:
    """Serve in another process, so that no thread of this one has locks of OpenSSL for a server."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        with scripted(secure=secure) as server:
            os.write(write, server.url.encode())
            signal.pause()
    try:
        url = os.read(read, 100).decode()
        yield url.replace("http:", "https:") if secure else url
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(read)
        os.close(write)


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_child_works_while_threads_of_its_parent_call(secure: bool) -> None:
    """They hold locks and places at the moment of the fork, and do not exist in the child."""
    done = threading.Event()
    wrong: list[str] = []

    def work(client: Client, start: int) -> None:
        while not done.is_set():
            wrong.append(many(client, start, 5))

    verify = AUTHORITY.trust() if secure else None
    with (
        served_elsewhere(secure=secure) as url,
        Client(auth=TOKEN, base_url=url, verify=verify, retry=None) as client,
    ):
        threads = [threading.Thread(target=work, args=(client, 100 * n)) for n in range(1, 7)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(10):
                assert Child(lambda: many(client, 5000, 10)).result() == "[]"
        finally:
            done.set()
            for thread in threads:
                thread.join()
    assert set(wrong) == {"[]"}


def test_a_child_works_with_every_place_and_lock_taken() -> None:
    """The worst moment for a fork."""
    with ScriptedServer(default=echo) as server, a_client(server, pacing="strict") as client:
        core: Any = client.core
        places, state = core._places, core.state
        held, forked = threading.Event(), threading.Event()

        def hold() -> None:
            taken: list[int] = []
            turns = places.renewals.setdefault("", type(places.writes)())
            for one in (places.writes, turns, *[places.slots] * 100):
                one.take(taken, 0)
            pool = places.line().sender._inner._pool
            with (
                places._mutex,
                state.pacer._mutex,
                state.budget._mutex,
                pool._optional_thread_lock,
            ):
                held.set()
                forked.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        child = Child(lambda: (many(client, 1, 2), client.org().call(CREATE).expires_at))
        forked.set()
        thread.join()
        assert child.result() == "('[]', 'soon')"


def test_a_pool_of_processes_can_share_a_client() -> None:
    """`multiprocessing` with the start method fork."""
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()

    def work(client: Client, start: int) -> None:
        queue.put(many(client, start, 5))

    with ScriptedServer(default=echo) as server, a_client(server) as client:
        assert many(client, 1, 1) == "[]"
        workers = [context.Process(target=work, args=(client, 100 * n)) for n in range(1, 4)]
        for worker in workers:
            worker.start()
        assert [queue.get() for _ in workers] == ["[]"] * 3
        for worker in workers:
            worker.join()


@pytest.mark.parametrize("cache", ["memory", "file"])
def test_a_child_opens_the_cache_anew(cache: str, tmp_path: Path) -> None:
    """SQLite does not allow a connection to be used on both sides of a fork."""
    location: Any = True if cache == "memory" else tmp_path / "cache.db"
    with ScriptedServer(default=echo) as server, a_client(server, cache=location) as client:
        assert many(client, 1, 1) == "[]"
        core: Any = client.core
        before = core._places.line().sender

        def child() -> object:
            found = many(client, 1, 2)
            after = core._places.line().sender
            is_new = after._cache._storage.connection is not before._cache._storage.connection
            client.close()
            return found, is_new

        assert Child(child).result() == "('[]', True)"
        assert many(client, 1, 2) == "[]"
        conditions = [one.header("if-none-match") is not None for one in server.requests]
        # An entry in a file is the child's as well.
        assert conditions == [False, cache == "file", False, True, cache == "file"]


class Own(httpx2.BaseTransport):
    """A transport of the caller."""

    def __init__(self) -> None:
        self.requests = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        del request
        self.requests += 1
        return httpx2.Response(200, json=dict(THING))


def test_a_transport_of_one_s_own_is_not_used_in_a_child() -> None:
    """The client cannot make another one, and its connections would be shared."""
    own = Own()
    with Client(auth=TOKEN, transport=own) as client:
        assert many(client, 7, 1) == "[]"

        def child() -> object:
            with pytest.raises(ClientClosed, match="belongs to another process"):
                client.org().call(GET, path={"thing": 7})
            return own.requests

        assert Child(child).result() == "1"
        assert many(client, 7, 1) == "[]"


def test_an_async_client_works_anew_in_a_child() -> None:
    """In the child's own event loop."""

    async def call(client: AsyncClient, number: int) -> int:
        return (await client.org().call(GET, path={"thing": number})).id

    with ScriptedServer(default=echo) as server, OpenClient(AsyncClient, server.url) as held:
        assert held.do(call, held.client, 1) == 1
        assert Child(lambda: asyncio.run(call(held.client, 2))).result() == "2"
        assert held.do(call, held.client, 3) == 3
    assert [request.connection for request in server.requests] == [0, 1, 0]


def test_an_async_client_works_in_a_child_with_every_lock_taken() -> None:
    """A thread of the parent, with another loop, held them at the moment of the fork."""

    async def call(client: AsyncClient) -> str | None:
        return (await client.org().call(CREATE)).expires_at

    with ScriptedServer(default=echo) as server:
        client = AsyncClient(auth=TOKEN, base_url=server.url, pacing="strict")
        core: Any = client.core
        held, forked = threading.Event(), threading.Event()

        def hold() -> None:
            state = core.state
            with core._places._mutex, state.pacer._mutex, state.budget._mutex:
                held.set()
                forked.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        child = Child(lambda: asyncio.run(call(client)))
        forked.set()
        thread.join()
        assert child.result() == "soon"
        asyncio.run(client.aclose())


@either
def test_a_token_is_still_known_in_a_child(kind: AnyClient) -> None:
    """So are the limits: the state is copied, not lost."""
    with ScriptedServer(default=echo) as server, OpenClient(kind, server.url, max_wait=0) as held:
        state = held.client.core.state
        state.pacer.active_until = state.clock.now() + 500
        before = held.client.throttled_until
        after = Child(lambda: held.client.throttled_until is not None).result()
    assert before is not None
    assert after == "True"


def test_a_fork_waits_for_locks_of_other_threads() -> None:
    """The child would wait for ever for a module that one imports, or a decoder that it builds."""
    lazy.unfinished.append(-1)
    end = threading.Timer(0.05, lazy.unfinished.remove, (-1,))
    end.start()
    assert Child(lambda: lazy.unfinished).result() == "[]"
    end.join()


def test_late_imports_of_calls_are_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those for concurrent pages, and for a response of another type."""
    imports: dict[str, list[int]] = {}
    load = import_module

    def record(name: str, package: str | None) -> ModuleType:
        imports[name] = list(lazy.unfinished)
        return load(name, package)

    def odd_page(request: ReceivedRequest) -> ScriptedResponse:
        number = int(request.target.rpartition("page=")[2]) if "&page=" in request.target else 1
        return json_response({"total_count": 3, "things": [{"id": number, "name": 7}]})

    monkeypatch.setattr(lazy, "import_module", record)
    with (
        ScriptedServer(default=odd_page) as server,
        a_client(server) as client,
        pytest.warns(SchemaDrift),
    ):
        assert [one.id for one in client.org().list(per_page=1).parallel(2)] == [1, 2, 3]
    expected = [threading.get_ident()]
    assert imports["..call.concurrent"] == expected
    assert imports[".lenient"] == expected


@pytest.mark.parametrize("cache", [True, False])
def test_a_fork_waits_for_the_import_of_an_event_loop_s_backend(
    cache: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is imported when a lock is first made in a loop, by the cache or by a call."""
    waits: list[bool] = []
    get_backend = _eventloop.get_async_backend

    def record() -> object:
        waits.append(threading.get_ident() in lazy.unfinished)
        return get_backend()

    async def main(url: str) -> int:
        async with AsyncClient(auth=TOKEN, base_url=url, cache=cache) as client:
            found: int = (await client.org().call(GET, path={"thing": 1})).id
            return found

    monkeypatch.setattr(_synchronization, "get_async_backend", record)
    with ScriptedServer(default=echo) as server:
        assert asyncio.run(main(server.url)) == 1
    assert waits[0]
