"""Open decisions of an update: marks in the spec and its overlays, and the record of the update.

Reads the spec and its overlays.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .openapi.document import Document
from .openapi.todo_marks import following, undecided
from .overlay import versions
from .problems import Place, Problem
from .validate.extension import placeholders


def open_decisions(
    spec: Path, name: str, documents: Sequence[Document] = ()
) -> tuple[Problem, ...]:
    """Return the open decisions of an update: marks in the spec and its overlays, or its end.

    Without any mark, placeholders in the documents are reported as well.
    """
    names = {
        path: (Path(name).parent / "versions" / path.name).as_posix()
        for path in versions.overlays(spec)
    }
    texts = {
        shown: path.read_text(encoding="utf-8") for path, shown in {spec: name, **names}.items()
    }
    found = tuple(it for shown, text in texts.items() for it in undecided(text, shown))
    is_recorded = versions.unfinished(spec).exists()
    if found:
        return found if is_recorded or not names else (*found, lost_record(spec, name))
    found = tuple(it for shown, text in texts.items() for it in following(text, shown))
    if is_recorded and not found:
        text = "the update is not finished: run `runnersmith bump --finish`"
        found = (Problem(Place(_record(spec, name)), text),)
    return (*placeholders.check(documents), *found)


def lost_record(spec: Path, name: str) -> Problem:
    """Return the problem of an update that is not finished, and has no record."""
    text = (
        "is missing, so nothing proves that the open decisions leave the older versions alone; "
        "bring it here from where the update was written, and commit it with the spec, or undo the "
        "update and run it again"
    )
    return Problem(Place(_record(spec, name)), text)


def _record(spec: Path, name: str) -> str:
    return (Path(name).parent / "versions" / versions.unfinished(spec).name).as_posix()
