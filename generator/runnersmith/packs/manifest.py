"""Manifest of a pack (pack.toml): its contents, and every problem with its line. Pure."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, cast, get_args

import msgspec

from ..ir import IR_CHANGES, IR_VERSION
from ..openapi.spelling import did_you_mean
from ..problems import Place, Problem, SpecError
from .toml_positions import Path, lines, nearest

FILE = "pack.toml"
SUFFIX = ".jinja"
DATA_SUFFIX = ".toml"

Each = Literal["client", "flavour", "scope", "resource", "resource-flavour", "operation", "model"]

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}\Z", re.ASCII)
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
# Names that Jinja reads as values, beside Python's keywords.
_CONSTANTS = frozenset({"false", "none", "true"})
_SYNTAX = re.compile(r"(?P<message>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)\Z")


class PackError(SpecError):
    """A pack has problems, listed in file order: exit status 1."""


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template with the path of its output, itself a template, for each element of a kind.

    `when` is a Jinja expression; if it is false, the output is skipped. `formatted` is whether the
    template prints Python in black's format, which is then not formatted again.
    """

    template: str
    path: str
    each: Each = "client"
    when: str | None = None
    formatted: bool = False


class Optional(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An optional file of a copied folder, by its path there, with a Jinja condition."""

    file: str
    when: str


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder of plain Python files, and the path that it is copied to.

    `optional` lists the files in it that are copied only under a condition.
    """

    source: str
    path: str
    optional: tuple[Optional, ...] = ()


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Contents of a pack.toml.

    `models` is the template of a model's class; `data` names TOML files of the pack. `replaces`
    lists the templates that replace those of the packs below as a whole, `requires` the operations
    that the pack is for, such as `org.runners.list`.
    """

    name: str
    ir_version: int
    extends: str | None = None
    models: str | None = None
    outputs: tuple[Output, ...] = ()
    copies: tuple[Copy, ...] = ()
    data: dict[str, str] = {}
    replaces: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


_TYPES: Mapping[str, Any] = {
    "name": str,
    "ir-version": int,
    "extends": str,
    "models": str,
    "outputs": list[Any],
    "copies": list[Any],
    "data": dict[str, Any],
    "replaces": list[str],
    "requires": list[str],
}
_ENTRIES: Mapping[str, type[Output | Copy]] = {"outputs": Output, "copies": Copy}


@lru_cache(maxsize=100)
def parse(text: str, file: str) -> tuple[Manifest, Mapping[Path, int]]:
    """Parse the manifest and the line of each key. Raises PackError with every problem."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError([syntax(error, file)]) from None
    places = lines(text)
    problems = [
        Problem(Place(file, nearest(places, path)), message) for path, message in _problems(data)
    ]
    if problems:
        raise PackError(problems)
    return msgspec.convert(data, Manifest), places


def syntax(error: tomllib.TOMLDecodeError, file: str) -> Problem:
    """Return the problem of a file that is not TOML."""
    found = _SYNTAX.match(str(error))
    place = Place(file, int(found["line"]), int(found["column"])) if found else Place(file)
    return Problem(place, f"not TOML: {found['message'] if found else error}")


def _problems(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in data.keys() - _TYPES.keys():
        yield (key,), f"unknown key {key!r}{did_you_mean(key, _TYPES)}"
    wrong: set[str] = set()
    for key, kind in _TYPES.items():
        if key in data and (message := _unfit(data[key], kind)):
            wrong.add(key)
            yield (key,), f"{key}: {message}"
    for key in ("name", "ir-version"):
        if key not in data:
            yield (), f"{key} is missing; add {_MISSING[key]}"
    for key, kind in _ENTRIES.items():
        for index, entry in enumerate(data.get(key, []) if key not in wrong else []):
            for path, message in _entry(entry, kind):
                yield (key, index, *path), f"{key}[{index}]: {message}"
    for name, path in data.get("data", {}).items() if "data" not in wrong else ():
        if message := _unfit(path, str) or _unusable(name, path):
            yield ("data", name), f"data {name!r}: {message}"
    yield from ((path, message) for path, message in _invalid_values(data) if path[0] not in wrong)


def _unusable(name: str, path: str) -> str:
    """Return why no template could read a data file; empty if one can."""
    if not _VARIABLE.match(name) or keyword.iskeyword(name) or name in _CONSTANTS:
        return "not a variable name; use lower-case letters, digits and underscores, no keyword"
    if not path.endswith(DATA_SUFFIX):
        return f"{path!r} is not a TOML file; use a name that ends in {DATA_SUFFIX}"
    return ""


_MISSING = {"name": 'name = "…"', "ir-version": f"ir-version = {IR_VERSION}"}


def _entry(entry: object, kind: type[Output | Copy]) -> Iterator[tuple[Path, str]]:
    if isinstance(entry, dict):
        known = kind.__struct_fields__
        entry = cast("dict[str, object]", entry)
        for key in entry:
            if key not in known:
                yield (key,), f"unknown key {key!r}{did_you_mean(key, known)}"
        each = entry.get("each", "client")
        if "each" in known and isinstance(each, str) and each not in get_args(Each):
            listed = ", ".join(get_args(Each))
            yield (
                "each",
            ), f"each is {each!r}{did_you_mean(each, get_args(Each))}; it is one of {listed}"
            entry = {**entry, "each": "client"}
        entry = {name: value for name, value in entry.items() if name in known}
    if message := _unfit(entry, kind):
        yield (), message


def _unfit(value: object, kind: Any) -> str:
    """Return the problem with the type of a value; empty if there is none."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _invalid_values(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the problems of values with the right type."""
    name, version = data.get("name"), data.get("ir-version")
    if isinstance(name, str) and not _NAME.match(name):
        yield ("name",), f"name {name!r}: use lower-case letters, digits and hyphens"
    if isinstance(version, int) and version != IR_VERSION:
        yield ("ir-version",), another_version(version)
    outputs: object = data.get("outputs")
    entries = cast("list[object]", outputs) if isinstance(outputs, list) else []
    templates: list[tuple[Path, object]] = [
        (("outputs", index, "template"), cast("dict[str, object]", entry).get("template"))
        for index, entry in enumerate(entries)
        if isinstance(entry, dict)
    ]
    replaces: object = data.get("replaces")
    listed = cast("list[object]", replaces) if isinstance(replaces, list) else []
    templates += [(("replaces", index), it) for index, it in enumerate(listed)]
    for path, template in (*templates, (("models",), data.get("models"))):
        if isinstance(template, str) and not template.endswith(SUFFIX):
            yield path, f"{template!r} is not a template; use a name that ends in {SUFFIX}"


def another_version(
    version: int, current: int = IR_VERSION, changes: Mapping[int, str] = IR_CHANGES
) -> str:
    """Return why a pack for another IR version is rejected, with the changes since."""
    message = f"made for IR version {version}; this runnersmith has {current}"
    if version > current:
        return f"{message}: use a newer runnersmith"
    since = "; ".join(
        f"{number}: {change}" for number, change in sorted(changes.items()) if number > version
    )
    return f"{message}. Changed since: {since}. Adapt the templates, then raise ir-version"
