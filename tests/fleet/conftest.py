"""A fake GitHub, each of whose responses is checked, and the helpers of a fleet of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake.validity import valid_responses
from fleet.plays import Play
from ghrunners.fake import FakeGitHub

__all__ = ["github", "valid_responses"]


@pytest.fixture
def github() -> FakeGitHub:
    """A fake GitHub with `octo-corp`, `octo-org` and `octo-repo`."""
    return FakeGitHub()


@pytest.fixture(params=["sync", "async"])
def play(request: pytest.FixtureRequest, github: FakeGitHub) -> Play:
    """The helpers of a fleet, sync and async."""
    return Play(request.param, github)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """The path of a history that does not exist yet."""
    return tmp_path / "history.json"
