"""A function as the source of tokens: asked before every attempt, and believed in nothing else."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from client.auth.github_app_server import (
    AnySession,
    AsyncSession,
    SyncSession,
    bearer,
    flavours,
    reported_text,
)
from client.runtime_api import CREATE, GET, THING, TICKET, AnyClient, Thing, either, page
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import BadCredentials, NotFound

# No form of token that is known without having been told.
SECRET = "plain-and-secret"  # noqa: S105 - nobody's

REFUSED = json_response({"message": "Bad credentials"}, 401)


def numbered() -> Callable[[], str]:
    """Make a function that gives another token each time."""
    given = iter(range(100))
    return lambda: f"token-{next(given)}\n"


@flavours
def test_a_function_is_asked_before_every_attempt(session: AnySession) -> None:
    """Calls, repeats and redirects each carry the token that it gave last."""
    script = (
        json_response(THING),
        ScriptedResponse(status=503),
        ScriptedResponse(status=307, headers={"Location": "/elsewhere"}),
        json_response(THING),
    )
    with ScriptedServer(*script) as server, session(server.url, numbered()) as client:
        client.call(GET)
        client.call(GET)
    assert [bearer(request) for request in server.requests] == [f"token-{n}" for n in range(4)]


def test_an_async_client_may_be_given_an_async_function() -> None:
    """What the function gives is awaited."""

    async def ask() -> str:
        return SECRET

    with ScriptedServer(json_response(THING)) as server, AsyncSession(server.url, ask) as client:
        client.call(GET)
    assert bearer(server.only) == SECRET


def test_a_sync_client_cannot_ask_an_async_function() -> None:
    """The error says which client can; nothing is sent, and nothing is left unawaited."""

    async def ask() -> str:
        return SECRET

    with (
        ScriptedServer() as server,
        SyncSession(server.url, ask) as client,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        pytest.raises(TypeError, match="which needs an AsyncClient"),
    ):
        client.call(GET)
    assert server.requests == []


@flavours
@pytest.mark.parametrize("operation", [GET, CREATE])
@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("", InvalidArgument),
        (" \n", InvalidArgument),
        (f"{SECRET} x", InvalidArgument),
        (f"{SECRET}\r\nX-Evil: 1", InvalidArgument),
        (f"{SECRET}\0", InvalidArgument),
        (f"{SECRET}é", InvalidArgument),
        (SECRET.encode(), TypeError),
        (None, TypeError),
        ([SECRET], TypeError),
    ],
    ids=["empty", "blank", "space", "lines", "null", "accent", "bytes", "none", "list"],
)
def test_what_a_function_gives_is_checked(
    session: AnySession, operation: Operation[Any], given: object, kind: type[Exception]
) -> None:
    """As an argument is: nothing is sent, and no error, nor any frame of it, shows the value."""
    with (
        ScriptedServer() as server,
        session(server.url, lambda: given) as client,  # type: ignore[arg-type,return-value]  # pyright: ignore[reportArgumentType] - the point
        pytest.raises(kind, match=r"auth\(\)") as caught,
    ):
        client.call(operation)
    assert server.requests == []
    assert SECRET not in reported_text(caught.value)


@flavours
@pytest.mark.parametrize("operation", [GET, CREATE])
def test_what_a_function_raises_reaches_the_caller(
    session: AnySession, operation: Operation[Any]
) -> None:
    """The very same error, and nothing is sent or tried again."""
    error = OSError("the vault is shut")
    asked: list[int] = []

    def ask() -> str:
        asked.append(1)
        raise error

    with (
        ScriptedServer() as server,
        session(server.url, ask) as client,
        pytest.raises(OSError, match="vault") as caught,
    ):
        client.call(operation)
    assert caught.value is error
    assert (len(asked), server.requests) == (1, [])


@flavours
@pytest.mark.parametrize("operation", [GET, CREATE])
def test_a_refused_token_is_asked_for_again(session: AnySession, operation: Operation[Any]) -> None:
    """Once: GitHub answers 401 before it does anything, so that a write may be repeated, too."""
    done = json_response(TICKET, 201) if operation is CREATE else json_response(THING)
    with ScriptedServer(REFUSED, done) as server, session(server.url, numbered()) as client:
        client.call(operation)
    assert [bearer(request) for request in server.requests] == ["token-0", "token-1"]


@flavours
def test_a_token_is_not_asked_for_a_third_time(session: AnySession) -> None:
    """A second 401 is the caller's, and says that there were two."""
    with (
        ScriptedServer(default=REFUSED) as server,
        session(server.url, numbered()) as client,
        pytest.raises(BadCredentials) as caught,
    ):
        client.call(GET)
    assert (len(server.requests), caught.value.attempts) == (2, 2)


