"""History of a reaper: since when runners have been seen offline, kept in a JSON file between runs.

The file is replaced as a whole, so that a killed process leaves the old one or the new one. A lock
of the operating system on a second file beside it keeps other runs out. It ends with its process.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ...models import Runner
from ..errors import HistoryInUse, HistoryUnusable
from .selection import identity

_VERSION = 1


class _Record(msgspec.Struct, kw_only=True):
    """A runner that was offline and not busy each time that it was seen since a time."""

    name: str
    os: str
    version: str | None
    since: float


class _Format(msgspec.Struct):
    """The beginning of a history file of any version."""

    format: int


class _File(msgspec.Struct, kw_only=True):
    """The content of a history file."""

    format: int
    scope: str
    runners: dict[int, _Record]


class History:
    """Since when the runners of a scope have been seen offline. Times are seconds since 1970."""

    def __init__(self, path: Path, scope: str) -> None:
        self._path = path
        self._scope = scope
        self._records = _read(path, scope)

    def observe(self, runners: Iterable[Runner], now: float) -> None:
        """Record the runners of a whole list. Time starts anew for one that is another than before.

        A runner starts anew if it was seen online or busy, if its id belonged to another name, or
        if its system or its version differs: it has connected in between.
        """
        before = self._records
        seen = [it for it in runners if it.status == "offline" and not it.busy]
        self._records = {
            it.id: _Record(
                name=it.name,
                os=it.os.lower(),
                version=it.version,
                since=_since(before.get(it.id), it, now),
            )
            for it in seen
        }

    def age(self, runner: Runner, now: float) -> float:
        """Return for how many seconds a runner has been seen offline; 0 if it has not been."""
        found = self._records.get(runner.id)
        return 0.0 if found is None else now - found.since

    def save(self) -> None:
        """Replace the file. Raises HistoryUnusable if it cannot be written."""
        content = _File(format=_VERSION, scope=self._scope, runners=self._records)
        text = msgspec.json.format(msgspec.json.encode(content), indent=1)
        try:
            _replace(self._path, text)
        except OSError as error:
            raise _unusable(self._path, "cannot be written", error) from error


@contextmanager
def opened(path: str | os.PathLike[str], scope: str) -> Generator[History]:
    """Lock a history file and read it. A missing file is a new history.

    Raises HistoryInUse if another run has locked it, HistoryUnusable if it cannot be used.
    """
    # Of a symbolic link, the file behind it is locked and replaced.
    place = Path(os.path.realpath(path))
    try:
        descriptor = os.open(f"{place}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError as error:
        raise HistoryUnusable(str(place), "its folder does not exist; create it first") from error
    except OSError as error:
        raise _unusable(place, "its lock cannot be created", error) from error
    try:
        _lock(descriptor, place)
        yield History(place, scope)
    finally:
        _unlock(descriptor)
        os.close(descriptor)


def _since(record: _Record | None, runner: Runner, now: float) -> float:
    if record is None or record.since > now:  # the machine's clock was set back
        return now
    same = (record.name, record.os, record.version) == identity(runner)
    return record.since if same else now


def _read(path: Path, scope: str) -> dict[int, _Record]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(path, "cannot be read", error) from error
    try:
        written = msgspec.json.decode(content, type=_Format).format
        if written != _VERSION:
            problem = f"has format {written}, and this version of the package reads {_VERSION}"
            raise HistoryUnusable(str(path), problem)
        found = msgspec.json.decode(content, type=_File)
    except msgspec.DecodeError as error:
        problem = f"not a history of runners, or damaged ({error}); delete it to start anew"
        raise HistoryUnusable(str(path), problem) from error
    if found.scope != scope:
        raise HistoryUnusable(str(path), f"is the history of {found.scope}, not of {scope}")
    return found.runners


def _replace(path: Path, text: bytes) -> None:
    """Write a file beside the path, and rename it to the path once it is on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _lock(descriptor: int, path: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise HistoryInUse(str(path)) from None
    except OSError as error:
        raise _unusable(path, "cannot be locked", error) from error


def _unlock(descriptor: int) -> None:
    """Unlock a file. Closing it is not enough if a forked child process has it open, too."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _unusable(path: Path, problem: str, error: OSError) -> HistoryUnusable:
    return HistoryUnusable(str(path), f"{problem}: {error.strerror or error}")
