"""Writer of a staged plan: the spec and its overlays, as one change. The only writer of a spec."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..output import journal
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
    """Raise UsageError if the spec has uncommitted changes, since git could not undo an update."""
    try:
        found = subprocess.run(
            [
                "git",
                "status",
                "--porcelain",
                "-z",
                "--untracked-files=no",
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
    changed = [entry[3:] for entry in found.stdout.decode("utf-8", "replace").split("\0") if entry]
    if found.returncode == 0 and changed:
        raise UsageError(
            f"{spec}: has changes that are not committed ({', '.join(changed)}); commit or stash them, "
            "so that the update can be undone separately"
        )
