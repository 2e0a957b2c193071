"""Pages that are read several at once: order, errors, limits, and lists that change meanwhile."""

from __future__ import annotations

import asyncio
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from client import runtime_api
from client.runtime_api import (
    LIST,
    TOKEN,
    AsyncClient,
    Caller,
    Client,
    FakeClock,
    SyncCaller,
    both,
    either,
    page,
)
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call import concurrent
from ghrunners._runtime.call.driver import SyncCore
from ghrunners._runtime.call.observe import Attempt, Hooks
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.call.steps import Flow
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.clock import STOP, Clock, Stopped
from ghrunners._runtime.errors import InvalidArgument, TimedOut
from ghrunners._runtime.response_errors import NotFound, UnexpectedResponse

T = TypeVar("T")

SIZE = {"per_page": 2}
PATIENCE = 10  # seconds until a test fails that waits for other requests
SLOW = 0.2  # seconds in which other threads get on


def number_of(request: ReceivedRequest) -> int:
    """Return the page that a request asks for."""
    return int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])


@dataclass
class Shelf:
    """Server of a list, by default two items a page. `links` are the relations that its `Link` header has.

    `query` is the query of a link to a page. `answers` replace the response of a page. `change` is
    called with the ids after each response.
    """

    ids: Sequence[int]
    links: Sequence[str] = ("next", "last")
    query: Callable[[int], str] = "per_page=2&page={}".format
    answers: dict[int, Callable[[ReceivedRequest], ScriptedResponse]] = field(
        default_factory=dict[int, Any]
    )
    change: Callable[[list[int]], object] = len
    size: int = 2

    def __post_init__(self) -> None:
        self.there = list(self.ids)
        self.lock = threading.Lock()
        self.under_way = self.most = 0
        self.numbers: list[int] = []
        self._groups: list[threading.Barrier] = []

    def together(self, *sizes: int) -> Shelf:
        """Answer the next requests in groups, each once all of a group have arrived."""
        for size in sizes:
            self._groups += [threading.Barrier(size, timeout=PATIENCE)] * size
        return self

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        number = number_of(request)
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.numbers.append(number)
            group = self._groups.pop(0) if self._groups else None
        if group is not None:
            group.wait()
        answer = self.answers.get(number, self.page)(request)
        with self.lock:
            self.under_way -= 1
            self.change(self.there)
        return answer

    def page(self, request: ReceivedRequest) -> ScriptedResponse:
        """Return a page of the list as it is now."""
        number = number_of(request)
        last = -(-len(self.there) // self.size)
        targets = {"first": 1, "next": number + 1 if number < last else None, "last": last}
        links = ", ".join(
            f"</orgs/acme/things?{self.query(target)}>; rel={name}"
            for name, target in targets.items()
            if target is not None and (name in self.links or (name == "first" and self.links))
        )
        shown = self.there[(number - 1) * self.size : number * self.size]
        return json_response(page(shown, len(self.there)), headers={"Link": links} if links else {})


def failed(status: int, after: float = 0) -> ScriptedResponse:
    """Return the response of an error."""
    return replace(json_response({"message": "No"}, status), after=after)


def page_threads() -> list[threading.Thread]:
    """Return the threads that read pages."""
    return [thread for thread in threading.enumerate() if thread.name.endswith("-page")]


@both
@pytest.mark.parametrize("links", [("next", "last"), ("next",), ()], ids=["last", "next", "none"])
def test_pages_are_read_at_once_and_in_order(flavour: type[Caller], links: Sequence[str]) -> None:
    """The first page alone, then four at a time: all of a group arrive before one is answered."""
    shelf = Shelf(range(19), links).together(1, 4, 4, 1)
    with ScriptedServer(default=shelf) as server:
        assert flavour(server.url, page_concurrency=4).ids(SIZE) == list(range(19))
    assert shelf.most == 4
    assert sorted(shelf.numbers) == list(range(1, 11))


@both
def test_a_last_page_is_enough_without_a_total(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link to the last page tells how many there are, as a total does."""
    monkeypatch.setattr(runtime_api, "LIST", msgspec.structs.replace(LIST, total=None))
    with ScriptedServer(default=Shelf(range(9)).together(1, 4)) as server:
        assert flavour(server.url, page_concurrency=9).ids(SIZE) == list(range(9))


@both
def test_a_walk_from_a_later_page_reads_ahead(flavour: type[Caller]) -> None:
    """The number of the first page may be the caller's."""
    with ScriptedServer(default=Shelf(range(12)).together(1, 3)) as server:
        found = flavour(server.url, page_concurrency=3).ids({**SIZE, "page": 3})
    assert found == list(range(4, 12))


def test_pages_themselves_are_read_at_once() -> None:
    """`pages()` reads ahead like an iteration over the items."""
    with (
        ScriptedServer(default=Shelf(range(9)).together(1, 4)) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        pages = client.org().list(per_page=2).parallel(4).pages()
        assert [len(one.things) for one in pages] == [2, 2, 2, 2, 1]


def test_async_pages_themselves_are_read_at_once() -> None:
    """The same for the async flavour."""

    async def main(url: str) -> list[int]:
        async with AsyncClient(auth=TOKEN, base_url=url) as client:
            pages = client.org().list(per_page=2).parallel(4).pages()
            return [len(one.things) async for one in pages]

    with ScriptedServer(default=Shelf(range(9)).together(1, 4)) as server:
        assert asyncio.run(main(server.url)) == [2, 2, 2, 2, 1]


def test_one_list_or_some_calls_can_be_read_in_parallel() -> None:
    """`parallel` returns another list, and `with_options` another client; both leave the first."""
    shelf = Shelf(range(9))
    with (
        ScriptedServer(default=shelf) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        things = client.org().list(per_page=2)
        parallel = things.parallel(4)
        assert [thing.id for thing in things] == list(range(9))
        assert shelf.most == 1
        shelf.together(1, 4)
        assert [thing.id for thing in parallel] == list(range(9))
        assert (type(parallel), repr(parallel)) == (type(things), repr(things))
        shelf.together(1, 4)
        eager = client.with_options(page_concurrency=4).with_options(max_wait=1)
        assert [thing.id for thing in eager.org().list(per_page=2)] == list(range(9))
        shelf.most = 0
        assert [thing.id for thing in eager.org().list(per_page=2).parallel(1)] == list(range(9))
        assert shelf.most == 1


@either
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, InvalidArgument), (101, InvalidArgument), (True, TypeError), ("4", TypeError)],
)
def test_a_wrong_number_is_refused(kind: Any, value: Any, error: type[Exception]) -> None:
    """At once, wherever it is given; a hundred is what a client sends at once."""
    client = kind(auth=TOKEN, page_concurrency=100)
    calls: tuple[Callable[[], object], ...] = (
        lambda: kind(auth=TOKEN, page_concurrency=value),
        lambda: client.with_options(page_concurrency=value),
        lambda: client.org().list().parallel(value),
    )
    for call in calls:
        with pytest.raises(error, match="page_concurrency must be"):
            call()


# ── Lists whose pages are not known in advance ───────────────────────────────────────────────


def slowly(shelf: Shelf, request: ReceivedRequest) -> ScriptedResponse:
    """Answer after other requests would have come."""
    time.sleep(SLOW)
    return shelf.page(request)


def by_cursor(number: int) -> str:
    """Return a link that only the page before knows."""
    return f"per_page=2&page={number}&after=c{number}"


def by_offset(number: int) -> str:
    """Return a link without a page number."""
    return f"per_page=2&offset={number * 2 - 2}"


@both
def test_a_list_by_cursor_is_read_one_by_one(flavour: type[Caller]) -> None:
    """Of a cursor, nothing is guessed."""
    shelf = Shelf(range(9), query=by_cursor)
    shelf.answers = {2: lambda request: slowly(shelf, request)}
    with ScriptedServer(default=shelf) as server:
        assert flavour(server.url, page_concurrency=4).ids(SIZE) == list(range(9))
    assert (shelf.most, shelf.numbers) == (1, [1, 2, 3, 4, 5])


@both
def test_a_list_without_page_numbers_is_read_one_by_one(flavour: type[Caller]) -> None:
    """Of another parameter, neither."""
    shelf = Shelf(range(6), query=by_offset)

    def at_offset(request: ReceivedRequest) -> ScriptedResponse:
        offset = int(parse_qs(urlsplit(request.target).query).get("offset", ["0"])[0])
        return shelf(replace(request, target=f"/orgs/acme/things?page={offset // 2 + 1}"))

    with ScriptedServer(default=at_offset) as server:
        assert flavour(server.url, page_concurrency=4).ids(SIZE) == list(range(6))
    assert shelf.numbers == [1, 2, 3]


@both
def test_without_a_total_or_a_last_page_it_is_read_one_by_one(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many pages there are is not guessed."""
    monkeypatch.setattr(runtime_api, "LIST", msgspec.structs.replace(LIST, total=None))
    shelf = Shelf(range(9), ["next"])
    shelf.answers = {2: lambda request: slowly(shelf, request)}
    with ScriptedServer(default=shelf) as server:
        assert flavour(server.url, page_concurrency=4).ids(SIZE) == list(range(9))
    assert (shelf.most, shelf.numbers) == (1, [1, 2, 3, 4, 5])


@both
def test_a_server_that_leads_elsewhere_is_followed(flavour: type[Caller]) -> None:
    """What was read for other pages than the next is not used, and nothing more is read ahead."""
    shelf = Shelf(range(20), query=lambda n: f"page={n if n < 3 else n + n % 2}&per_page=2")
    shelf.answers = {
        3: lambda _: json_response(page([99], 20)),
    }
    with ScriptedServer(default=shelf) as server:
        found = flavour(server.url, page_concurrency=4).ids(SIZE)
    assert 99 not in found
    assert found[:6] == [0, 1, 2, 3, 6, 7]


# ── Errors ───────────────────────────────────────────────────────────────────────────────────


def walked(kind: Any, url: str, **options: Any) -> tuple[list[int], BaseException | None]:
    """Walk a list; return the ids that came, and the error that ended it."""
    found: list[int] = []

    async def walk() -> None:
        async with AsyncClient(auth=TOKEN, base_url=url, **options) as client:
            async for thing in client.org().list(per_page=2):
                found.append(thing.id)  # noqa: PERF401 - what came before an error

    try:
        if kind is AsyncClient:
            asyncio.run(walk())
        else:
            with Client(auth=TOKEN, base_url=url, **options) as client:
                for thing in client.org().list(per_page=2):
                    found.append(thing.id)  # noqa: PERF401 - what came before an error
    except BaseException as error:  # noqa: BLE001 - returned
        return found, error
    return found, None


@either
def test_an_error_is_the_first_in_order(kind: Any) -> None:
    """Page 3 fails last, and is the one that is raised; the items before it have come."""
    shelf = Shelf(range(12)).together(1, 5)
    others = threading.Barrier(3, timeout=PATIENCE)

    def fail(status: int) -> Callable[[ReceivedRequest], ScriptedResponse]:
        def answer(_: ReceivedRequest) -> ScriptedResponse:
            others.wait()
            return failed(status, after=SLOW if status == 404 else 0)

        return answer

    shelf.answers = {3: fail(404), 4: fail(502), 5: fail(410)}
    with ScriptedServer(default=shelf) as server:
        found, error = walked(kind, server.url, page_concurrency=5, retry=None)
    assert found == [0, 1, 2, 3]
    assert isinstance(error, NotFound)


@either
def test_a_page_that_cannot_be_read_is_an_error_in_its_turn(kind: Any) -> None:
    """The same for a response without items."""
    shelf = Shelf(range(12)).together(1, 5)
    shelf.answers = {
        3: lambda _: json_response([]),
        2: lambda r: replace(shelf.page(r), after=SLOW),
    }
    with ScriptedServer(default=shelf) as server:
        found, error = walked(kind, server.url, page_concurrency=5)
    assert found == [0, 1, 2, 3]
    assert isinstance(error, UnexpectedResponse)


@either
def test_what_comes_after_an_error_is_not_waited_for(kind: Any) -> None:
    """A later page is in a wait before its next attempt: the wait ends, and nothing is sent."""
    shelf = Shelf(range(6)).together(1, 2)
    refused = threading.Event()

    def busy(_: ReceivedRequest) -> ScriptedResponse:
        refused.set()
        return ScriptedResponse(status=503, headers={"Retry-After": "3"})

    def missing(_: ReceivedRequest) -> ScriptedResponse:
        refused.wait(PATIENCE)
        return failed(404, after=SLOW)

    shelf.answers = {2: missing, 3: busy}
    with ScriptedServer(default=shelf) as server:
        found, error = walked(kind, server.url, page_concurrency=5)
    assert (found, type(error)) == ([0, 1], NotFound)
    assert sorted(shelf.numbers) == [1, 2, 3]


def test_a_thread_that_is_not_needed_sends_nothing_more() -> None:
    """A later page is answered with a redirect once its walk has ended: it is not followed."""
    shelf = Shelf(range(6)).together(1, 2)
    ended = threading.Event()

    def elsewhere(_: ReceivedRequest) -> ScriptedResponse:
        ended.wait(PATIENCE)
        return ScriptedResponse(
            status=307, headers={"Location": "/orgs/acme/things?page=9"}, after=SLOW
        )

    shelf.answers = {2: lambda _: failed(404), 3: elsewhere}
    hooks = Hooks(after=lambda attempt: ended.set() if attempt.status == 404 else None)
    with ScriptedServer(default=shelf) as server:
        found, error = walked(Client, server.url, page_concurrency=5, hooks=hooks)
    assert (found, type(error)) == ([0, 1], NotFound)
    assert sorted(shelf.numbers) == [1, 2, 3]


def test_a_sleep_ends_with_its_walk() -> None:
    """A thread that waits is ended by `STOP`; without one, a sleep is a sleep."""
    Clock().sleep(0)
    stop: SimpleQueue[None] = SimpleQueue()
    reset = STOP.set(stop)
    try:
        Clock().sleep(0)
        stop.put(None)
        with pytest.raises(Stopped):
            Clock().sleep(SLOW)
    finally:
        STOP.reset(reset)


@either
def test_each_page_has_the_time_of_a_call(kind: Any) -> None:
    """The total timeout is a page's, and its error comes in its turn."""
    shelf = Shelf(range(12))
    shelf.answers = {4: lambda _: ScriptedResponse(after=PATIENCE)}
    with ScriptedServer(default=shelf) as server:
        timeout = Timeout(total=1)
        found, error = walked(kind, server.url, page_concurrency=5, timeout=timeout, retry=None)
    assert found == [0, 1, 2, 3, 4, 5]
    assert isinstance(error, TimedOut)


@both
def test_a_rate_limit_is_waited_for(flavour: type[Caller]) -> None:
    """A page that is refused is sent again after the wait, and no page is lost."""
    shelf = Shelf(range(12)).together(1, 5)

    def refuse(_: ReceivedRequest) -> ScriptedResponse:
        del shelf.answers[3]
        return json_response({"message": "API rate limit exceeded"}, 429, {"Retry-After": "7"})

    shelf.answers = {3: refuse}
    with ScriptedServer(default=shelf) as server:
        caller = flavour(server.url, page_concurrency=5, retry=Retry())
        clock = caller.clock = FakeClock()
        assert caller.ids(SIZE) == list(range(12))
    assert sum(clock.waits) >= 7
    assert sorted(shelf.numbers) == [1, 2, 3, 3, 4, 5, 6]


# ── What is left behind ──────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("limit", [1, 3, 4])
def test_an_abandoned_walk_leaves_nothing(flavour: type[Caller], limit: int) -> None:
    """At each item, no request is under way, and no thread; at most four pages were read ahead."""
    shelf = Shelf(range(40))
    with ScriptedServer(default=shelf) as server:
        found = flavour(server.url, page_concurrency=4).ids(SIZE, limit)
        assert (shelf.under_way, page_threads()) == (0, [])
        asked = len(shelf.numbers)
    assert found == list(range(limit))
    assert asked == len(shelf.numbers) == (1 if limit == 1 else 5)


def test_between_two_items_nothing_is_under_way() -> None:
    """A caller may take its time, and drop the iterator at any point."""
    shelf = Shelf(range(40))
    with (
        ScriptedServer(default=shelf) as server,
        Client(auth=TOKEN, base_url=server.url, page_concurrency=4) as client,
    ):
        for number, _ in enumerate(client.org().list(per_page=2), 1):
            assert (shelf.under_way, page_threads()) == (0, [])
            # The first page, and groups of four, of which the last page read may be the first.
            assert len(shelf.numbers) <= (number + 1) // 2 + 3


def test_between_two_async_items_nothing_is_under_way() -> None:
    """The same for the async flavour, where there is no other task."""
    shelf = Shelf(range(40))

    async def main(url: str) -> None:
        async with AsyncClient(auth=TOKEN, base_url=url, page_concurrency=4) as client:
            number = 0
            async for _ in client.org().list(per_page=2):
                number += 1
                assert (shelf.under_way, len(asyncio.all_tasks())) == (0, 1)
                assert len(shelf.numbers) <= (number + 1) // 2 + 3

    with ScriptedServer(default=shelf) as server:
        asyncio.run(main(server.url))


def test_an_interrupt_ends_the_threads() -> None:
    """Ctrl-C while pages are read: they end, nothing more is sent, and the client goes on."""
    shelf = Shelf(range(40)).together(1, 4)
    main = threading.get_ident()

    def interrupt(_: ReceivedRequest) -> ScriptedResponse:
        # A real signal, since `interrupt_main` would not wake a thread that waits for another.
        signal.pthread_kill(main, signal.SIGINT)
        return ScriptedResponse(status=503, headers={"Retry-After": "3"}, after=SLOW)

    shelf.answers = {3: interrupt}
    with (
        ScriptedServer(default=shelf) as server,
        Client(auth=TOKEN, base_url=server.url, page_concurrency=4) as client,
    ):
        with pytest.raises(KeyboardInterrupt):
            list(client.org().list(per_page=2))
        assert page_threads() == []
        assert len(shelf.numbers) == 5
        shelf.answers.clear()
        assert len(list(client.org().list(per_page=2))) == 40


def test_a_cancellation_ends_the_tasks() -> None:
    """The same for the async flavour and its task."""
    shelf = Shelf(range(40)).together(1, 4)

    async def main(url: str) -> None:
        loop = asyncio.get_running_loop()

        def cancel(_: ReceivedRequest) -> ScriptedResponse:
            loop.call_soon_threadsafe(walk.cancel)
            return ScriptedResponse(status=503, headers={"Retry-After": "3"}, after=SLOW)

        shelf.answers = {3: cancel}
        async with AsyncClient(auth=TOKEN, base_url=url, page_concurrency=4) as client:

            async def ids() -> list[int]:
                return [thing.id async for thing in client.org().list(per_page=2)]

            walk = asyncio.create_task(ids())
            with pytest.raises(asyncio.CancelledError):
                await walk
            assert len(asyncio.all_tasks()) == 1
            assert len(shelf.numbers) == 5
            shelf.answers.clear()
            assert await ids() == list(range(40))

    with ScriptedServer(default=shelf) as server:
        asyncio.run(main(server.url))


class Leave(BaseException):
    """Raised by a hook, to end the program."""


@either
def test_an_exit_in_a_hook_is_the_callers(kind: Any) -> None:
    """What is no Exception is raised as it is, not in a group, nor lost in a thread."""

    def leave(_: Attempt) -> None:
        if len(shelf.numbers) > 1:
            raise Leave

    shelf = Shelf(range(12))
    with ScriptedServer(default=shelf) as server:
        _, error = walked(kind, server.url, page_concurrency=3, hooks=Hooks(before=leave))
    assert isinstance(error, Leave)
    assert page_threads() == []


WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


@either
def test_the_context_of_the_caller_is_that_of_each_page(kind: Any) -> None:
    """Context variables are carried over, for logs and traces of the program."""
    seen: list[str] = []
    hooks = Hooks(before=lambda _: seen.append(WHO.get()))
    reset = WHO.set("caller")
    try:
        with ScriptedServer(default=Shelf(range(12))) as server:
            _, error = walked(kind, server.url, page_concurrency=3, hooks=hooks)
    finally:
        WHO.reset(reset)
    assert error is None
    assert seen == ["caller"] * 6


@pytest.mark.parametrize("possible", [0, 1, 2])
def test_a_walk_goes_on_without_threads(possible: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that starts no more threads makes a list slower, not shorter."""
    start = threading.Thread.start

    def limited(self: threading.Thread) -> None:
        if self.name.endswith("-page") and len(page_threads()) >= possible:
            raise RuntimeError("can't start new thread")
        start(self)

    shelf = Shelf(range(24))
    with ScriptedServer(default=shelf) as server:
        monkeypatch.setattr(threading.Thread, "start", limited)
        assert SyncCaller(server.url, page_concurrency=5).ids(SIZE) == list(range(24))
        monkeypatch.undo()
    assert sorted(shelf.numbers) == list(range(1, 13))


# ── Lists that change while they are read ────────────────────────────────────────────────────


@both
def test_a_list_that_grows_is_read_to_its_new_end(flavour: type[Caller]) -> None:
    """There are pages beyond the last one of the first page, and all items come once."""
    shelf = Shelf(range(6))
    shelf.change = lambda ids: ids.append(len(ids)) if len(ids) < 11 else None
    with ScriptedServer(default=shelf) as server:
        found = flavour(server.url, page_concurrency=4).ids(SIZE)
    assert sorted(found) == list(range(11))


@both
def test_pages_beyond_a_new_end_are_no_error(flavour: type[Caller]) -> None:
    """The list has become shorter: what the server says of pages that are gone does not matter."""
    shelf = Shelf(range(12)).together(1, 5)
    gone = threading.Barrier(2, timeout=PATIENCE)

    def shrink(request: ReceivedRequest) -> ScriptedResponse:
        with shelf.lock:
            del shelf.there[4:]
        shelf.answers[2] = shelf.page
        gone.wait()
        return shelf.page(request)

    def missing(_: ReceivedRequest) -> ScriptedResponse:
        gone.wait()
        return failed(404)

    shelf.answers = {2: shrink, 3: missing, 4: lambda _: failed(404)}
    with ScriptedServer(default=shelf) as server:
        assert flavour(server.url, page_concurrency=5).ids(SIZE) == [0, 1, 2, 3]
    # The total has changed, so the list was read again.
    assert sorted(shelf.numbers) == [1, 1, 2, 2, 3, 4, 5, 6]


def in_some_order(seed: int) -> Callable[[SyncCore, Sequence[Flow[T]]], list[T | Exception]]:
    """Return a `run_all` that runs the flows one after the other, in any order."""
    order = random.Random(seed)  # noqa: S311 - keeps no secret

    def run_all(core: SyncCore, flows: Sequence[Flow[T]]) -> list[T | Exception]:
        numbers = order.sample(range(len(flows)), len(flows))
        found = {number: core.run(flows[number]) for number in numbers}
        return [found[number] for number in range(len(flows))]

    return run_all


# More than come between two requests, which would otherwise bring the same page twice.
WIDE = 16


@settings(max_examples=25, phases=[Phase.generate])  # to shrink one takes minutes
@given(
    some.lists(
        some.tuples(some.sampled_from(["leaves", "leaves", "comes"]), some.integers(0, 200)),
        min_size=15,
        max_size=15,
    ),
    some.integers(2, 12),
    some.integers(0, 2**32),
)
def test_what_stays_comes_once(moves: list[tuple[str, int]], at_once: int, seed: int) -> None:
    """Whatever comes and goes, and in whichever order the pages of a group are answered."""
    stays = set(range(0, 12 * WIDE, 2))
    steps = iter(enumerate(moves, 1000))

    def change(ids: list[int]) -> None:
        new, (move, place) = next(steps, (0, ("rests", 0)))
        leaving = [one for one in ids if one not in stays]
        if move == "leaves":
            ids.remove(leaving[place % len(leaving)])
        elif move == "comes":
            ids.insert(place % (len(ids) + 1), new)

    shelf = Shelf(range(12 * WIDE), change=change, size=WIDE)
    shelf.query = "per_page=16&page={}".format
    with ScriptedServer(default=shelf) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr(concurrent, "run_all", in_some_order(seed))
        found = SyncCaller(server.url, page_concurrency=at_once).ids({"per_page": WIDE})
    assert len(found) == len(set(found))
    assert stays | set(shelf.there) <= set(found)


@both
@pytest.mark.parametrize(("at_once", "changes"), [(1, 20), (10, 2)])
def test_a_snapshot_spans_fewer_changes(flavour: type[Caller], at_once: int, changes: int) -> None:
    """A fleet changes with each round of responses: between the first and the last of 21 pages."""
    shelf = Shelf(range(42), query="per_page=100&page={}".format)
    shelf.together(1, *[at_once] * (20 // at_once))
    rounds = 0
    seen: dict[int, int] = {}

    def change(_: list[int]) -> None:
        nonlocal rounds
        rounds += shelf.under_way == 0

    def seen_in(request: ReceivedRequest) -> ScriptedResponse:
        seen[number_of(request)] = rounds
        return shelf.page(request)

    shelf.change = change
    shelf.answers = dict.fromkeys(range(1, 22), seen_in)
    with ScriptedServer(default=shelf) as server:
        assert flavour(server.url, page_concurrency=at_once).totals() == [42] * 21
    assert seen[21] - seen[1] == changes
