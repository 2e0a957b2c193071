"""A fake GitHub, each of whose responses is checked."""

from __future__ import annotations

import pytest

from fake.validity import valid_responses
from ghrunners.fake import FakeGitHub

__all__ = ["github", "valid_responses"]


@pytest.fixture
def github() -> FakeGitHub:
    """A fake GitHub with `octo-corp`, `octo-org` and `octo-repo`."""
    return FakeGitHub()
