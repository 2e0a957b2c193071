"""Runners in the groups of a fake GitHub: adding, removing and setting them moves them."""

from __future__ import annotations

from typing import Any

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, group_owner_of, scope_of
from ghrunners.fake import FakeGitHub

KIND = pytest.mark.parametrize("kind", GROUP_KINDS)


def groups_of(github: FakeGitHub, kind: str) -> Any:
    """Return the client's methods for the groups of that owner."""
    return scope_of(github.client(), kind).runner_groups


@KIND
def test_adding_a_runner_moves_it(github: FakeGitHub, kind: str) -> None:
    """A runner is in the group that it was added to last, and adding it again changes nothing."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    runner, other = owner.add_runner("r", busy=True), owner.add_runner("other")
    first, second = owner.add_group("first"), owner.add_group("second")
    for group in (first, second, second):
        groups.add_runner(group.id, runner.id)
        assert runner.group is group
    listed = [list(groups.list_runners(it.id)) for it in (owner.default_group(), first, second)]
    assert [[it.id for it in one] for one in listed] == [[other.id], [], [runner.id]]
    assert listed[2][0].runner_group_id == second.id
    assert scope_of(github.client(), kind).runners.get(runner.id).runner_group_id == second.id


@KIND
def test_a_removed_runner_returns_to_the_default_group(github: FakeGitHub, kind: str) -> None:
    """Removing a runner moves it to the default group; one that is not in the group is 404."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    group = owner.add_group("gpu")
    runner = owner.add_runner("r", group=group)
    groups.remove_runner(group.id, runner.id)
    assert runner.group is owner.default_group()
    with pytest.raises(ghrunners.NotFound):
        groups.remove_runner(group.id, runner.id)
    groups.remove_runner(owner.default_group().id, runner.id)
    assert runner.group is owner.default_group()


@KIND
def test_a_set_has_the_given_runners_and_no_others(github: FakeGitHub, kind: str) -> None:
    """Setting runners moves them all; what leaves the group returns to the default group."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    group, other = owner.add_group("gpu"), owner.add_group("other")
    stays, leaves = owner.add_runner("s", group=group), owner.add_runner("l", group=group)
    joins, new = owner.add_runner("j", group=other), owner.add_runner("n")
    groups.set_runners(group.id, runners=[new.id, joins.id, stays.id, new.id])
    assert group.runners == [stays, joins, new]
    assert (other.runners, owner.default_group().runners) == ([], [leaves])
    groups.set_runners(owner.default_group().id, runners=[stays.id])
    assert (group.runners, owner.default_group().runners) == ([joins, new], [stays, leaves])
    groups.set_runners(group.id, runners=[])
    assert len(owner.default_group().runners) == 4


@KIND
def test_what_does_not_exist_is_refused(github: FakeGitHub, kind: str) -> None:
    """Unknown groups and runners in a path are 404, a runner in a body is 422, and nothing moves."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    group = owner.add_group("gpu")
    runner = owner.add_runner("r", group=group)
    stranger = github.repo().add_runner("r")
    for group_id, runner_id in ((99, runner.id), (group.id, stranger.id), (group.id, 999)):
        for call in (groups.add_runner, groups.remove_runner):
            with pytest.raises(ghrunners.NotFound):
                call(group_id, runner_id)
    for wrong in ([stranger.id], [owner.add_runner("new").id, 999]):
        with pytest.raises(ghrunners.ValidationFailed, match="does not exist"):
            groups.set_runners(group.id, runners=wrong)
    with pytest.raises(ghrunners.NotFound):
        groups.set_runners(99, runners=[])
    with pytest.raises(ghrunners.NotFound):
        list(groups.list_runners(99))
    assert group.runners == [runner]


@KIND
def test_a_group_has_a_limit(
    github: FakeGitHub, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call puts more runners into a group than it may have; returning to the default always works."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    group = owner.add_group("gpu")
    assert group.capacity == 10_000
    monkeypatch.setattr(type(group), "capacity", 2)
    runners = [owner.add_runner(f"r{number}") for number in range(3)]
    ids = [it.id for it in runners]
    full = "at most 2 runners"
    with pytest.raises(ghrunners.ValidationFailed, match=full):
        groups.set_runners(group.id, runners=ids)
    with pytest.raises(ghrunners.ValidationFailed, match=full):
        groups.create(name="other", runners=ids)
    assert (group.runners, len(owner.groups)) == ([], 2)
    groups.set_runners(group.id, runners=ids[:2])
    groups.add_runner(group.id, ids[0])
    with pytest.raises(ghrunners.ValidationFailed, match=full):
        groups.add_runner(group.id, ids[2])
    with pytest.raises(ValueError, match="has 2 runners already"):
        runners[2].move_to(group)
    runners[1].move_to(group)
    groups.set_runners(group.id, runners=ids[1:])
    assert group.runners == runners[1:]
    groups.delete(group.id)
    assert len(owner.default_group().runners) == 3


@KIND
def test_runners_of_a_group_are_listed_page_by_page(github: FakeGitHub, kind: str) -> None:
    """All pages have each runner of the group once, and the total is that of the group."""
    owner = group_owner_of(github, kind)
    group = owner.add_group("gpu")
    added = [owner.add_runner(f"r{number}") for number in range(14)]
    for runner in added[::2]:
        runner.move_to(group)
    listed = groups_of(github, kind).list_runners(group.id, per_page=3)
    assert [it.id for it in listed] == [it.id for it in added[::2]]
    assert [page.total_count for page in listed.pages()] == [7, 7, 7]


def test_a_runner_moves_within_its_owner(github: FakeGitHub) -> None:
    """A test cannot move a runner to a group of another owner."""
    runner = github.org().add_runner("r")
    with pytest.raises(ValueError, match="octo-org has no runner group 'Default'"):
        runner.move_to(github.enterprise().default_group())
    assert runner.group is github.org().default_group()
