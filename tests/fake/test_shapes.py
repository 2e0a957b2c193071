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
        if isinstance(value, dict) and name != "license":
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
