"""Packs: folders of templates and a `pack.toml` that says which files they make.

Reads pack folders; writes nothing. Packs are trusted code, unlike specs.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from ..ir import IR_VERSION
from ..problems import UsageError

Each = Literal["client", "flavour", "scope", "resource", "resource-flavour", "model"]


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template and the path of what it makes, itself a template, for each of something.

    `when` is an expression; the output is made where it holds.
    """

    template: str
    path: str
    each: Each = "client"
    when: str | None = None


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder of plain files, and the path of the folder that they are copied to."""

    source: str
    path: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The contents of a pack.toml. `models` is the template of a Struct."""

    name: str
    ir_version: int
    models: str
    outputs: tuple[Output, ...]
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as found on disk."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.manifest.name

    def files(self, copy: Copy) -> list[Path]:
        """The files of a folder to copy, in the order of their names."""
        return sorted((self.folder / copy.source).glob("*.py"))


def read(folder: Path) -> Pack:
    """Read a pack. Raises UsageError with the file when it is not one, or is for another IR."""
    path = folder / "pack.toml"
    try:
        manifest = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Manifest)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: {error}; a pack needs a valid pack.toml") from None
    if manifest.ir_version != IR_VERSION:
        raise UsageError(
            f"{path}: made for IR version {manifest.ir_version}; this runnersmith has {IR_VERSION}"
        )
    missing = [name for name in _names(manifest) if not (folder / name).exists()]
    if missing:
        raise UsageError(
            f"{path}: names {missing[0]!r}, which is not in the pack; add the file or drop the entry"
        )
    return Pack(folder, manifest)


def _names(manifest: Manifest) -> list[str]:
    templates = [output.template for output in manifest.outputs]
    return [*templates, manifest.models, *(copy.source for copy in manifest.copies)]
