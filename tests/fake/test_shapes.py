"""Organizations and repositories in responses of a fake GitHub, field by field."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

import pytest

from fake.sent import sent
from ghrunners.fake import FakeGitHub

LISTS: Final = (
    "enterprise.runner_groups.list_organizations",
    "org.runner_groups.list_repositories",
    "org.runner_settings.list_repositories",
)
OLD: Final = "2022-11-28"


def first(github: FakeGitHub, operation: str, version: str = "2026-03-10") -> dict[str, Any]:
    """Return the first item of a list, in which `octo-app` and its organization are selected."""
    app = github.org().repositories.get("octo-app") or github.org().add_repository("octo-app")
    github.org().selected_repositories = [app.id]
    owner, user = (github.enterprise(), github.org()), (github.org(), app)
    scope, selected = (owner[0], user[0]) if operation.startswith("e") else (owner[1], user[1])
    path = "/actions/permissions/self-hosted-runners/repositories"
    if "groups" in operation:
        group = scope.add_group("gpu", visibility="selected", selected=[selected])
        path = f"/actions/runner-groups/{group.id}/{operation.rpartition('_')[2]}"
    headers = {"Authorization": "Bearer t", "X-GitHub-Api-Version": version}
    content = sent(github, "GET", scope.path + path, headers).json()
    (item,) = content[operation.rpartition("_")[2]]
    return dict(item)


def addresses(item: dict[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    """Yield the addresses of an item, by their fields; the fake has no pictures and no licenses."""
    for name, value in item.items():
        if name == "owner":
            yield from addresses(value, f"{name}.")
        elif name.endswith("url") and name != "avatar_url" and value is not None:
            yield inside + name, value


@pytest.mark.parametrize("operation", LISTS)
def test_addresses_are_those_of_the_description(github: FakeGitHub, operation: str) -> None:
    """Each is as in the example of its operation."""
    example = github.description.by_name()[operation].responses["200"].example
    expected = dict(addresses(example[operation.rpartition("_")[2]][0]))
    assert len(expected) > 5
    assert dict(addresses(first(github, operation))) == expected


NEW_REPOSITORY: Final[dict[str, Any]] = {
    "name": "octo-app",
    "full_name": "octo-org/octo-app",
    "private": True,
    "description": None,
    "fork": False,
    "visibility": "private",
    "mirror_url": None,
    "homepage": None,
    "language": None,
    "license": None,
    "size": 0,
    "default_branch": "main",
    "topics": [],
    "archived": False,
    "disabled": False,
    "created_at": None,
    "updated_at": None,
    "pushed_at": None,
    "permissions": {"admin": True, "push": True, "pull": True},
    **dict.fromkeys(("forks", "forks_count", "stargazers_count", "watchers", "watchers_count"), 0),
    **dict.fromkeys(("open_issues", "open_issues_count"), 0),
    **dict.fromkeys(("has_issues", "has_projects", "has_wiki"), True),
    "has_pages": False,
}
OLD_FIELDS: Final[dict[str, Any]] = {
    "has_downloads": True,
    "master_branch": "main",
    "use_squash_pr_title_as_default": False,
}


@pytest.mark.parametrize("version", [OLD, "2026-03-10"])
def test_a_repository_has_nothing_in_it(github: FakeGitHub, version: str) -> None:
    """Its other fields are those of a new one; the older version has more of them."""
    item = first(github, LISTS[2], version)
    shown = {*dict(addresses(item)), "id", "node_id", "owner"}
    expected = NEW_REPOSITORY | (OLD_FIELDS if version == OLD else {})
    assert {name: it for name, it in item.items() if name not in shown} == expected


def test_a_public_repository_says_so(github: FakeGitHub) -> None:
    """In both ways."""
    github.org().add_repository("octo-app", private=False)
    item = first(github, LISTS[1])
    assert (item["private"], item["visibility"], item["fork"]) == (False, "public", False)


@pytest.mark.parametrize("operation", LISTS)
def test_ids_and_pictures_name_what_they_are_of(github: FakeGitHub, operation: str) -> None:
    """A global id has the kind and the number; a picture is beside the page."""
    item = first(github, operation)
    owner = item.get("owner", item)
    number = github.org().id
    assert owner["id"] == number
    assert base64.b64decode(owner["node_id"]) == f"012:Organization{number}".encode()
    assert owner["avatar_url"] == "https://github.com/octo-org.png"
    if "owner" in item:
        number = github.org().repositories["octo-app"].id
        assert item["id"] == number
        assert base64.b64decode(item["node_id"]) == f"010:Repository{number}".encode()
        assert (owner["login"], owner["type"], owner["site_admin"]) == (
            "octo-org",
            "Organization",
            False,
        )
