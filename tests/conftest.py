"""What every test may use: the `--update` option and its fixture."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Have hypothesis keep what it writes where pytest keeps its own."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(config.rootpath / ".pytest_cache/hypothesis")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register `--update`, which rewrites expectations where the tests otherwise compare."""
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite the expected results of the cases with what is produced now",
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the import path with the packages of all documents of `foreign/`."""
    from foreigners import written

    folder = tmp_path_factory.mktemp("foreign")
    written(folder)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
