"""Two commands that write to one folder: the second one is refused while the first is at work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bump.bump_project import copied
from runnersmith import cli
from runnersmith.output import journal
from runnersmith.output.exclusive import exclusive, unchanged
from runnersmith.problems import UsageError

# Holds a folder until its input ends. With an argument more, a forked process outlives it.
HOLDER = """
import os, sys
from pathlib import Path
from runnersmith.output import exclusive
with getattr(exclusive, sys.argv[2])(Path(sys.argv[1])):
    if len(sys.argv) <= 3 or os.fork() == 0:
        print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(folder: Path, how: str, *options: str) -> Generator[subprocess.Popen[str]]:
    """Hold a folder in another process."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), how, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("held")
        try:
            yield process
        finally:
            process.kill()


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    """The message names the process, and the lock ends with it, also if it is killed."""
    with held(tmp_path, "exclusive") as process:
        with pytest.raises(UsageError, match="at work here") as busy, exclusive(tmp_path):
            pass
        if Path("/proc/locks").exists():
            assert f"(pid {process.pid})" in str(busy.value)
        with pytest.raises(UsageError), unchanged(tmp_path):
            pass
    with exclusive(tmp_path), exclusive(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_several_processes_read(tmp_path: Path) -> None:
    """A folder that is read must not be changed."""
    with held(tmp_path, "unchanged"):
        with unchanged(tmp_path):
            pass
        with pytest.raises(UsageError, match="at work here"), exclusive(tmp_path):
            pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_holds_no_lock(tmp_path: Path) -> None:
    """A worker may outlive a command that was killed."""
    with held(tmp_path, "exclusive", "fork") as process:
        process.kill()
        process.wait()
        # The child waits for the same input, which is still open.
        with exclusive(tmp_path):
            pass


@pytest.mark.parametrize(
    "command",
    [
        ["sync", "official.json", "--write"],
        ["bump", "official.json", "--api-version", "2027-01-01", "--write"],
        ["bump", "--finish"],
        ["generate", "--output", "out", "--package", "machines"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_commands_that_write_are_refused(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before they read anything, so that nothing is planned on a spec that is changing."""
    spec = copied(tmp_path).spec
    monkeypatch.chdir(tmp_path)
    with held(spec.parent, "exclusive"):
        assert cli.main([*command, "--spec", "spec/spec.yaml"]) == 2
    assert "another runnersmith command is at work here" in capsys.readouterr().err
    assert not Path("out").exists()


def test_an_update_at_work_is_not_taken_for_a_killed_one(tmp_path: Path) -> None:
    """Its staged files stay until it ends."""
    staging = tmp_path / journal.NAME
    staging.mkdir()
    with held(tmp_path, "exclusive"), pytest.raises(UsageError, match="at work here"):
        journal.recover(tmp_path)
    assert staging.is_dir()
    journal.recover(tmp_path)
    assert not staging.exists()
