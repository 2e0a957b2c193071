"""Runner groups that only some workflows may use."""

from __future__ import annotations

from typing import Any, Final

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, scope_of
from fleet.group_users import add_group, add_users, group_of, list_writes, set_list, writes
from fleet.plays import Play
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet

CREATE: Final = "runner_groups.create"
UPDATE: Final = "runner_groups.update"
DEPLOY: Final = "octo-org/octo-repo/.github/workflows/deploy.yml@main"
BUILD: Final = "octo-org/octo-repo/.github/workflows/build.yml@v1"
pytestmark = pytest.mark.parametrize("kind", GROUP_KINDS)


def test_plain_calls_ignore_workflows_without_the_restriction(
    github: FakeGitHub, kind: str
) -> None:
    """GitHub keeps the workflows, and lets all others use the group, too."""
    (own,) = add_users(github, kind, "own")
    group = add_group(github, kind, visibility="selected")
    groups = scope_of(github.client(), kind).runner_groups
    set_list(groups, kind, group.id, own)
    groups.update(group.id, name="production", selected_workflows=[DEPLOY])
    assert not group.restricted_to_workflows


def test_a_missing_group_is_created_with_its_workflows(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """In one request."""
    add_users(github, kind, "own")
    options: dict[str, Any] = {"to": ["own"], "workflows": iter([DEPLOY, DEPLOY]), "kind": kind}
    report = play("restrict_group", "production", **options)
    assert (report.group.restricted_to_workflows, writes(github)) == (True, [CREATE])
    assert report.group.selected_workflows == [DEPLOY]


@pytest.mark.parametrize("old", [None, [], [BUILD]], ids=["all", "none", "another"])
def test_workflows_come_before_the_list(
    github: FakeGitHub, kind: str, play: Play, old: list[str] | None
) -> None:
    """A repository that is new in the list runs no workflow of before. A second call sends nothing."""
    (own,) = add_users(github, kind, "own")
    group = add_group(github, kind, visibility="selected", selected_workflows=old)
    for changed in (True, False):
        options: dict[str, Any] = {"workflows": [DEPLOY], "kind": kind}
        report = play("restrict_group", "production", to=["own"], **options)
        assert report.changed is changed
    assert (group.restricted_to_workflows, group.selected_workflows) == (True, [DEPLOY])
    assert group.selected == [own.id]
    assert writes(github) == [UPDATE, list_writes(kind).split(".", 1)[1]]


def test_workflows_without_the_restriction_are_no_restriction(
    github: FakeGitHub, kind: str, play: Play
) -> None:
    """The list and the workflows are as desired, and still all workflows may use the group."""
    (own,) = add_users(github, kind, "own")
    group = add_group(
        github, kind, visibility="selected", selected=[own], selected_workflows=[DEPLOY]
    )
    group.restricted_to_workflows = False
    report = play("restrict_group", "production", to=["own"], workflows=[DEPLOY], kind=kind)
    assert (report.changed, group.restricted_to_workflows) == (True, True)


def test_an_open_group_is_restricted_at_once(github: FakeGitHub, kind: str, play: Play) -> None:
    """To its list and its workflows, in one request."""
    add_users(github, kind, "own")
    add_group(github, kind)
    play("restrict_group", "production", to=["own"], workflows=[DEPLOY], kind=kind)
    group = group_of(github, kind)
    assert (group.visibility, group.selected_workflows) == ("selected", [DEPLOY])
    assert writes(github) == [list_writes(kind).split(".", 1)[1], UPDATE]


@pytest.mark.parametrize("visibility", ["all", "selected"])
def test_workflows_stay_unless_they_are_named(
    github: FakeGitHub, kind: str, play: Play, visibility: str
) -> None:
    """A change of the list neither lifts nor makes their restriction."""
    add_users(github, kind, "own")
    add_group(github, kind, visibility=visibility, selected_workflows=[BUILD])
    play("restrict_group", "production", to=["own"], kind=kind)
    group = group_of(github, kind)
    assert (group.restricted_to_workflows, group.selected_workflows) == (True, [BUILD])


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "none": ([], ghrunners.InvalidArgument, "workflows is empty"),
    "a text": (DEPLOY, TypeError, "workflows must be a list"),
    "no text": ([7], TypeError, "not int"),
    "no ref": ([DEPLOY.removesuffix("@main")], ghrunners.InvalidArgument, "must be like"),
    "an empty ref": ([DEPLOY.removesuffix("main")], ghrunners.InvalidArgument, "must be like"),
    "no path": (["deploy.yml@main"], ghrunners.InvalidArgument, "must be like"),
}


@pytest.mark.parametrize(("workflows", "error", "match"), BAD.values(), ids=BAD)
def test_what_is_no_workflow_sends_nothing(
    github: FakeGitHub, kind: str, workflows: Any, error: type[Exception], match: str
) -> None:
    """It is refused with one line."""
    fleet = Fleet(scope_of(github.client(), kind))
    with pytest.raises(error, match=match):
        fleet.restrict_group("production", to=["own"], workflows=workflows)
    assert not github.calls
