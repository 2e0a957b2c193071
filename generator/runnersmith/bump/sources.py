"""Source of an update: the curated spec with its overlays, as read from disk."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from pathlib import Path

from .. import reader
from ..compare import product_of
from ..openapi.document import Document
from ..overlay import versions
from ..problems import SpecError, UsageError, errors
from ..validate.extension import api_versions


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
    """Read a spec with its overlays.

    Raises SpecError with the problems of all files, or if the overlay of a version is missing: what
    differs in it would be no difference at all.
    """
    documents = versions.load(spec, name)
    if lacking := errors(api_versions.check(documents)):
        raise SpecError(lacking)
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


def check_next(ours: Document, official: Document, version: str) -> None:
    """Raise UsageError unless a version is one that can come next, by a description that knows it."""
    newest = versions.version_of(ours)
    try:
        date = datetime.date.fromisoformat(version)
    except ValueError:
        date = None
    if date is None or date.isoformat() != version:
        raise UsageError(f"{version!r} is not an API version; use a date such as 2026-03-10")
    if version <= newest:
        raise UsageError(
            f"{version} is not newer than {newest}, the version of {ours.name}; name a newer one, "
            "or use `runnersmith sync` for changes within a version"
        )
    _check_product(ours, official, version)


def _check_product(ours: Document, official: Document, version: str) -> None:
    """Raise UsageError for a release that does not even know the version before."""
    product, newest = product_of(official), versions.version_of(ours)
    introduced = ours.root.at(versions.EXTENSION).get("introduced")
    first = introduced.get(newest) if introduced is not None else None
    if first is not None and first.get(product.name) is not None and not product.among(first):
        raise UsageError(
            f"{official.name}: {product} cannot know API version {version}, since it does not know "
            f"{newest} ({first.text(product.name)} is the first release that does); use the "
            "description of Enterprise Cloud, or of a later release"
        )


def check_same_product(official: Document, older: Document) -> None:
    """Raise UsageError for descriptions of two versions that are of different products."""
    one, other = product_of(official), product_of(older)
    if one.name != other.name:
        raise UsageError(
            f"{older.name}: a description of {other}, but {official.name} is one of {one}; "
            "name the description of the same product"
        )
