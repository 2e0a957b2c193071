"""What every test may use: the `--update` option and its fixture."""

from __future__ import annotations

import pytest


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
