"""Patch of the first job: checked by path and kind of file, and committed without a checkout.

The patch is untrusted. It is applied to a separate index, so nothing in the work tree changes, and
none of its content is run.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from change import FILES, FOLDERS
from commands import WorkflowError, output
from github import BOT, BOT_EMAIL

_FILE = "100644"
_NONE = "000000"
# No hidden files, which can be settings of git.
_PART = re.compile(r"\w[\w.-]*", re.ASCII)
_IDENTITY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", BOT), ("EMAIL", BOT_EMAIL))
}


def commit(patch: Path, base: str, message: str) -> str:
    """Return a new commit on `base` that nothing refers to yet.

    Raises WorkflowError if HEAD is not `base`, and if the patch changes anything but normal files
    of the spec, the generated client and its record of the public API.
    """
    head = output("git", "rev-parse", "HEAD").strip()
    if head != base:
        raise WorkflowError(f"the patch is for commit {base}, but this is {head}; run it again")
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        output("git", "read-tree", base, env=index)
        output("git", "apply", "--cached", "--whitespace=nowarn", str(patch), env=index)
        _check(output("git", "diff-index", "--cached", "--no-renames", "-z", base, env=index))
        tree = output("git", "write-tree", env=index).strip()
    return output("git", "commit-tree", tree, "-p", base, "-m", message, env=_IDENTITY).strip()


def _check(listed: str) -> None:
    """Raise WorkflowError for a path or a mode that an update never has."""
    entries = listed.split("\0")[:-1]
    if not entries:
        raise WorkflowError("the patch changes nothing")
    for meta, path in zip(entries[::2], entries[1::2], strict=True):
        before, after = meta.removeprefix(":").split()[:2]
        if not _expected(path):
            raise WorkflowError(f"the patch changes {path!r}, which an update never does")
        if {before, after} - {_FILE, _NONE}:
            raise WorkflowError(
                f"the patch gives {path!r} the mode {after}; only {_FILE} is allowed"
            )


def _expected(path: str) -> bool:
    folder, *parts = path.split("/")
    return path in FILES or (folder in FOLDERS and bool(parts) and all(map(_PART.fullmatch, parts)))
