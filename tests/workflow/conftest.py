"""Fixtures of the weekly workflow's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.stage import NEXT, SPEC, Stage, make_origin, paths


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that each stage copies."""
    folder = tmp_path_factory.mktemp("origin")
    make_origin(folder)
    return folder / "origin.git"


@pytest.fixture
def stage(origin: Path, tmp_path: Path) -> Stage:
    """A stage on which the spec agrees with GitHub's descriptions."""
    return Stage(tmp_path, origin)


@pytest.fixture
def new_version(stage: Stage) -> Stage:
    """A stage on which GitHub describes an API version that the spec lacks."""
    stage.tree(paths("2022-11-28", "2026-03-10", NEXT))
    stage.first("runnersmith", "^bump ", files=SPEC)
    return stage


@pytest.fixture
def drift(stage: Stage) -> Stage:
    """A stage on which Enterprise Cloud differs from the spec until the spec is synced."""
    stage.first("runnersmith", "^compare .*/ghec.json", status=1, stdout="a: type\n", once=True)
    stage.first("runnersmith", "^sync ", files={"spec/runners.yaml": "type: 2\n"})
    return stage
