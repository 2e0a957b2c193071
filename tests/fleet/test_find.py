"""Finding a runner of a fleet by its name."""

from __future__ import annotations

import pytest

import ghrunners
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Fleet


def test_a_runner_is_found_by_its_name(github: FakeGitHub) -> None:
    """A name is compared without case, and a name of no runner is None."""
    added = github.org().add_runner("Build-01")
    fleet = Fleet(github.client().org("octo-org"))
    found = fleet.find("Build-01")
    assert found is not None
    assert found.id == added.id
    assert fleet.find("build-02") is None


@pytest.mark.anyio
async def test_an_async_fleet_finds_it_too(github: FakeGitHub) -> None:
    """The async fleet has the same methods, to be awaited."""
    added = github.org().add_runner("Build-01")
    async with github.async_client() as client:
        found = await AsyncFleet(client.org("octo-org")).find("Build-01")
    assert isinstance(found, ghrunners.models.Runner)
    assert found.id == added.id
