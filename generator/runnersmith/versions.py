"""The API versions that a spec describes: the document is the newest, overlays give the others.

Reads `versions/VERSION.overlay.yaml` beside the spec; each builds on the next newer version.
"""

from __future__ import annotations

import re
from pathlib import Path

from . import overlay, reader
from .document import Document
from .problems import SpecError, UsageError

SUFFIX = ".overlay.yaml"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def overlays(spec: Path) -> list[Path]:
    """The overlays of a spec, for the newest of the older versions first."""
    return sorted((spec.parent / "versions").glob(f"*{SUFFIX}"), reverse=True)


def load(spec: Path, name: str) -> tuple[Document, ...]:
    """Every version of a spec, the newest first. Raises SpecError with the problems of all overlays."""
    documents = [reader.load(spec, name=name)]
    for path in overlays(spec):
        shown = (Path(name).parent / "versions" / path.name).as_posix()
        layer = reader.load(path, name=shown)
        older = overlay.apply(documents[-1], layer)
        version = path.name.removesuffix(SUFFIX)
        found = version_of(older)
        if found != version or not _VERSION.match(version):
            raise SpecError(
                [
                    layer.problem(
                        (),
                        f"makes a document of API version {found}; set $.info.version to {version}, the file's name",
                    )
                ]
            )
        newer = version_of(documents[-1])
        if version >= newer:
            raise SpecError(
                [
                    layer.problem(
                        (), f"is for {version}, which is not older than {newer}; rename or drop it"
                    )
                ]
            )
        documents.append(older)
    return tuple(documents)


def version_of(document: Document) -> str:
    """The API version that a document says it describes."""
    info = document.root.get("info")
    return (info.text("version") if info else None) or ""


def pick(documents: tuple[Document, ...], version: str | None) -> Document:
    """The document of a version, the newest when none is named. Raises UsageError when there is none."""
    if version is None:
        return documents[0]
    for document in documents:
        if version_of(document) == version:
            return document
    known = ", ".join(map(version_of, documents))
    raise UsageError(f"the spec has no API version {version}; it has {known}")
