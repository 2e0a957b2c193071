"""The page about the fake GitHub, and its fixture: every program, file and table of it holds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ghrunners.fake import FakeGitHub
from ghrunners.fake.live.fault_file import Fault, Faults
from kit.pytest_programs import check_what_nobody_noticed, run
from small_specs import REPOSITORY

PAGE = (REPOSITORY / "generated" / "docs" / "fake.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def column(header: str) -> set[str]:
    """Return what is in backticks in the first column of a table."""
    table = PAGE.partition(f"\n| {header} |")[2].partition("\n\n")[0]
    return {
        name
        for row in table.splitlines()[2:]
        for name in re.findall("`([^`]+)`", row[: row.index("|", 1)])
    }


def test_the_first_test_of_the_page_passes(tmp_path: Path) -> None:
    """With the fixture that pytest finds by itself."""
    done = run(tmp_path, PROGRAMS[0])
    assert "1 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("number", range(1, len(PROGRAMS)))
def test_a_program_of_the_page_prints_what_it_says(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each as it stands; what a line prints is in the comment beside it."""
    program = PROGRAMS[number]
    exec(compile(program, "fake.md", "exec"), {})  # noqa: S102 - our own text
    said = re.findall(r"print\(.*?\)  # (.+)$|^ +print\(\"(.+)\"\)$", program, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == [first or second for first, second in said]


def test_the_fixture_fails_for_what_nobody_noticed(tmp_path: Path) -> None:
    """A script that was not used, a request that was refused."""
    check_what_nobody_noticed(tmp_path, "fake_github")


def test_the_file_of_faults_of_the_page_is_one(tmp_path: Path) -> None:
    """Each of its keys is listed below it."""
    path = tmp_path / "faults.toml"
    path.write_text(PAGE.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    faults = Faults(path)
    faults.apply(FakeGitHub())
    assert len(faults.unmet()) == 3
    assert column("key") == set(Fault.__struct_fields__)


def test_the_page_has_every_option() -> None:
    """Those of the command, and no others."""
    command = [sys.executable, "-m", "ghrunners.fake.command", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert column("option") == set(re.findall(r"^ +(--[a-z-]+)", done.stdout, re.MULTILINE)) - {
        "--help"
    }
