"""Writer of a staged bump: the overlay, then the spec, each in one step. The only writer of a spec.

No file is ever half written. An interruption between the two steps leaves an overlay for the spec's
current version, which every command rejects with instructions.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

from ..problems import UsageError
from .staging import Staged


def write(staged: Staged) -> None:
    """Move both files to their places. Raises UsageError, with nothing changed, if that fails."""
    refuse_modified(staged.spec)
    if staged.overlay.exists():
        raise UsageError(f"{staged.overlay}: already exists; move it away, then run the bump again")
    made: list[Path] = []
    spec: Path | None = None
    try:
        if staged.spec.read_bytes() != staged.before:
            raise UsageError(f"{staged.spec}: changed during the bump; run it again")
        if not staged.overlay.parent.exists():
            staged.overlay.parent.mkdir()
            made.append(staged.overlay.parent)
        layer = _beside(staged.overlay, staged.layer, made)
        spec = _beside(staged.spec, staged.content, made)
        spec.chmod(staged.spec.stat().st_mode & 0o7777)
        made.append(staged.overlay)
        layer.replace(staged.overlay)
        spec.replace(staged.spec)
    except OSError as error:
        raise UsageError(
            f"{staged.spec}: cannot be written: {error.strerror or error}; nothing was changed"
        ) from None
    finally:
        # The last step is complete once its temporary file is gone: then nothing must be undone.
        if spec is None or spec.exists():
            for path in reversed(made):
                with contextlib.suppress(OSError):
                    path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)


def _beside(path: Path, content: bytes, made: list[Path]) -> Path:
    """Write a temporary file, flushed to disk, for one rename to its destination."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    made.append(Path(name))
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    return Path(name)


def refuse_modified(spec: Path) -> None:
    """Raise UsageError if the spec has uncommitted changes, since git could not undo a bump."""
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
            "so that the bump can be undone separately"
        )