@flavours
def test_a_client_that_repeats_nothing_asks_once(session: AnySession) -> None:
    """`retry=None` holds for a 401, too; a call afterwards asks anew."""
    with (
        ScriptedServer(REFUSED, json_response(THING)) as server,
        session(server.url, numbered(), retry=None) as client,
    ):
        with pytest.raises(BadCredentials):
            client.call(GET)
        client.call(GET)
    assert [bearer(request) for request in server.requests] == ["token-0", "token-1"]


@flavours
def test_a_fixed_token_that_is_refused_is_not_sent_again(session: AnySession) -> None:
    """There is no other."""
    with (
        ScriptedServer(default=REFUSED) as server,
        session(server.url, SECRET, retry=Retry()) as client,
        pytest.raises(BadCredentials),
    ):
        client.call(GET)
    assert len(server.requests) == 1


@flavours
def test_a_token_that_was_asked_for_shows_nowhere(
    session: AnySession, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever form it has: not when a server sends it back, nor in a repr or a log."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    said = {"message": f"No {SECRET}", "errors": [SECRET]}
    echo = json_response(said, 404, {"X-GitHub-Request-Id": SECRET})
    with (
        ScriptedServer(echo) as server,
        session(server.url, lambda: SECRET) as client,
        pytest.raises(NotFound, match=r"No \*\*\*") as caught,
    ):
        client.call(GET)
    assert SECRET not in reported_text(caught.value)
    assert SECRET not in caplog.text
    assert SECRET not in repr(client.client)


@flavours
def test_one_call_asks_at_a_time(session: AnySession) -> None:
    """A function may keep what it has to itself without a separate lock."""
    inside: list[int] = []
    most: list[int] = []

    def ask() -> str:
        inside.append(1)
        most.append(len(inside))
        inside.pop()
        return SECRET

    with ScriptedServer(default=json_response(THING)) as server, session(server.url, ask) as client:
        client.race(8, GET)
    assert (max(most), len(most)) == (1, 8)


@either
@pytest.mark.parametrize("auth", [b"x", 7, ["x"]])
def test_another_thing_is_no_source(kind: AnyClient, auth: object) -> None:
    """The error says what may be given."""
    with pytest.raises(
        TypeError, match="auth must be a str, a function that returns one, or an App"
    ):
        kind(auth=auth)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


@flavours
def test_a_walk_outlives_its_token(session: AnySession) -> None:
    """Every page is asked for with the token of its time, and a page that was rejected again."""
    following = {"Link": '</orgs/acme/things?page=2>; rel="next"'}
    script = (
        json_response(page([1, 2], 3), headers=following),
        REFUSED,
        json_response(page([3], 3)),
    )
    with ScriptedServer(*script) as server, session(server.url, numbered()) as client:
        assert client.ids() == [1, 2, 3]
    assert [bearer(request) for request in server.requests] == ["token-0", "token-1", "token-2"]


# ── A failure is shared by those who wait ────────────────────────────────────────────────────


def slow_failure(error: Exception, asked: list[int]) -> Callable[[], str]:
    """Make a function that fails once others had the time to queue behind it."""

    def ask() -> str:
        asked.append(1)
        time.sleep(0.3)
        raise error

    return ask


def failures(client: Any, count: int) -> list[BaseException]:
    """Let calls race, each of which must fail, and return their errors."""
    found: list[BaseException] = []

    if isinstance(client, AsyncSession):

        async def main() -> None:
            resource = client.client.org("acme")
            calls = (resource.call(GET, path={"thing": 7}) for _ in range(count))
            results: list[object] = await asyncio.gather(*calls, return_exceptions=True)
            found.extend(one for one in results if isinstance(one, BaseException))

        client.runner.run(main())
        return found
    barrier = threading.Barrier(count)

    def one(_: int) -> None:
        barrier.wait()
        try:
            client.call(GET)
        except OSError as error:
            found.append(error)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))
    return found


