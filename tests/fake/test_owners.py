"""Owners of runners: enterprises, organizations and repositories."""

from __future__ import annotations

from typing import ClassVar

import pytest

from ghrunners.fake import FakeGitHub
from ghrunners.fake.state.base_owner import Kind, Owner


def test_an_owner_cannot_be_without_a_path(github: FakeGitHub) -> None:
    """A kind of owner that does not state where its endpoints are cannot be made."""

    class Team(Owner):
        kind: ClassVar[Kind] = "org"

    with pytest.raises(TypeError, match=r"abstract method '?path"):
        Team(github.world, "octo-team")  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage] - the point
