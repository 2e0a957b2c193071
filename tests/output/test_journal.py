"""A change of several files happens as a whole, whenever the process is killed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from output.killed_run import Killed, killed_at
from runnersmith.output.journal import NAME, FileChange, recover, replace
from runnersmith.problems import UsageError

BEFORE = {"spec.yaml": b"old", "versions/b.yaml": b"old b"}
AFTER = {"spec.yaml": b"new", "versions/a.yaml": b"new a"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files before the change."""
    for name, content in BEFORE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def changes(folder: Path) -> list[FileChange]:
    """One file changed, one added, one removed."""
    names = dict.fromkeys([*BEFORE, *AFTER])
    return [FileChange(folder / name, BEFORE.get(name), AFTER.get(name)) for name in names]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# The steps of one run that write something.
STEPS = range(1, 14)


@pytest.mark.parametrize("number", STEPS)
def test_a_kill_leaves_what_the_next_run_completes_or_discards(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Killed at any step: after the next command all files are old, or all are new."""
    with monkeypatch.context() as patch:
        killed_at(number, patch)
        with pytest.raises(Killed):
            replace(folder, changes(folder))
    recover(folder)
    assert files(folder) in (BEFORE, AFTER)
    assert not (folder / NAME).exists()


def test_every_step_of_a_run_is_killed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers above reach from the first to the last step."""
    with monkeypatch.context() as patch:
        killed_at(max(STEPS) + 1, patch)
        replace(folder, changes(folder))
    assert files(folder) == AFTER


def test_git_takes_nothing_of_a_killed_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git add --all` adds none of the staged files, whatever the project ignores."""
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    with monkeypatch.context() as patch:
        killed_at(9, patch)
        with pytest.raises(Killed):
            replace(folder, changes(folder))
    assert len(files(folder / NAME)) > 3
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    listed = subprocess.run(["git", "ls-files"], cwd=folder, check=True, capture_output=True)
    assert listed.stdout.decode().split() == [*BEFORE]


def test_an_edit_after_a_killed_run_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person decides; the message names the folder to remove."""
    with monkeypatch.context() as patch:
        killed_at(11, patch)
        with pytest.raises(Killed):
            replace(folder, changes(folder))
    (folder / "versions/b.yaml").write_bytes(b"mine")
    with pytest.raises(UsageError, match=rf"{NAME}: an update was interrupted"):
        recover(folder)
    assert (folder / "versions/b.yaml").read_bytes() == b"mine"


def test_a_file_that_is_there_meanwhile_is_not_overwritten(folder: Path) -> None:
    """What was to be added exists."""
    (folder / "versions/a.yaml").write_bytes(b"mine")
    before = files(folder)
    with pytest.raises(UsageError, match=r"a\.yaml: changed meanwhile"), pytest.raises(Killed):
        replace(folder, changes(folder))
    assert files(folder) == before
