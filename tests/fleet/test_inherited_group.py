"""Groups that only the enterprise restricts, and scopes that have none."""

from __future__ import annotations

import pytest

import ghrunners
from fleet.plays import Play
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import GroupNotFound, GroupNotRestricted


def test_an_inherited_group_is_not_restricted(github: FakeGitHub, play: Play) -> None:
    """The enterprise decides who uses it, so that no group of the name is created either."""
    github.enterprise().add_group("production")
    with pytest.raises(GroupNotRestricted, match="belongs to the enterprise"):
        play("restrict_group", "production", to=["octo-repo"])
    assert all(it.method == "GET" for it in github.calls)


def test_an_own_group_comes_before_an_inherited_one(github: FakeGitHub, play: Play) -> None:
    """The enterprise can take the name of a group that the organization has already."""
    own = github.org().add_group("production")
    inherited = github.enterprise().add_group("Production")
    github.world.list_order = lambda items: list(reversed(items))
    assert play("restrict_group", "production", to=["octo-repo"]).group.id == own.id
    assert (own.visibility, inherited.visibility) == ("selected", "all")


def test_the_groups_that_a_scope_has_are_each_named_once(github: FakeGitHub, play: Play) -> None:
    """An enterprise and its organization can have groups of one name."""
    github.org().add_group("production")
    github.enterprise().add_group("production")
    with pytest.raises(GroupNotFound) as caught:
        play("jit", name="new", labels=["gpu"], group="prod")
    assert caught.value.known == ("Default", "production")


def test_a_private_group_is_open_too(github: FakeGitHub, play: Play) -> None:
    """All private repositories of the organization may use it, until it is restricted."""
    own, other = github.org().add_repository("own"), github.org().add_repository("other")
    group = github.org().add_group("production", visibility="private", selected=[other])
    assert own.may_use(group)
    report = play("restrict_group", "production", to=["own"])
    assert (report.before.visibility, report.added) == ("private", (own.id,))
    assert (own.may_use(group), other.may_use(group)) == (True, False)


def test_a_repository_of_another_organization(github: FakeGitHub, play: Play) -> None:
    """Its id is refused, and the list is as before."""
    other = github.world.add_organization("acme").add_repository("api")
    group = github.org().add_group("production", visibility="selected")
    with pytest.raises(ghrunners.ValidationFailed):
        play("restrict_group", "production", to=[other.id, "octo-repo"])
    assert (group.visibility, group.selected) == ("selected", [])


def test_a_repository_has_no_groups(play: Play) -> None:
    """A type checker rejects the call, and so does the call."""
    with pytest.raises(ghrunners.InvalidArgument, match="use its organization"):
        play("restrict_group", "production", to=["octo-repo"], kind="repo")
