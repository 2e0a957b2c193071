"""Exclusive use of a folder by one command, with a lock of the operating system.

The lock is on the folder itself, so there is no file that could be left behind. The system releases
it when the process ends, also when it is killed. A system without such locks has none.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

from ..problems import UsageError

# Windows has no locks of folders.
_HAS_LOCKS = find_spec("fcntl") is not None
_BUSY = (errno.EWOULDBLOCK, errno.EACCES)
# The locks of this process, by folder: a command holds its folder, and so do the parts of it.
_held: dict[Path, int] = {}


def _forget() -> None:
    """Close the locks in a forked process: it must not hold them longer than its parent."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextlib.contextmanager
def exclusive(folder: Path) -> Generator[None]:
    """Hold a folder that is about to be changed. Raises UsageError if another process holds it."""
    with _locked(folder, shared=False):
        yield


@contextlib.contextmanager
def unchanged(folder: Path) -> Generator[None]:
    """Hold a folder that is read. Raises UsageError if another process is changing it."""
    with _locked(folder, shared=True):
        yield


@contextlib.contextmanager
def _locked(folder: Path, *, shared: bool) -> Generator[None]:
    place = folder.resolve()
    if not _HAS_LOCKS or place in _held or not place.is_dir():
        yield
        return
    try:
        descriptor = os.open(place, os.O_RDONLY)
    except OSError:
        yield  # Whoever reads or writes it reports this.
        return
    try:
        _take(descriptor, folder, shared=shared)
        _held[place] = descriptor
        yield
    finally:
        _held.pop(place, None)
        os.close(descriptor)


def _take(descriptor: int, folder: Path, *, shared: bool) -> None:
    import fcntl

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _BUSY:
            return  # A file system without locks.
        holder = _holder(descriptor)
        which = f" (pid {holder})" if holder is not None else ""
        raise UsageError(
            f"{folder}: another runnersmith command is at work here{which}; nothing was changed; "
            "run this again when it has ended"
        ) from None


def _holder(descriptor: int) -> int | None:
    """Return the process that holds a lock, if the system lists it."""
    inode = os.fstat(descriptor).st_ino
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        # 1: FLOCK  ADVISORY  WRITE 4711 08:01:131072 0 EOF
        fields = line.split()
        if len(fields) > 5 and fields[1] == "FLOCK" and fields[5].endswith(f":{inode}"):
            return int(fields[4]) if int(fields[4]) > 0 else None
    return None
