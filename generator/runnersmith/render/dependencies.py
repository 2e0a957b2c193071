"""Dependencies of a generated package, as its packs and its `pyproject.toml` state them.

No other package can have their names: Python would find only one of the two. Reads the packs'
folders.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..packs import Stack, shipped
from ..problems import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class _Project(msgspec.Struct, frozen=True, rename="kebab"):
    dependencies: tuple[str, ...] = ()
    optional_dependencies: Mapping[str, tuple[str, ...]] = {}


class _File(msgspec.Struct, frozen=True):
    """The part of a pyproject.toml that has the requirements."""

    project: _Project = _Project()


def check_package(name: str, stacks: Sequence[Stack], pyproject: str) -> None:
    """Raise UsageError if the name of a package is that of one of its dependencies.

    A distribution and its module can differ: PyJWT is imported as jwt. Raises UsageError as well for
    a pyproject.toml whose requirements are no lists of texts.
    """
    distributions = map(_normalized, _requirements(pyproject))
    if name in distributions or _is_imported(name, stacks):
        raise UsageError(
            f"{name!r} cannot be the package; it is the name of a dependency of the client"
        )


def _requirements(pyproject: str) -> Iterator[str]:
    try:
        project = msgspec.convert(tomllib.loads(pyproject), _File).project
    except msgspec.ValidationError as error:
        raise UsageError(
            f"the pyproject.toml that the packs print has no valid requirements: {error}"
        ) from None
    for group in (project.dependencies, *project.optional_dependencies.values()):
        yield from group


def _normalized(requirement: str) -> str:
    """Return the name of a requirement's distribution as a package can be named."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "_", found[0]).lower() if found is not None else ""


def _is_imported(name: str, stacks: Sequence[Stack]) -> bool:
    """Return whether a shipped pack imports a module. Other packs may know their package's name."""
    statement = re.compile(
        rf"^\s*(?:import {name}(?:\.| as\b|\s*$)|from {name}(?:\.[\w.]+)? import\b)", re.MULTILINE
    )
    ours = shipped("templates")
    packs = {pack.folder: pack for stack in stacks for pack in stack.packs}
    return any(
        statement.search((pack.folder / path).read_text(encoding="utf-8")) is not None
        for pack in packs.values()
        if pack.folder.is_relative_to(ours)
        for path in pack.files
        if path.endswith((".py", ".py.jinja"))
    )
