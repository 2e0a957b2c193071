"""Staging of both files of a bump, built and verified in memory.

Reads the spec and its overlays; writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import overlay, pipeline, reader
from ..openapi.document import Document
from ..openapi.todo_marks import undecided
from ..overlay import versions
from ..problems import Problem, SpecError, UsageError, errors
from ..yaml_edit import patch
from ..yaml_edit.values import equal
from . import reverse_overlay
from .draft.draft import items
from .plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The files to write: the spec, and the overlay for the version before.

    `decisions` are the open decisions in the new spec, each with its place.
    """

    spec: Path
    before: bytes
    content: bytes
    overlay: Path
    layer: bytes
    actions: int
    decisions: tuple[Problem, ...]


def stage(plan: Plan, spec: Path, name: str) -> Staged:
    """Build both files of a plan.

    Raises SpecError if the current spec has problems or the new files are wrong; UsageError if the
    file is not the planned one.
    """
    if spec.suffix.lower() == ".json":
        raise UsageError(f"{name}: a bump writes YAML; keep the spec in a .yaml file")
    before, documents = _clean(spec, name)
    ours = documents[0]
    if not equal(ours.data, plan.ours.data):
        raise UsageError(f"{name} changed during the comparison; run the bump again")
    content = patch(ours, before.decode("utf-8"), plan.data, plan.comments)
    newer = reader.parse(content.encode("utf-8"), name=name)
    version = versions.version_of(ours)
    path = spec.parent / "versions" / f"{version}{versions.SUFFIX}"
    shown = (Path(name).parent / "versions" / path.name).as_posix()
    title = f"{ours.root.at('info').text('title')}, API version {version}"
    extends = f"../{spec.name}"
    made = reverse_overlay.overlay(
        newer.data, ours.data, title=title, version=version, extends=extends
    )
    layer = reverse_overlay.text(made, _HEAD.format(version=version, newer=plan.version))
    older = _prove(newer, reader.parse(layer.encode("utf-8"), name=shown), spec, documents)
    found = pipeline.validated(newer, "curated", older)
    return Staged(
        spec=spec,
        before=before,
        content=content.encode("utf-8"),
        overlay=path,
        layer=layer.encode("utf-8"),
        actions=len(items(made["actions"])),
        decisions=tuple(sorted({*undecided(content, name), *errors(found)})),
    )


_HEAD = """\
What API version {version} has otherwise than the next newer one, {newer}.

Written by `runnersmith bump`; README.md in the folder above says how overlays are kept."""


def _clean(spec: Path, name: str) -> tuple[bytes, tuple[Document, ...]]:
    """Return the current spec in all its versions. Raises SpecError if a decision is open."""
    documents = versions.load(spec, name)
    try:
        before = spec.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
    newest, *older = documents
    marks = undecided(before.decode("utf-8"), name)
    if found := errors((*marks, *pipeline.validated(newest, "curated", older))):
        raise SpecError(found)
    return before, documents


def _prove(
    newer: Document, layer: Document, spec: Path, documents: Sequence[Document]
) -> list[Document]:
    """Apply the new overlay and every older one; each must result in the same version as before."""
    found: list[Document] = []
    layers = [layer, *(reader.load(path, name=path.as_posix()) for path in versions.overlays(spec))]
    made = newer
    for each, wanted in zip(layers, documents, strict=True):
        made = overlay.apply(made, each)
        if not equal(made.data, wanted.data):
            version = versions.version_of(wanted)
            raise SpecError(
                [
                    Problem(
                        each.place(()),
                        f"would no longer give API version {version} as it is; this is a bug in runnersmith",
                    )
                ]
            )
        found.append(made)
    return found
