"""Tokens of a fake GitHub, and the machines that register and remove their runners with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import ghrunners
from fake.scopes import KINDS, owner_of, scope_of
from ghrunners import fake
from ghrunners.fake import FakeGitHub, RunnerGroup
from ghrunners.fake.state import registrations

DAY = 86_400


def registration_token(github: FakeGitHub, kind: str = "org") -> str:
    """Return a new registration token."""
    token: str = scope_of(github.client(), kind).runners.create_registration_token().token
    return token


def removal_token(github: FakeGitHub, kind: str = "org") -> str:
    """Return a new removal token."""
    token: str = scope_of(github.client(), kind).runners.create_remove_token().token
    return token


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_live_for_an_hour(github: FakeGitHub, kind: str) -> None:
    """A token says when it expires, does not show itself, and is unlike any other."""
    runners = scope_of(github.client(), kind).runners
    made = [runners.create_registration_token(), runners.create_remove_token()]
    made += [runners.create_registration_token(), runners.create_remove_token()]
    assert len({it.token for it in made}) == 4
    for one in made:
        assert one.expires_at == github.clock.time + timedelta(hours=1)
        assert one.token not in repr(one)


@pytest.mark.parametrize("kind", KINDS)
def test_a_machine_registers_and_removes_its_runner(github: FakeGitHub, kind: str) -> None:
    """A token registers with its owner only; the runner is online once it connects."""
    runner = github.register(
        registration_token(github, kind),
        name="r",
        labels=["GPU", "arm64"],
        os="macos",
        architecture="ARM64",
    )
    assert owner_of(github, kind).runners == {runner.id: runner}
    runners = scope_of(github.client(), kind).runners
    before = runners.get(runner.id)
    assert (before.status, before.os, before.version) == ("offline", "unknown", None)
    runner.connect()
    after = runners.get(runner.id)
    assert (after.status, after.os, after.version) == ("online", "macos", "2.330.0")
    assert [it.name for it in after.labels] == ["self-hosted", "macOS", "ARM64", "GPU"]

    other = next(one for one in KINDS if one != kind)
    with pytest.raises(fake.UnknownRunner):
        github.unregister(removal_token(github, other), "r")
    runner.start_job(60)
    with pytest.raises(fake.JobRunning):
        github.unregister(removal_token(github, kind), "r")
    github.clock.advance(60)
    github.unregister(removal_token(github, kind), "R")
    assert not owner_of(github, kind).runners
    with pytest.raises(fake.UnknownRunner):
        runner.connect()


def test_a_token_that_is_not_valid(github: FakeGitHub) -> None:
    """A token that is made up, old or for something else is rejected, and changes nothing."""
    held = github.org().add_runner("held")
    add, remove = registration_token(github), removal_token(github)
    for token in ("made-up", remove):
        with pytest.raises(fake.TokenRejected):
            github.register(token, name="r")
    for token in ("made-up", add):
        with pytest.raises(fake.TokenRejected):
            github.unregister(token, "held")
    github.clock.advance(3599)
    github.register(add, name="in-time")
    github.clock.advance(1)
    with pytest.raises(fake.TokenRejected, match="expired"):
        github.register(add, name="late")
    with pytest.raises(fake.TokenRejected, match="expired"):
        github.unregister(remove, "held")
    assert [it.name for it in github.org().runners.values()] == [held.name, "in-time"]


def test_a_runner_takes_the_place_of_its_namesake(github: FakeGitHub) -> None:
    """A name is taken unless the machine replaces the runner, whose id and group it gets."""
    token, group = registration_token(github), github.org().add_group("fast")
    former = github.register(token, name="r", labels=["old"], group="FAST")
    with pytest.raises(fake.NameTaken):
        github.register(token, name="R")
    former.connect()
    former.start_job()
    with pytest.raises(fake.JobRunning):
        github.register(token, name="r", replace=True)
    former.finish_job()
    latter = github.register(token, name="R", labels=["new"], replace=True)
    assert (latter.id, latter.group, latter.labels) == (former.id, group, ["new"])
    assert list(github.org().runners.values()) == [latter]
    assert github.org().runner("r") is latter
    with pytest.raises(fake.UnknownRunner):
        former.connect()
    latter.connect()


def test_a_group_that_is_not_there(github: FakeGitHub) -> None:
    """A machine names a group of its owner; a repository has none to name."""
    for kind in KINDS:
        with pytest.raises(fake.UnknownGroup, match="fast"):
            github.register(registration_token(github, kind), name="r", group="fast")
        assert not owner_of(github, kind).runners


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_owner_takes_no_more(
    github: FakeGitHub, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository has no groups, but as many runners as one; a deleted runner makes room."""
    monkeypatch.setattr(RunnerGroup, "capacity", 2)
    token = registration_token(github, kind)
    first = github.register(token, name="a")
    github.register(token, name="b")
    with pytest.raises(fake.GroupFull):
        github.register(token, name="c")
    github.register(token, name="B", replace=True)
    first.remove()
    github.register(token, name="c")


