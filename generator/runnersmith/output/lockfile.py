"""Lock file of an output folder: what the generator made there, and from what, by hashes.

It tells the generator's files from other people's, so that no stale file stays and no stranger's is
lost; and it tells in an instant whether anything has changed. No date, no path outside the folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import msgspec

from ..problems import UsageError

NAME = "runnersmith.lock"
FORMAT = 1


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The contents of a lock.

    `inputs`: kind of input -> hash. `tools`: library -> version. `rendered`: path below the folder
    -> hash of what the template gave, before it was formatted. `files`: path -> hash of the file; an
    empty hash claims a file that an interrupted run may have left. Hashes are SHA-256 in hex.
    """

    format: int = FORMAT
    inputs: dict[str, str] = {}
    tools: dict[str, str] = {}
    rendered: dict[str, str] = {}
    files: dict[str, str] = {}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def lock_of(
    files: Mapping[str, str],
    inputs: Mapping[str, str],
    tools: Mapping[str, str],
    rendered: Mapping[str, str] = MappingProxyType({}),
) -> Lock:
    """The lock of a finished folder; `rendered` is the text of files before they were formatted."""
    hashes = {path: digest(text.encode("utf-8")) for path, text in sorted(files.items())}
    return Lock(
        inputs=dict(sorted(inputs.items())),
        tools=dict(sorted(tools.items())),
        rendered={path: digest(text.encode("utf-8")) for path, text in sorted(rendered.items())},
        files=hashes,
    )


def text(lock: Lock) -> str:
    """The text of a lock file."""
    return json.dumps(msgspec.to_builtins(lock), indent=2) + "\n"


def read(folder: Path) -> Lock:
    """The lock of a folder; an empty one where there is none. Raises UsageError when it is damaged."""
    path = folder / NAME
    try:
        lock = msgspec.json.decode(path.read_bytes(), type=Lock)
    except (FileNotFoundError, NotADirectoryError):
        return Lock()
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise UsageError(
            f"{path}: {error}; restore it from version control, or move the folder away"
        ) from None
    if lock.format != FORMAT or any(not is_inside(name) for name in lock.files):
        raise UsageError(f"{path}: not a lock of this runnersmith; restore it from version control")
    return lock


def is_inside(name: str) -> bool:
    """Whether a path stays below the folder that it is relative to, and is written in the one way."""
    path = PurePosixPath(name)
    plain = path.as_posix() == name and "\\" not in name and "\0" not in name
    return (
        plain
        and bool(path.parts)
        and not path.is_absolute()
        and ".." not in path.parts
        and name != NAME
    )


def claim(old: Lock, paths: Iterable[str]) -> Lock:
    """A lock that claims the old files and the new ones: what holds while files are replaced."""
    return Lock(files=dict(sorted({**dict.fromkeys(paths, ""), **old.files}.items())))


def is_current(folder: Path, inputs: Mapping[str, str], tools: Mapping[str, str]) -> bool:
    """Whether a folder is, by its lock, what these inputs give and has not been touched since."""
    lock = read(folder)
    if lock.inputs != inputs or lock.tools != tools:
        return False
    try:
        return all(
            digest((folder / path).read_bytes()) == wanted for path, wanted in lock.files.items()
        )
    except OSError:
        return False


class PreviousRun:
    """What need not be done again since the last run, by its lock.

    Trusts the lock as `check` does, and no file that was changed since.
    """

    def __init__(self, folder: Path, inputs: Mapping[str, str], tools: Mapping[str, str]) -> None:
        self.folder: Path = folder
        lock = read(folder)
        self.lock: Lock = lock if lock.tools == tools else Lock()
        self.inputs: Mapping[str, str] = inputs

    @property
    def validated(self) -> bool:
        """Whether the same spec was found valid by the same generator."""
        return all(
            name in self.inputs and self.lock.inputs.get(name) == self.inputs[name]
            for name in ("generator", "spec")
        )

    def formatted(self, path: str, rendered: str) -> str | None:
        """The formatted text of what was rendered for a path; None when it has to be made."""
        if self.lock.rendered.get(path) != digest(rendered.encode("utf-8")):
            return None
        try:
            content = (self.folder / path).read_bytes()
        except OSError:
            return None
        return content.decode("utf-8") if digest(content) == self.lock.files.get(path) else None
