"""Record of the last run in an output folder: hashes of its inputs, its files, and versions of tools.

It shows at once whether an input or a file has changed. It is for this machine only, in a folder
that git ignores: hashes of inputs would conflict in every merge of two branches. It has no date and
no path outside the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import msgspec

from . import lockfile

_NAME = "record.json"
_FORMAT = 1


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Contents of a record.

    `inputs`: kind of input -> hash. `tools`: library -> version. `rendered`: path below the folder
    -> hash of the text before formatting. `files`: path -> hash of the file. Hashes are SHA-256 in
    hex.
    """

    format: int = _FORMAT
    inputs: dict[str, str] = {}
    tools: dict[str, str] = {}
    rendered: dict[str, str] = {}
    files: dict[str, str] = {}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def record_of(
    files: Mapping[str, str],
    inputs: Mapping[str, str],
    tools: Mapping[str, str],
    rendered: Mapping[str, str] = MappingProxyType({}),
) -> Record:
    """Return the record of a complete folder; `rendered` is the text of files before formatting."""
    return Record(
        inputs=dict(sorted(inputs.items())),
        tools=dict(sorted(tools.items())),
        rendered={path: digest(text.encode("utf-8")) for path, text in sorted(rendered.items())},
        files={path: digest(text.encode("utf-8")) for path, text in sorted(files.items())},
    )


def read(folder: Path) -> Record:
    """Return the record in a folder, empty if there is none that can be used."""
    with suppress(OSError, UnicodeDecodeError, msgspec.DecodeError):
        found = msgspec.json.decode((folder / lockfile.CACHE / _NAME).read_bytes(), type=Record)
        if found.format == _FORMAT:
            return found
    return Record()


def write(folder: Path, record: Record) -> None:
    """Write a record, in a folder that git ignores. Raises OSError."""
    if read(folder) == record:
        return
    place = folder / lockfile.CACHE
    place.mkdir(parents=True, exist_ok=True)
    (place / ".gitignore").write_text("# Created by runnersmith.\n*\n", encoding="utf-8")
    staged = place / f"{_NAME}.{os.getpid()}"
    staged.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1))
    staged.replace(place / _NAME)


def is_current(folder: Path, inputs: Mapping[str, str], tools: Mapping[str, str]) -> bool:
    """Return whether the files of a folder are unchanged and result from these inputs."""
    record = read(folder)
    if not record.inputs or record.inputs != inputs or record.tools != tools:
        return False
    lock = lockfile.read(folder)
    if lock.damage is not None or lock.files != record.files.keys():
        return False
    try:
        return all(
            digest((folder / path).read_bytes()) == wanted for path, wanted in record.files.items()
        )
    except OSError:
        return False


class PreviousRun:
    """Results of the last run that can be reused, according to its record. Changed files are not."""

    def __init__(self, folder: Path, inputs: Mapping[str, str], tools: Mapping[str, str]) -> None:
        self.folder: Path = folder
        record = read(folder)
        self.record: Record = record if record.tools == tools else Record()
        self.inputs: Mapping[str, str] = inputs

    @property
    def validated(self) -> bool:
        """Return whether the same spec passed validation by the same generator."""
        return self.is_same_spec and self._is_same("generator")

    @property
    def is_same_spec(self) -> bool:
        """Return whether the last run was of the same spec, whatever else has changed."""
        return self._is_same("spec")

    def _is_same(self, name: str) -> bool:
        return name in self.inputs and self.record.inputs.get(name) == self.inputs[name]

    def formatted(self, path: str, rendered: str) -> str | None:
        """Return the formatted text for a rendered one; None if it must be formatted."""
        if self.record.rendered.get(path) != digest(rendered.encode("utf-8")):
            return None
        try:
            content = (self.folder / path).read_bytes()
        except OSError:
            return None
        return content.decode("utf-8") if digest(content) == self.record.files.get(path) else None
