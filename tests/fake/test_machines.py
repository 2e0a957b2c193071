"""Machines of runners on a fake GitHub: they connect, take jobs and go away."""

from __future__ import annotations

import pytest

from fake.scopes import KINDS, owner_of, scope_of
from ghrunners import fake
from ghrunners.fake import FakeGitHub

DAY = 86_400


def test_a_runner_has_one_job_at_a_time(github: FakeGitHub) -> None:
    """It takes none while it is busy, offline or gone, and a job that it has not cannot end."""
    runner = github.org().add_runner("r")
    with pytest.raises(ValueError, match="has no job"):
        runner.finish_job()
    runner.start_job()
    with pytest.raises(ValueError, match="cannot take a job: it is busy"):
        runner.start_job()
    runner.disconnect()
    runner.finish_job()
    with pytest.raises(ValueError, match="cannot take a job: it is offline"):
        runner.start_job()
    runner.remove()
    with pytest.raises(fake.UnknownRunner, match="cannot take a job"):
        runner.start_job()
    assert not runner.busy


def test_a_timer_ends_no_later_job(github: FakeGitHub) -> None:
    """A job that has ended before its time does not end the next one, or its runner."""
    for ephemeral in (False, True):
        runner = github.org().add_runner(f"r-{ephemeral}", ephemeral=ephemeral)
        runner.start_job(seconds=60)
        runner.finish_job()
        assert runner.is_registered is not ephemeral
    runner = github.org().runner("r-False")
    runner.start_job(seconds=600)
    github.clock.advance(60)
    assert runner.busy
    github.clock.advance(540)
    assert not runner.busy


@pytest.mark.parametrize("kind", KINDS)
def test_another_machine_has_other_labels(github: FakeGitHub, kind: str) -> None:
    """A runner that moves to another system gets its labels, and keeps its custom ones."""
    runner = owner_of(github, kind).add_runner("r", labels=["gpu", "macos", "arm64"])
    runner.connect(os="macos", architecture="ARM64")
    shown = scope_of(github.client(), kind).runners.get(runner.id)
    assert shown.os == "macos"
    assert [(it.name, it.type) for it in shown.labels] == [
        ("self-hosted", "read-only"),
        ("macOS", "read-only"),
        ("ARM64", "read-only"),
        ("gpu", "custom"),
    ]
    runner.connect()
    assert runner.read_only_labels == ["self-hosted", "macOS", "ARM64"]


def test_a_runner_that_is_away_expires(github: FakeGitHub) -> None:
    """Two weeks after it left, or a day if it is ephemeral."""
    for days, ephemeral in ((14, False), (1, True)):
        runner = github.org().add_runner("r", ephemeral=ephemeral)
        github.clock.advance(30 * DAY)
        runner.disconnect()
        github.clock.advance(days * DAY - 1)
        assert runner.is_registered
        github.clock.advance(1)
        assert not runner.is_registered


def test_only_the_first_machine_connects_by_itself(github: FakeGitHub) -> None:
    """One that has connected before, and left again, stays away."""
    github.world.connects_after = 60
    token = github.client().org("octo-org").runners.create_registration_token().token
    runner = github.register(token, name="r")
    runner.connect(version="2.329.0")
    runner.disconnect()
    github.clock.advance(60)
    assert (runner.status, runner.version) == ("offline", "2.329.0")


def test_a_runner_moves_to_no_group_of_others(github: FakeGitHub) -> None:
    """Nor to one that was deleted; a runner of a repository has none."""
    runner, group = github.org().add_runner("r"), github.org().default_group()
    gone = github.org().add_group("gone")
    github.client().org("octo-org").runner_groups.delete(gone.id)
    for other in (github.enterprise().add_group("theirs"), gone):
        with pytest.raises(ValueError, match="has no runner group"):
            runner.move_to(other)
    with pytest.raises(ValueError, match="has no runner group None"):
        runner.group = None
    assert runner.group is group
