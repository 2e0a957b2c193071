"""The file of a reaper where it can be something else than a plain file that this version wrote."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet, HistoryInUse, HistoryUnusable
from ghrunners.fleet.reaping import history as history_of_runs
from ghrunners.fleet.reaping.history import opened

RECORD = '{"name": "r1", "os": "linux", "version": null, "since": 7}'
SCOPE = "org octo-org of https://api.github.com"


def reap(github: FakeGitHub, history: Path) -> None:
    Fleet(github.client().org("octo-org")).reap_offline("*", min_age=0, history=history)


def test_a_file_of_another_version_is_not_called_damaged(tmp_path: Path) -> None:
    """Whatever that version writes: a user must not be told to delete it."""
    history = tmp_path / "history.json"
    history.write_text('{"format": 2, "scopes": [{"since": "2026-01-01"}]}')
    with (
        pytest.raises(HistoryUnusable, match="has format 2, and this version") as caught,
        opened(history, SCOPE),
    ):
        pass
    assert "delete" not in str(caught.value)


def test_a_symbolic_link_stays_one(github: FakeGitHub, tmp_path: Path) -> None:
    """The file behind it is written, and locked for the runs that use its own path."""
    (tmp_path / "data").mkdir()
    target, link = tmp_path / "data" / "real.json", tmp_path / "link.json"
    link.symlink_to(target)
    reap(github, link)
    assert link.is_symlink()
    assert target.read_bytes() == link.read_bytes()
    with opened(target, SCOPE), pytest.raises(HistoryInUse):
        reap(github, link)
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(HistoryUnusable):
        reap(github, link)


def test_a_file_is_read_once_it_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another run has written just before its end is not lost."""
    history, lock = tmp_path / "history.json", vars(history_of_runs)["_lock"]

    def locked(descriptor: int, path: Path) -> None:
        history.write_text(f'{{"format": 1, "scope": "{SCOPE}", "runners": {{"4": {RECORD}}}}}')
        lock(descriptor, path)

    monkeypatch.setattr("ghrunners.fleet.reaping.history._lock", locked)
    with opened(history, SCOPE) as found:
        assert found.age(testing.runner(id=4), 100) == 93


def test_a_new_file_takes_the_place_of_the_old_one(
    github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader sees the old one or the new one, whole. It is made beside it, on the same disk."""
    runner = github.org().add_runner("r1")
    runner.disconnect()
    history = tmp_path / "history.json"
    reap(github, history)
    before = history.read_bytes()
    runner.version = "2.331.0"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with history.open("rb") as old:
        reap(github, history)
        assert old.read() == before
    assert history.read_bytes() != before


def test_a_folder_that_cannot_be_written_is_one_clear_line(
    github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent. (The folder of a test is writable for root, whatever its mode.)"""

    def denied(path: str, *_: object) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(HistoryUnusable, match="its lock cannot be created: Permission denied"):
        reap(github, tmp_path / "history.json")
    assert not github.calls


def test_a_folder_that_does_not_exist_is_named(github: FakeGitHub, tmp_path: Path) -> None:
    """The message is about the folder, not about a lock that the caller did not ask for."""
    path = tmp_path / "missing" / "history.json"
    with pytest.raises(
        HistoryUnusable, match=f"^{path}: its folder does not exist; create it first"
    ):
        reap(github, path)
    assert not github.calls
    assert not path.parent.exists()


def test_a_child_process_does_not_keep_the_lock(
    github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was forked during a run, and lives on, has a copy of the open lock file."""
    copies: list[int] = []

    def opening(*arguments: Any) -> int:
        descriptor = os_open(*arguments)
        copies.append(os.dup(descriptor))
        return descriptor

    os_open = os.open
    history = tmp_path / "history.json"
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", opening)
        with opened(history, SCOPE):
            pass
    try:
        reap(github, history)
    finally:
        for copy in copies:
            os.close(copy)


def test_windows_locks_one_byte(
    github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that another process has is HistoryInUse; any other failure is HistoryUnusable."""
    locked: list[tuple[int, int]] = []
    errors: list[OSError] = []

    def locking(_: int, mode: int, size: int) -> None:
        locked.append((mode, size))
        if errors:
            raise errors.pop()

    msvcrt = ModuleType("msvcrt")
    vars(msvcrt).update(locking=locking, LK_NBLCK=2)
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    monkeypatch.setattr(sys, "platform", "win32")
    history = tmp_path / "history.json"
    reap(github, history)
    assert locked == [(2, 1)]
    errors.append(PermissionError(13, "Permission denied"))
    with pytest.raises(HistoryInUse):
        reap(github, history)
    errors.append(OSError(22, "Invalid argument"))
    with pytest.raises(HistoryUnusable, match="cannot be locked: Invalid argument"):
        reap(github, history)
