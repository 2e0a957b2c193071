"""Sources of the two sides of a comparison: a file, or a file at a git commit.

Reads files, and runs git without a shell, to read stored objects only: no work tree, index, hook or
network is used. Files from git are copied to a temporary folder and loaded from there.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..openapi.document import Document
from ..openapi.messages import quote
from ..overlay import versions
from ..problems import UsageError
from ..reader.limits import MAX_JSON_BYTES, MAX_YAML_BYTES

_MAX_BYTES = max(MAX_JSON_BYTES, MAX_YAML_BYTES)


@dataclass(frozen=True, slots=True)
class Source:
    """One side: every API version that it describes, newest first."""

    name: str
    documents: tuple[Document, ...]

    @property
    def is_curated(self) -> bool:
        return versions.is_curated(self.documents[0])

    def pick(self, version: str | None) -> Document:
        """Return the document of a version, by default the newest. Raises UsageError if absent."""
        try:
            return versions.pick(self.documents, version)
        except UsageError as error:
            raise UsageError(f"{self.name}: {error}") from None


def source(text: str) -> Source:
    """Load `PATH` or, if there is no such file, `GITREF:PATH` relative to the repository's root.

    The overlays of older API versions are loaded with it. Raises UsageError if the file does not
    exist, SpecError if it is not a valid spec.
    """
    reference, colon, path = text.partition(":")
    if not colon or _exists(text):
        return Source(text, versions.load(Path(text), text))
    return _at_commit(text, reference, path)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:
        # The name is longer than a system allows.
        return False


# ── Git ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Blob:
    """A file stored in git."""

    path: str
    hash: str
    size: int


def _at_commit(text: str, reference: str, path: str) -> Source:
    # An empty name is the index, and one that starts with a dash could be an option of git.
    if not reference or reference.startswith("-") or not text.isprintable():
        raise UsageError(f"{quote(text)}: no such file, and {quote(reference)} is not a commit")
    # Checked first, to distinguish a folder without a repository from an unknown commit.
    prefix = _git(text, "rev-parse", "--show-prefix").decode("utf-8", "replace").rstrip("\n")
    inside = posixpath.normpath(
        posixpath.join(prefix if path.startswith(("./", "../")) else "", path)
    )
    if inside in (".", "..") or inside.startswith(("../", "/")):
        raise UsageError(f"{quote(text)}: no such path in the repository")
    tree = _git(text, "rev-parse", "--verify", "--quiet", f"{reference}^{{tree}}").decode().strip()
    folder = str(PurePosixPath(inside).parent / "versions")
    found = _listed(text, tree, inside, f"{folder}/")
    spec = next((blob for blob in found if blob.path == inside), None)
    if spec is None:
        raise UsageError(f"{quote(text)}: {quote(reference)} has no such file")
    overlays = [
        blob
        for blob in found
        if str(PurePosixPath(blob.path).parent) == folder and blob.path.endswith(versions.SUFFIX)
    ]
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        _lay_out(text, spec, root / PurePosixPath(inside).name)
        for blob in overlays:
            _lay_out(text, blob, root / "versions" / PurePosixPath(blob.path).name)
        name = f"{reference}:{inside}"
        return Source(name, versions.load(root / PurePosixPath(inside).name, name))


def _listed(text: str, tree: str, *paths: str) -> list[_Blob]:
    """Return the files below paths of a tree, without links and submodules."""
    listing = _git(text, "ls-tree", "-z", "--long", "--full-tree", tree, "--", *paths)
    found: list[_Blob] = []
    for line in listing.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, name, size = facts.split()
        if mode in ("100644", "100755"):
            found.append(_Blob(path, name, int(size)))
    return found


def _lay_out(text: str, blob: _Blob, path: Path) -> None:
    """Write a stored file to a path. Problems refer to its original name."""
    if blob.size > _MAX_BYTES:
        raise UsageError(f"{quote(text)}: {quote(blob.path)} is larger than a spec may be")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_git(text, "cat-file", "blob", blob.hash))


def _git(text: str, *arguments: str) -> bytes:
    """Return the output of git. Raises UsageError with git's message if it fails."""
    command = ["git", "--no-pager", "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(
            command,
            # Objects that a partial clone lacks are not fetched.
            env={**os.environ, "GIT_ALLOW_PROTOCOL": "none"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError(f"{quote(text)}: no such file, and git is not installed") from None
    if done.returncode:
        raise UsageError(f"{quote(text)}: {_reason(arguments, done.stderr)}")
    return done.stdout


def _reason(arguments: Sequence[str], stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    if lines:
        return f"no such file, and git reports: {quote(lines[0].removeprefix('fatal: '))}"
    return f"no such file, and git has no {quote(arguments[-1].removesuffix('^{tree}'))}"
