"""Fixtures of the tests of packs: the programs of the pack templates/examples/command-line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from packs.command_line_programs import OWN, Program, write_programs


@pytest.fixture(autouse=True)
def _remembered_opinion(remembered_opinion: None) -> None:
    """Ask openapi-spec-validator once about equal documents."""


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the path with the packages of programs."""
    folder = tmp_path_factory.mktemp("programs")
    write_programs(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        yield folder


@pytest.fixture
def program(packages: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program of our own spec."""
    assert packages.exists()
    return Program(OWN, monkeypatch)