def test_a_failing_function_is_asked_once_by_those_who_wait() -> None:
    """All threads that queued while it failed get its error; a later call asks again."""
    error, asked = OSError("the vault is shut"), list[int]()
    with ScriptedServer() as server, SyncSession(server.url, slow_failure(error, asked)) as client:
        assert [one is error for one in failures(client, 50)] == [True] * 50
        assert len(asked) == 1
        assert len(failures(client, 1)) == 1
        assert len(asked) == 2
    assert server.requests == []


def test_a_failing_async_function_is_asked_once_by_those_who_wait() -> None:
    """All tasks that queued while it failed get its error; a later call asks again."""
    error, asked = OSError("the vault is shut"), list[int]()

    async def ask() -> str:
        asked.append(1)
        await asyncio.sleep(0.05)
        raise error

    with ScriptedServer() as server, AsyncSession(server.url, ask) as client:
        assert [one is error for one in failures(client, 50)] == [True] * 50
        assert len(asked) == 1
        assert len(failures(client, 1)) == 1
        assert len(asked) == 2
    assert server.requests == []


def test_the_failure_of_a_call_that_was_cancelled_is_nobody_elses() -> None:
    """The next that waits asks for itself, and so does one whose options differ."""
    asked: list[int] = []
    gone = asyncio.Event()

    async def ask() -> str:
        asked.append(1)
        if len(asked) == 1:
            await gone.wait()
        return SECRET

    with (
        ScriptedServer(default=json_response(THING)) as server,
        AsyncSession(server.url, ask) as client,
    ):

        async def main() -> None:
            resource = client.client.org("acme")
            first = asyncio.create_task(resource.call(GET, path={"thing": 7}))
            second = asyncio.create_task(resource.call(GET, path={"thing": 7}))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            first.cancel()
            await second

        client.runner.run(main())
    assert len(asked) == 2
    assert bearer(server.only) == SECRET


def results_of_calls(patient: Sequence[bool]) -> tuple[list[object], int]:
    """Start calls at once, some with a longer wait; the first request for a token fails.

    Return their results or errors, and how many tokens were asked for.
    """
    asked: list[int] = []

    async def ask() -> str:
        asked.append(1)
        await asyncio.sleep(0.05)
        if len(asked) == 1:
            raise OSError("shut")
        return SECRET

    with (
        ScriptedServer(default=json_response(THING)) as server,
        AsyncSession(server.url, ask) as client,
    ):

        async def main() -> list[object]:
            kinds = {False: client.client, True: client.client.with_options(max_wait=600)}
            calls = [kinds[one].org("acme").call(GET, path={"thing": 7}) for one in patient]
            return list(await asyncio.gather(*calls, return_exceptions=True))

        return client.runner.run(main()), len(asked)


def test_a_call_with_other_options_asks_for_itself() -> None:
    """It may wait longer than the call that failed."""
    (first, second), asked = results_of_calls([False, True])
    assert isinstance(first, OSError)
    assert second == Thing(id=7, name="seven")
    assert asked == 2


def test_a_token_for_a_call_with_other_options_makes_a_failure_obsolete() -> None:
    """A call that waited for both asks for itself: what failed before may be over."""
    (first, second, third), asked = results_of_calls([False, True, False])
    assert isinstance(first, OSError)
    assert second == third == Thing(id=7, name="seven")
    assert asked == 3


def test_the_failure_of_a_call_without_time_is_not_shared() -> None:
    """A call that waits has more time than the one that failed, so it asks for itself."""
    asked: list[int] = []
    go_on = asyncio.Event()

    async def ask() -> str:
        asked.append(1)
        if len(asked) == 1:
            await go_on.wait()
            client.clock.passed += 4
            raise OSError("shut")
        return SECRET

    with (
        ScriptedServer(default=json_response(THING)) as server,
        AsyncSession(server.url, ask, timeout=10) as client,
    ):

        async def main() -> list[object]:
            resource = client.client.org("acme")
            calls: list[asyncio.Task[Thing]] = []
            for _ in range(2):
                calls.append(asyncio.create_task(resource.call(GET, path={"thing": 7})))
                await asyncio.sleep(0)
                client.clock.passed += 4
            await asyncio.sleep(0)
            go_on.set()
            return list(await asyncio.gather(*calls, return_exceptions=True))

        first, second = client.runner.run(main())
    assert isinstance(first, OSError)
    assert second == Thing(id=7, name="seven")
    assert len(asked) == 2
