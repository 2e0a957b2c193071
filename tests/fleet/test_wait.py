"""Waiting until a runner is in a state."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest

import ghrunners
from fake.scopes import KINDS, owner_of
from fleet.plays import Play
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import RunnerGone, WaitTimedOut
from ghrunners.fleet.waits import Pauses


@pytest.mark.parametrize("kind", KINDS)
def test_a_wait_ends_when_the_runner_is_as_wanted(
    github: FakeGitHub, play: Play, kind: str
) -> None:
    """Each condition is met by the state that it names, and by no earlier one."""
    runner = owner_of(github, kind).add_runner("r1", online=False)
    later = github.world.timers.at

    def wait(condition: str) -> ghrunners.models.Runner:
        return play("wait_until", runner.id, condition, kind=kind, timeout=600)

    assert wait("offline").status == "offline"
    runner.connect_later(90)
    assert wait("online").status == "online"
    later(github.clock.now() + 40, lambda: runner.start_job(60))
    assert wait("busy").busy
    found = wait("idle")
    assert (found.status, found.busy) == ("online", False)
    later(github.clock.now() + 40, runner.remove)
    assert wait("gone") is None


def test_a_function_is_a_condition(github: FakeGitHub, play: Play) -> None:
    """It gets the runner, and None for one that is gone."""
    runner = github.org().add_runner("r1")
    github.world.timers.at(30, lambda: setattr(runner, "version", "9.9.9"))
    found = play(
        "wait_until", runner.id, lambda it: it is not None and it.version == "9.9.9", timeout=60
    )
    assert found.version == "9.9.9"
    runner.remove()
    assert play("wait_until", found, lambda it: it is None, timeout=60) is None


def test_a_wait_that_is_over_says_what_was_seen_last(github: FakeGitHub, play: Play) -> None:
    """The error has the runner, the condition and the timeout, and survives a pickle."""
    runner = github.org().add_runner("r1", busy=True)
    with pytest.raises(WaitTimedOut) as caught:
        play("wait_until", runner.id, "idle", timeout=100)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert str(error) == (
        f"runner 'r1' ({runner.id}) is not idle after 100 s; it was last seen online, busy"
    )
    assert error.runner is not None
    assert (error.runner.busy, error.condition, error.seconds) == (True, "idle", 100)
    assert github.clock.now() == 100
    pauses = github.clock.sleeps
    assert pauses[:3] == [2.0, 3.0, 4.5]
    assert max(pauses) <= 30


def test_a_runner_that_is_gone_ends_other_waits(github: FakeGitHub, play: Play) -> None:
    """A runner that is gone never comes back, so nobody waits for it until the deadline."""
    runner = github.org().add_runner("r1", online=False)
    github.world.timers.at(10, runner.remove)
    with pytest.raises(RunnerGone) as caught:
        play("wait_until", runner.id, "online", timeout=3600)
    assert str(caught.value) == f"runner 'r1' ({runner.id}) is gone and will never be online"
    assert github.clock.now() < 60


def test_one_404_does_not_mean_gone(github: FakeGitHub, play: Play) -> None:
    """A server that does not know a runner yet gives 404; the list shows that it is there."""
    runner = github.org().add_runner("r1")
    github.script("org.runners.get", 404, 404)
    with pytest.raises(ghrunners.NotFound):
        github.client().org("octo-org").runners.get(runner.id)
    assert play("wait_until", runner.id, "online", timeout=60).id == runner.id
    with pytest.raises(WaitTimedOut):
        github.script("org.runners.get", 404)
        play("wait_until", runner.id, "gone", timeout=60)


def test_lost_access_is_not_gone_in_a_wait(github: FakeGitHub, play: Play) -> None:
    """If the scope cannot be seen, its error is raised."""
    github.org().add_runner("r1")
    github.respond("org.runners.get", 404)
    github.respond("org.runners.list", 404)
    with pytest.raises(ghrunners.NotFound):
        play("wait_until", 7, "gone", timeout=60)


def test_an_outage_does_not_end_a_wait(github: FakeGitHub, play: Play) -> None:
    """Server errors and lost connections that outlast the client's retries are waited out."""
    runner = github.org().add_runner("r1")
    github.script("org.runners.get", *[502] * 6, *[testing.Reset()] * 6)
    assert play("wait_until", runner.id, "idle", timeout=600).id == runner.id


def test_a_long_rate_limit_is_waited_for(github: FakeGitHub, play: Play) -> None:
    """A limit beyond the client's `max_wait` is waited for, with no request before its end."""
    runner = github.org().add_runner("r1")
    limit = testing.Response(429, json={"message": "slow down"}, headers={"retry-after": "300"})
    github.script("org.runners.get", limit)
    assert play("wait_until", runner.id, "idle", timeout=600).id == runner.id
    first, second = github.calls_of("org.runners.get")
    assert second.time - first.time >= timedelta(seconds=300)


def test_no_read_outlasts_the_deadline_for_long(github: FakeGitHub, play: Play) -> None:
    """A rate limit, or a server that does not respond, cannot prolong a wait by more than 10 s."""
    runner = github.org().add_runner("r1")
    for response in (
        testing.Response(429, json={"message": "slow down"}, headers={"retry-after": "80"}),
        testing.Delay(10_000),
        503,
    ):
        github.respond("org.runners.get", response)
        began = github.clock.now()
        with pytest.raises(WaitTimedOut) as caught:
            play("wait_until", runner.id, "idle", timeout=20)
        assert github.clock.now() - began <= 30
        assert isinstance(caught.value.__cause__, ghrunners.CallError)
        assert caught.value.runner is None
        github.clock.advance(100)


def test_errors_that_last_end_a_wait(github: FakeGitHub, play: Play) -> None:
    """Credentials that are not accepted are not tried until the deadline."""
    github.respond("org.runners.get", 401)
    with pytest.raises(ghrunners.BadCredentials):
        play("wait_until", 7, "idle", timeout=600)
    assert github.clock.now() == 0


def test_a_failure_that_is_permanent_ends_a_wait() -> None:
    """A proxy that refuses the credentials is not asked until the deadline."""
    error = testing.error(ghrunners.ConnectFailed)
    assert Pauses().after(error) == 2
    error.permanent = True
    with pytest.raises(ghrunners.ConnectFailed):
        Pauses().after(error)


def test_a_wait_rejects_bad_arguments(github: FakeGitHub, play: Play) -> None:
    """A condition that does not exist, and a time that is none, are one clear line each."""
    with pytest.raises(ghrunners.InvalidArgument, match="no condition 'redy'; use one of online"):
        play("wait_until", 7, "redy", timeout=60)
    for timeout in (0, -1, float("nan")):
        with pytest.raises(ghrunners.InvalidArgument, match="above 0"):
            play("wait_until", 7, "idle", timeout=timeout)
    assert not github.calls
