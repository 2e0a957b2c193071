"""The files of an update are written whole, or nothing is."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bump.bump_project import NEXT, Copy, copied, official
from runnersmith.bump import Staged, refuse_modified, write
from runnersmith.openapi.document import Json
from runnersmith.overlay import versions
from runnersmith.problems import UsageError

DIFFERS: dict[str, Json] = {"#/components/schemas/runner/properties/zone": {"type": "string"}}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


@pytest.fixture
def staged(spec: Copy) -> Staged:
    """A bump of it that is not written yet."""
    return spec.stage(official(DIFFERS))


def files(spec: Copy) -> dict[str, bytes]:
    """Every file of the spec's folder."""
    folder = spec.spec.parent
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_both_files_are_written(spec: Copy, staged: Staged) -> None:
    """The spec and one overlay; everything else stays, and nothing is left behind."""
    before = files(spec)
    spec.spec.chmod(0o640)
    write(staged)
    changed = {
        "spec.yaml": staged.content,
        "versions/2026-01-01.overlay.yaml": staged.layer,
        "versions/unfinished.json": staged.files[-1].content,
    }
    assert files(spec) == before | changed
    assert stat.S_IMODE(spec.spec.stat().st_mode) == 0o640
    assert stat.S_IMODE(spec.overlay.stat().st_mode) == 0o644


def test_the_first_overlay_has_its_folder_made(spec: Copy) -> None:
    """A spec of one version gets the folder with its first overlay."""
    shutil.rmtree(spec.spec.parent / "versions")
    write(spec.stage(official(DIFFERS)))
    assert [versions.version_of(document) for document in spec.documents] == [NEXT, "2026-01-01"]


def test_staging_writes_nothing(spec: Copy) -> None:
    """Until `write`, every file is as it was."""
    before = files(spec)
    spec.stage(official(DIFFERS))
    assert files(spec) == before


def fail(number: int, error: BaseException) -> Callable[[Path, Path], Path]:
    """`Path.replace` that raises at the call of a number."""
    calls: list[Path] = []
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == number:
            raise error
        return real(path, target)

    return replace


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("with_folder", [True, False])
def test_an_interrupted_write_changes_nothing(
    spec: Copy, monkeypatch: pytest.MonkeyPatch, number: int, with_folder: bool
) -> None:
    """Ctrl-C before a file or between the two: both are as before, and none is left over."""
    if not with_folder:
        shutil.rmtree(spec.spec.parent / "versions")
    staged, before = spec.stage(official(DIFFERS)), files(spec)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail(number, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            write(staged)
    assert files(spec) == before
    assert (spec.spec.parent / "versions").exists() == with_folder
    write(staged)
    assert spec.spec.read_bytes() == staged.content


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_full_disk_changes_nothing(
    spec: Copy, staged: Staged, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """An error of the system is one line that says so."""
    before = files(spec)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail(number, OSError(28, os.strerror(28))))
        with pytest.raises(UsageError, match="No space left") as caught:
            write(staged)
    assert str(caught.value).endswith("nothing was changed")
    assert files(spec) == before


def test_a_spec_changed_after_staging_is_not_overwritten(spec: Copy, staged: Staged) -> None:
    """Somebody's edit between the two steps is kept."""
    spec.spec.write_bytes(staged.content + b"# mine\n")
    before = files(spec)
    with pytest.raises(UsageError, match="changed meanwhile; run the command again"):
        write(staged)
    assert files(spec) == before


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(spec: Copy, tmp_path: Path) -> Copy:
    """The small spec, committed."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Spec")
    return spec


@pytest.mark.parametrize("name", ["spec.yaml", "versions/2025-01-01.overlay.yaml"])
@pytest.mark.parametrize("is_staged", [True, False])
def test_a_spec_with_changes_that_are_not_committed_is_not_bumped(
    repository: Copy, name: str, is_staged: bool
) -> None:
    """What the bump did could neither be seen in git nor be undone by it."""
    path = repository.spec.parent / name
    path.write_bytes(path.read_bytes() + b"# mine\n")
    if is_staged:
        git(path.parent, "add", path.name)
    staged = repository.stage(official(DIFFERS))
    before = files(repository)
    with pytest.raises(UsageError, match=f"not committed \\(spec/{name}\\); commit or stash them"):
        write(staged)
    assert files(repository) == before


@pytest.mark.parametrize("name", ["spec.yaml", "versions/2025-01-01.overlay.yaml"])
def test_a_spec_that_git_does_not_know_is_not_bumped(repository: Copy, name: str) -> None:
    """As in a new work tree, with or without a first commit; a folder that git ignores is no matter."""
    folder = repository.spec.parent
    git(folder, "rm", "--quiet", "--cached", name)
    git(folder, "commit", "--quiet", "--message", "Without it")
    with pytest.raises(UsageError, match=f"not tracked by git \\(spec/{name}\\); run `git add`"):
        refuse_modified(repository.spec)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    refuse_modified(repository.spec)


def test_a_committed_spec_is_bumped(repository: Copy, tmp_path: Path) -> None:
    """Changes elsewhere, and files that git does not know, do not count."""
    (tmp_path / "other.txt").write_text("x", encoding="utf-8")
    (repository.spec.parent / "notes.txt").write_text("x", encoding="utf-8")
    refuse_modified(repository.spec)
    write(repository.stage(official(DIFFERS)))
    with pytest.raises(UsageError, match="not committed"):
        refuse_modified(repository.spec)


def test_without_git_a_spec_is_bumped(spec: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a repository nor the program is needed."""
    refuse_modified(spec.spec)
    monkeypatch.setenv("PATH", "")
    refuse_modified(spec.spec)
    write(spec.stage(official(DIFFERS)))
