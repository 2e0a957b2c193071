"""Runners of a fake GitHub that move between pages while a list is read."""

from __future__ import annotations

from collections import Counter

import httpx2
import pytest

from fake.scopes import KINDS, owner_of, scope_of
from ghrunners.fake import FakeGitHub

HEADERS = {"Authorization": "Bearer any"}


def read_naively(github: FakeGitHub, path: str, per_page: int = 10) -> list[int]:
    """Read the pages of a list of runners one after the other, each once."""
    found: list[int] = []
    place = f"https://api.github.com{path}/actions/runners?per_page={per_page}"
    with httpx2.Client(transport=github.transport, headers=HEADERS) as client:
        while True:
            response = client.get(place)
            found += [it["id"] for it in response.json()["runners"]]
            if "next" not in response.links:
                return found
            place = response.links["next"]["url"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("per_page", [5, 10, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_a_naive_reader_loses_a_runner(
    github: FakeGitHub, kind: str, per_page: int, seed: int
) -> None:
    """Who reads each page once loses a runner and sees another twice, whatever the seed."""
    owner = owner_of(github, kind)
    added = {owner.add_runner(f"r{number}").id for number in range(47)}
    assert set(read_naively(github, owner.path, per_page)) == added
    github.move_between_pages(seed)
    found = Counter(read_naively(github, owner.path, per_page))
    assert added - set(found)
    assert max(found.values()) == 2
    assert sum(found.values()) == 47


def test_runners_move_alike_for_a_seed() -> None:
    """The same seed gives the same pages, and another seed gives others."""
    listed: list[list[int]] = []
    for seed in (1, 1, 2):
        github = FakeGitHub()
        for number in range(60):
            github.org().add_runner(f"r{number}")
        github.move_between_pages(seed)
        listed.append(read_naively(github, "/orgs/octo-org"))
    assert listed[0] == listed[1] != listed[2]


@pytest.mark.parametrize("at_once", [1, 5])
@pytest.mark.parametrize("seed", range(5))
def test_the_client_loses_none(github: FakeGitHub, seed: int, at_once: int) -> None:
    """The client's lists have each runner once, though all pages move."""
    added = {github.org().add_runner(f"r{number}").id for number in range(250)}
    github.move_between_pages(seed)
    runners = scope_of(github.client(), "org").runners
    found = Counter(it.id for it in runners.list().parallel(at_once))
    assert set(found) == added
    assert set(found.values()) == {1}
