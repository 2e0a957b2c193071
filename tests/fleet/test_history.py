"""The history file of a reaper: what it may contain, its lock, and its replacement."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fleet.plays import Play, offline
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet, HistoryInUse, HistoryUnusable, Reaped
from ghrunners.fleet.reaping import history as history_of_runs
from ghrunners.fleet.reaping.history import opened
from ghrunners.testing import Call

RECORD = '{"name": "r1", "os": "linux", "version": null, "since": 7}'
SCOPE = "org octo-org of https://api.github.com"
HOUR = 3600.0


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


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "not a history of runners, or damaged"),
        ('{"format": 1, "scope": "org octo-org', "not a history of runners, or damaged"),
        ("[]", "not a history of runners, or damaged"),
        ('{"format": 1, "scope": "x", "runners": {"a": {}}}', "not a history of runners"),
        ('{"format": 2, "scope": "x", "runners": {}}', "has format 2, and this version"),
        (
            '{"format": 1, "scope": "org acme of https://api.github.com", "runners": {}}',
            "is the history of org acme of https://api.github.com, not of org octo-org of",
        ),
    ],
)
def test_a_file_that_is_no_history_of_the_scope_is_one_clear_line(
    github: FakeGitHub, play: Play, history: Path, content: str, problem: str
) -> None:
    """Nothing is sent, and the file is left as it is."""
    history.write_text(content)
    with pytest.raises(HistoryUnusable, match=problem) as caught:
        play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert caught.value.path == str(history)
    assert "\n" not in str(caught.value)
    assert not github.calls
    assert history.read_text() == content


def test_a_folder_in_place_of_the_file_is_one_clear_line(
    github: FakeGitHub, play: Play, tmp_path: Path
) -> None:
    """Nothing is sent."""
    with pytest.raises(HistoryUnusable, match=": Is a directory"):
        play("reap_offline", "*", min_age=0, history=tmp_path)
    assert not github.calls


def test_two_runs_do_not_share_a_file(github: FakeGitHub, play: Play, history: Path) -> None:
    """The second run raises an error at once, and a run that has ended leaves no lock."""
    with opened(history, SCOPE), pytest.raises(HistoryInUse, match="another run is working"):
        play("reap_offline", "*", min_age=0, history=history)
    assert not github.calls
    play("reap_offline", "*", min_age=0, history=str(history))


@pytest.mark.parametrize("operation", ["list", "get", "delete"])
def test_a_run_has_the_file_until_its_end(
    github: FakeGitHub, play: Play, history: Path, operation: str
) -> None:
    """Another run must not delete by ages that this one is about to change."""
    offline(github, "r1")
    refused: list[HistoryInUse] = []

    def respond(call: Call) -> Any:
        with pytest.raises(HistoryInUse) as caught, opened(history, "another run"):
            pass
        refused.append(caught.value)
        return github.handle(call)

    asked: Any = f"org.runners.{operation}"
    github.respond(asked, respond)
    found: Reaped = play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert len(found.deleted) == 1
    assert refused


def test_a_file_is_replaced_as_a_whole(
    github: FakeGitHub, play: Play, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it cannot be written, the old one stays, nothing is deleted and no other file is left."""
    runner = offline(github, "r1")
    play("reap_offline", "*", min_age=0, history=history)
    before = history.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    github.clock.advance(60)
    github.org().add_runner("r2").disconnect()
    with pytest.raises(HistoryUnusable, match="cannot be written: No space left on device"):
        play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert history.read_bytes() == before
    assert runner.is_registered
    assert sorted(it.name for it in history.parent.iterdir()) == [
        "history.json",
        "history.json.lock",
    ]


def test_both_flavours_read_one_history(github: FakeGitHub, history: Path) -> None:
    """Ages that a sync fleet has recorded hold for an async one, however the scope is spelt."""
    offline(github, "r1")
    Play("sync", github)("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    found = Play("async", github)("reap_offline", "*", min_age=HOUR, history=history)
    assert len(found.due) == 1
    fleet = Fleet(github.client().org("Octo-Org"))
    assert len(fleet.reap_offline("*", min_age=HOUR, history=history).due) == 1
