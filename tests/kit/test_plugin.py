"""The fixture, and the programs of the page about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.pytest_programs import check_what_nobody_noticed, run
from small_specs import REPOSITORY

PAGE = (REPOSITORY / "generated" / "docs" / "testing.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_first_test_of_the_page_passes(tmp_path: Path) -> None:
    """With the fixture that pytest finds by itself."""
    done = run(tmp_path, PROGRAMS[0])
    assert "1 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("number", range(1, len(PROGRAMS)))
def test_the_programs_of_the_page_run(number: int) -> None:
    """As they stand."""
    exec(compile(PROGRAMS[number], "testing.md", "exec"), {})  # noqa: S102 - our own text


def test_the_fixture_fails_for_what_nobody_noticed(tmp_path: Path) -> None:
    """A script that was not used, a request that was refused."""
    check_what_nobody_noticed(tmp_path, "mock_ghrunners")
