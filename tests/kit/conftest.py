"""Packages with test kits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.kits import write_kits
from roundtrip.test_round_trips import DOCUMENTS


@pytest.fixture(scope="session")
def kits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the import path with the packages of foreign documents and their test kits."""
    folder = tmp_path_factory.mktemp("kits")
    write_kits(folder, (*DOCUMENTS, "courier"))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
