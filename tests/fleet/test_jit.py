"""JIT runners of a fleet: none is lost, doubled or removed by mistake."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import anyio
import pytest

import ghrunners
from fake.scopes import KINDS, owner_of
from fleet.flavours import call, flavours
from fleet.octo_org import LABELS, names
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Fleet
from ghrunners.testing import Reset, Response


class Failed:
    """A fault: the request is carried out, and the response is a 502."""

    def __init__(self, github: FakeGitHub) -> None:
        self._handle: Callable[[Any], Any] = github.handle

    def __call__(self, asked: Any) -> Response:
        self._handle(asked)
        return Response(502, json={"message": "Server Error"})


# ── What goes wrong without the helper ───────────────────────────────────────────────────────────


def test_plain_calls_lose_a_runner_and_then_double_it(github: FakeGitHub) -> None:
    """After a 502, a plain program registers under another name: the first runner is nobody's."""
    runners = github.client().org("octo-org").runners
    github.script("org.runners.generate_jit_config", Failed(github))
    with pytest.raises(ghrunners.OutcomeUnknown):
        runners.generate_jit_config(name="ci-1", runner_group_id=1, labels=LABELS)
    with pytest.raises(ghrunners.Conflict):  # the retry meets its own runner
        runners.generate_jit_config(name="ci-1", runner_group_id=1, labels=LABELS)
    runners.generate_jit_config(name="ci-1b", runner_group_id=1, labels=LABELS)
    assert names(github) == ["ci-1", "ci-1b"]


def test_plain_calls_kill_a_runner_that_has_not_connected(github: FakeGitHub) -> None:
    """A plain program deletes whatever has the name after a 409: the runner of another machine."""
    runners = github.client().org("octo-org").runners
    other = runners.generate_jit_config(name="ci-1", runner_group_id=1, labels=LABELS)
    with pytest.raises(ghrunners.Conflict):
        runners.generate_jit_config(name="ci-1", runner_group_id=1, labels=LABELS)
    runners.delete(next(it.id for it in runners.list(name="ci-1")))
    with pytest.raises(ValueError, match="removed"):
        github.run(other.encoded_jit_config)


# ── Registration ─────────────────────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_is_registered_and_started(github: FakeGitHub, kind: str, flavour: str) -> None:
    """The handle has the id, the name and the group, and its configuration starts the runner."""
    handle = call(
        github, flavour, lambda it: it.jit(name="ci-1", labels=LABELS, work_folder="w"), kind
    )
    runner = github.run(handle.environment({})["ACTIONS_RUNNER_INPUT_JITCONFIG"])
    assert (runner.id, runner.owner) == (handle.id, owner_of(github, kind))
    assert (handle.name, handle.group_id, runner.status) == ("ci-1", 1, "online")
    sent = github.calls_of(f"{kind}.runners.generate_jit_config")  # type: ignore[arg-type] # by kind
    assert [it.arguments["work_folder"] for it in sent] == ["w"]


@flavours
@pytest.mark.parametrize("fault", ["reset", "502"])
def test_an_unknown_outcome_leaves_one_runner(github: FakeGitHub, flavour: str, fault: str) -> None:
    """The runner whose configuration nobody has is removed, and one with a handle is registered."""
    faults = [Reset() if fault == "reset" else Failed(github) for _ in range(2)]
    github.script("org.runners.generate_jit_config", *faults)
    handle = call(github, flavour, lambda it: it.jit(name="ci-1", labels=LABELS))
    assert names(github) == ["ci-1"]
    assert github.run(handle.environment({})["ACTIONS_RUNNER_INPUT_JITCONFIG"]).id == handle.id
    assert len(github.calls_of("org.runners.delete")) == 2


def test_a_request_that_was_not_carried_out_is_repeated(github: FakeGitHub) -> None:
    """After a lost response without a runner of the name, nothing is removed."""
    github.script("org.runners.generate_jit_config", Reset(carried_out=False))
    handle = Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=LABELS)
    assert names(github) == [handle.name] == ["ci-1"]
    assert not github.calls_of("org.runners.delete")


