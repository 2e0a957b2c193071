"""Fixtures of every test of `sync` and `bump`."""

from __future__ import annotations

import pytest

from bump import remembered


@pytest.fixture(autouse=True)
def _remembered_opinion(remembered_opinion: None) -> None:
    """Ask openapi-spec-validator once about equal documents."""


@pytest.fixture(autouse=True)
def _remembered_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read, extend and validate an equal spec once."""
    monkeypatch.setattr("runnersmith.reader.parse", remembered.parse)
    monkeypatch.setattr("runnersmith.overlay.apply", remembered.apply)
    monkeypatch.setattr("runnersmith.pipeline.validated", remembered.validated)
