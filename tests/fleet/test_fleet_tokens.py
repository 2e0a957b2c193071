"""Registration and removal tokens of a fleet: one request for many machines."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, Final

import anyio
import pytest

import ghrunners
from fake.scopes import KINDS
from fleet.flavours import call
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Fleet
from ghrunners.fleet.provision.tokens import TaskTurns
from ghrunners.testing import Odd, Reset, Response

CREATE: Final = "org.runners.create_registration_token"


def test_a_plain_cache_hands_out_a_token_that_expires(github: FakeGitHub) -> None:
    """A program that keeps a token until it expires gives a booting machine a dead one."""
    runners = github.client().org("octo-org").runners
    kept = runners.create_registration_token()
    github.clock.advance(3599)
    assert kept.expires_at > github.clock.time  # still valid when it is handed out
    github.clock.advance(60)  # the machine boots
    with pytest.raises(ValueError, match="expired"):
        github.register(kept.token, name="ci-1")


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("kind", KINDS)
def test_tokens_register_and_remove_runners(github: FakeGitHub, kind: str, flavour: str) -> None:
    """Each token serves its purpose, in every scope."""
    token = call(github, flavour, lambda it: it.registration_token(), kind)
    runner = github.register(token.token, name="ci-1")
    removal = call(github, flavour, lambda it: it.remove_token(), kind)
    github.unregister(removal.token, "ci-1")
    assert not runner.is_registered


def test_a_token_is_kept_until_five_minutes_before_its_end(github: FakeGitHub) -> None:
    """A token that is returned is valid for five more minutes; then there is a new request."""
    fleet = Fleet(github.client().org("octo-org"))
    first = fleet.registration_token()
    for minute in range(300):
        github.clock.advance(60)
        token = fleet.registration_token()
        assert token.expires_at - github.clock.time >= timedelta(minutes=5)
        github.register(token.token, name=f"ci-{minute}")
    assert len(github.calls_of(CREATE)) == 1 + 300 // 55
    assert first.token not in repr(fleet) + repr(vars(fleet)) + repr(first)


def test_both_kinds_of_token_are_kept_apart(github: FakeGitHub) -> None:
    """A removal token is never returned for a registration token."""
    fleet = Fleet(github.client().org("octo-org"))
    assert fleet.registration_token().token != fleet.remove_token().token
    assert fleet.registration_token() is fleet.registration_token()
    assert len(github.calls) == 2


@pytest.mark.parametrize("years", [-2, 2])
def test_a_wrong_clock_never_keeps_a_token_for_long(github: FakeGitHub, years: int) -> None:
    """Whatever the date of this machine is, a token is kept for 55 minutes at most."""
    expires_at = (github.clock.time + timedelta(days=365 * years)).isoformat()
    github.respond(CREATE, Odd("/expires_at", expires_at))
    fleet = Fleet(github.client().org("octo-org"))
    fleet.registration_token()
    github.clock.advance(56 * 60)
    fleet.registration_token()
    assert len(github.calls_of(CREATE)) == 2


@pytest.mark.parametrize(("hours", "seconds"), [(-3, 56 * 60), (1, 0)])
def test_no_clock_keeps_a_token_for_longer(github: FakeGitHub, hours: int, seconds: int) -> None:
    """A time can be set back, and a monotonic clock stands still in a machine that sleeps."""
    fleet = Fleet(github.client().org("octo-org"))
    fleet.registration_token()
    vars(github.clock)["_start"] += timedelta(hours=hours)
    github.clock.advance(seconds)
    fleet.registration_token()
    assert len(github.calls_of(CREATE)) == 2


def test_threads_share_one_request(github: FakeGitHub) -> None:
    """Threads that ask at the same moment wait for one request, and get its token."""
    together = threading.Barrier(8)
    fleet = Fleet(github.client().org("octo-org"))

    def ask(_: int) -> str:
        together.wait()
        return fleet.registration_token().token

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
    assert len(github.calls) == 1


@pytest.mark.anyio
async def test_tasks_share_one_request(github: FakeGitHub) -> None:
    """So do tasks; and one that is cancelled leaves the others their turn."""
    found: list[str] = []
    async with github.async_client() as client:
        fleet = AsyncFleet(client.org("octo-org"))
        scope = anyio.CancelScope()

        async def cancelled() -> None:
            with scope:
                await fleet.registration_token()

        async def ask() -> None:
            found.append((await fleet.registration_token()).token)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancelled)
            for _ in range(8):
                tasks.start_soon(ask)
            await anyio.lowlevel.checkpoint()
            scope.cancel()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(github.calls) <= 2


def test_a_thread_waits_for_the_request_of_another_until_its_timeout(github: FakeGitHub) -> None:
    """Then it asks on its own, whatever the other one's timeout is, and the other one goes on."""
    fleet = Fleet(github.client().org("octo-org"))
    turns: Any = fleet._turns  # pyright: ignore[reportPrivateUsage] - taken as another thread would
    with ThreadPoolExecutor(1) as threads, turns.turn(1):
        for method in (fleet.registration_token, fleet.remove_token):
            assert threads.submit(method, timeout=0.01).result(timeout=10).token
        assert not turn_is_free(turns)
    assert turn_is_free(turns)
    assert len(github.calls) == 2


