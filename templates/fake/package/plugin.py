"""pytest plugin with the fixture `fake_github`. Found once the package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .github import FakeGitHub


@pytest.fixture
def fake_github() -> Iterator[FakeGitHub]:
    """A `FakeGitHub`.

    After the test, its `check` fails for a script that was not used, and for a request that the API
    does not allow.
    """
    from .github import FakeGitHub

    github = FakeGitHub()
    yield github
    github.check()