def test_an_invalid_name_is_no_registration(
    github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine refuses it before it asks GitHub, so that it does not count for the limit."""
    monkeypatch.setattr(registrations, "REGISTRATIONS", 1)
    token = registration_token(github)
    with pytest.raises(ValueError, match="must"):
        github.register(token, name=" ")
    github.register(token, name="a")
    with pytest.raises(fake.TooManyRegistrations):
        github.register(token, name="b")


@pytest.mark.parametrize(("name", "label"), [("", "a"), ("x" * 65, "a"), ("r", "a,b")])
def test_a_name_that_config_sh_does_not_accept(github: FakeGitHub, name: str, label: str) -> None:
    """Invalid names of runners and labels are ValueErrors."""
    with pytest.raises(ValueError, match="must"):
        github.register(registration_token(github), name=name, labels=[label])
    assert not github.org().runners


@pytest.mark.parametrize("name", ["r", "r" * 64])
def test_a_name_may_be_short_or_long(github: FakeGitHub, name: str) -> None:
    """It has 1 to 64 characters."""
    assert github.register(registration_token(github), name=name).name == name


def test_a_retired_version_registers_and_connects_no_more(github: FakeGitHub) -> None:
    """From its date on, a version is refused; a runner that was online takes no more jobs."""
    token = registration_token(github)
    at = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
    github.world.deprecate("2.320.0", at=at)
    runner = github.register(token, name="r", version="2.320.0")
    runner.connect(version="2.320.0")
    github.clock.advance(1800)
    with pytest.raises(fake.VersionDeprecated, match=r"2\.320\.0"):
        github.register(token, name="other", version="2.320.0")
    with pytest.raises(fake.VersionDeprecated):
        runner.start_job()
    runner.disconnect()
    with pytest.raises(fake.VersionDeprecated):
        runner.connect()
    assert runner.status == "offline"
    runner.connect(version="2.330.0")
    runner.start_job()


def test_a_runner_connects_by_itself_unless_its_version_is_retired(github: FakeGitHub) -> None:
    """With `connects_after`, machines start their runners; a retired version does not connect."""
    github.world.connects_after = 10
    github.world.deprecate("2.320.0", at=github.clock.time + timedelta(seconds=5))
    token = registration_token(github)
    runner = github.register(token, name="r")
    old = github.register(token, name="old", version="2.320.0")
    gone = github.register(token, name="gone")
    gone.remove()
    github.clock.advance(10)
    assert (runner.status, old.status, gone.status) == ("online", "offline", "offline")


def test_runners_that_stay_away_are_removed(github: FakeGitHub) -> None:
    """An offline runner is removed after 14 days, an ephemeral one after a day, none in a job."""
    token = registration_token(github)
    lasting = github.register(token, name="lasting")
    ephemeral = github.register(token, name="ephemeral", ephemeral=True)
    busy = github.org().add_runner("busy", busy=True)
    busy.disconnect()
    github.clock.advance(DAY)
    assert (lasting.is_registered, ephemeral.is_registered) == (True, False)
    github.clock.advance(13 * DAY)
    assert (lasting.is_registered, busy.is_registered) == (False, True)
    busy.finish_job()
    github.clock.advance(14 * DAY - 1)
    assert busy.is_registered
    github.clock.advance(1)
    assert not busy.is_registered


def test_a_runner_that_comes_back_is_kept(github: FakeGitHub) -> None:
    """The 14 days begin anew each time that a runner goes offline."""
    runner = github.org().add_runner("r")
    runner.disconnect()
    github.clock.advance(13 * DAY)
    runner.connect()
    github.clock.advance(20 * DAY)
    runner.disconnect()
    github.clock.advance(13 * DAY)
    assert runner.is_registered


def test_errors_of_machines_are_value_errors() -> None:
    """Each refusal of a machine is a MachineError, which is a ValueError."""
    names = [it for it in fake.__all__ if issubclass(getattr(fake, it), fake.MachineError)]
    assert len(names) == 11
    assert issubclass(fake.MachineError, ValueError)
    assert not issubclass(fake.MachineError, ghrunners.ClientError)
