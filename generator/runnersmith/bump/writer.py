"""Writer of a staged plan: the spec and its overlays, as one change. The only writer of a spec."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..output import journal
from ..overlay import versions
from ..problems import UsageError
from .staging import Staged


def write(staged: Staged, *, modified: bool = False) -> None:
    """Write all files. Raises UsageError, with nothing changed, if that fails.

    A spec with uncommitted changes is refused, unless `modified` allows them.
    """
    spec = staged.source.file.path
    if not modified:
        refuse_modified(spec)
    journal.replace(
        spec.parent,
        [journal.FileChange(file.path, file.before, file.content) for file in staged.files],
    )


def refuse_modified(spec: Path) -> None:
    """Raise UsageError if the spec is not committed as it is, since git could not undo an update.

    The proof of older versions needs no git: `record` has all of it. So a spec is updated without
    git as well, and where git ignores it. Other files beside the spec do not count.
    """
    try:
        found = subprocess.run(
            [
                "git",
                "status",
                "--porcelain",
                "-z",
                "--untracked-files=all",
                "--",
                spec.name,
                "versions",
            ],
            cwd=spec.parent,
            capture_output=True,
            check=False,
        )
    except OSError:
        return
    entries = found.stdout.decode("utf-8", "replace").split("\0")
    changed = [it[3:] for it in entries if it and it[:2] != "??"]
    new = [it[3:] for it in entries if it[:2] == "??" and _is_part(it[3:], spec)]
    if found.returncode == 0 and changed:
        raise UsageError(
            f"{spec}: has changes that are not committed ({', '.join((*changed, *new))}); commit or "
            "stash them, so that the update can be undone separately"
        )
    if found.returncode == 0 and new:
        raise UsageError(
            f"{spec}: not tracked by git ({', '.join(new)}); run `git add` and commit, so that the "
            "update can be undone"
        )


def _is_part(name: str, spec: Path) -> bool:
    """Return whether an untracked file is the spec or one of its overlays."""
    return name.endswith((spec.name, versions.SUFFIX))
