"""Access to a runner group: exactly who may use it, created once, and at no time open."""

from __future__ import annotations

from typing import Any, Final

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, group_owner_of, scope_of
from fleet.group_users import (
    USERS,
    User,
    add_group,
    add_users,
    after,
    group_of,
    list_reads,
    set_list,
    writes,
)
from fleet.plays import Play
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet
from ghrunners.testing import Reset

CREATE: Final = "runner_groups.create"
UPDATE: Final = "runner_groups.update"
pytestmark = pytest.mark.parametrize("kind", GROUP_KINDS)


def watch(github: FakeGitHub, kind: str, user: User) -> list[bool]:
    """Return whether somebody could use the group after each request, as a list that grows."""
    seen: list[bool] = []

    def watched(call: Any) -> Any:
        response = github.handle(call)
        group = group_owner_of(github, kind).group_named("production")
        seen.append(group is not None and user.may_use(group))
        return response

    for method in ("list", "create", "update", f"set_{USERS[kind]}"):
        github.respond(f"{kind}.runner_groups.{method}", watched)  # type: ignore[arg-type] # computed
    return seen


def test_plain_calls_open_a_group_to_all(github: FakeGitHub, kind: str) -> None:
    """A group that is created first and restricted then is open meanwhile: that is the default."""
    own, other = add_users(github, kind, "own", "other")
    seen = watch(github, kind, other)
    groups = scope_of(github.client(), kind).runner_groups
    group = groups.create(name="production")
    set_list(groups, kind, group.id, own)
    groups.update(group.id, name="production", visibility="selected")
    assert seen == [True, True, False]


def test_plain_calls_meet_their_own_group(github: FakeGitHub, kind: str) -> None:
    """A creation that is repeated after a lost response fails, and the group keeps its old list."""
    scope = scope_of(github.client(), kind)
    github.script(f"{kind}.{CREATE}", Reset())  # type: ignore[arg-type] # computed
    with pytest.raises(ghrunners.OutcomeUnknown):
        scope.runner_groups.create(name="production")
    with pytest.raises(ghrunners.Conflict):
        scope.runner_groups.create(name="production")
    assert group_of(github, kind).visibility == "all"


def test_a_missing_group_is_never_open(github: FakeGitHub, kind: str, play: Play) -> None:
    """It is created with its list, in one request."""
    own, other = add_users(github, kind, "own", "other")
    seen = watch(github, kind, other)
    report = play("restrict_group", "production", to=["OWN"], kind=kind)
    assert (report.group.visibility, writes(github)) == ("selected", [CREATE])
    assert (report.before, report.added, report.removed) == (None, (own.id,), ())
    assert (own.may_use(group_of(github, kind)), any(seen)) == (True, False)


def test_an_open_group_gets_its_list_first(github: FakeGitHub, kind: str, play: Play) -> None:
    """One that was in its old list alone cannot use it between the two requests, or afterwards."""
    old, own = add_users(github, kind, "old", "own")
    group_owner_of(github, kind).add_group("Production", visibility="all", selected=[old])
    report = play("restrict_group", "production", to=[own.id, "own"], kind=kind)
    assert (report.group.name, report.group.visibility) == ("Production", "selected")
    assert (report.before.visibility, report.added, report.removed) == ("all", (own.id,), ())
    assert writes(github) == [f"runner_groups.set_{USERS[kind]}", UPDATE]
    assert group_of(github, kind).selected == [own.id]


