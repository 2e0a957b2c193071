"""The output folder: safe to interrupt, nobody else's files touched, every difference told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from runnersmith.output import lockfile, record, writer
from runnersmith.problems import UsageError

OLD = {
    "README.md": "old\n",
    "pkg/__init__.py": "old = 1\n",
    "pkg/same.py": "same = 1\n",
    "pkg/gone/one.py": "gone = 1\n",
    "pkg/gone/two.py": "gone = 2\n",
}
NEW = {
    "README.md": "new\n",
    "pkg/__init__.py": "new = 1\n",
    "pkg/same.py": "same = 1\n",
    "pkg/come/one.py": "come = 1\n",
}


def generate(folder: Path, files: Mapping[str, str]) -> writer.WriteResult:
    return writer.write(folder, files, record.record_of(files, {}, {}))


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder, the lock and the record of the run aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != lockfile.NAME and path.parent.name != lockfile.CACHE
    }


def folders(folder: Path) -> set[str]:
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_dir()}
    return found - {lockfile.CACHE}


def diff(folder: Path, files: Mapping[str, str]) -> str:
    return "\n".join(writer.differences(folder, files, "out"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder that holds OLD."""
    folder = tmp_path / "out"
    generate(folder, OLD)
    return folder


# ── What is written ──────────────────────────────────────────────────────────────────────────


def test_a_folder_is_made(tmp_path: Path) -> None:
    """Into nothing, every file is written, with the folders above it, and a lock."""
    written = generate(tmp_path / "a" / "b", OLD)
    assert contents(tmp_path / "a" / "b") == OLD
    assert written.created == tuple(sorted(OLD))
    assert (written.changed, written.removed, written.unchanged) == ((), (), 0)
    assert (tmp_path / "a" / "b" / lockfile.NAME).is_file()


def test_a_folder_is_brought_up_to_date(out: Path) -> None:
    """What is new is added, what differs is replaced, what is no longer made is removed."""
    written = generate(out, NEW)
    assert contents(out) == NEW
    assert folders(out) == {"pkg", "pkg/come"}
    assert written.created == ("pkg/come/one.py",)
    assert written.changed == ("README.md", "pkg/__init__.py")
    assert written.removed == ("pkg/gone/one.py", "pkg/gone/two.py")
    assert written.unchanged == 1


def test_what_is_the_same_is_not_written(out: Path) -> None:
    """A second run touches nothing, so that builds which look at times see no change."""
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    written = generate(out, OLD)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
    assert written == writer.WriteResult(created=(), changed=(), removed=(), unchanged=len(OLD))


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """A folder that is there and empty is as good as none."""
    generate(tmp_path, OLD)
    assert contents(tmp_path) == OLD


def test_files_can_be_read_by_all(out: Path) -> None:
    """A staged file does not keep the narrow permissions that temporary files have."""
    umask = os.umask(0)
    os.umask(umask)
    for path in OLD:
        assert (out / path).stat().st_mode & 0o777 == 0o666 & ~umask


def test_line_ends_are_those_of_the_text(out: Path) -> None:
    """Files are written as bytes; a file with other line ends is put right."""
    (out / "README.md").write_bytes(b"old\r\n")
    assert "line ends" in diff(out, OLD)
    assert generate(out, OLD).changed == ("README.md",)
    assert (out / "README.md").read_bytes() == b"old\n"


def test_text_that_is_not_utf_8_is_put_right(out: Path) -> None:
    """Our file that somebody saved in another encoding differs, and is replaced."""
    (out / "README.md").write_bytes(b"\xff\xfeo\x00l\x00d\x00")
    assert diff(out, OLD)
    generate(out, OLD)
    assert contents(out) == OLD


# ── Interruptions ────────────────────────────────────────────────────────────────────────────


