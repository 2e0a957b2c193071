"""Journal for a change of several files, which happens as a whole or not at all.

New contents are staged in a folder below the changed one. Once the list of changes is in place
there, the change counts as made: `recover` completes it if the process was killed. Before that,
`recover` discards it. Git ignores the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..problems import UsageError
from .exclusive import exclusive

NAME = ".runnersmith-update"
_LIST = "changes.json"


@dataclass(frozen=True, slots=True)
class FileChange:
    """Contents of a file before and after a change; None if there is no file."""

    path: Path
    before: bytes | None
    after: bytes | None


def replace(folder: Path, changes: Sequence[FileChange]) -> None:
    """Make all changes to files below a folder.

    Raises UsageError, with nothing changed, if a file is not as it was before, or cannot be
    written.
    """
    with exclusive(folder):
        _replace(folder, changes)


def _replace(folder: Path, changes: Sequence[FileChange]) -> None:
    recover(folder)
    for change in changes:
        if _content(change.path) != change.before:
            raise UsageError(f"{change.path}: changed meanwhile; run the command again")
    staging = folder / NAME
    made: list[Path] = []
    done: list[int] = []
    try:
        _stage(staging, changes)
        made = [path for path in _parents(folder, changes) if not path.exists()]
        for path in made:
            path.mkdir()
        _commit(staging, folder, changes)
        for number, change in enumerate(changes):
            _apply(staging, number, change.path, remove=change.after is None)
            done.append(number)
    except OSError as error:
        raise UsageError(
            f"{error.filename2 or error.filename or folder}: cannot be written: "
            f"{error.strerror or error}; nothing was changed"
        ) from None
    finally:
        if len(done) < len(changes):
            _undo(staging, [changes[number] for number in done], done)
            for path in reversed(made):
                with contextlib.suppress(OSError):
                    path.rmdir()
        _remove(staging)


def recover(folder: Path) -> None:
    """Complete or discard a change whose process was killed.

    Raises UsageError if a file has been changed since, or if the process is still at work.
    """
    staging = folder / NAME
    if not staging.is_dir():
        return
    with exclusive(folder):
        _recover(folder, staging)


def _recover(folder: Path, staging: Path) -> None:
    if not staging.is_dir():
        return  # Another process has completed it.
    try:
        listed = json.loads((staging / _LIST).read_bytes())
    except (OSError, ValueError):
        _remove(staging)
        return
    for number, (name, before, after) in enumerate(listed):
        path = folder / name
        now = _digest(_content(path))
        if now not in (before, after):
            raise UsageError(
                f"{staging}: an update was interrupted, and {path} has been edited since; "
                "remove that folder to keep all files as they are now, and check them with git diff"
            )
        if now != after:
            try:
                _apply(staging, number, path, remove=after is None)
            except OSError as error:
                raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None
    _remove(staging)


def _stage(staging: Path, changes: Sequence[FileChange]) -> None:
    staging.mkdir()
    _write(staging / ".gitignore", b"*\n")
    for number, change in enumerate(changes):
        if change.after is not None:
            _write(staging / str(number), change.after)
            mode = 0o644 if change.before is None else change.path.stat().st_mode & 0o7777
            (staging / str(number)).chmod(mode)
        if change.before is not None:
            _copy(change.path, staging / f"{number}-before")


def _commit(staging: Path, folder: Path, changes: Sequence[FileChange]) -> None:
    listed = [
        (change.path.relative_to(folder).as_posix(), _digest(change.before), _digest(change.after))
        for change in changes
    ]
    _write(staging / "list", json.dumps(listed).encode("utf-8"))
    (staging / "list").replace(staging / _LIST)


def _apply(staging: Path, number: int, path: Path, *, remove: bool) -> None:
    if remove:
        path.unlink(missing_ok=True)
    else:
        (staging / str(number)).replace(path)


def _undo(staging: Path, changes: Sequence[FileChange], numbers: Sequence[int]) -> None:
    for number, change in zip(numbers, changes, strict=True):
        if change.before is None:
            change.path.unlink(missing_ok=True)
        else:
            (staging / f"{number}-before").replace(change.path)


def _remove(staging: Path) -> None:
    # The list first: without it, the rest is discarded.
    with contextlib.suppress(OSError):
        (staging / _LIST).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)


def _parents(folder: Path, changes: Sequence[FileChange]) -> list[Path]:
    """Return the folders below `folder` that hold the files, outer ones first."""
    found = {
        parent
        for change in changes
        for parent in change.path.parents
        if parent.is_relative_to(folder) and parent != folder
    }
    return sorted(found)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _copy(path: Path, copy: Path) -> None:
    """Keep a file under a second name, without using space if the file system can."""
    try:
        os.link(path, copy)
    except OSError:
        shutil.copy2(path, copy)
