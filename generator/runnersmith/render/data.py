"""Data files of a pack: TOML that templates read under a name of its own.

Reads the pack's folder only. What a file means is for the templates that read it to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..problems import UsageError

# What templates are given anyway.
TAKEN = frozenset(
    {"api", "flavour", "flavours", "mark", "model", "package", "resource", "scope", "source"}
)


def read(folder: Path, entries: Mapping[str, str], place: Path) -> dict[str, object]:
    """Read the files of `entries`, name -> path. Raises UsageError with the file and what is wrong.

    `place` is where the entries stand.
    """
    found: dict[str, object] = {}
    for name, path in entries.items():
        if not name.isidentifier() or name in TAKEN:
            raise UsageError(
                f"{place}: data {name!r} cannot be read by templates; choose another name"
            )
        if not (folder / path).resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"{place}: data {name!r} is outside the pack; move the file into the pack"
            )
        try:
            found[name] = tomllib.loads((folder / path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{folder / path}: {error}; data {name!r} must be TOML") from None
    return found
