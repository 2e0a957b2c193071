"""The options, fixtures and the hypothesis profile of every test."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Hypothesis derives its examples from the code of the test, so every run tries the same ones,
# however slow the machine is. There is no database, as nothing found in a run is left for the next.
settings.register_profile(
    "runnersmith",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
# `--hypothesis-profile=seeded --hypothesis-seed=N` tries other ones.
settings.register_profile("seeded", settings.get_profile("runnersmith"), derandomize=False)
settings.load_profile("runnersmith")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the files of hypothesis out of the work tree, and let SIGINT interrupt.

    A shell turns SIGINT off for a job in the background, and for every process that it starts.
    """
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(config.rootpath / ".pytest_cache/hypothesis")
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Search for garbage rarely, as the command does, and never among what every test needs."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register `--update`, which rewrites expectations where the tests otherwise compare."""
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite the expected results of the cases with what is produced now",
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations must be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A folder in which runs of mypy find what they know of libraries; it compares contents.

    It starts as a copy of what the first run of pytest left, so that no two write to one folder.
    """
    from shared_cache import library_cache

    folder = tmp_path_factory.mktemp("mypy")
    shutil.copytree(library_cache(pytestconfig.rootpath), folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the import path with the packages of all documents of `foreign/`."""
    from lowering.foreign_packages import write_packages

    folder = tmp_path_factory.mktemp("foreign")
    write_packages(folder)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def remembered_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process that ask openapi-spec-validator once about equal documents."""
    from remembered_opinion import RememberedOpinion

    monkeypatch.setattr("runnersmith.validate.second_opinion.SecondOpinion", RememberedOpinion)
