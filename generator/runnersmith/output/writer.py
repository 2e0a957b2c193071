"""Writer of the output folder, which also compares it with what should be there. The only writer.

Writing is safe to interrupt: everything is staged first; then the lock claims the old and the new
files; then each file is replaced atomically; then files that are no longer made are removed; last,
the final lock is put in place. A file is old or new at any moment, and the next run mends the rest.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..problems import UsageError
from . import lockfile

# What Python and its tools leave behind everywhere, and nobody keeps.
_CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_STAGING = ".runnersmith-"


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a run changed, by path below the output folder."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def write(folder: Path, files: Mapping[str, str], made: lockfile.Lock) -> WriteResult:
    """Bring a folder to exactly these files, and their lock.

    Raises UsageError, with nothing changed, when the folder cannot be written or holds files that
    the generator did not make.
    """
    _refuse_file(folder)
    old = lockfile.read(folder)
    wanted = {**files, lockfile.NAME: lockfile.text(made)}
    _refuse_links(folder, {*wanted, *old.files})
    _refuse_strangers(folder, wanted)
    before = {path: _read(folder / path) for path in wanted}
    created = sorted(path for path in files if before[path] is None)
    changed = sorted(path for path, text in files.items() if before[path] not in (None, text))
    removed = sorted(
        path for path in old.files if path not in wanted and os.path.lexists(folder / path)
    )
    try:
        _clean(folder)
        if created or changed or removed or before[lockfile.NAME] != wanted[lockfile.NAME]:
            staged = {path: wanted[path] for path in (*created, *changed)}
            _replace(
                folder,
                staged,
                removed,
                lockfile.text(lockfile.claim(old, files)),
                wanted[lockfile.NAME],
            )
    except OSError as error:
        raise UsageError(
            f"{error.filename2 or error.filename or folder}: cannot be written: {error.strerror or error}; "
            "every file is old or new, none is half written: run generate again when this is mended"
        ) from None
    return WriteResult(
        tuple(created), tuple(changed), tuple(removed), len(files) - len(created) - len(changed)
    )


def _read(path: Path) -> str | None:
    """A file's text; None when there is none, or a link. What is not UTF-8 differs from all that is made."""
    try:
        return None if path.is_symlink() else path.read_bytes().decode("utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}; make it a readable file or move it"
        ) from None


def _replace(
    folder: Path, texts: Mapping[str, str], removed: list[str], claim: str, final: str
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Below the folder itself: the same file system, so that a replacement is one rename.
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
    try:
        staged = {path: staging / str(number) for number, path in enumerate(texts)}
        for path, place in staged.items():
            place.write_text(texts[path], encoding="utf-8", newline="\n")
        for name, text in (("claim", claim), ("final", final)):
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
        (staging / "claim").replace(folder / lockfile.NAME)
        for path, place in staged.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            place.replace(folder / path)
        for path in removed:
            (folder / path).unlink(missing_ok=True)
            _remove_empty(folder, (folder / path).parent)
        (staging / "final").replace(folder / lockfile.NAME)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _clean(folder: Path) -> None:
    """Remove what runs that were killed have staged."""
    for left in folder.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _remove_empty(folder: Path, parent: Path) -> None:
    """Remove the folders that a removed file leaves empty, caches aside, up to the output folder."""
    while parent != folder and parent.is_dir():
        if any(child.name not in _CACHES for child in parent.iterdir()):
            return
        shutil.rmtree(parent)
        parent = parent.parent


# ── Files of other people ────────────────────────────────────────────────────────────────────


def _refuse_file(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; name a folder for the output")


def _refuse_links(folder: Path, paths: set[str]) -> None:
    """Raise UsageError when a folder of ours is a link: what is behind it is not ours to change."""
    parents = {
        parent
        for path in paths
        for parent in (folder / path).parents
        if parent.is_relative_to(folder)
    }
    for parent in sorted(parents - {folder}):
        if parent.is_symlink():
            raise UsageError(
                f"{parent}: is a link; put a folder in its place, or remove it. Nothing was changed"
            )


def _refuse_strangers(folder: Path, wanted: Mapping[str, str]) -> None:
    """Raise UsageError when the folder holds a file that is neither ours nor ignored by git."""
    found = [
        path
        for path in strangers(folder)
        if path not in wanted or _read(folder / path) != wanted[path]
    ]
    if found:
        what = "a link, " if (folder / found[0]).is_symlink() else ""
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise UsageError(
            f"{folder / found[0]}{more}: {what}not made by runnersmith; move it out of the output folder, "
            "or have git ignore it. Nothing was changed"
        )


def strangers(folder: Path) -> list[str]:
    """The files that the lock does not know and git does not ignore."""
    known = lockfile.read(folder).files
    found = [path for path in _present(folder) if path not in known and path != lockfile.NAME]
    ignored = _ignored(folder, found)
    return sorted(path for path in found if path not in ignored)


def _present(folder: Path) -> Iterator[str]:
    """Every file and link below a folder, but for caches and what interrupted runs have staged."""
    for base, folders, names in os.walk(folder):
        links = [name for name in folders if Path(base, name).is_symlink()]
        for name in (*names, *links):
            yield (Path(base) / name).relative_to(folder).as_posix()
        folders[:] = sorted(
            name
            for name in folders
            if name not in _CACHES and not name.startswith(_STAGING) and name not in links
        )


def _ignored(folder: Path, paths: list[str]) -> set[str]:
    """Those of the paths that git ignores; none where there is no git."""
    if not paths:
        return set()
    try:
        found = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],
            cwd=folder,
            input="\0".join(paths).encode("utf-8", errors="surrogateescape"),
            capture_output=True,
            check=False,
        )
    except OSError:
        return set()
    return set(found.stdout.decode("utf-8", errors="surrogateescape").split("\0"))


# ── Check ────────────────────────────────────────────────────────────────────────────────────


def differences(
    folder: Path, files: Mapping[str, str], made: lockfile.Lock, name: str
) -> Iterator[str]:
    """Unified diffs that would bring the folder to these files: missing, stale and different ones."""
    _refuse_file(folder)
    wanted = {**files, lockfile.NAME: lockfile.text(made)}
    stale = {path for path in lockfile.read(folder).files if os.path.lexists(folder / path)}
    for path in sorted({*wanted, *stale, *strangers(folder)}):
        found, want = _read(folder / path), wanted.get(path)
        if found != want or want is None:
            yield from _diff(f"{name}/{path}", found, want)


def _diff(path: str, found: str | None, want: str | None) -> Iterator[str]:
    before = f"a/{path}" if found is not None else "/dev/null"
    after = f"b/{path}" if want is not None else "/dev/null"
    yield from difflib.unified_diff(
        (found or "").splitlines(), (want or "").splitlines(), before, after, lineterm=""
    )
    if (found or "").splitlines() == (want or "").splitlines():
        yield f"--- {before}"
        yield f"+++ {after}"
        yield "(line ends, the end of the file or an empty file differ)"