STEPS = ("replace", "rename", "unlink", "remove", "rmdir", "mkdir")


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_run_can_end_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    """Wherever a run ends, each file is old or new; the next run finishes, and forgets nothing."""
    allowed = 0
    while True:
        folder = tmp_path / str(allowed)
        generate(folder, OLD)
        with monkeypatch.context() as patch:
            steps = _fail_after(patch, allowed, failure)
            with suppress(UsageError, KeyboardInterrupt):
                generate(folder, NEW)
        for path, text in contents(folder).items():
            assert text in (OLD.get(path), NEW.get(path)), path
        assert NEW.keys() & OLD.keys() <= contents(folder).keys()
        generate(folder, NEW)
        assert contents(folder) == NEW
        assert diff(folder, NEW) == ""
        if len(steps) <= allowed:
            break
        allowed += 1
    assert allowed > len(NEW)


@pytest.mark.parametrize("allowed", range(14))
def test_a_run_that_ended_can_be_undone(
    out: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    """After an interruption, generating what was there before takes what was new away again."""
    with monkeypatch.context() as patch:
        _fail_after(patch, allowed, OSError(5, "Input/output error"))
        with suppress(UsageError):
            generate(out, NEW)
    generate(out, OLD)
    assert contents(out) == OLD
    assert diff(out, OLD) == ""


def _fail_after(patch: pytest.MonkeyPatch, allowed: int, failure: BaseException) -> list[str]:
    """Let so many steps that change the disk pass, and fail at the next. Gives the steps taken."""
    steps: list[str] = []

    def failing(step: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            steps.append(step.__name__)
            if len(steps) == allowed + 1:
                raise failure
            return step(*args, **options)

        return call

    for name in STEPS:
        patch.setattr(os, name, failing(getattr(os, name)))
    return steps


def test_a_killed_run_is_cleaned_up(tmp_path: Path) -> None:
    """What a killed run has staged is gone after the next one, also when nothing else changes."""
    out = tmp_path / "out"
    generate(out, OLD)
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from runnersmith.output import writer\n"
        "left = 3\n"
        "replace = os.replace\n"
        "def dying(*args, **options):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if left == 0:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return replace(*args, **options)\n"
        "os.replace = os.rename = dying\n"
        f"files = {NEW!r}\n"
        "writer.write(Path(sys.argv[1]), files)\n"
    )
    source = str(Path(writer.__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code, str(out), source], check=False)
    assert done.returncode == -signal.SIGKILL
    generate(out, NEW)
    assert contents(out) == NEW
    (out / ".runnersmith-left").mkdir()
    (out / ".runnersmith-left" / "0").write_text("left over")
    generate(out, NEW)
    assert contents(out) == NEW


@pytest.mark.parametrize("name", ["out", "out/pkg", "out/pkg/__init__.py"])
def test_what_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A folder that may not be written is one line, and nothing is lost."""
    out = tmp_path / "out"
    generate(out, OLD)
    barred, move = tmp_path / name, os.replace

    def replace(source: str, target: str | Path, **_: object) -> None:
        if Path(target).is_relative_to(barred):
            raise PermissionError(13, "Permission denied", str(target))
        move(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(UsageError, match="Permission denied") as caught:
        generate(out, NEW)
    assert "\n" not in str(caught.value)
    for path, text in contents(out).items():
        assert text in (OLD.get(path), NEW.get(path))


def test_a_folder_below_a_file_is_told(tmp_path: Path) -> None:
    """An output folder that cannot be made is one line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file"):
        generate(tmp_path / "file" / "out", OLD)
    with pytest.raises(UsageError, match="cannot be written"):
        generate(Path("/proc/nowhere/out"), OLD)


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    """A file is never replaced by a folder."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        generate(tmp_path / "out", OLD)
    with pytest.raises(UsageError, match="is a file"):
        diff(tmp_path / "out", OLD)
    assert (tmp_path / "out").read_text() == "mine"


# ── Other people's files ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    [
        "notes.txt",
        "pkg/mine.py",
        "pkg/gone/mine.py",
        "deep/er/mine.py",
        ".hidden",
        "pkg/come/one.py",
    ],
)
def test_a_file_of_somebody_else_is_refused(out: Path, path: str) -> None:
    """A file that the generator did not make stops it before anything is changed."""
    (out / path).parent.mkdir(parents=True, exist_ok=True)
    (out / path).write_text("mine")
    before = contents(out)
    with pytest.raises(UsageError, match="not made by runnersmith") as caught:
        generate(out, NEW)
    assert path in str(caught.value)
    assert contents(out) == before
    assert path in diff(out, NEW)


def test_a_file_of_somebody_else_is_refused_in_a_new_folder(tmp_path: Path) -> None:
    """A folder without a lock is not ours, however much it looks like it."""
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(UsageError, match=r"README\.md"):
        generate(tmp_path, NEW)
    assert contents(tmp_path) == {"README.md": "mine"}


def test_a_folder_whose_files_are_right_is_taken_without_a_lock(tmp_path: Path) -> None:
    """A lost lock is made again where every file is what it would be."""
    generate(tmp_path, OLD)
    (tmp_path / lockfile.NAME).unlink()
    assert lockfile.NAME in diff(tmp_path, OLD)
    generate(tmp_path, OLD)
    assert diff(tmp_path, OLD) == ""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository that ignores *.tmp and notes/, with an output folder that holds OLD."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("*.tmp\nnotes/\n")
    generate(tmp_path / "out", OLD)
    return tmp_path / "out"


@pytest.mark.parametrize("path", ["x.tmp", "pkg/x.tmp", "notes/mine.txt", "pkg/é x\n.tmp"])
def test_a_file_that_git_ignores_stays(repository: Path, path: str) -> None:
    """What git ignores is neither refused, nor a difference, nor removed."""
    (repository / path).parent.mkdir(exist_ok=True)
    (repository / path).write_text("mine")
    assert generate(repository, NEW).removed
    assert (repository / path).read_text() == "mine"
    assert diff(repository, NEW) == ""


def test_caches_stay_and_stand_in_nobodys_way(out: Path) -> None:
    """What Python leaves beside modules is no one's file; it goes with the folder it is in."""
    for folder in ("pkg", "pkg/gone"):
        (out / folder / "__pycache__").mkdir()
        (out / folder / "__pycache__" / "one.pyc").write_bytes(b"\x00")
    generate(out, NEW)
    assert (out / "pkg" / "__pycache__" / "one.pyc").exists()
    assert not (out / "pkg" / "gone").exists()


@pytest.mark.parametrize("name", ["build", "dist", "x.egg-info"])
def test_a_folder_that_looks_like_a_leftover_is_not_lost(out: Path, name: str) -> None:
    """Only caches go with a folder that is removed; what else is in it may be somebody's work."""
    (out / "pkg" / "gone" / name).mkdir()
    (out / "pkg" / "gone" / name / "mine.py").write_text("mine")
    with suppress(UsageError):
        generate(out, NEW)
    assert (out / "pkg" / "gone" / name / "mine.py").read_text() == "mine"


def test_a_great_file_of_somebody_else_is_not_read(out: Path) -> None:
    """To refuse a file, its name is enough: it may be huge, or a pipe that never ends."""
    os.mkfifo(out / "pipe")

    def interrupt(*_: object) -> None:
        raise TimeoutError("reads a pipe")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(5)
    try:
        with pytest.raises(UsageError, match="pipe"):
            generate(out, NEW)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# ── Links ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder of somebody else that must stay as it is."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "__init__.py").write_text("mine")
    (folder / "one.py").write_text("mine")
    before = contents(folder)
    yield folder
    assert contents(folder) == before


def test_a_link_to_a_folder_is_not_written_through(out: Path, outside: Path) -> None:
    """A link in place of our folder is rejected: what is behind it is not ours."""
    shutil.rmtree(out / "pkg")
    (out / "pkg").symlink_to(outside)
    with pytest.raises(UsageError, match="link"):
        generate(out, NEW)


def test_a_link_to_a_folder_is_not_removed_through(out: Path, outside: Path) -> None:
    """A file that is no longer made is not removed behind a link."""
    shutil.rmtree(out / "pkg" / "gone")
    (out / "pkg" / "gone").symlink_to(outside)
    with pytest.raises(UsageError, match="link"):
        generate(out, NEW)


def test_a_link_of_somebody_else_is_refused(out: Path, outside: Path) -> None:
    """A link is a file of somebody else as any other is."""
    (out / "link").symlink_to(outside)
    with pytest.raises(UsageError, match="link"):
        generate(out, NEW)
    (out / "link").unlink()
    (out / "dangling").symlink_to(out / "nowhere")
    with pytest.raises(UsageError, match="dangling"):
        generate(out, NEW)


@pytest.mark.parametrize("path", ["README.md", "pkg/same.py", "pkg/gone/one.py", lockfile.NAME])
def test_a_link_to_a_file_is_replaced_itself(out: Path, outside: Path, path: str) -> None:
    """A link in place of our file goes; the file that it led to stays as it is."""
    kept = outside / "kept"
    kept.write_bytes((out / path).read_bytes())
    (out / path).unlink()
    (out / path).symlink_to(kept)
    text = kept.read_bytes()
    generate(out, NEW)
    assert kept.read_bytes() == text
    kept.unlink()
    assert contents(out) == NEW


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    """Where the output folder lies is the user's choice."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    generate(tmp_path / "out", OLD)
    assert contents(tmp_path / "real") == OLD


# ── Check ────────────────────────────────────────────────────────────────────────────────────


def test_no_difference(out: Path) -> None:
    """What is up to date has no difference."""
    assert diff(out, OLD) == ""


def test_every_kind_of_difference_is_told(out: Path) -> None:
    """Missing, stale and different files are a unified diff of what generate would do."""
    before = contents(out)
    lines = diff(out, NEW).splitlines()
    assert contents(out) == before
    assert lines[lines.index("--- a/out/README.md") + 1] == "+++ b/out/README.md"
    assert lines[lines.index("+++ b/out/pkg/come/one.py") - 1] == "--- /dev/null"
    assert lines[lines.index("--- a/out/pkg/gone/one.py") + 1] == "+++ /dev/null"
    assert {"-old", "+new", "+come = 1", "-gone = 1"} <= set(lines)
    assert not any("same.py" in line and not line.startswith(("+", "-", " ")) for line in lines)


def test_a_diff_can_be_applied(out: Path) -> None:
    """The diff is one that patch takes: applied, it makes the files what they would be."""
    text = diff(out, NEW).replace("/out/", "/") + "\n"
    subprocess.run(
        ["git", "apply", "--unsafe-paths", "-p1", "-"], cwd=out, input=text, text=True, check=True
    )
    assert contents(out) == NEW


def test_a_missing_folder_is_a_difference(tmp_path: Path) -> None:
    """Everything is missing where nothing was generated yet; nothing is made by looking."""
    assert diff(tmp_path / "out", OLD).count("--- /dev/null") == len(OLD) + 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("found", "wanted"),
    [(b"", "x\n"), (b"x", "x\n"), (b"x\r\n", "x\n"), (b"x\n\n", "x\n"), (None, "")],
)
def test_the_least_difference_is_told(tmp_path: Path, found: bytes | None, wanted: str) -> None:
    """Line ends, an end without one, and a missing empty file are differences, too."""
    generate(tmp_path, {"x": wanted})
    (tmp_path / "x").unlink()
    if found is not None:
        (tmp_path / "x").write_bytes(found)
    assert "out/x" in diff(tmp_path, {"x": wanted})
