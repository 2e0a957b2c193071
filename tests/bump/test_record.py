"""The record of an unfinished update: lost, damaged, or deleted before the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import Copy, copied, official
from bump.test_finish import CHANGES, EXAMPLES, ID, RECORD, decide, edit, run, validate
from bump.test_writer import git
from runnersmith.bump import write


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """The small spec after a bump to a version with a new field and a new operation."""
    found = copied(tmp_path)
    write(found.stage(official(CHANGES)))
    monkeypatch.chdir(tmp_path)
    return found


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("", ": empty file;"),
        ("{}", ""),
        ("[]", ""),
        ("{}{", ": not valid JSON"),
        ('{"2026-01-01": {"', ": not valid JSON: unterminated string"),
        ('{"2026-01-01": {}}', ""),
        ('{"2026-01-01": 1}', ""),
    ],
)
@pytest.mark.parametrize("is_decided", [True, False])
def test_a_damaged_record_is_told(
    spec: Copy, capsys: pytest.CaptureFixture[str], damage: str, why: str, is_decided: bool
) -> None:
    """By every command: what the file is, what is wrong, and how to get it back."""
    if is_decided:
        decide(spec)
    Path(RECORD).write_text(damage, encoding="utf-8")
    for command in (validate, lambda: run("bump", "--finish")):
        assert command() == 1
        told = capsys.readouterr().err
        what = "the record of an update that is not finished is damaged"
        assert re.search(rf"unfinished\.json:1:\d+: {what}{why}", told)
        assert f"; restore it with `git checkout HEAD -- {RECORD}`, or if it was never" in told


def test_a_lost_record_is_told(spec: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """Such as in another work tree: git does not commit a new file by itself."""
    (spec.spec.parent / "versions" / "unfinished.json").unlink()
    for command in (validate, lambda: run("bump", "--finish")):
        assert command() == 1
        assert f"{RECORD}:1:1: is missing, so nothing proves" in capsys.readouterr().err


def test_a_record_that_is_deleted_with_all_marks_is_told(
    spec: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last commit has it. What it proves is no harm, as after the end of the update."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Bump")
    decide(spec)
    Path(RECORD).unlink()
    assert validate() == 0
    assert run("bump", "--finish") == 0
    edit(spec, ID, *EXAMPLES)
    capsys.readouterr()
    lost = f"{RECORD}:1:1: is missing, so nothing proves"
    for command in (validate, lambda: run("bump", "--finish")):
        assert command() == 1
        told = capsys.readouterr().err
        assert lost in told
        assert f"; restore it with `git checkout HEAD -- {RECORD}` and run `runnersmith" in told
        assert "changes API version 2026-01-01 too: Runner: properties.id.type" in told
    overlay = spec.overlay.read_bytes()
    spec.overlay.unlink()
    assert validate() == 1
    assert lost in capsys.readouterr().err
    spec.overlay.write_bytes(overlay)
    git(tmp_path, "checkout", "HEAD", "--", RECORD)
    assert run("bump", "--finish") == 0
    assert validate() == 0
