"""Outputs of templates: their variables, their paths, and the check of their contents."""

from __future__ import annotations

import functools
import json
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ... import ir
from ...ir.placement import all_resources
from ...output import lockfile
from ...packs import Each
from .errors import RenderError


@dataclass(frozen=True, slots=True)
class Flavour:
    """Sync or async: one template renders both."""

    name: str
    is_async: bool

    @property
    def module(self) -> str:
        return f"_{self.name}"

    @property
    def core(self) -> str:
        """Return the class that scopes and resources of this flavour hold."""
        return "AsyncCore" if self.is_async else "SyncCore"

    @property
    def prefix(self) -> str:
        """Return the prefix of this flavour's class names."""
        return "Async" if self.is_async else ""


FLAVOURS = (Flavour("sync", is_async=False), Flavour("async", is_async=True))


@dataclass(frozen=True, slots=True)
class Package:
    """Name and version of the generated package, and the names of the packs that it is made of."""

    name: str
    version: str
    packs: tuple[str, ...] = ()


# The variables of every template, and those of an output for each element of the IR. `source` is
# the text of a model's class, if a pack has a template for it.
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
# The variables of a model's class template, from `structs` and datamodel-code-generator.
MODEL_VARIABLES = (
    "assignments",
    "bases",
    "class_name",
    "conditions",
    "docs",
    "docstring",
    "eithers",
    "extra",
    "fields",
    "item",
    "model",
    "secrets",
    "tag",
)


@dataclass(frozen=True, slots=True)
class StructField:
    """A field as datamodel-code-generator has it, reduced to what templates see."""

    name: str
    type_hint: str
    required: bool


def contexts(each: Each, api: ir.Api, sources: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the variables of each file of an output, beside the shared ones."""
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
            for scope, resource in all_resources(api):
                found: dict[str, Any] = {"scope": scope, "resource": resource}
                if each == "resource":
                    yield found
                elif each == "operation":
                    yield from ({**found, "operation": it} for it in resource.operations)
                else:
                    yield from ({**found, "flavour": flavour} for flavour in FLAVOURS)


def names(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the elements that a file is made for, such as its scope and resource."""
    return {
        kind: str(element.name)
        for kind, element in context.items()
        if kind != "source" and element is not None
    }


# ── Paths ────────────────────────────────────────────────────────────────────────────────────


def plain(path: str) -> str:
    """Return a normalized path below the output folder. Raises ValueError for any other path."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise ValueError("is outside the output folder")
    # Windows reads a colon as a drive or as a second stream of a file.
    if ":" in path:
        raise ValueError("is outside the output folder, having a colon")
    if not path.isprintable():
        raise ValueError("has characters that do not print")
    if path.endswith("/") or any(part.casefold() == ".git" for part in parts):
        raise ValueError("is not a path of a file that can be written")
    found = PurePosixPath(path).as_posix()
    if not lockfile.is_inside(found):
        raise ValueError("is reserved for the lock file")
    return found


class OutputPaths:
    """Paths with their templates. Equal paths are an error, also on a case-insensitive system."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, tuple[str, str]] = {}

    def add(self, path: str, template: str) -> None:
        """Reserve a path for a template. Raises RenderError with both templates if it is taken."""
        key = _folded(path)
        parents = [_folded(str(parent)) for parent in PurePosixPath(path).parents][:-1]
        taken = [self._made.get(key), self._folders.get(key), *map(self._made.get, parents)]
        if other := next((one for one in taken if one), None):
            clash = f"{path} is made twice" if other[0] == path else f"{path} and {other[0]} clash"
            by = f", by {other[1]} too" if other[1] != template else ""
            raise RenderError(f"{template}: {clash}{by}; give one of them another path")
        self._made[key] = (path, template)
        self._folders.update(dict.fromkeys(parents, (path, template)))


def _folded(path: str) -> str:
    """Return the form of a path on file systems that ignore case or normalize Unicode."""
    return unicodedata.normalize("NFC", path).casefold()


# ── Contents ─────────────────────────────────────────────────────────────────────────────────


def parse_back(path: str, text: str) -> None:
    """Check that the content of a file is valid for its suffix. Raises ValueError with the line."""
    _parse(PurePosixPath(path).suffix, text)


@functools.lru_cache(maxsize=1_000)
def _parse(suffix: str, text: str) -> None:
    """Parse a text by the suffix of its file; files that packs copy are the same in every run."""
    try:
        if suffix in (".py", ".pyi"):
            # Compiled too: some errors are found after parsing.
            compile(text, f"text{suffix}", "exec", dont_inherit=True)
        elif suffix == ".toml":
            tomllib.loads(text)
        elif suffix == ".json":
            json.loads(text, parse_constant=_no_constant)
        elif suffix in (".yaml", ".yml"):
            _compose(text)
    except SyntaxError as error:
        # Without the path, which the caller adds.
        raise ValueError(f"line {error.lineno}: {error.msg}") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _compose(text: str) -> None:
    import yaml

    try:
        # Nodes, not values: an alias costs nothing, however often it is repeated.
        for _ in yaml.compose_all(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
