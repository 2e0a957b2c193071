"""Where the two sides of a comparison come from: a file, or a file at a commit of git.

Reads files, and runs git without a shell, for what it has stored only: no work tree, index, hook or
network is touched. What git gives is laid out in a temporary folder, and read as a spec on disk is.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .. import ir
from ..openapi.document import Document
from ..openapi.messages import quote
from ..overlay import versions
from ..problems import SpecError, UsageError, errors
from ..reader.limits import MAX_JSON_BYTES, MAX_YAML_BYTES
from .change import Change
from .client import diff

_MAX_BYTES = max(MAX_JSON_BYTES, MAX_YAML_BYTES)


@dataclass(frozen=True, slots=True)
class Source:
    """One side: every API version that it describes, the newest first."""

    name: str
    documents: tuple[Document, ...]


def source(text: str) -> Source:
    """Read `PATH`, or `GITREF:PATH` where there is no such file; a path in git starts at its top.

    The overlays of older API versions are read beside either. Raises UsageError for what is not
    there, SpecError for what cannot be read as a spec.
    """
    reference, colon, path = text.partition(":")
    if not colon or _exists(text):
        return Source(text, versions.load(Path(text), text))
    return _at_commit(text, reference, path)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:
        # A name longer than a file can have.
        return False


def api(source: Source, version: str | None = None) -> ir.Api:
    """Validate and build the client of a source: of all its API versions, or of one.

    Problems that do not hinder it are left to `validate`. Raises SpecError with those that do, and
    UsageError when the source has no such version.
    """
    from ..lowering import build
    from ..merge import merge
    from ..validate import validate

    documents = source.documents
    if version is not None:
        documents = (versions.pick(documents, version),)
    found = [problem for one in documents for problem in validate(one, "foreign")]
    if wrong := errors(found):
        raise SpecError(wrong)
    apis = [build(document, "client") for document in documents]
    return merge(apis, documents) if len(apis) > 1 else apis[0]


def between(
    old: str, new: str, old_version: str | None = None, new_version: str | None = None
) -> tuple[Change, ...]:
    """Every difference between two sources, by their names.

    With an API version for either side, one version of each is compared: the newest, where none is
    named. Raises what `source` and `api` do.
    """
    clients = source(old), source(new)
    if old_version is None and new_version is None:
        return diff(*map(api, clients))
    chosen = [
        api(side, version or versions.version_of(side.documents[0]))
        for side, version in zip(clients, (old_version, new_version), strict=True)
    ]
    return diff(*chosen, across=True)


# ── Git ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Blob:
    """A file that git has stored."""

    path: str
    hash: str
    size: int


def _at_commit(text: str, reference: str, path: str) -> Source:
    # An empty one is the index, one with a dash in front could be an option of git.
    if not reference or reference.startswith("-") or not text.isprintable():
        raise UsageError(f"{quote(text)}: no such file, and {quote(reference)} is no commit of git")
    # Asked first, since it tells a folder without a repository from a commit that is not there.
    prefix = _git(text, "rev-parse", "--show-prefix").decode("utf-8", "replace").rstrip("\n")
    inside = posixpath.normpath(
        posixpath.join(prefix if path.startswith(("./", "../")) else "", path)
    )
    if inside in (".", "..") or inside.startswith(("../", "/")):
        raise UsageError(f"{quote(text)}: the path names no file of the repository")
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
    """The files below paths of a tree; no links, no other repositories."""
    listing = _git(text, "ls-tree", "-z", "--long", "--full-tree", tree, "--", *paths)
    found: list[_Blob] = []
    for line in listing.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, name, size = facts.split()
        if mode in ("100644", "100755"):
            found.append(_Blob(path, name, int(size)))
    return found


def _lay_out(text: str, blob: _Blob, path: Path) -> None:
    """Write a stored file to a path, which names it as it was named."""
    if blob.size > _MAX_BYTES:
        raise UsageError(f"{quote(text)}: {quote(blob.path)} is larger than a spec may be")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_git(text, "cat-file", "blob", blob.hash))


def _git(text: str, *arguments: str) -> bytes:
    """What git prints. Raises UsageError with its own words when it fails."""
    command = ["git", "--no-pager", "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(
            command,
            # What a partial clone lacks is not fetched.
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
    said = stderr.decode("utf-8", "replace").strip().splitlines()
    if said:
        return f"no such file, and git says: {quote(said[0].removeprefix('fatal: '))}"
    return f"no such file, and git has no {quote(arguments[-1].removesuffix('^{tree}'))}"
