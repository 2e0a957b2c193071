"""Who can use runner groups of a fake GitHub: repositories of an organization, or organizations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake.scopes import group_owner_of
from ghrunners.fake import Enterprise, FakeGitHub, Organization, Repository, RunnerGroup

User = Organization | Repository
Meanwhile = Callable[[], Any]
USERS = {"org": "repositories", "enterprise": "organizations"}


def add_users(github: FakeGitHub, kind: str, *names: str) -> list[User]:
    """Add repositories to the organization, or organizations to the enterprise."""
    owner = group_owner_of(github, kind)
    if isinstance(owner, Enterprise):
        return [owner.add_organization(it) for it in names]
    return [owner.add_repository(it) for it in names]


def group_of(github: FakeGitHub, kind: str, name: str = "production") -> RunnerGroup:
    """Return the group of a name."""
    found = group_owner_of(github, kind).group_named(name)
    assert found is not None
    return found


def writes(github: FakeGitHub) -> list[str]:
    """Return the writes that the fake received, without their kind."""
    return [it.operation.split(".", 1)[1] for it in github.calls if it.method != "GET"]


def add_group(github: FakeGitHub, kind: str, **options: Any) -> RunnerGroup:
    """Add the group `production`."""
    return group_owner_of(github, kind).add_group("production", **options)


def set_list(groups: Any, kind: str, group_id: int, user: User) -> None:
    """Set the list of a group by a plain call."""
    if kind == "org":
        groups.set_repositories(group_id, selected_repository_ids=[user.id])
    else:
        groups.set_organizations(group_id, selected_organization_ids=[user.id])


def list_reads(kind: str) -> str:
    """Return the operation that reads the list of a group."""
    return f"{kind}.runner_groups.list_{USERS[kind]}"


def list_writes(kind: str) -> str:
    """Return the operation that sets the list of a group."""
    return f"{kind}.runner_groups.set_{USERS[kind]}"


def before(github: FakeGitHub, meanwhile: Meanwhile) -> Any:
    """A response: somebody else does something, and then the call is carried out."""

    def carried_out(call: Any) -> Any:
        meanwhile()
        return github.handle(call)

    return carried_out


def after(github: FakeGitHub, meanwhile: Meanwhile) -> Any:
    """A response: the call is carried out, and then somebody else does something."""

    def carried_out(call: Any) -> Any:
        response = github.handle(call)
        meanwhile()
        return response

    return carried_out
