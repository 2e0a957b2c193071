"""Outputs of templates: their variables, their paths, and whether each is what its suffix says."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ... import ir
from ...output import lockfile
from ...packs import Each
from .errors import RenderError


@dataclass(frozen=True, slots=True)
class Flavour:
    """Sync or async: one template makes both."""

    name: str
    is_async: bool

    @property
    def module(self) -> str:
        return f"_{self.name}"

    @property
    def core(self) -> str:
        """The class that scopes and resources of this flavour hold."""
        return "AsyncCore" if self.is_async else "SyncCore"

    @property
    def prefix(self) -> str:
        """What the class names of this flavour start with."""
        return "Async" if self.is_async else ""


FLAVOURS = (Flavour("sync", is_async=False), Flavour("async", is_async=True))


@dataclass(frozen=True, slots=True)
class Package:
    """What the package is called and numbered, beside what the spec says."""

    name: str
    version: str


# The variables that every template has, and those that an output has for each of something.
# `source` is the text of a model's class: where a pack has a template of it.
SHARED = ("api", "flavours", "mark", "package")
VARIABLES: Mapping[Each, tuple[str, ...]] = {
    "client": (),
    "flavour": ("flavour",),
    "scope": ("scope",),
    "resource": ("scope", "resource"),
    "resource-flavour": ("scope", "resource", "flavour"),
    "operation": ("scope", "resource", "operation"),
    "model": ("model", "source"),
}
# What datamodel-code-generator and `structs` give to the template of a model's class.
MODEL_VARIABLES = (
    "assignments",
    "class_name",
    "docs",
    "docstring",
    "eithers",
    "fields",
    "item",
    "model",
    "secrets",
    "tag",
)


@dataclass(frozen=True, slots=True)
class StructField:
    """A field as datamodel-code-generator has it: all of it that templates see."""

    name: str
    type_hint: str
    required: bool


def contexts(each: Each, api: ir.Api, sources: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The variables of each file that an output makes, beside the shared ones."""
    match each:
        case "client":
            yield {}
        case "flavour":
            yield from ({"flavour": flavour} for flavour in FLAVOURS)
        case "scope":
            yield from ({"scope": scope} for scope in api.scopes)
        case "model":
            for model in api.models:
                source = {"source": sources[model.name]} if sources else {}
                yield {"model": model, **source}
        case "resource" | "resource-flavour" | "operation":
            listed = [(scope, it) for scope in api.scopes for it in scope.resources]
            # `scope` is None for a resource of the client itself.
            for scope, resource in [*listed, *((None, it) for it in api.resources)]:
                found: dict[str, Any] = {"scope": scope, "resource": resource}
                if each == "resource":
                    yield found
                elif each == "operation":
                    yield from ({**found, "operation": it} for it in resource.operations)
                else:
                    yield from ({**found, "flavour": flavour} for flavour in FLAVOURS)


# ── Paths ────────────────────────────────────────────────────────────────────────────────────


def plain(path: str) -> str:
    """A path below the output folder, written in the one way. Raises ValueError when it is none."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise ValueError("is outside the output folder")
    # A drive, or a second stream of a file: Windows takes either for another place.
    if ":" in path:
        raise ValueError("is outside the output folder, having a colon")
    if not path.isprintable():
        raise ValueError("has characters that do not print")
    if path.endswith("/") or any(part.casefold() == ".git" for part in parts):
        raise ValueError("is no path of a file that may be made")
    found = PurePosixPath(path).as_posix()
    if not lockfile.is_inside(found):
        raise ValueError("is the lock's own")
    return found


class OutputPaths:
    """Which template makes which path. Two at one path, also where case does not count, are an error."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, tuple[str, str]] = {}

    def add(self, path: str, template: str) -> None:
        """Claim a path for a template. Raises RenderError with both templates."""
        key = _folded(path)
        parents = [_folded(str(parent)) for parent in PurePosixPath(path).parents][:-1]
        taken = [self._made.get(key), self._folders.get(key), *map(self._made.get, parents)]
        if other := next((one for one in taken if one), None):
            said = f"{path} is made twice" if other[0] == path else f"{path} and {other[0]} clash"
            by = f", by {other[1]} too" if other[1] != template else ""
            raise RenderError(f"{template}: {said}{by}; give one of them another path")
        self._made[key] = (path, template)
        self._folders.update(dict.fromkeys(parents, (path, template)))


def _folded(path: str) -> str:
    """What file systems that ignore case, or spell letters in one way, take for the same path."""
    return unicodedata.normalize("NFC", path).casefold()


# ── Contents ─────────────────────────────────────────────────────────────────────────────────


def parse_back(path: str, text: str) -> None:
    """Check that a file is what its suffix says. Raises ValueError with the line."""
    suffix = PurePosixPath(path).suffix
    try:
        if suffix in (".py", ".pyi"):
            # Not only parsed: some mistakes are found when it is compiled.
            compile(text, path, "exec", dont_inherit=True)
        elif suffix == ".toml":
            tomllib.loads(text)
        elif suffix == ".json":
            json.loads(text, parse_constant=_no_constant)
        elif suffix in (".yaml", ".yml"):
            _compose(text)
    except SyntaxError as error:
        # Without the path, which the caller says.
        raise ValueError(f"line {error.lineno}: {error.msg}") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _compose(text: str) -> None:
    import yaml

    try:
        # Nodes, not values: an alias stands for its anchor, however often.
        for _ in yaml.compose_all(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
