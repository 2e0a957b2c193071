"""API versions of a spec: the document is the newest, overlays describe the others.

Reads `versions/VERSION.overlay.yaml` beside the spec; each builds on the next newer version.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from .. import overlay, reader
from ..openapi.document import Document
from ..problems import Problem, SpecError, UsageError
from ..reader.repairs import repair

SUFFIX = ".overlay.yaml"
EXTENSION = "x-runnersmith"
_UNFINISHED = "unfinished.json"


def overlays(spec: Path) -> list[Path]:
    """Return the overlays of a spec, from the newest older version to the oldest."""
    folder = spec.parent / "versions"
    for path in sorted(folder.glob("*")):
        meant = path.suffix in (".yaml", ".yml", ".json") and _is_date(path.name[:10])
        if meant and not path.name.endswith(SUFFIX):
            raise UsageError(
                f"{path}: not named as an overlay; rename it to VERSION{SUFFIX} or move it"
            )
    return sorted(folder.glob(f"*{SUFFIX}"), reverse=True)


def unfinished(spec: Path) -> Path:
    """Return the path of the record of an update that is not finished."""
    return spec.parent / "versions" / _UNFINISHED


def load(spec: Path, name: str) -> tuple[Document, ...]:
    """Load every version of a spec, newest first.

    Raises SpecError with the problems of all overlays. A document without `x-runnersmith` has no
    overlays: it is one version. Its deviations with one certain meaning are tolerated.
    """
    first = reader.load(spec, name=name, tolerant=True)
    if not is_curated(first):
        return (repair(first),)
    documents = [reader.load(spec, name=name) if first.tolerated else first]
    problems: list[Problem] = []
    for path in overlays(spec):
        shown = (Path(name).parent / "versions" / path.name).as_posix()
        try:
            layer = reader.load(path, name=shown)
            documents.append(_older(documents[-1], layer, path.name.removesuffix(SUFFIX)))
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    return tuple(documents)


def is_curated(document: Document) -> bool:
    """Return whether a document is curated: with `x-runnersmith` at its root or on an operation."""
    paths = document.root.get("paths")
    items = [item for _, item in paths.items()] if paths else []
    operations = (operation for item in items for _, operation in item.items())
    return any(node.get(EXTENSION) is not None for node in (document.root, *operations))


def _older(newer: Document, layer: Document, version: str) -> Document:
    """Apply the overlay of a version to the next newer document."""
    if not _is_date(version):
        raise SpecError(
            [layer.problem((), f"{version!r} is not an API version; use a date such as 2022-11-28")]
        )
    if version >= version_of(newer):
        message = (
            f"is for {version}, which is not older than {version_of(newer)}; rename or drop it"
        )
        raise SpecError([layer.problem((), message)])
    older = overlay.apply(newer, layer)
    if (found := version_of(older)) != version:
        message = (
            f"describes API version {found}; set $.info.version to {version}, as in the file name"
        )
        raise SpecError([layer.problem((), message)])
    return older


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def version_of(document: Document) -> str:
    """Return the API version of a document."""
    info = document.root.get("info")
    return (info.text("version") if info else None) or ""


def pick(documents: tuple[Document, ...], version: str | None) -> Document:
    """Return the document of a version, by default the newest. Raises UsageError if absent."""
    if version is None:
        return documents[0]
    for document in documents:
        if version_of(document) == version:
            return document
    known = ", ".join(map(version_of, documents))
    raise UsageError(f"the spec has no API version {version}; it has {known}")
