"""The scopes of a fake GitHub, by kind, for tests that hold for each of them."""

from __future__ import annotations

from typing import Any

from ghrunners import Client
from ghrunners.fake import Enterprise, FakeGitHub, Organization, Repository

KINDS = ("enterprise", "org", "repo")
GROUP_KINDS = ("enterprise", "org")


def owner_of(github: FakeGitHub, kind: str) -> Enterprise | Organization | Repository:
    """Return the owner of a kind that every fake begins with."""
    if kind == "enterprise":
        return github.enterprise()
    return github.org() if kind == "org" else github.repo()


def group_owner_of(github: FakeGitHub, kind: str) -> Enterprise | Organization:
    """Return the owner of a kind that has runner groups."""
    owner = owner_of(github, kind)
    assert not isinstance(owner, Repository)
    return owner


def scope_of(
    client: Client,
    kind: str,
    *,
    enterprise: str = "octo-corp",
    org: str = "octo-org",
    repo: tuple[str, str] = ("octo-org", "octo-repo"),
) -> Any:
    """Return the client's scope of a kind: that of the owner that every fake begins with."""
    if kind == "enterprise":
        return client.enterprise(enterprise)
    return client.org(org) if kind == "org" else client.repo(*repo)
