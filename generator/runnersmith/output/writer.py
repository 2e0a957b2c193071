"""Writer of the output folder, also used to compare it with the expected files. The only writer.

Writing is safe to interrupt. Everything is staged first. Then the lock is replaced by one that
lists the old and the new files. Then each file is replaced atomically, and files that are no longer
generated are removed. The final lock is put in place last. At any moment, a file is either old or
new, and the next run completes the rest.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..openapi.document import printable
from ..problems import UsageError
from . import lockfile, record
from .exclusive import exclusive

# Caches of Python and its tools, and our own.
_CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", lockfile.CACHE})
_STAGING = ".runnersmith-"


@dataclass(frozen=True, slots=True)
class WriteResult:
    """Changes of a run, by path below the output folder; how the lock file was damaged before."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    damage: str | None = None


def write(
    folder: Path,
    files: Mapping[str, str],
    made: record.Record | None = None,
    holder: str | None = None,
    *,
    replaces: bool = False,
) -> WriteResult:
    """Make a folder contain exactly these files, their lock, and a record of the run.

    A damaged lock is replaced. Raises UsageError, with nothing changed, if the folder cannot be
    written or contains files that were not generated. The same holds if it is known to hold
    something other than `holder`, unless this run `replaces` it.
    """
    _refuse_file(folder)
    with exclusive(folder):
        if not replaces:
            _refuse_other(folder, holder)
        return _write(folder, files, made, holder)


def check_writable(
    folder: Path, files: Mapping[str, str], holder: str | None = None, *, replaces: bool = False
) -> None:
    """Raise UsageError if `write` would refuse to change a folder."""
    _refuse_file(folder)
    if not replaces:
        _refuse_other(folder, holder)
    wanted = {**files, lockfile.NAME: lockfile.text(files, holder)}
    _refuse_occupied(folder, wanted, lockfile.read(folder).files)


def _refuse_other(folder: Path, holder: str | None) -> None:
    """Raise UsageError if a folder is known to hold something else."""
    found = lockfile.read(folder).holder
    if lockfile.is_other(found, holder):
        raise UsageError(
            f"{folder} holds {found}, not {printable(holder or '')}; name another folder, or "
            "remove this one. Nothing was changed"
        )


def _write(
    folder: Path, files: Mapping[str, str], made: record.Record | None, holder: str | None
) -> WriteResult:
    old = lockfile.read(folder)
    wanted = {**files, lockfile.NAME: lockfile.text(files, holder)}
    _refuse_occupied(folder, wanted, old.files)
    before = {path: _read(folder / path) for path in wanted}
    created = sorted(path for path in files if before[path] is None)
    changed = sorted(path for path, text in files.items() if before[path] not in (None, text))
    removed = sorted(path for path in old.files if path not in wanted and _is_file(folder / path))
    try:
        _clean(folder)
        if created or changed or removed or before[lockfile.NAME] != wanted[lockfile.NAME]:
            staged = {path: wanted[path] for path in (*created, *changed)}
            _replace(
                folder,
                staged,
                removed,
                lockfile.text({*old.files, *files}, holder),
                wanted[lockfile.NAME],
            )
        if made is not None:
            record.write(folder, made)
    except OSError as error:
        raise UsageError(
            f"{error.filename2 or error.filename or folder}: cannot be written: {error.strerror or error}; "
            "no file is half written; fix this and run generate again"
        ) from None
    return WriteResult(
        tuple(created),
        tuple(changed),
        tuple(removed),
        len(files) - len(created) - len(changed),
        old.damage,
    )


def _is_file(path: Path) -> bool:
    """Return whether a path is a file or a link, which can be removed."""
    return os.path.lexists(path) and (path.is_symlink() or not path.is_dir())


def _read(path: Path) -> str | None:
    """Return a file's text; None if it is absent or a link. Invalid UTF-8 is replaced."""
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
    # Below the folder itself, thus on the same file system, so that each replacement is a rename.
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
    """Remove the staged files of interrupted runs."""
    for left in folder.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _remove_empty(folder: Path, parent: Path) -> None:
    """Remove folders left empty by a removed file, caches aside, up to the output folder."""
    while parent != folder and parent.is_dir():
        if any(child.name not in _CACHES for child in parent.iterdir()):
            return
        shutil.rmtree(parent)
        parent = parent.parent


# ── Files that were not generated ────────────────────────────────────────────────────────────


def _refuse_file(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; name a folder for the output")


def _refuse_occupied(folder: Path, wanted: Mapping[str, str], old: Iterable[str]) -> None:
    """Raise UsageError if links or files that were not generated are in the way."""
    _refuse_links(folder, {*wanted, *old, f"{lockfile.CACHE}/record"})
    _refuse_unknown_files(folder, wanted)


def _refuse_links(folder: Path, paths: set[str]) -> None:
    """Raise UsageError if a folder to write is a link: its target must not be changed."""
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


def _refuse_unknown_files(folder: Path, wanted: Mapping[str, str]) -> None:
    """Raise UsageError if the folder has a file that is neither generated nor ignored by git.

    A file that the lock does not list can be replaced, if it has the text or the comment of a
    generated one. No such file is removed.
    """
    found = [
        path
        for path in unknown_files(folder)
        if path not in wanted
        or not (lockfile.is_marked(folder / path) or _read(folder / path) == wanted[path])
    ]
    if not found:
        return
    first = folder / found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    if lockfile.is_marked(first):
        raise UsageError(
            f"{first}{more}: generated, but neither needed nor listed in {lockfile.NAME}; remove it. "
            "Nothing was changed"
        )
    what = "a link, " if first.is_symlink() else ""
    raise UsageError(
        f"{first}{more}: {what}not made by runnersmith; move it out of the output folder, "
        "or add it to .gitignore. Nothing was changed"
    )


def unknown_files(folder: Path) -> list[str]:
    """Return the files that are not in the lock and not ignored by git."""
    known = lockfile.read(folder).files
    found = [path for path in _present(folder) if path not in known and path != lockfile.NAME]
    ignored = _ignored(folder, found)
    return sorted(path for path in found if path not in ignored)


def _present(folder: Path) -> Iterator[str]:
    """Yield every file and link below a folder, except caches and staged files."""
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
    """Return the paths that git ignores; none without git."""
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
    folder: Path, files: Mapping[str, str], name: str, holder: str | None = None
) -> Iterator[str]:
    """Yield unified diffs that lead to these files: for missing, stale and different ones."""
    _refuse_file(folder)
    wanted = {**files, lockfile.NAME: lockfile.text(files, holder)}
    stale = {path for path in lockfile.read(folder).files if _is_file(folder / path)}
    for path in sorted({*wanted, *stale, *unknown_files(folder)}):
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
