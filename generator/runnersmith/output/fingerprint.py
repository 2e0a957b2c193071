"""Fingerprint of a generated package's inputs: hashes and versions, for the record of the run.

Reads the spec, the packs and this package; writes nothing. Equal fingerprints mean equal output.
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

# The libraries that affect the output, or decide whether there is one.
TOOLS = ("black", "datamodel-code-generator", "jinja2", "msgspec", "openapi-spec-validator")


def tools() -> dict[str, str]:
    """Return the versions of these libraries."""
    return {name: version(name) for name in TOOLS}


def inputs(project: Project) -> dict[str, str]:
    """Return a hash of each kind of input. File names count relative to their folder."""
    here = Path(__file__).parent.parent
    names = [project.package, project.package_version]
    names += [f"{rename.path}: {rename.name}" for rename in project.renames]
    names += ["strict"] * (not project.skip_unsupported) + ["select"] * project.selects_packs
    settings = json.dumps(names)
    return {
        "generator": _tree(here, (path for path in here.rglob("*") if _is_source(here, path))),
        "settings": hashlib.sha256(settings.encode("utf-8")).hexdigest(),
        "spec": _tree(project.spec.parent, [project.spec, *versions.overlays(project.spec)]),
        "templates": _packs(project),
    }


# Parts of this package without effect on the output. In a wheel, spec and templates are in `_data`;
# they have their own hashes.
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
    """Return one hash of every pack, extended ones included, in their order of precedence.

    The client's runtime is part of each of them, since templates print its docstrings.
    """
    runtime = packs.shipped("templates") / "client" / "runtime"
    found = hashlib.sha256(_tree(runtime, runtime.rglob("*.py")).encode())
    for stack in packs.stacks(project.packs):
        for pack in stack.packs:
            files = (name for name in pack.files if name.endswith((".jinja", ".py", ".toml")))
            found.update(_tree(pack.folder, (pack.folder / name for name in files)).encode())
        found.update(b"\0")
    return found.hexdigest()


def _tree(folder: Path, paths: Iterable[Path]) -> str:
    """Return one hash of files, independent of the order in which the system lists them."""
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
