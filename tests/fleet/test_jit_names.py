"""Names of JIT runners that are taken: which runner is removed, which stays."""

from __future__ import annotations

from typing import Any

import anyio
import msgspec
import pytest

import ghrunners
from fleet.flavours import call, flavours
from fleet.octo_org import LABELS, names
from ghrunners import testing
from ghrunners.fake import FakeGitHub, Runner
from ghrunners.fleet import AsyncFleet, Fleet, NameTaken
from ghrunners.fleet.provision.namesakes import JitRequest
from ghrunners.testing import Reset


def left_behind(github: FakeGitHub, **options: Any) -> Runner:
    """Add a runner `ci-1` that an earlier machine registered, and that is offline."""
    values: dict[str, Any] = {"labels": ["gpu"], "ephemeral": True, **options}
    runner = github.org().add_runner("ci-1", **values)
    runner.disconnect()
    return runner


@flavours
def test_a_taken_name_gets_an_ending(github: FakeGitHub, flavour: str) -> None:
    """By default, the other runner stays as it is, and the new one has a fresh name."""
    other = left_behind(github)
    handle = call(github, flavour, lambda it: it.jit(name="CI-1", labels=LABELS))
    assert handle.name.startswith("CI-1-")
    assert names(github) == ["ci-1", handle.name]
    assert other.is_registered


def test_a_fresh_name_is_not_too_long(github: FakeGitHub) -> None:
    """A name of 64 characters, the most that GitHub accepts, is cut for its ending."""
    long = "a" * 64
    github.org().add_runner(long)
    handle = Fleet(github.client().org("octo-org")).jit(name=long, labels=LABELS)
    assert len(handle.name) == 64


@flavours
def test_an_offline_namesake_of_ours_is_replaced(github: FakeGitHub, flavour: str) -> None:
    """One with the same labels that is offline and idle is removed, and its name is used."""
    other = left_behind(github)
    handle = call(
        github,
        flavour,
        lambda it: it.jit(name="ci-1", labels=["GPU"], on_conflict="replace_offline"),
    )
    assert (handle.name, other.is_registered) == ("ci-1", False)


NOT_REPLACED: dict[str, dict[str, Any]] = {
    "other labels": {"labels": ["arm"]},
    "outlives its job": {"ephemeral": False},
}


@pytest.mark.parametrize("options", NOT_REPLACED.values(), ids=NOT_REPLACED)
def test_a_namesake_that_may_be_another_s_is_kept(
    github: FakeGitHub, options: dict[str, Any]
) -> None:
    """Without `is_ours`, a runner is only replaced if it has our labels and is ephemeral."""
    other = left_behind(github, **options)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(NameTaken, match="ci-1") as caught:
        fleet.jit(name="ci-1", labels=["gpu"], on_conflict="replace_offline")
    assert caught.value.runner is not None
    assert (caught.value.runner.id, other.is_registered) == (other.id, True)
    fleet.jit(name="ci-1", labels=["gpu"], on_conflict="replace_offline", is_ours=lambda _: True)
    assert not other.is_registered


@pytest.mark.parametrize("state", ["online", "busy", "offline and busy"])
def test_an_online_or_busy_namesake_is_never_replaced(github: FakeGitHub, state: str) -> None:
    """Whatever the caller says is ours, a runner that is online or has a job stays."""
    other = github.org().add_runner("ci-1", labels=LABELS, busy="busy" in state)
    if "offline" in state:
        other.disconnect()
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(NameTaken):
        fleet.jit(name="ci-1", labels=LABELS, on_conflict="replace_offline", is_ours=lambda _: True)
    assert other.is_registered
    assert not github.calls_of("org.runners.delete")


@pytest.mark.parametrize("meanwhile", ["connects", "takes a job", "goes away"])
def test_a_namesake_is_read_again_just_before(github: FakeGitHub, meanwhile: str) -> None:
    """A runner that comes online after it was listed stays; one that is gone is no error."""
    other = left_behind(github)

    def change(asked: Any) -> Any:
        if meanwhile == "goes away":
            other.remove()
        else:
            other.connect()
        return github.handle(asked)

    def late(asked: Any) -> Any:
        other.connect()
        other.start_job()
        return github.handle(asked)

    if meanwhile == "takes a job":
        github.script("org.runners.delete", late)
    else:
        github.script("org.runners.get", change)
    fleet = Fleet(github.client().org("octo-org"))
    if meanwhile == "goes away":
        assert fleet.jit(name="ci-1", labels=["gpu"], on_conflict="replace_offline").id != other.id
        return
    with pytest.raises(NameTaken):
        fleet.jit(name="ci-1", labels=["gpu"], on_conflict="replace_offline")
    assert other.is_registered


