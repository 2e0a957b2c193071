"""JIT runners of a fleet: none is lost, doubled or removed by mistake."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import anyio
import msgspec
import pytest

import ghrunners
from fake.scopes import KINDS, group_owner_of, owner_of
from fleet.flavours import call
from ghrunners import testing
from ghrunners.fake import FakeGitHub, Runner
from ghrunners.fleet import AsyncFleet, Fleet, GroupNotFound, NameTaken
from ghrunners.fleet.provision.namesakes import JitRequest
from ghrunners.testing import Reset, Response

flavours = pytest.mark.parametrize("flavour", ["sync", "async"])
LABELS = ["self-hosted", "gpu"]


class Failed:
    """A fault: the request is carried out, and the response is a 502."""

    def __init__(self, github: FakeGitHub) -> None:
        self._handle: Callable[[Any], Any] = github.handle

    def __call__(self, asked: Any) -> Response:
        self._handle(asked)
        return Response(502, json={"message": "Server Error"})


def names(github: FakeGitHub) -> list[str]:
    """Return the names of the runners of `octo-org`."""
    return [it.name for it in github.org().runners.values()]


def runner_of(github: FakeGitHub, runner_id: int) -> Runner:
    """Return a runner of `octo-org` by its id."""
    return github.org().runners[runner_id]


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
    first.jit = True
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


# ── Names that are taken ─────────────────────────────────────────────────────────────────────────


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


# ── Groups and arguments ─────────────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("kind", ["enterprise", "org"])
def test_a_group_is_found_by_its_name(github: FakeGitHub, kind: str, flavour: str) -> None:
    """The name is compared without case, an id is used as it is, and the default is the default."""
    group = group_owner_of(github, kind).add_group("GPU")

    def register(wanted: int | str) -> Any:
        return call(
            github, flavour, lambda it: it.jit(name="ci", labels=LABELS, group=wanted), kind
        )

    assert [register(it).group_id for it in ("gpu", "GPU", group.id)] == [group.id] * 3
    with pytest.raises(GroupNotFound, match=r"no runner group 'arm'; there are .*gpu") as caught:
        register("arm")
    assert "gpu" in caught.value.known


def test_groups_are_listed_once_and_again_when_one_was_made_anew(github: FakeGitHub) -> None:
    """Many registrations need one list; the id of a group that was deleted is looked up again."""
    old = github.org().add_group("gpu")
    fleet = Fleet(github.client().org("octo-org"))
    for number in range(3):
        fleet.jit(name=f"ci-{number}", labels=LABELS, group="gpu")
    assert len(github.calls_of("org.runner_groups.list")) == 1
    del github.org().groups[old.id]
    new = github.org().add_group("gpu")
    assert fleet.jit(name="ci-9", labels=LABELS, group="gpu").group_id == new.id != old.id


def test_a_group_that_is_gone_is_an_error(github: FakeGitHub) -> None:
    """An id that GitHub does not know raises NotFound, and a name GroupNotFound."""
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(ghrunners.NotFound):
        fleet.jit(name="ci", labels=LABELS, group=77)
    old = github.org().add_group("gpu")
    fleet.jit(name="ci-0", labels=LABELS, group="gpu")
    del github.org().groups[old.id]
    with pytest.raises(GroupNotFound):
        fleet.jit(name="ci-1", labels=LABELS, group="gpu")


def test_a_repository_has_no_groups(github: FakeGitHub) -> None:
    """A type checker refuses a group there, and so does the call."""
    fleet = Fleet(github.client().repo("octo-org", "octo-repo"))
    with pytest.raises(ghrunners.InvalidArgument, match="repository has no runner groups"):
        fleet.jit(name="ci", labels=LABELS, group="gpu")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue, reportArgumentType, reportAttributeAccessIssue] - as it must be
    assert not github.calls


def test_bad_arguments_are_refused_at_once(github: FakeGitHub) -> None:
    """One label as a text, an unknown way out of a conflict and no time are errors; nothing is sent."""
    fleet = Fleet(github.client().org("octo-org"))
    bad: Any = fleet.jit
    with pytest.raises(TypeError, match="list of names"):
        bad(name="ci", labels="gpu")
    with pytest.raises(ghrunners.InvalidArgument, match="fresh_name, replace_offline, fail"):
        bad(name="ci", labels=LABELS, on_conflict="replace")
    with pytest.raises(ghrunners.InvalidArgument, match="above 0"):
        bad(name="ci", labels=LABELS, timeout=0)
    assert not github.calls


@flavours
def test_the_default_group_is_that_of_the_scope(github: FakeGitHub, flavour: str) -> None:
    """An organization lists the default group of its enterprise, too, which is not its own."""
    groups = list(github.client().org("octo-org").runner_groups.list())
    inherited = testing.runner_group(id=900, name="Default", default=True, inherited=True)
    github.respond("org.runner_groups.list", [inherited, *groups])
    handle = call(github, flavour, lambda it: it.jit(name="ci-1", labels=LABELS))
    named = call(github, flavour, lambda it: it.jit(name="ci-2", labels=LABELS, group="default"))
    assert handle.group_id == named.group_id == next(it.id for it in groups if it.default)


@flavours
def test_faults_from_the_first_request_on_do_not_end_a_registration(
    github: FakeGitHub, flavour: str
) -> None:
    """Neither while groups and names are looked up, nor if a rate limit rejects the request."""
    limited = Response(429, json={"message": "slow down"}, headers={"retry-after": "200"})
    github.script("org.runner_groups.list", *[503] * 4)
    github.script("org.runners.list", *[503] * 4)
    github.script("org.runners.generate_jit_config", limited)
    assert call(github, flavour, lambda it: it.jit(name="ci-1", labels=LABELS)).name == "ci-1"