def turn_is_free(turns: Any) -> bool:
    """Whether a call gets its turn at once."""
    taken: list[int] = []
    is_free: bool = turns._turns.take(taken, 0)
    for place in taken:
        turns._turns.release(place)
    return is_free


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_task_waits_for_the_request_of_another_until_its_timeout(
    github: FakeGitHub, backend: str
) -> None:
    """So do tasks; the lock is free again once the other one's turn ends, and not earlier."""

    async def ask() -> None:
        async with github.async_client() as client:
            fleet = AsyncFleet(client.org("octo-org"))
            turns: Any = fleet._turns  # pyright: ignore[reportPrivateUsage] - taken as a task would
            async with turns.turn(1):
                for method in (fleet.registration_token, fleet.remove_token):
                    with anyio.fail_after(10):
                        async with anyio.create_task_group() as tasks:
                            tasks.start_soon(partial(method, timeout=0.01))
                assert turns._lock().locked()
            assert not turns._lock().locked()

    anyio.run(ask, backend=backend)
    assert len(github.calls) == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_task_that_is_cancelled_while_it_waits_takes_no_turn(
    github: FakeGitHub, backend: str
) -> None:
    """The turn stays with the task that has it. One that is cancelled in its turn ends it."""

    async def ask() -> None:
        async with github.async_client() as client:
            fleet = AsyncFleet(client.org("octo-org"))
            turns: Any = fleet._turns  # pyright: ignore[reportPrivateUsage] - taken as a task would
            async with turns.turn(1):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(fleet.registration_token)
                    await anyio.wait_all_tasks_blocked()
                    tasks.cancel_scope.cancel()
                assert turns._lock().locked()
            with anyio.CancelScope() as scope:
                async with turns.turn(1):
                    scope.cancel()
                    await anyio.lowlevel.checkpoint()
            assert not turns._lock().locked()

    anyio.run(ask, backend=backend)
    assert not github.calls


def test_each_event_loop_has_its_own_lock() -> None:
    """A lock that two tasks of one loop contended for can be used in no other one."""
    turns = TaskTurns()

    async def contend() -> None:
        async def hold() -> None:
            async with turns.turn(10):
                entered.append(None)
                await anyio.lowlevel.checkpoint()
                assert len(entered) == 1
                entered.clear()

        entered: list[None] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(hold)
            tasks.start_soon(hold)

    for backend in ("asyncio", "trio", "asyncio"):
        anyio.run(contend, backend=backend)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_process_does_not_wait_for_a_thread_of_its_parent(github: FakeGitHub) -> None:
    """A fork while another thread asks for a token leaves the child a turn that is free."""
    fleet = Fleet(github.client().org("octo-org"))
    turns: Any = fleet._turns  # pyright: ignore[reportPrivateUsage] - held as a thread would
    with turns.turn(1):
        child = os.fork()
        if child == 0:
            os._exit(0 if turn_is_free(turns) else 1)
        assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_a_lost_response_is_asked_for_again(github: FakeGitHub, flavour: str) -> None:
    """An unused token does no harm, so an unknown outcome is no error until the time is over."""
    github.script(CREATE, Reset(), Reset())
    assert call(github, flavour, lambda it: it.registration_token()).token
    github.respond(CREATE, Reset())
    with pytest.raises(ghrunners.OutcomeUnknown):
        call(github, flavour, lambda it: it.registration_token(timeout=5))


def test_other_errors_are_raised(github: FakeGitHub) -> None:
    """A policy that forbids runners raises Forbidden, and the next call asks again."""
    github.script(CREATE, 403)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(ghrunners.Forbidden):
        fleet.registration_token()
    assert fleet.registration_token().token


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_a_long_rate_limit_is_outlasted(github: FakeGitHub, flavour: str) -> None:
    """A limit that the client does not wait for is waited for until the timeout, and no longer."""
    limited = Response(429, json={"message": "slow down"}, headers={"retry-after": "200"})
    github.script(CREATE, limited, limited)
    assert call(github, flavour, lambda it: it.registration_token(timeout=1000)).token
    github.respond(CREATE, limited)
    with pytest.raises(ghrunners.RateLimited):
        call(github, flavour, lambda it: it.registration_token(timeout=60))
