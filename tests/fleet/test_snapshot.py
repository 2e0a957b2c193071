"""Snapshots of a fleet, and what has changed between two of them."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

import ghrunners
from fake.scopes import KINDS, owner_of
from fleet.plays import Play, move_unseen
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Change, Changes, Fleet, Snapshot
from ghrunners.fleet.snapshots import changes


@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_has_all_runners(github: FakeGitHub, play: Play, kind: str) -> None:
    """It has each runner once, in order, by id and by name, and counts their states."""
    owner = owner_of(github, kind)
    for number in range(150):
        owner.add_runner(f"r{number}", online=number % 3 > 0, busy=number % 3 == 1)
    github.clock.advance(3600)
    found: Snapshot = play("snapshot", kind=kind)
    assert [it.id for it in found] == list(owner.runners)
    assert len(found) == 150
    assert (found.online, found.offline, found.busy, found.idle) == (100, 50, 50, 50)
    assert found.counts == {"busy": 50, "idle": 50, "offline": 50}
    assert found.by_name["r7"] is found.by_id[owner.runner("r7").id]
    assert found.taken_at == github.clock.time
    assert repr(found) == (
        "<Snapshot of 150 runners at 2026-01-31 13:00:00: 100 online, 50 offline, 50 busy>"
    )


def test_counts_have_each_runner_once() -> None:
    """One that is busy and offline is busy, an unknown status has its own state, and 0 is shown."""
    states = [("offline", True), ("online", True), ("online", False), ("updating", False)]
    runners = tuple(
        testing.runner(id=number, status=status, busy=busy)
        for number, (status, busy) in enumerate(states)
    )
    found = Snapshot(runners=runners, scope="", taken_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert found.counts == {"busy": 2, "idle": 1, "offline": 0, "updating": 1}
    assert (found.online, found.idle, found.offline) == (2, 1, 1)


def test_a_snapshot_can_be_kept_between_runs(github: FakeGitHub, play: Play) -> None:
    """Pickled or copied, whatever was read of it before."""
    runner = github.org().add_runner("r1")
    before: Snapshot = play("snapshot")
    for name in ("by_id", "by_name", "counts", "online", "offline", "busy", "idle"):
        assert getattr(before, name) is not None
    runner.remove()
    for kept in (pickle.loads(pickle.dumps(before)), deepcopy(before)):  # noqa: S301 - our own
        assert kept == before
        assert [it.name for it in play("since", kept).gone] == ["r1"]


def test_a_snapshot_cannot_be_changed(github: FakeGitHub, play: Play) -> None:
    """Neither its fields nor its mappings can be assigned."""
    github.org().add_runner("r1")
    found: Snapshot = play("snapshot")
    with pytest.raises(AttributeError):
        found.runners = ()  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - the point
    with pytest.raises(TypeError):
        found.counts["idle"] = 7  # type: ignore[index]  # pyright: ignore[reportIndexIssue] - the point
    with pytest.raises(TypeError):
        found.by_id[1] = found.runners[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue] - the point


def test_a_failure_is_never_an_empty_fleet(github: FakeGitHub, play: Play) -> None:
    """An error of the list is raised."""
    github.respond("org.runners.list", 500)
    with pytest.raises(ghrunners.ServerError):
        play("snapshot")


def test_changes_say_what_is_new_gone_and_changed(github: FakeGitHub, play: Play) -> None:
    """Each runner is in the list of what happened to it; those that are as before are in none."""
    org = github.org()
    for name in ("same", "leaves", "works"):
        org.add_runner(name)
    before: Snapshot = play("snapshot")
    org.runner("leaves").remove()
    org.runner("works").start_job()
    new = org.add_runner("new")
    found: Changes = play("since", before)
    assert [it.id for it in found.new] == [new.id]
    assert found.gone == (before.by_name["leaves"],)
    after = found.snapshot.by_name["works"]
    assert found.changed == (Change(before=before.by_name["works"], after=after),)
    assert after.busy
    assert found
    assert not play("since", found.snapshot)


def test_a_runner_that_moved_between_pages_is_not_gone(github: FakeGitHub, play: Play) -> None:
    """A difference of two lists takes a busy runner for an orphan; `since` reads it by its id."""
    org = github.org()
    for number in range(100):
        org.add_runner(f"r{number}")
    moved = org.add_runner("moved", busy=True)
    runners = github.client().org("octo-org").runners
    before: Snapshot = play("snapshot")
    move_unseen(github, "r0", "new")
    listed = {it.id for it in runners.list()}
    assert moved.id in [it.id for it in before if it.id not in listed]
    move_unseen(github, "r1", "newer")
    found: Changes = play("since", before)
    assert [it.name for it in found.gone] == ["r0"]  # r1 left after it was read
    assert found.snapshot.by_id[moved.id].busy
    assert not found.changed


def test_an_unreadable_runner_is_not_gone(github: FakeGitHub, play: Play) -> None:
    """If the direct read fails, its error is raised."""
    runner = github.org().add_runner("r1")
    before: Snapshot = play("snapshot")
    runner.remove()
    github.respond("org.runners.get", 503)
    with pytest.raises(ghrunners.ServerError):
        play("since", before)


def test_lost_access_is_not_gone(github: FakeGitHub, play: Play) -> None:
    """Who cannot see the scope any more gets 404 for every runner, and an error, not a report."""
    runner = github.org().add_runner("r1")
    before: Snapshot = play("snapshot")
    github.script("org.runners.list", [])
    github.respond("org.runners.list", 404)
    github.respond("org.runners.get", 404)
    with pytest.raises(ghrunners.NotFound):
        play("since", before)
    assert runner.is_registered


def test_a_snapshot_of_another_scope_reports_nothing_as_gone(
    github: FakeGitHub, play: Play
) -> None:
    """Its runners are not in this scope, and are not gone."""
    github.org().add_runner("r1")
    before: Snapshot = play("snapshot")
    other = Fleet(github.client().repo("octo-org", "octo-repo"))
    with pytest.raises(ghrunners.InvalidArgument, match=r"one of org octo-org of https.*, not of"):
        other.since(before)
    assert not play("since", before)


def test_order_and_case_are_no_change() -> None:
    """Responses differ in the order of labels and in the case of the system; runners do not."""
    runner = testing.runner(
        os="linux", labels=[testing.runner_label(name="a"), testing.runner_label(name="b")]
    )
    other = msgspec.structs.replace(runner, os="Linux", labels=runner.labels[::-1])
    taken_at = testing.ManualClock().time
    before = Snapshot(runners=(runner,), scope="org acme", taken_at=taken_at)
    after = Snapshot(runners=(other,), scope="org acme", taken_at=taken_at + timedelta(1))
    assert not changes(before, after, ())
    newer = msgspec.structs.replace(runner, labels=runner.labels[:1])
    later = Snapshot(runners=(newer,), scope="org acme", taken_at=taken_at)
    assert changes(before, later, ())


def test_a_name_that_is_taken_anew_is_the_newer_runner() -> None:
    """If a runner replaced another of its name while the list was read, the name is the new one."""
    runners = (testing.runner(id=9, name="a"), testing.runner(id=7, name="a"))
    found = Snapshot(runners=runners, scope="", taken_at=testing.ManualClock().time)
    assert found.by_name["a"].id == 9
