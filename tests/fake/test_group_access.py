"""Who may use runner groups, and who may have runners, in a fake GitHub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pytest

import ghrunners
from ghrunners import Client
from ghrunners.fake import FakeGitHub

Enabled: TypeAlias = Literal["all", "selected", "none"]


@dataclass(frozen=True)
class Access:
    """A list of selected organizations or repositories: its calls, its items, and its setting."""

    listed: Callable[[], Any]
    set: Callable[[list[int]], None]
    add: Callable[[int], None]
    remove: Callable[[int], None]
    items: list[Any]
    stranger: int
    selected: list[int]
    limit: Callable[[bool], None]


def access_of(github: FakeGitHub, kind: str, client: Client | None = None) -> Access:
    """Return a list of each kind, with two items that can be in it, and one that cannot."""
    client = github.client() if client is None else client
    github.world.add_organization("stranger").add_repository("octo-repo")
    stranger = github.world.organizations["stranger"]
    if kind == "enterprise":
        group = github.enterprise().add_group("gpu")
        items: list[Any] = [github.org(), github.enterprise().add_organization("other-org")]
        groups = client.enterprise("octo-corp").runner_groups
        return Access(
            lambda: groups.list_organizations(group.id, per_page=1),
            lambda ids: groups.set_organizations(group.id, selected_organization_ids=ids),
            lambda one: groups.add_organization(group.id, one),
            lambda one: groups.remove_organization(group.id, one),
            items,
            stranger.id,
            group.selected,
            lambda limited: setattr(group, "visibility", "selected" if limited else "all"),
        )
    items = [github.repo(), github.org().add_repository("site", private=False)]
    if kind == "org":
        group = github.org().add_group("gpu")
        org_groups = client.org("octo-org").runner_groups
        return Access(
            lambda: org_groups.list_repositories(group.id, per_page=1),
            lambda ids: org_groups.set_repositories(group.id, selected_repository_ids=ids),
            lambda one: org_groups.add_repository(group.id, one),
            lambda one: org_groups.remove_repository(group.id, one),
            items,
            stranger.repositories["octo-repo"].id,
            group.selected,
            lambda limited: setattr(group, "visibility", "selected" if limited else "private"),
        )
    settings, org = client.org("octo-org").runner_settings, github.org()
    return Access(
        lambda: settings.list_repositories(per_page=1),
        lambda ids: settings.set_repositories(selected_repository_ids=ids),
        settings.add_repository,
        settings.remove_repository,
        items,
        stranger.repositories["octo-repo"].id,
        org.selected_repositories,
        lambda limited: setattr(org, "enabled_repositories", "selected" if limited else "none"),
    )


KIND = pytest.mark.parametrize("kind", ["enterprise", "org", "settings"])


@KIND
def test_a_list_is_set_and_changed(github: FakeGitHub, kind: str) -> None:
    """Set replaces a list; add and remove change one item, and adding twice changes nothing."""
    access = access_of(github, kind)
    first, second = (it.id for it in access.items)
    access.limit(True)
    assert list(access.listed()) == []
    access.add(second)
    access.add(second)
    assert access.selected == [second]
    access.add(first)
    assert [it.id for it in access.listed()] == [first, second]
    access.remove(second)
    assert access.selected == [first]
    with pytest.raises(ghrunners.NotFound):
        access.remove(second)
    access.set([second, second])
    assert access.selected == [second]
    access.set([])
    assert access.selected == []


@KIND
def test_one_item_changes_only_while_the_list_applies(github: FakeGitHub, kind: str) -> None:
    """Without `selected`, adding and removing is a conflict; the list is kept, and can be set."""
    access = access_of(github, kind)
    first, second = (it.id for it in access.items)
    access.limit(False)
    access.set([first])
    for call in (access.add, access.remove):
        with pytest.raises(ghrunners.Conflict):
            call(first)
        with pytest.raises(ghrunners.Conflict):
            call(second)
    access.limit(True)
    assert [it.id for it in access.listed()] == [first]


@KIND
def test_strangers_are_refused(github: FakeGitHub, kind: str) -> None:
    """An id that is unknown or not of the owner is 404 in a path and 422 in a body."""
    access = access_of(github, kind)
    access.limit(True)
    access.set([access.items[0].id])
    for wrong in (access.stranger, 999):
        for call in (access.add, access.remove):
            with pytest.raises(ghrunners.NotFound):
                call(wrong)
        with pytest.raises(ghrunners.ValidationFailed, match=f"{wrong} does not exist"):
            access.set([access.items[1].id, wrong])
    assert access.selected == [access.items[0].id]


@pytest.mark.parametrize("version", ["2022-11-28", "2026-03-10"])
@KIND
def test_items_are_as_the_api_version_has_them(github: FakeGitHub, kind: str, version: str) -> None:
    """Items have their names and URLs, and what only the older version has of repositories."""
    client = github.client(api_version=version)
    access = access_of(github, kind, client)
    access.set([it.id for it in access.items])
    listed = list(access.listed())
    assert [it.id for it in listed] == [it.id for it in access.items]
    assert [it.url for it in listed] == [f"https://api.github.com{it.path}" for it in access.items]
    if kind == "enterprise":
        assert [it.login for it in listed] == ["octo-org", "other-org"]
        assert listed[0].hooks_url == "https://api.github.com/orgs/octo-org/hooks"
        return
    assert [(it.full_name, it.private) for it in listed] == [
        ("octo-org/octo-repo", True),
        ("octo-org/site", False),
    ]
    assert listed[0].owner.login == "octo-org"
    assert listed[0].html_url == "https://github.com/octo-org/octo-repo"
    assert listed[0].has_downloads is (True if version == "2022-11-28" else None)
    if kind == "settings":
        assert listed[0].ssh_url == "git@github.com:octo-org/octo-repo.git"
        assert listed[0].master_branch == ("main" if version == "2022-11-28" else None)


def test_addresses_are_those_of_the_server(github: FakeGitHub) -> None:
    """URLs in responses begin with the base URL that the client has, and web pages are beside it."""
    server = github.client(base_url="https://github.example/api/v3", product="ghes-3.19")
    github.org().selected_repositories.append(github.repo().id)
    (listed,) = server.org("octo-org").runner_settings.list_repositories()
    assert listed.url == "https://github.example/api/v3/repos/octo-org/octo-repo"
    assert listed.clone_url == "https://github.example/octo-org/octo-repo.git"

    async def read() -> str:
        async with github.async_client(
            base_url="http://github.example/api/v3", allow_insecure_http=True
        ) as client:
            (one,) = [it async for it in client.org("octo-org").runner_settings.list_repositories()]
            return one.url

    assert asyncio.run(read()) == "http://github.example/api/v3/repos/octo-org/octo-repo"


def test_organizations_come_and_go_with_a_list(github: FakeGitHub) -> None:
    """An organization inherits a group from when it is selected until it is not."""
    group = github.enterprise().add_group("gpu", visibility="selected")
    enterprise = github.client().enterprise("octo-corp").runner_groups
    org = github.client().org("octo-org").runner_groups
    group_id = group.id_in(github.org())
    with pytest.raises(ghrunners.NotFound):
        org.get(group_id)
    enterprise.add_organization(group.id, github.org().id)
    assert org.get(group_id).name == "gpu"
    enterprise.remove_organization(group.id, github.org().id)
    with pytest.raises(ghrunners.NotFound):
        org.get(group_id)


def test_an_enterprise_disables_runners_of_repositories(github: FakeGitHub) -> None:
    """The setting of the enterprise is kept, and wins over those of its organizations."""
    settings = github.client().enterprise("octo-corp").runner_settings
    other = github.world.add_organization("lonely").add_repository("r")
    assert settings.get().disable_self_hosted_runners_for_all_orgs is False
    assert github.repo().self_hosted_allowed
    settings.set(disable_self_hosted_runners_for_all_orgs=True)
    assert settings.get().disable_self_hosted_runners_for_all_orgs is True
    assert not github.repo().self_hosted_allowed
    assert other.self_hosted_allowed
    assert github.org().self_hosted_allowed
    assert github.enterprise().self_hosted_allowed
    settings.set(disable_self_hosted_runners_for_all_orgs=False)
    assert github.repo().self_hosted_allowed


def test_an_organization_limits_runners_of_repositories(github: FakeGitHub) -> None:
    """`all`, `selected` and `none` decide which repositories may have runners, with a list's URL."""
    settings = github.client().org("octo-org").runner_settings
    chosen, other = github.repo(), github.org().add_repository("other")
    settings.set_repositories(selected_repository_ids=[chosen.id])
    url = (
        "https://api.github.com/orgs/octo-org/actions/permissions/self-hosted-runners/repositories"
    )
    cases: list[tuple[Enabled, tuple[bool, bool], str | None]] = [
        ("none", (False, False), None),
        ("selected", (True, False), url),
        ("all", (True, True), None),
    ]
    for enabled, allowed, shown in cases:
        settings.set(enabled_repositories=enabled)
        found = settings.get()
        assert (found.enabled_repositories, found.selected_repositories_url) == (enabled, shown)
        assert (chosen.self_hosted_allowed, other.self_hosted_allowed) == allowed


def test_an_organization_does_not_overrule_its_enterprise(github: FakeGitHub) -> None:
    """While the enterprise disables runners of repositories, only `none` can be set."""
    settings = github.client().org("octo-org").runner_settings
    github.enterprise().self_hosted_runners_disabled = True
    refused: list[Enabled] = ["all", "selected"]
    for enabled in refused:
        with pytest.raises(ghrunners.Conflict, match="enterprise"):
            settings.set(enabled_repositories=enabled)
    assert settings.get().enabled_repositories == "all"
    settings.set(enabled_repositories="none")
    assert github.org().enabled_repositories == "none"


def test_settings_through_the_async_client(github: FakeGitHub) -> None:
    """The asynchronous client reads and changes the same settings."""

    async def limited() -> list[str]:
        async with github.async_client() as client:
            settings = client.org("octo-org").runner_settings
            await settings.set(enabled_repositories="selected")
            await settings.add_repository(github.repo().id)
            return [it.name async for it in settings.list_repositories()]

    assert asyncio.run(limited()) == ["octo-repo"]
    assert github.org().enabled_repositories == "selected"
