"""Staging of the files of a plan, built and verified in memory.

Reads the spec and its overlays; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import overlay, pipeline, reader
from ..openapi.document import Document, Json
from ..openapi.todo_marks import undecided
from ..overlay import versions
from ..problems import Problem, SpecError, UsageError, errors
from ..yaml_edit import patch
from ..yaml_edit.values import equal
from . import record
from .draft.draft import Draft, mapping
from .layers import Notes, WrittenLayer, layer
from .plan import Plan
from .sources import Source, read_source


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """A file to write: its content before and after; None if there is none."""

    path: Path
    name: str
    before: bytes | None
    content: bytes | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The changed files: the spec, and the overlays of older versions.

    `decisions` are the open decisions in the new files, each with its place.
    """

    source: Source
    files: tuple[StagedFile, ...]
    decisions: tuple[Problem, ...]

    @property
    def content(self) -> bytes:
        """Return the content of the spec."""
        return self._of(self.source.file.path) or self.source.file.content

    @property
    def layer(self) -> bytes:
        """Return the overlay of the version that has been the newest; empty if it is unchanged."""
        version = versions.version_of(self.source.documents[0])
        return self._of(overlay_path(self.source, version)) or b""

    def _of(self, path: Path) -> bytes | None:
        return next((file.content for file in self.files if file.path == path), None)


def stage(plan: Plan) -> Staged:
    """Build the files of a plan.

    Raises SpecError if the current spec has problems or the new files are wrong; UsageError if a
    file is not the planned one.
    """
    source = plan.source
    spec, name = source.file.path, source.name
    if spec.suffix.lower() == ".json":
        raise UsageError(f"{name}: only YAML is written; keep the spec in a .yaml file")
    _check(source)
    newest = plan.steps[0]
    ours = source.documents[0]
    comments = Draft(name, mapping(newest.data), newest.notes).comments
    content = patch(ours, source.file.text, newest.data, comments)
    made = [_read(content, name)]
    files = [StagedFile(path=spec, name=name, before=source.file.content, content=content.encode())]
    files += _overlays(plan, made)
    found = pipeline.validated(made[0], "curated", made[1:])
    texts = {file.name: (file.content or b"").decode("utf-8") for file in files}
    marks = (problem for name, text in texts.items() for problem in undecided(text, name))
    decisions = tuple(sorted({*marks, *errors(found)}))
    if decisions and len(plan.steps) > 1:
        path = versions.unfinished(spec)
        text = record.content(plan)
        files.append(
            StagedFile(
                path=path,
                name=source.shown(path),
                before=None,
                content=text,
                note="commit it with the spec",
            )
        )
    return Staged(
        source=source,
        files=tuple(file for file in files if file.content != file.before),
        decisions=decisions,
    )


def _overlays(plan: Plan, made: list[Document]) -> Iterator[StagedFile]:
    """Yield the overlay of each older version, and append the document that it gives."""
    source = plan.source
    spec = source.file.path
    known = {one.version: one for one in source.layers}
    for newer, step in zip(plan.steps, plan.steps[1:], strict=False):
        found = known.get(step.version)
        path = overlay_path(source, step.version)
        written = layer(
            made[-1],
            step.data,
            _own(step.notes, newer.notes),
            found,
            step.dropped,
            title=f"{source.documents[0].root.at('info').text('title')}, API version {step.version}",
            version=step.version,
            above=newer.version,
            extends=f"../{spec.name}",
        )
        shown = source.shown(path)
        made.append(_applied(made[-1], _read(written.text, shown), step.version, step.data))
        yield StagedFile(
            path=path,
            name=shown,
            before=found.file.content if found is not None else None,
            content=written.text.encode("utf-8"),
            note=_note(written),
        )


def overlay_path(source: Source, version: str) -> Path:
    """Return the path of the overlay of a version."""
    return source.file.path.parent / "versions" / f"{version}{versions.SUFFIX}"


def _note(written: WrittenLayer) -> str:
    if written.new is None:
        return _count(written.actions, "action")
    parts = [_count(written.new, "further action")] if written.new else []
    parts += [f"{_count(written.dropped, 'action')} dropped"] if written.dropped else []
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _own(notes: Notes, newer: Notes) -> Notes:
    """Return the decisions that the newer version does not have."""
    left = {
        at: [text for text in texts if text not in newer.get(at, ())] for at, texts in notes.items()
    }
    return {at: texts for at, texts in left.items() if texts}


def _read(content: str, name: str) -> Document:
    return reader.parse(content.encode("utf-8"), name=name)


def _check(source: Source) -> None:
    """Raise SpecError if the spec has a problem or an open decision, UsageError if it changed."""
    if versions.unfinished(source.file.path).exists():
        raise UsageError(
            f"{source.name}: an update is not finished; take the decisions that it left, then run "
            "`runnersmith bump --finish`"
        )
    newest, *older = source.documents
    files = [source.file, *(one.file for one in source.layers)]
    marks = [problem for file in files for problem in undecided(file.text, file.name)]
    if found := errors((*marks, *pipeline.validated(newest, "curated", older))):
        raise SpecError(found)
    now = read_source(source.file.path, source.name)
    if [now.file, *(one.file for one in now.layers)] != files:
        raise UsageError(f"{source.name} changed during the comparison; run the command again")


def _applied(newer: Document, layer: Document, version: str, wanted: Json) -> Document:
    """Apply an overlay, which must give the wanted document."""
    made = overlay.apply(newer, layer)
    if not equal(made.data, wanted):
        text = f"would not give API version {version} as planned; this is a bug in runnersmith"
        raise SpecError([Problem(layer.place(()), text)])
    return made
