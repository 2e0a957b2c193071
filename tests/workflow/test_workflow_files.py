"""Workflow files: their permissions, and the scripts that they run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from workflow.stage import ROOT, SCRIPTS

FOLDER: Final = ROOT / ".github" / "workflows"
WORKFLOWS: Final = tuple(sorted(FOLDER.glob("*.yml")))
SCRIPT: Final = re.compile(r"python3? (\.github/scripts/\w+\.py)((?: \S+)*)")


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


WEEKLY: Final = load(FOLDER / "api-version.yml")


def runs(path: Path) -> Iterator[str]:
    for job in load(path)["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def step(job: str, name: str) -> dict[str, Any]:
    """Return the step of the weekly workflow that runs a script."""
    (found,) = (
        each for each in WEEKLY["jobs"][job]["steps"] if f"{name}.py" in each.get("run", "")
    )
    return dict(found)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_step_runs_what_exists(path: Path) -> None:
    """A script with options that it has, a target of make, or a short command of the shell."""
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    for command in runs(path):
        if match := SCRIPT.fullmatch(command):
            script, arguments = ROOT / match[1], match[2]
            told = subprocess.run(
                [sys.executable, str(script), "--help"],
                capture_output=True,
                encoding="utf-8",
                check=True,
            ).stdout
            assert set(re.findall(r"--[a-z-]+", arguments)) <= set(re.findall(r"--[a-z-]+", told))
        elif command.startswith("make "):
            assert command.split()[1] in targets
        elif command.startswith("."):
            assert (ROOT / command).stat().st_mode & 0o100
        else:
            assert "\n" not in command.strip()
            assert re.match(r"rm |test |git ", command)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_becomes_shell(path: Path) -> None:
    """Values come in environment variables, which are quoted."""
    for command in runs(path):
        assert "${{" not in command
        assert re.search(r'(?<!")\$[A-Z]', command) is None


def test_every_script_is_run_or_imported() -> None:
    """The workflow runs those that are steps."""
    steps = {
        path.name
        for path in SCRIPTS.glob("*.py")
        if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
    }
    run = {
        Path(match[1]).name
        for command in runs(FOLDER / "api-version.yml")
        if (match := SCRIPT.match(command))
    }
    assert steps == run


def test_the_job_that_runs_code_can_only_read() -> None:
    """Its checkout leaves no token behind, and the steps that run code get none."""
    assert WEEKLY["permissions"] == {}
    job = WEEKLY["jobs"]["update"]
    assert job["permissions"] == {"contents": "read"}
    (checkout,) = (each for each in job["steps"] if "checkout" in each.get("uses", ""))
    assert checkout["with"] == {"persist-credentials": False}
    assert "GH_TOKEN" in step("update", "fetch")["env"]
    assert "env" not in step("update", "update")
    assert "env" not in job
    assert "env" not in WEEKLY


def test_the_job_that_can_write_runs_one_script_of_the_default_branch() -> None:
    """It checks out the commit of the run, installs nothing, and needs the other job."""
    job = WEEKLY["jobs"]["propose"]
    assert job["permissions"] == {
        "contents": "write",
        "issues": "write",
        "pull-requests": "write",
    }
    assert job["needs"] == "update"
    assert job["if"] == (
        "github.event_name == 'schedule' || "
        "github.ref_name == github.event.repository.default_branch"
    )
    used = [each["uses"].partition("@")[0] for each in job["steps"] if "uses" in each]
    assert used == ["actions/checkout", "actions/download-artifact"]
    assert job["steps"][0]["with"] == {"fetch-depth": 0}
    assert [each["run"] for each in job["steps"] if "run" in each] == [
        step("propose", "propose")["run"]
    ]


def test_the_oldest_server_release_is_that_of_the_spec() -> None:
    """As `spec/README.md` says."""
    text = " ".join((ROOT / "spec" / "README.md").read_text(encoding="utf-8").split())
    match = re.search(r"from Enterprise Server (\d+\.\d+) on, the oldest supported release", text)
    assert match
    assert step("update", "fetch")["env"]["OLDEST"] == match[1]
