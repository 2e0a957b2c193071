"""Artifact between the jobs: what the first one found, and a patch. Read as untrusted data.

change.json    what was done, and what a person has to do
change.patch   the change of the repository, if there is one
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from commands import WorkflowError
from descriptions import RELEASE, VERSION

# All that an update changes. A patch that changes another file is rejected.
FOLDERS = ("spec", "generated")
FILES = ("tests/public-api.txt",)

_RECORD = "change.json"
_PATCH = "change.patch"
# In bytes. A patch that replaces everything in generated/ has 2.5 million.
_LIMITS = {_RECORD: 2_000_000, _PATCH: 10_000_000}
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a person has to do: one line, and Markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Result of the first job, for the commit `base` and GitHub's descriptions at `official`.

    `version` is the API version of a bump, None for a sync. `ready` means that the change needs
    no more work. `body` is the text of its pull request.
    """

    base: str
    official: str
    version: str | None
    ready: bool
    body: str
    needs: tuple[Need, ...]
    releases: tuple[str, ...]

    def write(self, folder: Path, patch: bytes) -> None:
        """Write the artifact."""
        folder.mkdir(parents=True)
        (folder / _RECORD).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        if patch:
            (folder / _PATCH).write_bytes(patch)


def read(folder: Path) -> tuple[Change, Path | None]:
    """Read an artifact. Raises WorkflowError if it is not what `write` makes."""
    present = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in present:
        if path.name not in _LIMITS or path.is_symlink() or not path.is_file():
            raise WorkflowError(f"the artifact has an unexpected entry: {path.name!r}")
        if path.stat().st_size > _LIMITS[path.name]:
            raise WorkflowError(f"{path.name} of the artifact is larger than {_LIMITS[path.name]}")
    if folder / _RECORD not in present:
        raise WorkflowError(f"the artifact has no {_RECORD}")
    try:
        change = _parsed(json.loads((folder / _RECORD).read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WorkflowError(f"{_RECORD} of the artifact is invalid: {error!r}") from None
    return change, folder / _PATCH if folder / _PATCH in present else None


def _parsed(data: Any) -> Change:
    return Change(
        base=_text(data["base"], _COMMIT),
        official=_text(data["official"], _COMMIT),
        version=None if data["version"] is None else _text(data["version"], VERSION),
        ready=data["ready"] is True,
        body=_text(data["body"]),
        needs=tuple(Need(_line(need["title"]), _text(need["text"])) for need in data["needs"]),
        releases=tuple(_text(release, RELEASE) for release in data["releases"]),
    )


def _text(value: object, pattern: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
        raise ValueError(value)
    return value


def _line(value: object) -> str:
    text = _text(value)
    if not text.isprintable():
        raise ValueError(text)
    return text
