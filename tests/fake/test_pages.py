"""Pages of lists of a fake GitHub: their size, their links, and queries that GitHub ignores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from fake.scopes import KINDS, owner_of, scope_of
from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.testing import MockServer

RUNNERS = "/orgs/octo-org/actions/runners"


def linked(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the paths and queries of a `Link` header by relation."""
    header = headers.get("link", "")
    return {rel: url for url, rel in re.findall(r'<https://[^/]+([^>]+)>; rel="(\w+)"', header)}


@pytest.mark.parametrize(
    ("size", "served"),
    [
        *(("2", 2), ("007", 7), ("100", 100), ("101", 100), ("9" * 30, 100), ("9" * 5000, 100)),
        *((text, 30) for text in ("0", "-1", "abc", "", "1.5")),
    ],
)
def test_a_page_size_is_made_valid(github: FakeGitHub, size: str, served: int) -> None:
    """More than 100 is 100, and what is no size is 30; links repeat what was sent."""
    for number in range(110):
        github.org().add_runner(f"r{number}")
    response = sent(github, "GET", f"{RUNNERS}?per_page={size}")
    content: Any = response.json()
    assert (response.status_code, len(content["runners"]), content["total_count"]) == (
        200,
        served,
        110,
    )
    assert linked(response.headers)["next"] == f"{RUNNERS}?per_page={size}&page=2"
    assert github.refused() == []


@pytest.mark.parametrize("page", ["0", "-3", "abc", ""])
def test_what_is_no_page_is_the_first(github: FakeGitHub, page: str) -> None:
    """It is not refused, and its links are those of the first page."""
    github.org().add_runner("a")
    github.org().add_runner("b")
    response = sent(github, "GET", f"{RUNNERS}?per_page=1&page={page}")
    assert [it["name"] for it in response.json()["runners"]] == ["a"]
    assert linked(response.headers).keys() == {"next", "last"}


def test_links_lead_to_the_neighbours_the_first_and_the_last_page(github: FakeGitHub) -> None:
    """As GitHub has them: none on the only page, and behind the last one it is the previous one."""
    for number in range(3):
        github.org().add_runner(f"r{number}")

    def pages(query: str) -> Mapping[str, int]:
        links = linked(sent(github, "GET", f"{RUNNERS}?{query}").headers)
        return {rel: int(url.rpartition("page=")[2]) for rel, url in links.items()}

    assert pages("per_page=3") == {}
    assert pages("per_page=1") == {"next": 2, "last": 3}
    assert pages("per_page=1&page=2") == {"prev": 1, "next": 3, "last": 3, "first": 1}
    assert pages("per_page=1&page=3") == {"prev": 2, "first": 1}
    assert pages("per_page=1&page=9") == {"prev": 3, "last": 3, "first": 1}
    for page in ("9", "9" * 5_000):
        behind = sent(github, "GET", f"{RUNNERS}?page={page}").json()
        assert behind == {"total_count": 3, "runners": []}
    for number in range(3, 120):
        github.org().add_runner(f"r{number}")
    assert (
        sent(github, "GET", f"{RUNNERS}?per_page=1&page=117").json()["runners"][0]["name"] == "r116"
    )


def test_unknown_query_parameters_are_ignored_and_repeated_in_links(github: FakeGitHub) -> None:
    """A plain mock server refuses them, to find mistakes of a program."""
    github.org().add_runner("a")
    github.org().add_runner("b")
    path = f"{RUNNERS}?sort=name%20x&per_page=1"
    response = sent(github, "GET", path)
    assert linked(response.headers)["next"] == f"{path}&page=2"
    assert sent(MockServer(), "GET", path).status_code == 400


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
@pytest.mark.parametrize("kind", ["org", "repo"])
def test_numeric_links_are_served(github: FakeGitHub, kind: str, prefix: str) -> None:
    """They name the same owner as the path with names."""
    github.numeric_links = True
    owner = owner_of(github, kind)
    owner.add_runner("a")
    owner.add_runner("b")
    found = sent(github, "GET", f"{prefix}{owner.path}/actions/runners?per_page=1")
    plural = {"org": "organizations", "repo": "repositories"}[kind]
    target = linked(found.headers)["next"]
    assert target == f"{prefix}/{plural}/{owner.id}/actions/runners?per_page=1&page=2"
    followed = sent(github, "GET", target)
    assert [it["name"] for it in followed.json()["runners"]] == ["b"]
    assert linked(followed.headers)["prev"].startswith(f"{prefix}/{plural}/{owner.id}/")
    for unknown in (f"{prefix}/{plural}/999", f"{prefix}/orgs/no", f"{prefix}/repos/no/no"):
        assert sent(github, "GET", f"{unknown}/actions/runners").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_the_client_follows_numeric_links(github: FakeGitHub, kind: str) -> None:
    """It finds all items by them. Links of an enterprise keep its name."""
    github.numeric_links = True
    added = [owner_of(github, kind).add_runner(f"r{number}").id for number in range(5)]
    listed = [it.id for it in scope_of(github.client(), kind).runners.list(per_page=2)]
    assert listed == added