@pytest.mark.parametrize("odd", [{"status": None}, {"busy": None}, {"status": "idle"}])
def test_an_odd_value_is_never_offline_or_idle(odd: dict[str, Any]) -> None:
    """A status or busy that is null or unknown is not certain, so the namesake stays."""
    request = JitRequest("ci-1", ["gpu"], "replace_offline", lambda _: True)
    offline = testing.runner(name="ci-1", status="offline", busy=False)
    assert request.may_remove(offline)
    assert not request.may_remove(msgspec.structs.replace(offline, **odd))


def test_an_older_runner_is_no_leftover_of_a_lost_response(github: FakeGitHub) -> None:
    """A namesake that was there before and has not connected yet belongs to somebody."""
    other = github.org().add_runner("ci-1", labels=LABELS, ephemeral=True, online=False)
    github.script("org.runners.generate_jit_config", Reset())
    handle = Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=LABELS)
    assert other.is_registered
    assert sorted(names(github)) == ["ci-1", handle.name]


def test_a_runner_of_another_program_in_between_is_no_leftover(github: FakeGitHub) -> None:
    """A registration that was refused left nothing, whatever has its name by then."""

    def overtaken(asked: Any) -> Any:
        github.org().add_runner("ci-1", labels=LABELS, ephemeral=True, online=False)
        return github.handle(asked)

    github.script("org.runners.generate_jit_config", overtaken)
    handle = Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=LABELS)
    assert names(github) == ["ci-1", handle.name]
    assert not github.calls_of("org.runners.delete")


def test_a_name_that_somebody_has_is_no_longer_unresolved(github: FakeGitHub) -> None:
    """After an online namesake was seen, a later one that has not connected is no leftover."""
    github.script("org.runners.generate_jit_config", Reset(carried_out=False))
    github.script("org.runners.list", github.handle, 403)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(ghrunners.Forbidden):
        fleet.jit(name="ci-1", labels=LABELS)
    first = github.org().add_runner("ci-1", labels=LABELS, ephemeral=True)
    fleet.jit(name="ci-1", labels=LABELS)
    first.remove()
    second = github.org().add_runner("ci-1", labels=LABELS, ephemeral=True, online=False)
    fleet.jit(name="ci-1", labels=LABELS)
    assert second.is_registered


@pytest.mark.anyio
async def test_tasks_that_ask_for_one_name_get_two_runners(github: FakeGitHub) -> None:
    """A call whose 409 is lost does not take the runner of a call at the same moment for its own."""
    github.script("org.runners.generate_jit_config", github.handle, Reset())
    handles: list[Any] = []

    async def register(fleet: AsyncFleet[ghrunners.AsyncOrgScope]) -> None:
        handles.append(await fleet.jit(name="ci-1", labels=LABELS))

    async with github.async_client() as client:
        fleet = AsyncFleet(client.org("octo-org"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(register, fleet)
            tasks.start_soon(register, fleet)
    assert sorted(it.id for it in handles) == sorted(github.org().runners)


def test_a_call_refuses_a_name_that_another_call_registers(github: FakeGitHub) -> None:
    """With `fail`, the error says so; the name is free once the other call has ended."""
    fleet = Fleet(github.client().org("octo-org"))

    def meanwhile(_: Any) -> Any:
        with pytest.raises(NameTaken, match="at this moment"):
            fleet.jit(name="CI-1", labels=LABELS, on_conflict="fail")
        return 403

    github.script("org.runners.generate_jit_config", meanwhile)
    with pytest.raises(ghrunners.Forbidden):
        fleet.jit(name="ci-1", labels=LABELS)
    assert fleet.jit(name="ci-1", labels=LABELS, on_conflict="fail").name == "ci-1"


def test_a_conflict_can_be_an_error(github: FakeGitHub) -> None:
    """With `fail`, nothing is registered or removed, and the error has the other runner."""
    other = left_behind(github)
    with pytest.raises(NameTaken) as caught:
        Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=["gpu"], on_conflict="fail")
    assert caught.value.runner is not None
    assert caught.value.runner.id == other.id
    assert not github.calls_of("org.runners.generate_jit_config")


def test_a_namesake_that_the_filter_does_not_find_is_found(github: FakeGitHub) -> None:
    """After a 409, the whole list is read: the server's filter may compare in another way."""
    other = left_behind(github)
    github.script("org.runners.list", [])
    fleet = Fleet(github.client().org("octo-org"))
    assert fleet.jit(name="ci-1", labels=LABELS).name.startswith("ci-1-")
    assert other.is_registered


def test_a_conflict_without_a_runner_ends(github: FakeGitHub) -> None:
    """If GitHub reports a namesake that no list shows, the call ends with NameTaken."""
    github.respond("org.runners.generate_jit_config", 409)
    with pytest.raises(NameTaken, match="no list shows") as caught:
        Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=LABELS, timeout=60)
    assert caught.value.runner is None
