"""Draining a runner and deleting it: no job is ended, and nothing is taken to mean "idle"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest

import ghrunners
from fake.scopes import KINDS, owner_of
from fleet.plays import Play
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Drained, Fleet, LabelsNotRestored, WaitTimedOut
from ghrunners.testing import Call, Response


def before(github: FakeGitHub, operation: Any, happens: Callable[[], object], nth: int = 1) -> None:
    """Let something happen just before the nth call of an operation is carried out."""
    numbers = iter(range(1, 1000))

    def handle(call: Call) -> Any:
        if next(numbers) == nth:
            happens()
        return github.handle(call)

    github.respond(operation, handle)


def error_after_success(github: FakeGitHub) -> Callable[[Call], Any]:
    """A function that carries a call out, and answers with a server error."""

    def handle(call: Call) -> Any:
        github.handle(call)
        return 502

    return handle


@pytest.mark.parametrize("kind", KINDS)
def test_an_idle_runner_is_deleted(github: FakeGitHub, play: Play, kind: str) -> None:
    """A runner without a job is deleted at once, and the result says so."""
    runner = owner_of(github, kind).add_runner("r1")
    found: Drained = play("drain_and_delete", runner.id, kind=kind, timeout=60)
    assert not runner.is_registered
    assert (found.outcome, found.delete_sent, found.seconds) == ("deleted", True, 0.0)
    assert found.runner is not None
    assert found.runner.id == found.runner_id == runner.id


def test_a_busy_runner_is_waited_for(github: FakeGitHub, play: Play) -> None:
    """No deletion is sent before the job has ended, even if the runner is offline meanwhile."""
    runner = github.org().add_runner("r1")
    runner.start_job(300)
    github.world.timers.at(100, runner.disconnect)
    found: Drained = play("drain_and_delete", runner.id, timeout=600)
    assert found.outcome == "deleted"
    assert 300 <= found.seconds <= 330
    assert [call.status for call in github.calls_of("org.runners.delete")] == [204]


def test_a_job_that_starts_in_between_is_waited_for(github: FakeGitHub, play: Play) -> None:
    """Read, then delete: a job that starts between the two is a RunnerBusy, which ends the wait
    of a plain program, and its deletion. The helper waits for that job, too.
    """
    runner = github.org().add_runner("r1")
    before(github, "org.runners.delete", lambda: runner.start_job(120))
    runners = github.client().org("octo-org").runners
    assert not runners.get(runner.id).busy
    with pytest.raises(ghrunners.RunnerBusy):
        runners.delete(runner.id)
    runner.finish_job()
    before(github, "org.runners.delete", lambda: runner.start_job(120))
    found: Drained = play("drain_and_delete", runner.id, timeout=600)
    assert (found.outcome, runner.is_registered) == ("deleted", False)
    assert found.seconds >= 120


def test_an_error_is_not_idle(github: FakeGitHub, play: Play) -> None:
    """A program that takes a failed read for "not busy" terminates the machine of a busy runner.

    The helper sends no deletion without a read that shows an idle runner.
    """
    runner = github.org().add_runner("r1", busy=True)
    github.respond("org.runners.get", 503)
    runners = github.client().org("octo-org").runners
    try:
        busy = runners.get(runner.id).busy
    except ghrunners.ClientError:
        busy = False
    assert runner.busy
    assert not busy  # and the machine is terminated
    with pytest.raises(WaitTimedOut) as caught:
        play("drain_and_delete", runner.id, timeout=60)
    assert isinstance(caught.value.__cause__, ghrunners.ServerError)
    assert not github.calls_of("org.runners.delete")


@pytest.mark.parametrize(
    "fault", [testing.Reset(), None, testing.Delay(100)], ids=["reset", "error", "late"]
)
def test_a_lost_response_is_resolved(github: FakeGitHub, play: Play, fault: Any) -> None:
    """The retry of a deletion whose response was lost meets a 404: the runner is gone, and that
    is no error.
    """
    runner = github.org().add_runner("r1")
    runners = github.client().org("octo-org").runners
    github.script("org.runners.delete", testing.Reset())
    with pytest.raises(ghrunners.NotFound):
        runners.delete(runner.id)
    again = github.org().add_runner("r2")
    github.script("org.runners.delete", fault or error_after_success(github))
    found: Drained = play("drain_and_delete", again.id, timeout=600)
    assert not again.is_registered
    assert (found.outcome, found.delete_sent) in {("gone", True), ("deleted", True)}


def test_a_deletion_that_failed_for_good_is_looked_up(github: FakeGitHub, play: Play) -> None:
    """After a 5xx in response to each attempt, the runner is read before it is deleted again."""
    runner = github.org().add_runner("r1")
    github.respond("org.runners.delete", error_after_success(github))
    found: Drained = play("drain_and_delete", runner.id, timeout=600)
    assert (found.outcome, found.delete_sent) == ("gone", True)
    other = github.org().add_runner("r2")
    github.script("org.runners.delete", *[500] * 8)
    github.respond("org.runners.delete", github.handle)
    assert play("drain_and_delete", other.id, timeout=600).outcome == "deleted"


def test_a_runner_that_is_gone_is_a_success(github: FakeGitHub, play: Play) -> None:
    """Whoever removed it, and whenever, it is gone: no deletion was sent."""
    runner = github.org().add_runner("r1", ephemeral=True)
    runner.start_job(50)
    found: Drained = play("drain_and_delete", runner.id, timeout=600)
    assert (found.outcome, found.delete_sent) == ("gone", False)
    assert found.runner is not None
    assert found.runner.busy
    found = play("drain_and_delete", runner.id, timeout=600)
    assert (found.outcome, found.runner) == ("gone", None)


@pytest.mark.parametrize("who", ["somebody", "job"])
def test_a_deletion_that_did_nothing_is_not_claimed(
    github: FakeGitHub, play: Play, who: str
) -> None:
    """A first 404, and a RunnerBusy, say that our deletion was not what removed the runner."""
    runner = github.org().add_runner("r1", ephemeral=True)
    happens = runner.remove if who == "somebody" else lambda: runner.start_job(20)
    before(github, "org.runners.delete", happens)
    found: Drained = play("drain_and_delete", runner.id, timeout=600)
    assert (found.outcome, found.delete_sent) == ("gone", False)


def test_one_404_is_not_gone(github: FakeGitHub, play: Play) -> None:
    """A runner that the list still has is deleted, and not taken for gone."""
    runner = github.org().add_runner("r1")
    github.script("org.runners.get", 404)
    assert play("drain_and_delete", runner.id, timeout=60).outcome == "deleted"


def test_a_drain_without_end_is_measured(github: FakeGitHub, play: Play) -> None:
    """A timeout may be infinite."""
    runner = github.org().add_runner("r1")
    runner.start_job(seconds=60)
    found: Drained = play("drain_and_delete", runner.id, timeout=float("inf"))
    assert 60 <= found.seconds < 120


def test_a_drain_that_takes_too_long_says_so(github: FakeGitHub, play: Play) -> None:
    """The error has the state that was seen last, and nothing was deleted."""
    runner = github.org().add_runner("r1", busy=True)
    with pytest.raises(WaitTimedOut) as caught:
        play("drain_and_delete", runner.id, timeout=90)
    assert str(caught.value) == (
        f"runner 'r1' ({runner.id}) is not deleted after 90 s; it was last seen online, busy"
    )
    assert runner.is_registered


def test_a_deletion_at_the_deadline_is_resolved(github: FakeGitHub, play: Play) -> None:
    """A deletion without a response is looked up once more, even if the time is over."""
    runner = github.org().add_runner("r1")

    def late(call: Call) -> Any:
        github.handle(call)
        github.clock.advance(1000)
        return 502

    github.respond("org.runners.delete", late)
    found: Drained = play("drain_and_delete", runner.id, timeout=60)
    assert (found.outcome, found.delete_sent) == ("gone", True)


def test_an_unresolved_deletion_is_said_to_be_one(github: FakeGitHub, play: Play) -> None:
    """If the runner cannot be looked up after a deletion, the error says that it may be gone."""
    runner = github.org().add_runner("r1")
    github.respond("org.runners.delete", error_after_success(github))
    github.script("org.runners.get", github.handle)
    github.respond("org.runners.get", 503)
    with pytest.raises(WaitTimedOut, match="the outcome of a deletion is unknown"):
        play("drain_and_delete", runner.id, timeout=60)


# ── Labels ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_new_jobs_are_stopped_by_labels(github: FakeGitHub, play: Play, kind: str) -> None:
    """The custom labels are removed while the job still runs, and the read-only ones stay."""
    runner = owner_of(github, kind).add_runner("r1", labels=["gpu", "big"])
    runner.start_job(100)
    during: list[tuple[list[str], int]] = []
    github.world.timers.at(
        50, lambda: during.append((list(runner.labels), len(runner.read_only_labels)))
    )
    found: Drained = play("drain_and_delete", runner.id, kind=kind, timeout=600, stop_new_jobs=True)
    assert during == [([], 3)]
    assert found.outcome == "deleted"


def test_labels_are_restored_if_a_drain_fails(github: FakeGitHub, play: Play) -> None:
    """More labels than a request may have are added again, beside one that was added meanwhile."""
    labels = [f"l{number}" for number in range(130)]
    runner = github.org().add_runner("r1", labels=labels, busy=True)
    github.world.timers.at(50, lambda: runner.labels.append("meanwhile"))
    with pytest.raises(WaitTimedOut):
        play("drain_and_delete", runner.id, timeout=100, stop_new_jobs=True)
    assert sorted(runner.labels) == sorted([*labels, "meanwhile"])


def test_labels_are_restored_if_their_removal_fails(github: FakeGitHub, play: Play) -> None:
    """A removal whose response was lost may have been carried out."""
    runner = github.org().add_runner("r1", labels=["gpu"])
    github.respond("org.runners.remove_all_labels", error_after_success(github))
    with pytest.raises(ghrunners.ServerError):
        play("drain_and_delete", runner.id, timeout=100, stop_new_jobs=True)
    assert runner.labels == ["gpu"]
    assert not github.calls_of("org.runners.delete")


def test_labels_that_cannot_be_restored_are_named(github: FakeGitHub, play: Play) -> None:
    """The error has the labels and the runner, and its cause is what ended the drain."""
    runner = github.org().add_runner("r1", labels=["gpu", "big"], busy=True)
    github.respond("org.runners.add_labels", 403)
    with pytest.raises(LabelsNotRestored, match=r"may lack its labels gpu, big: ") as caught:
        play("drain_and_delete", runner.id, timeout=100, stop_new_jobs=True)
    assert caught.value.labels == ("gpu", "big")
    assert caught.value.runner.id == runner.id
    assert isinstance(caught.value.__cause__, WaitTimedOut)


def test_a_runner_that_is_gone_needs_no_labels(github: FakeGitHub, play: Play) -> None:
    """A drain that ends because the runner has gone has nothing to restore."""
    runner = github.org().add_runner("r1", labels=["gpu"], ephemeral=True)
    runner.start_job(50)
    found: Drained = play("drain_and_delete", runner.id, timeout=600, stop_new_jobs=True)
    assert found.outcome == "gone"
    assert not github.calls_of("org.runners.add_labels")


def test_a_runner_that_is_gone_after_an_error_needs_none(github: FakeGitHub, play: Play) -> None:
    """Labels of a runner that was deleted are not missed, whatever ended the drain."""
    runner = github.org().add_runner("r1", labels=["gpu"])
    github.respond("org.runners.delete", error_after_success(github))
    github.script("org.runners.get", github.handle, github.handle, 403)
    with pytest.raises(ghrunners.Forbidden):
        play("drain_and_delete", runner.id, timeout=60, stop_new_jobs=True)
    assert not runner.is_registered


def test_a_cancelled_drain_restores_labels(github: FakeGitHub) -> None:
    """Cancelling the task at any point leaves the runner with its labels, or deleted."""
    cancelled = 0
    for steps in range(1, 20):
        runner = github.org().add_runner(f"r{steps}", labels=["gpu"])
        runner.start_job(30)
        if anyio.run(_cancelled_after, github, runner.id, steps):
            cancelled += 1
            assert runner.labels == ["gpu"]
        assert runner.labels == ["gpu"] or not runner.is_registered
    assert cancelled > 5


async def _cancelled_after(github: FakeGitHub, runner_id: int, steps: int) -> bool:
    """Cancel a drain after some requests; return whether it was cancelled."""
    async with github.async_client() as client:
        with anyio.CancelScope() as scope:
            left = iter(range(steps - 1, -1, -1))

            def cancel(*_: object) -> None:
                if next(left, -1) == 0:
                    scope.cancel()

            hooks = ghrunners.Hooks(before=cancel)
            fleet = AsyncFleet(client.with_options(hooks=hooks).org("octo-org"))
            await fleet.drain_and_delete(runner_id, timeout=60, stop_new_jobs=True)
        return scope.cancelled_caught


def test_an_interrupted_drain_restores_labels(github: FakeGitHub) -> None:
    """Ctrl-C stays Ctrl-C, with the labels restored, or with a note that says which may be missing."""
    runner = github.org().add_runner("r1", labels=["gpu"], busy=True)

    def interrupt() -> None:
        assert runner.labels == []
        raise KeyboardInterrupt

    before(github, "org.runners.get", interrupt, nth=3)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(KeyboardInterrupt) as caught:
        fleet.drain_and_delete(runner.id, timeout=600, stop_new_jobs=True)
    assert runner.labels == ["gpu"]
    assert not getattr(caught.value, "__notes__", [])
    before(github, "org.runners.get", interrupt, nth=3)
    github.respond("org.runners.add_labels", 403)
    with pytest.raises(KeyboardInterrupt) as caught:
        fleet.drain_and_delete(runner.id, timeout=600, stop_new_jobs=True)
    assert "may lack its labels gpu" in caught.value.__notes__[0]


def test_an_interrupted_restoration_says_so(github: FakeGitHub) -> None:
    """Ctrl-C while labels are being restored has a note that says which may be missing."""
    runner = github.org().add_runner("r1", labels=["gpu"], busy=True)

    def interrupt() -> None:
        raise KeyboardInterrupt

    before(github, "org.runners.add_labels", interrupt)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(KeyboardInterrupt) as caught:
        fleet.drain_and_delete(runner.id, timeout=60, stop_new_jobs=True)
    assert "may lack its labels gpu" in caught.value.__notes__[0]


@pytest.mark.parametrize("second", ["limited", "not connected"])
def test_a_deletion_whose_retry_was_not_sent_is_claimed(
    github: FakeGitHub, play: Play, second: str
) -> None:
    """The first attempt has removed the runner, whatever kept the second one from an answer."""
    runner = github.org().add_runner("r1")
    limited = Response(429, json={"message": "slow down"}, headers={"retry-after": "500"})
    faults = [limited] if second == "limited" else [testing.ConnectFault()] * 3
    github.script("org.runners.delete", testing.Reset(), *faults)
    found: Drained = play("drain_and_delete", runner.id, timeout=1000)
    assert (found.outcome, found.delete_sent) == ("gone", True)


def test_labels_that_may_not_be_removed_end_a_drain(github: FakeGitHub, play: Play) -> None:
    """404 is also the status for a token without the permission: new jobs are not stopped then."""
    runner = github.org().add_runner("r1", labels=["gpu"])
    github.respond("org.runners.remove_all_labels", 404)
    with pytest.raises(ghrunners.NotFound):
        play("drain_and_delete", runner.id, timeout=100, stop_new_jobs=True)
    assert runner.is_registered
