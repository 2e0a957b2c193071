"""GitHub-hosted runners of a fleet: created once and waited for, deleted and waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import anyio
import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, group_owner_of
from fleet.flavours import call, flavours
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import (
    AsyncFleet,
    Fleet,
    GroupNotFound,
    HostedRunnerStuck,
    HostedRunnerTimedOut,
    NameTaken,
)
from ghrunners.models import ImageReference
from ghrunners.testing import Reset, Response

UBUNTU = ImageReference(id="ubuntu-24.04", source="github")
CREATE: Final = "org.hosted_runners.create"


def create(name: str = "large", **options: Any) -> Callable[[Any], Any]:
    """Return what creates a hosted runner with a fleet."""
    values: dict[str, Any] = {"image": UBUNTU, "size": "4-core", **options}
    return lambda fleet: fleet.create_hosted_runner(name=name, **values)


def fleet_of(github: FakeGitHub) -> Fleet[ghrunners.OrgScope]:
    """Return the fleet of `octo-org`."""
    return Fleet(github.client().org("octo-org"))


def test_plain_calls_create_a_second_runner_or_do_not_wait(github: FakeGitHub) -> None:
    """After a lost response, a plain program creates a second runner under another name."""
    hosted = github.client().org("octo-org").hosted_runners
    github.script(CREATE, Reset())
    options: dict[str, Any] = {"image": UBUNTU, "size": "4-core", "runner_group_id": 1}
    with pytest.raises(ghrunners.OutcomeUnknown):
        hosted.create(name="large", **options)
    assert hosted.create(name="large-2", **options).status == "Provisioning"
    assert len(github.org().hosted_runners) == 2


@flavours
@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_runner_is_created_and_waited_for(github: FakeGitHub, kind: str, flavour: str) -> None:
    """It is ready when it is returned, in the group of the name, with growing pauses between."""
    group = group_owner_of(github, kind).add_group("Large")
    github.world.provisions_after = 600
    runner = call(github, flavour, create(group="large", maximum_runners=3), kind)
    assert (runner.status, runner.runner_group_id, runner.maximum_runners) == ("Ready", group.id, 3)
    assert len(group_owner_of(github, kind).hosted_runners) == 1
    assert github.clock.sleeps == sorted(github.clock.sleeps)
    assert len(github.clock.sleeps) < 30


@flavours
@pytest.mark.parametrize("fault", ["reset", "502", "not carried out"])
def test_an_unknown_outcome_creates_one_runner(
    github: FakeGitHub, flavour: str, fault: str
) -> None:
    """The name is looked up, and a runner that is there is waited for."""

    def failed(asked: Any) -> Response:
        github.handle(asked)
        return Response(502, json={"message": "Server Error"})

    faults = {"reset": Reset(), "502": failed, "not carried out": Reset(carried_out=False)}
    github.script(CREATE, faults[fault])
    assert call(github, flavour, create()).status == "Ready"
    assert [it.name for it in github.org().hosted_runners.values()] == ["large"]


def test_a_creation_is_not_repeated_while_it_may_be_carried_out(github: FakeGitHub) -> None:
    """A runner that appears some seconds after a lost response is found, and not created again."""

    def late(asked: Any) -> Reset:
        github.world.timers.after(5, lambda: github.handle(asked))
        return Reset()

    github.script(CREATE, late)
    fleet_of(github).create_hosted_runner(name="large", image=UBUNTU, size="4-core")
    assert len(github.calls_of(CREATE)) == 1


@flavours
def test_a_call_after_a_timeout_continues_the_wait(github: FakeGitHub, flavour: str) -> None:
    """The error has the runner as it was last seen, and the same call again creates no second one."""
    github.world.provisions_after = 600
    with pytest.raises(
        HostedRunnerTimedOut, match="not ready after 60 s; it was last seen Prov"
    ) as caught:
        call(github, flavour, create(timeout=60))
    assert caught.value.runner is not None
    again = call(github, flavour, create("LARGE"))
    assert (again.id, again.status) == (caught.value.runner.id, "Ready")
    assert len(github.calls_of(CREATE)) == 1
    assert call(github, flavour, create()).id == again.id


@pytest.mark.anyio
async def test_a_cancelled_creation_is_continued(github: FakeGitHub) -> None:
    """A task that is cancelled while it creates leaves a runner that the next call waits for."""
    async with github.async_client() as client:
        fleet = AsyncFleet(client.org("octo-org"))
        with anyio.CancelScope() as scope:

            def cancel(asked: Any) -> Any:
                scope.cancel()
                return github.handle(asked)

            github.script(CREATE, cancel)
            await create()(fleet)
        assert scope.cancelled_caught
        await create()(fleet)
    assert len(github.org().hosted_runners) == 1


def limited(seconds: int) -> Response:
    """Return the response of a secondary rate limit."""
    message = {"message": "You have exceeded a secondary rate limit"}
    return Response(429, json=message, headers={"retry-after": str(seconds)})


def test_trouble_does_not_end_a_wait(github: FakeGitHub) -> None:
    """Rate limits beyond `max_wait`, server errors and lost connections cost time, and nothing else."""
    trouble: list[Any] = [limited(500), *[502] * 4, *[Reset()] * 4, limited(30)]
    github.script(CREATE, limited(30))
    github.script("org.hosted_runners.get", *trouble)
    fleet = fleet_of(github)
    runner = create()(fleet)
    assert (runner.status, len(github.org().hosted_runners)) == ("Ready", 1)
    github.script("org.hosted_runners.get", *trouble)
    github.script("org.hosted_runners.delete", limited(500))
    fleet.delete_hosted_runner(runner.id)
    assert not github.org().hosted_runners


def test_trouble_that_lasts_is_the_cause_of_the_timeout(github: FakeGitHub) -> None:
    """The error says what was seen last, and has the last failure as its cause."""
    runner = github.org().add_hosted_runner("large")
    github.respond("org.hosted_runners.get", 502)
    with pytest.raises(HostedRunnerTimedOut, match="never seen") as caught:
        fleet_of(github).delete_hosted_runner(runner.id, timeout=60)
    assert isinstance(caught.value.__cause__, ghrunners.ServerError)
    with pytest.raises(HostedRunnerTimedOut) as caught:
        create("other", timeout=60)(fleet_of(github))
    assert isinstance(caught.value.__cause__, ghrunners.ServerError)


def test_a_stuck_runner_is_an_error(github: FakeGitHub) -> None:
    """The error has the runner, so that it can be deleted and created anew."""
    github.world.stuck.add("large")
    fleet = fleet_of(github)
    with pytest.raises(HostedRunnerStuck, match=r"'large' .* is stuck") as caught:
        create()(fleet)
    fleet.delete_hosted_runner(caught.value.runner.id)
    github.world.stuck.clear()
    assert create()(fleet).status == "Ready"


def test_a_runner_that_somebody_deletes_is_an_error(github: FakeGitHub) -> None:
    """It does not come back, so the wait ends at once."""
    github.world.provisions_after = 600

    def gone(asked: Any) -> Any:
        github.org().hosted_runner("large").remove()
        return github.handle(asked)

    github.script("org.hosted_runners.get", gone)
    with pytest.raises(HostedRunnerStuck, match="was deleted before it was ready"):
        create()(fleet_of(github))


def test_a_runner_that_is_being_deleted_is_waited_for_and_created_anew(github: FakeGitHub) -> None:
    """A name is free once its runner is gone."""
    fleet = fleet_of(github)
    old = create()(fleet)
    github.org().hosted_runner("large").delete()
    new = create(size="8-core")(fleet)
    assert (new.id != old.id, new.status, len(github.org().hosted_runners)) == (True, "Ready", 1)


DIFFERENT: dict[str, tuple[dict[str, Any], str]] = {
    "size": ({"size": "8-core"}, "its size is '4-core', not '8-core'"),
    "image": ({"image": ImageReference(id="ubuntu-22.04", source="github")}, "its image is"),
    "group": ({"group": 77}, "its runner_group_id is 1, not 77"),
    "maximum": ({"maximum_runners": 3}, "its maximum_runners is"),
    "address": ({"enable_static_ip": True}, "its enable_static_ip is False, not True"),
    "images": ({"image_gen": True}, "its image_gen is False, not True"),
}


@pytest.mark.parametrize(("options", "match"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_runner_with_other_settings_is_not_taken_for_it(
    github: FakeGitHub, options: dict[str, Any], match: str
) -> None:
    """The error says what differs, and has the runner; nothing is changed."""
    fleet = fleet_of(github)
    old = create()(fleet)
    with pytest.raises(NameTaken, match=match) as caught:
        create(**options)(fleet)
    assert caught.value.runner is not None
    assert caught.value.runner.id == old.id
    assert len(github.org().hosted_runners) == 1


def test_a_runner_that_is_shut_down_is_an_error(github: FakeGitHub) -> None:
    """It will not be ready by itself."""
    fleet = fleet_of(github)
    create()(fleet)
    github.org().hosted_runner("large").shut_down()
    with pytest.raises(NameTaken, match="shut down"):
        create()(fleet)


@flavours
@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_runner_is_deleted_and_waited_for(github: FakeGitHub, kind: str, flavour: str) -> None:
    """It is gone when the call returns; a runner that is gone already is no error."""
    runner = group_owner_of(github, kind).add_hosted_runner("large")
    github.world.deletes_after = 600
    call(github, flavour, lambda it: it.delete_hosted_runner(runner.id), kind)
    assert not runner.is_registered
    call(github, flavour, lambda it: it.delete_hosted_runner(runner.id), kind)


def test_a_deletion_continues_after_a_timeout(github: FakeGitHub) -> None:
    """The second call sends no second deletion."""
    runner = github.org().add_hosted_runner("large")
    github.world.deletes_after = 600
    fleet = fleet_of(github)
    with pytest.raises(
        HostedRunnerTimedOut, match="not gone after 60 s; it was last seen Deleting"
    ):
        fleet.delete_hosted_runner(runner.id, timeout=60)
    fleet.delete_hosted_runner(runner.id)
    assert len(github.calls_of("org.hosted_runners.delete")) == 1
    assert not runner.is_registered


def test_a_lost_response_to_a_deletion_is_no_error(github: FakeGitHub) -> None:
    """A deletion is idempotent, so the client repeats it."""
    runner = github.org().add_hosted_runner("large")
    github.world.deletes_after = 0
    github.script("org.hosted_runners.delete", Reset())
    fleet_of(github).delete_hosted_runner(runner.id)
    assert not runner.is_registered


def test_an_error_is_never_a_deleted_runner(github: FakeGitHub) -> None:
    """Only 404 means that a runner is gone."""
    runner = github.org().add_hosted_runner("large")
    github.script("org.hosted_runners.get", 403)
    with pytest.raises(ghrunners.Forbidden):
        fleet_of(github).delete_hosted_runner(runner.id)
    assert runner.is_registered


def test_an_unknown_group_is_an_error(github: FakeGitHub) -> None:
    """Nothing is created."""
    with pytest.raises(GroupNotFound):
        create(group="none")(fleet_of(github))
    assert not github.org().hosted_runners


def test_a_repository_has_no_hosted_runners(github: FakeGitHub) -> None:
    """A type checker refuses the calls there, and so do they."""
    fleet = Fleet(github.client().repo("octo-org", "octo-repo"))
    with pytest.raises(ghrunners.InvalidArgument, match="use its organization"):
        fleet.create_hosted_runner(name="large", image=UBUNTU, size="4-core")  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - as it must be
    with pytest.raises(ghrunners.InvalidArgument, match="use its organization"):
        fleet.delete_hosted_runner(1)  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - as it must be
    assert not github.calls


@flavours
def test_faults_from_the_first_request_on_do_not_end_a_creation(
    github: FakeGitHub, flavour: str
) -> None:
    """Neither while groups and names are looked up, nor if a rate limit rejects the creation."""
    limited = Response(429, json={"message": "slow down"}, headers={"retry-after": "200"})
    github.script("org.runner_groups.list", *[503] * 4)
    github.script("org.hosted_runners.list", *[503] * 4, limited)
    github.script(CREATE, limited)
    assert call(github, flavour, create(timeout=3000)).status == "Ready"
    assert len(github.org().hosted_runners) == 1


@flavours
def test_one_404_is_not_the_end_of_a_hosted_runner(github: FakeGitHub, flavour: str) -> None:
    """It is gone if the list does not have it, either; the runner itself can be passed."""
    runner = call(github, flavour, create())
    github.script("org.hosted_runners.get", 404)
    call(github, flavour, lambda it: it.delete_hosted_runner(runner))
    assert not github.org().hosted_runners
    assert len(github.calls_of("org.hosted_runners.delete")) == 1


@flavours
def test_a_hosted_runner_that_nobody_may_see_is_not_gone(github: FakeGitHub, flavour: str) -> None:
    """Without access to the scope, the call fails; without the right to delete, it times out."""
    runner = call(github, flavour, create())
    github.respond("org.hosted_runners.delete", 404)
    with pytest.raises(HostedRunnerTimedOut) as caught:
        call(github, flavour, lambda it: it.delete_hosted_runner(runner.id, timeout=60))
    assert isinstance(caught.value.__cause__, ghrunners.NotFound)
    github.respond("org.hosted_runners.get", 404)
    github.respond("org.hosted_runners.list", 404)
    with pytest.raises(ghrunners.NotFound):
        call(github, flavour, lambda it: it.delete_hosted_runner(runner.id, timeout=60))