def test_a_late_registration_is_removed(github: FakeGitHub) -> None:
    """A request that is carried out after the lookup is found when the next one meets its runner."""

    def late(asked: Any) -> Any:
        del asked
        github.org().runners[first.id] = first  # the first request, carried out just now
        return 409

    first = github.org().add_runner("ci-1", labels=LABELS, ephemeral=True, online=False)
    vars(first)["jit"] = True
    first.remove()
    github.script("org.runners.generate_jit_config", Reset(carried_out=False), late)
    handle = Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=["gpu"])
    assert (handle.name, names(github)) == ("ci-1", ["ci-1"])
    assert handle.id != first.id


def test_an_outcome_that_stays_unknown_is_reported(
    github: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    """When the time is over, the error says so, and the next call for the name removes what is left."""
    github.respond("org.runners.generate_jit_config", Reset())
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(ghrunners.OutcomeUnknown) as caught:
        fleet.jit(name="ci-1", labels=LABELS, timeout=10)
    assert "nobody has" in caught.value.__notes__[0]
    assert "ci-1" in caplog.text
    github.respond("org.runners.generate_jit_config", github.handle)
    handle = fleet.jit(name="ci-1", labels=LABELS)
    assert (handle.name, names(github)) == ("ci-1", ["ci-1"])


def test_a_rate_limit_in_the_middle_loses_nothing(
    github: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    """RateLimited is raised if it is too long to wait for; a later call resolves what was left."""
    limited = Response(
        429,
        json={"message": "API rate limit exceeded"},
        headers={
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": str(int(github.clock.wall()) + 1000),
        },
    )
    github.script("org.runners.generate_jit_config", Reset())
    github.script("org.runners.list", github.handle, limited)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(ghrunners.RateLimited) as caught, caplog.at_level(logging.WARNING):
        fleet.jit(name="ci-1", labels=LABELS)
    assert "ci-1" in " ".join(caught.value.__notes__)
    assert names(github) == ["ci-1"]
    github.clock.advance(1001)
    assert fleet.jit(name="ci-1", labels=LABELS).name == "ci-1"
    assert names(github) == ["ci-1"]


def test_a_short_rate_limit_is_waited_for(github: FakeGitHub) -> None:
    """A registration that was refused for a rate limit was not carried out, and nothing is removed."""
    limited = Response(429, json={"message": "secondary rate limit"}, headers={"retry-after": "30"})
    github.script("org.runners.generate_jit_config", limited)
    assert Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=LABELS).name == "ci-1"
    assert not github.calls_of("org.runners.delete")


@pytest.mark.anyio
async def test_a_cancelled_registration_is_reported_and_resolved(
    github: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    """A task that is cancelled while it registers leaves a warning, and the next call cleans up."""
    async with github.async_client() as client:
        fleet = AsyncFleet(client.org("octo-org"))
        with anyio.CancelScope() as scope:

            def cancel(asked: Any) -> Any:
                scope.cancel()
                return github.handle(asked)

            github.script("org.runners.generate_jit_config", cancel)
            await fleet.jit(name="ci-1", labels=LABELS)
        assert scope.cancelled_caught
        assert names(github) == ["ci-1"]
        assert "ci-1" in caplog.text
        handle = await fleet.jit(name="ci-1", labels=LABELS)
    assert (handle.name, names(github)) == ("ci-1", ["ci-1"])


def test_an_interrupted_registration_is_reported_and_resolved(
    github: FakeGitHub, caplog: pytest.LogCaptureFixture
) -> None:
    """A KeyboardInterrupt carries a note, is logged, and the next call cleans up."""

    def interrupt(asked: Any) -> Any:
        github.handle(asked)
        raise KeyboardInterrupt

    fleet = Fleet(github.client().org("octo-org"))
    github.script("org.runners.generate_jit_config", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        fleet.jit(name="ci-1", labels=LABELS)
    assert "nobody has" in caught.value.__notes__[0]
    assert "ci-1" in caplog.text
    assert fleet.jit(name="ci-1", labels=LABELS).name == "ci-1"
    assert names(github) == ["ci-1"]
