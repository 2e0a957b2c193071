"""Groups and other arguments of JIT runners."""

from __future__ import annotations

from typing import Any

import pytest

import ghrunners
from fake.scopes import group_owner_of
from fleet.flavours import call, flavours
from fleet.octo_org import LABELS
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet, GroupNotFound
from ghrunners.testing import Response


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
    text = "no runner group 'arm'; the scope has 'Default', 'GPU'"
    with pytest.raises(GroupNotFound, match=f"^{text}$") as caught:
        register("arm")
    assert caught.value.known == ("Default", "GPU")


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


def test_a_name_that_another_group_was_given_is_looked_up_again(github: FakeGitHub) -> None:
    """A renamed group is used for a minute at most: its successor may be open to others."""
    old = github.org().add_group("gpu")
    fleet = Fleet(github.client().org("octo-org"))
    assert fleet.jit(name="ci-0", labels=LABELS, group="gpu").group_id == old.id
    old.name = "gpu-old"
    new = github.org().add_group("gpu")
    github.clock.advance(60)
    assert fleet.jit(name="ci-1", labels=LABELS, group="gpu").group_id == new.id


@flavours
@pytest.mark.parametrize("method", ["jit", "create_hosted_runner"])
def test_an_empty_name_is_not_the_default_group(
    github: FakeGitHub, flavour: str, method: str
) -> None:
    """A variable that is not set must not open a runner to all repositories."""
    options: dict[str, Any] = {"labels": LABELS}
    if method == "create_hosted_runner":
        options = {"image": testing.image_reference(), "size": "4-core"}
    with pytest.raises(GroupNotFound, match=r"^no runner group ''; the scope has 'Default'$"):
        call(github, flavour, lambda it: getattr(it, method)(name="ci", group="", **options))


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
