"""Names that a project sets: `[tool.runnersmith.rename]`, with the line of each entry. Pure.

`ir.naming` decides whether they match something, and whether they can be names.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .ir.naming import Rename
from .packs import toml_positions
from .problems import Place

_TABLE = ("tool", "runnersmith", "rename")


class RenameTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New names by the names of the document; those of properties and arguments by owner."""

    schemas: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
    operations: Mapping[str, str] = {}
    servers: Mapping[str, str] = {}
    properties: Mapping[str, Mapping[str, str]] = {}
    arguments: Mapping[str, Mapping[str, str]] = {}

    def entries(self, file: str, text: str) -> tuple[Rename, ...]:
        """Return the entries with their places in a pyproject.toml and its text."""
        whole = {
            "schemas": self.schemas,
            "tags": self.tags,
            "operations": self.operations,
            "servers": self.servers,
        }
        parts = {"properties": self.properties, "arguments": self.arguments}
        tables: dict[tuple[str, ...], Mapping[str, str]] = {
            (kind,): named for kind, named in whole.items()
        }
        tables |= {(kind, it): named for kind, held in parts.items() for it, named in held.items()}
        lines = toml_positions.lines(text) if any(tables.values()) else {}
        return tuple(
            Rename(
                (*owner, key),
                name,
                Place(file, toml_positions.nearest(lines, (*_TABLE, *owner, key))),
            )
            for owner, named in tables.items()
            for key, name in named.items()
        )
