"""Open decisions of an update: marks in the spec and its overlays, and the record of the update.

Reads the spec and its overlays, and the last commit.
"""

from __future__ import annotations

import subprocess
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
        found = (Problem(Place(record_name(spec, name)), text),)
    return (*placeholders.check(documents), *found)


def lost_record(spec: Path, name: str) -> Problem:
    """Return the problem of an update that is not finished, and has no record."""
    shown = record_name(spec, name)
    text = "is missing, so nothing proves that the decisions leave the older versions alone; "
    if committed_record(spec) is not None:
        text += (
            f"restore it with `git checkout HEAD -- {shown}` and run `runnersmith bump --finish`, "
            "or if you have finished the update, commit before you edit an older version"
        )
    else:
        text += (
            "bring it here from where the update was written, and commit it with the spec, or undo "
            "the update and run it again"
        )
    return Problem(Place(shown), text)


def committed_record(spec: Path) -> bytes | None:
    """Return the record that the last commit has; None if it has none, or there is no git."""
    path = versions.unfinished(spec)
    if not path.parent.is_dir():
        return None
    try:
        found = subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"],
            cwd=path.parent,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return found.stdout if found.returncode == 0 else None


def record_name(spec: Path, name: str) -> str:
    """Return the name of the record in messages."""
    return (Path(name).parent / "versions" / versions.unfinished(spec).name).as_posix()
