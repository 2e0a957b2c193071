"""Source of an update: the curated spec with its overlays, as read from disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from .. import reader
from ..openapi.document import Document
from ..overlay import versions
from ..problems import UsageError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: its path, its name in messages, its bytes."""

    path: Path
    name: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8")


@dataclass(frozen=True, slots=True)
class Layer:
    """An overlay, and the API version that it describes."""

    file: SourceFile
    version: str
    document: Document


@dataclass(frozen=True, slots=True)
class Source:
    """A spec: every API version, newest first, and the overlays that lead from one to the next."""

    file: SourceFile
    documents: tuple[Document, ...]
    layers: tuple[Layer, ...]

    @property
    def name(self) -> str:
        return self.file.name

    def shown(self, path: Path) -> str:
        """Return the name in messages of a file beside the spec."""
        return (Path(self.name).parent / path.relative_to(self.file.path.parent)).as_posix()


def read_source(spec: Path, name: str) -> Source:
    """Read a spec with its overlays. Raises SpecError with the problems of all files."""
    documents = versions.load(spec, name)
    return replace(read_files(spec, name), documents=documents)


def read_files(spec: Path, name: str) -> Source:
    """Read a spec and its overlays, without applying them: `documents` has the newest version."""
    newest = reader.load(spec, name=name)
    layers: list[Layer] = []
    for path in versions.overlays(spec) if versions.is_curated(newest) else []:
        shown = (Path(name).parent / "versions" / path.name).as_posix()
        version = path.name.removesuffix(versions.SUFFIX)
        layers.append(Layer(_read(path, shown), version, reader.load(path, name=shown)))
    return Source(_read(spec, name), (newest,), tuple(layers))


def _read(path: Path, name: str) -> SourceFile:
    try:
        return SourceFile(path, name, path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
