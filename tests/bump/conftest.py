"""Fixture of every test of `sync` and `bump`."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _remembered_opinion(remembered_opinion: None) -> None:
    """Ask openapi-spec-validator once about equal documents."""
