"""Lock file of an output folder: hashes of the generated files and of their inputs.

The lock distinguishes generated files from all others, so that stale ones are removed and others
are kept. It also shows at once whether an input has changed. It has no date and no path outside the
folder.
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
    """Contents of a lock file.

    `inputs`: kind of input -> hash. `tools`: library -> version. `rendered`: path below the folder
    -> hash of the text before formatting. `files`: path -> hash of the file; an empty hash marks a
    file that an interrupted run may have left. Hashes are SHA-256 in hex.
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
    """Return the lock of a complete folder; `rendered` is the text of files before formatting."""
    hashes = {path: digest(text.encode("utf-8")) for path, text in sorted(files.items())}
    return Lock(
        inputs=dict(sorted(inputs.items())),
        tools=dict(sorted(tools.items())),
        rendered={path: digest(text.encode("utf-8")) for path, text in sorted(rendered.items())},
        files=hashes,
    )


def text(lock: Lock) -> str:
    """Return the text of a lock file."""
    return json.dumps(msgspec.to_builtins(lock), indent=2) + "\n"


def read(folder: Path) -> Lock:
    """Return the lock of a folder, empty if there is none. Raises UsageError if it is damaged."""
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
    """Return whether a path is normalized and stays below the folder that it is relative to."""
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
    """Return a lock with the old and the new files, valid while files are being replaced."""
    return Lock(files=dict(sorted({**dict.fromkeys(paths, ""), **old.files}.items())))


def is_current(folder: Path, inputs: Mapping[str, str], tools: Mapping[str, str]) -> bool:
    """Return whether the files of a folder are unchanged and result from these inputs."""
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
    """Results of the last run that can be reused, according to its lock.

    The lock is trusted, as in `check`. Files changed since are not used.
    """

    def __init__(self, folder: Path, inputs: Mapping[str, str], tools: Mapping[str, str]) -> None:
        self.folder: Path = folder
        lock = read(folder)
        self.lock: Lock = lock if lock.tools == tools else Lock()
        self.inputs: Mapping[str, str] = inputs

    @property
    def validated(self) -> bool:
        """Return whether the same spec passed validation by the same generator."""
        return all(
            name in self.inputs and self.lock.inputs.get(name) == self.inputs[name]
            for name in ("generator", "spec")
        )

    @property
    def is_same_spec(self) -> bool:
        """Return whether the last run was of the same spec, whatever else has changed."""
        return "spec" in self.inputs and self.lock.inputs.get("spec") == self.inputs["spec"]

    def formatted(self, path: str, rendered: str) -> str | None:
        """Return the formatted text for a rendered one; None if it must be formatted."""
        if self.lock.rendered.get(path) != digest(rendered.encode("utf-8")):
            return None
        try:
            content = (self.folder / path).read_bytes()
        except OSError:
            return None
        return content.decode("utf-8") if digest(content) == self.lock.files.get(path) else None
