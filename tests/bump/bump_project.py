"""Small project for the tests of `bump`: a spec with an older version, and GitHub's description.

`spec.yaml` with `versions/` and `corrections.yaml` agrees with `official.yaml`; a test changes the
official description and checks the resulting spec.
"""

from __future__ import annotations

import functools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compare.comparison_specs import changed
from runnersmith import reader
from runnersmith.bump import (
    Plan,
    Source,
    Staged,
    bump,
    finish,
    read_source,
    stage,
    sync,
    write,
)
from runnersmith.compare.corrections import Corrections, read_corrections
from runnersmith.openapi.document import Document, Json, parse_pointer
from runnersmith.overlay import versions

HERE: Final = Path(__file__).parent
OFFICIAL: Final = HERE / "official.yaml"
NEXT: Final = "2027-01-01"
NAME: Final = "spec/spec.yaml"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the small spec that a test may write to."""

    spec: Path

    @property
    def overlay(self) -> Path:
        """The overlay that a bump writes."""
        return self.spec.parent / "versions" / "2026-01-01.overlay.yaml"

    @property
    def text(self) -> str:
        return self.spec.read_bytes().decode("utf-8")

    @property
    def documents(self) -> tuple[Document, ...]:
        return versions.load(self.spec, NAME)

    @property
    def source(self) -> Source:
        return read_source(self.spec, NAME)

    def plan(self, official: Document, version: str = NEXT, older: Document | None = None) -> Plan:
        """Plan a bump; without `older`, every change is the new version's."""
        return bump(self.source, official, corrections(), version, older)

    def stage(self, official: Document, version: str = NEXT) -> Staged:
        return stage(self.plan(official, version))

    def finish(self) -> None:
        """Finish an update whose decisions have been taken."""
        found = finish(self.spec, NAME)
        assert found is not None
        write(found.staged)

    def sync(self, official: Document, version: str | None = None) -> Plan:
        """Plan a sync."""
        return sync(self.source, official, corrections(), version)


def copied(folder: Path) -> Copy:
    """Copy the small spec and its overlay to a folder called `spec`."""
    target = folder / "spec"
    target.mkdir()
    shutil.copyfile(HERE / "spec.yaml", target / "spec.yaml")
    shutil.copytree(HERE / "versions", target / "versions")
    return Copy(target / "spec.yaml")


def official(changes: dict[str, Json] | None = None) -> Document:
    """Return GitHub's description after changes: by JSON pointer, a new value or `GONE`.

    A pointer that ends in `/-` adds to a list.
    """
    source = _official()
    placed: dict[str, Json] = {}
    for pointer, value in (changes or {}).items():
        parts = parse_pointer(pointer.removesuffix("/-"))
        assert parts is not None
        if pointer.endswith("/-"):
            found = changed(source, placed).find(pointer.removesuffix("/-"))
            assert found is not None, pointer
            assert isinstance(found.value, list), pointer
            placed[pointer.removesuffix("/-")] = [*found.value, value]
        else:
            placed[pointer] = value
    return changed(source, placed)


@functools.cache
def _official() -> Document:
    return reader.load(OFFICIAL, name="official.yaml")


@functools.cache
def corrections() -> Corrections:
    return read_corrections(reader.load(HERE / "corrections.yaml", name="corrections.yaml"))
