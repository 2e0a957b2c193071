"""Access to a runner group that somebody else changes, or deletes, at the same time."""

from __future__ import annotations

from typing import Any, Final

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, group_owner_of, scope_of
from fleet.group_users import (
    add_group,
    add_users,
    after,
    before,
    group_of,
    list_reads,
    list_writes,
    set_list,
    writes,
)
from fleet.plays import Play
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import GroupNotRestricted

UPDATE: Final = "runner_groups.update"
pytestmark = pytest.mark.parametrize("kind", GROUP_KINDS)


def open_to_all(github: FakeGitHub, kind: str) -> None:
    """Somebody else opens the group."""
    group_of(github, kind).visibility = "all"


def test_plain_calls_do_not_see_that_a_group_was_opened(github: FakeGitHub, kind: str) -> None:
    """It is restricted when it is read, gets its list, and everybody uses it."""
    own, other = add_users(github, kind, "own", "other")
    group = add_group(github, kind, visibility="selected")
    groups = scope_of(github.client(), kind).runner_groups
    github.script(f"{kind}.runner_groups.get", after(github, lambda: open_to_all(github, kind)))  # type: ignore[arg-type] # computed
    if groups.get(group.id).visibility == "selected":
        set_list(groups, kind, group.id, own)
    assert other.may_use(group)


@pytest.mark.parametrize("moment", [before, after], ids=["before", "after"])
def test_a_group_that_is_opened_is_restricted(
    github: FakeGitHub, kind: str, play: Play, moment: Any
) -> None:
    """Before or after its list is set: it is read again afterwards."""
    own, other = add_users(github, kind, "own", "other")
    group = add_group(github, kind, visibility="selected")
    opened = moment(github, lambda: open_to_all(github, kind))
    github.script(list_writes(kind), opened)  # type: ignore[arg-type] # computed
    report = play("restrict_group", "production", to=["own"], kind=kind)
    assert (report.group.visibility, group.selected) == ("selected", [own.id])
    assert not other.may_use(group)


def test_a_list_that_is_replaced_is_set_again(github: FakeGitHub, kind: str, play: Play) -> None:
    """Between the list and the restriction, which would make the other list apply."""
    own, other = add_users(github, kind, "own", "other")
    group = add_group(github, kind)

    def replace() -> None:
        group.selected[:] = [other.id]

    github.script(list_writes(kind), after(github, replace))  # type: ignore[arg-type] # computed
    play("restrict_group", "production", to=["own"], kind=kind)
    assert group.selected == [own.id]


def test_somebody_who_changes_it_each_time_is_an_error(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """After three changes: the caller is never told that a group is restricted while it is not."""
    add_users(github, kind, "own")
    add_group(github, kind)
    opened = after(github, lambda: open_to_all(github, kind))
    github.respond(f"{kind}.{UPDATE}", opened)  # type: ignore[arg-type] # computed
    with pytest.raises(GroupNotRestricted, match="others change it") as caught:
        play("restrict_group", "production", to=["own"], kind=kind)
    assert caught.value.group is not None
    assert caught.value.group.visibility == "all"
    assert writes(github).count(UPDATE) == 3


def test_a_group_that_is_deleted_is_created_anew(github: FakeGitHub, kind: str, play: Play) -> None:
    """With its list, and the 404 of the change is no error of the caller."""
    (own,) = add_users(github, kind, "own")
    group = add_group(github, kind)
    github.script(list_writes(kind), before(github, group.delete))  # type: ignore[arg-type] # computed
    play("restrict_group", "production", to=["own"], kind=kind)
    assert group_of(github, kind) is not group
    assert group_of(github, kind).selected == [own.id]


def test_a_group_that_is_deleted_while_it_is_read(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """It is missing, and is created."""
    (own,) = add_users(github, kind, "own")
    group = add_group(github, kind, visibility="selected")
    github.script(list_reads(kind), before(github, group.delete))  # type: ignore[arg-type] # computed
    report = play("restrict_group", "production", to=["own"], kind=kind)
    assert (report.before, group_of(github, kind).selected) == (None, [own.id])


def test_somebody_who_deletes_it_each_time_is_an_error(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """Without a group."""
    add_users(github, kind, "own")
    deleted = after(github, lambda: group_of(github, kind).delete())
    github.respond(f"{kind}.runner_groups.create", deleted)  # type: ignore[arg-type] # computed
    with pytest.raises(GroupNotRestricted, match="'production' is not restricted") as caught:
        play("restrict_group", "production", to=["own"], kind=kind)
    assert (caught.value.name, caught.value.group) == ("production", None)
    assert len(group_owner_of(github, kind).groups) == 1


@pytest.mark.parametrize("operation", [list_reads, list_writes], ids=["read", "write"])
def test_a_404_for_a_group_that_exists_is_an_error(
    github: FakeGitHub, kind: str, play: Play, operation: Any
) -> None:
    """It stands for a missing permission, and never for an empty list or a missing group."""
    add_users(github, kind, "own")
    group = add_group(github, kind, visibility="selected")
    github.respond(operation(kind), 404)
    with pytest.raises(ghrunners.NotFound):
        play("restrict_group", "production", to=["own"], kind=kind)
    assert group_of(github, kind) is group
    assert "runner_groups.create" not in writes(github)


def test_a_restriction_that_fails_can_be_repeated(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """The list is set, and the group as open as before, until the same call ends the work."""
    own, other = add_users(github, kind, "own", "other")
    group = add_group(github, kind)
    github.script(f"{kind}.{UPDATE}", 403)  # type: ignore[arg-type] # computed
    with pytest.raises(ghrunners.Forbidden):
        play("restrict_group", "production", to=["own"], kind=kind)
    assert (group.visibility, group.selected) == ("all", [own.id])
    play("restrict_group", "production", to=["own"], kind=kind)
    assert not other.may_use(group)


def test_a_server_that_shows_changes_late_is_read_again(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """After a pause, and without a second write."""
    (own,) = add_users(github, kind, "own")
    group = add_group(github, kind, visibility="selected")

    def stale(call: Any) -> Any:
        group.selected.clear()
        response = github.handle(call)
        group.selected.append(own.id)
        return response

    github.script(list_reads(kind), stale, stale)  # type: ignore[arg-type] # computed
    group.selected.clear()
    started = github.clock.now()
    play("restrict_group", "production", to=["own"], kind=kind)
    assert writes(github) == [list_writes(kind).split(".", 1)[1]]
    assert github.clock.now() > started
