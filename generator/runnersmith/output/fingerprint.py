"""Fingerprint of the inputs of a generated package: hashes and versions, as the lock has them.

Reads the spec, the packs and this package; writes nothing. Equal fingerprints give equal packages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from .. import packs
from ..overlay import versions
from ..problems import UsageError
from ..project import Project

# What shapes the output, beside our own code.
TOOLS = ("black", "datamodel-code-generator", "jinja2", "msgspec")


def tools() -> dict[str, str]:
    """The versions of the libraries that shape the output."""
    return {name: version(name) for name in TOOLS}


def inputs(project: Project) -> dict[str, str]:
    """A hash of each kind of input. Names of files count by where they are below their folder."""
    here = Path(__file__).parent.parent
    said = [project.package, project.package_version]
    settings = json.dumps([*said, "skip-unsupported"] if project.skip_unsupported else said)
    return {
        "generator": _tree(here, (path for path in here.rglob("*") if _is_source(here, path))),
        "settings": hashlib.sha256(settings.encode("utf-8")).hexdigest(),
        "spec": _tree(project.spec.parent, [project.spec, *versions.overlays(project.spec)]),
        "templates": _packs(project),
    }


# What of this package has no part in what is generated. In a wheel, spec and templates lie in
# `_data`; they are inputs of their own.
APART = frozenset(
    {
        "__main__.py",
        "_data",
        "bump",
        "bundle.py",
        "cli",
        "compare",
        "diff",
        "ir/json_schema.py",
        "yaml_edit",
    }
)


def _is_source(here: Path, path: Path) -> bool:
    name = path.relative_to(here)
    apart = any(one.as_posix() in APART for one in (name, *name.parents))
    return path.suffix in (".py", ".json") and not apart


def _packs(project: Project) -> str:
    """One hash of every pack, those that others extend included, in the order that they count in."""
    found = hashlib.sha256()
    for stack in packs.stacks(project.packs):
        for pack in stack.packs:
            files = (name for name in pack.files if name.endswith((".jinja", ".py", ".toml")))
            found.update(_tree(pack.folder, (pack.folder / name for name in files)).encode())
        found.update(b"\0")
    return found.hexdigest()


def _tree(folder: Path, paths: Iterable[Path]) -> str:
    """One hash of some files, whatever order the system lists them in."""
    found = hashlib.sha256()
    for path in sorted(paths):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{path}: cannot be read: {error.strerror}; make it a readable file"
            ) from None
        name = path.relative_to(folder).as_posix()
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()