def test_only_what_differs_is_changed(github: FakeGitHub, kind: str, play: Play) -> None:
    """A list with one request, and nothing at all once it is as desired."""
    old, own, new = add_users(github, kind, "old", "own", "new")
    add_group(github, kind, visibility="selected", selected=[old, own])
    for changed in (True, False):
        report = play("restrict_group", "production", to=["new", "own"], kind=kind)
        assert group_of(github, kind).selected == [new.id, own.id]
        assert report.changed is changed
        assert report.added == ((new.id,) if changed else ())
        assert report.removed == ((old.id,) if changed else ())
    assert writes(github) == [f"runner_groups.set_{USERS[kind]}"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_dry_run_says_what_would_change(
    github: FakeGitHub, kind: str, play: Play, exists: bool
) -> None:
    """And sends no write."""
    old, own = add_users(github, kind, "old", "own")
    if exists:
        add_group(github, kind, visibility="selected", selected=[old])
    report = play("restrict_group", "production", to=["own"], dry_run=True, kind=kind)
    assert (report.changed, report.dry_run, report.added) == (True, True, (own.id,))
    assert report.removed == ((old.id,) if exists else ())
    assert report.group == report.before
    assert ((report.group is not None), writes(github)) == (exists, [])


def test_a_list_of_several_pages_is_set_again(github: FakeGitHub, kind: str, play: Play) -> None:
    """One that moves while it is read can hide somebody."""
    users = add_users(github, kind, *[f"u{number}" for number in range(102)])
    group = add_group(github, kind, visibility="selected", selected=users)

    def move() -> None:
        # The first one leaves, so that the stranger moves to the page that was read.
        group.selected.remove(users[0].id)

    github.script(list_reads(kind), after(github, move))  # type: ignore[arg-type] # computed
    to = [it.id for it in users if it is not users[100]]
    report = play("restrict_group", "production", to=to, kind=kind)
    assert (report.changed, group.selected) == (False, to)


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_creation_is_resolved_by_the_name(
    github: FakeGitHub, kind: str, play: Play, carried_out: bool
) -> None:
    """A group that exists is restricted; one that does not is created."""
    (own,) = add_users(github, kind, "own")
    github.script(f"{kind}.{CREATE}", Reset(carried_out=carried_out))  # type: ignore[arg-type] # computed
    play("restrict_group", "production", to=["own"], kind=kind)
    assert group_of(github, kind).selected == [own.id]
    assert writes(github).count(CREATE) == 1 + (not carried_out)


def test_a_group_of_somebody_else_at_the_same_time(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """A 409 means that the group exists now: it is restricted."""
    (own,) = add_users(github, kind, "own")

    def taken(call: Any) -> Any:
        group_owner_of(github, kind).add_group("production")
        return github.handle(call)

    github.script(f"{kind}.{CREATE}", taken)  # type: ignore[arg-type] # computed
    report = play("restrict_group", "production", to=["own"], kind=kind)
    assert (report.group.visibility, report.before) == ("selected", None)
    assert group_of(github, kind).selected == [own.id]


def test_a_creation_that_never_succeeds_ends(github: FakeGitHub, kind: str, play: Play) -> None:
    """With its error, after lookups."""
    add_users(github, kind, "own")
    github.respond(f"{kind}.{CREATE}", 502)  # type: ignore[arg-type] # computed
    with pytest.raises(ghrunners.OutcomeUnknown):
        play("restrict_group", "production", to=["own"], kind=kind)
    assert writes(github) == [CREATE] * 3


def test_the_default_group_can_be_restricted(github: FakeGitHub, kind: str, play: Play) -> None:
    """It stays the default one, and its runners stay in it."""
    users = add_users(github, kind, "own", "other")
    default = group_owner_of(github, kind).default_group()
    report = play("restrict_group", default.name, to=["own"], kind=kind)
    assert (report.changed, report.group.default, report.group.visibility) == (
        True,
        True,
        "selected",
    )
    assert [it.may_use(default) for it in users] == [True, False]


def test_an_unknown_name_changes_nothing(github: FakeGitHub, kind: str, play: Play) -> None:
    """All names are looked up before the first write."""
    add_users(github, kind, "own")
    with pytest.raises(ghrunners.NotFound):
        play("restrict_group", "production", to=["own", "onw"], kind=kind)
    assert writes(github) == []


BAD: dict[str, tuple[Any, Any, type[Exception], str]] = {
    "nobody": ("production", [], ghrunners.InvalidArgument, "to is empty"),
    "a text": ("production", "website", TypeError, "to must be a list"),
    "no list": ("production", 7, TypeError, "to must be a list"),
    "no name": ("production", [None], TypeError, "not NoneType"),
    "a bool": ("production", [True], TypeError, "not bool"),
    "empty": ("production", [""], ghrunners.InvalidArgument, "not ''"),
    "an owner": ("production", ["acme/api"], ghrunners.InvalidArgument, "without their owner"),
    "an id": (7, ["api"], TypeError, "group must be the name"),
    "no group": (" ", ["api"], ghrunners.InvalidArgument, "is empty"),
}


@pytest.mark.parametrize(("group", "to", "error", "match"), BAD.values(), ids=BAD)
def test_what_cannot_be_meant_sends_nothing(
    github: FakeGitHub, kind: str, group: Any, to: Any, error: type[Exception], match: str
) -> None:
    """It is refused with one line."""
    with pytest.raises(error, match=match):
        Fleet(scope_of(github.client(), kind)).restrict_group(group, to=to)
    assert not github.calls
