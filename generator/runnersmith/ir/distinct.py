"""Distinct Python names for the names of one namespace, such as the properties of a schema. Pure.

A rule that depends on the spellings only, not on their order or number:

1. Each name has candidates: the usual Python name, the same with how it is spelled in words (`id__at`
   for `@id`), and the same with a short digest of it.
2. Of all names with one candidate, the spelling closest to it has it; `effort` orders them.
3. A name becomes the first candidate that it has.

A new name therefore renames another one only if its own spelling is closer to the same candidate,
and then only that one. Names in which `__` (in a class `_`) separates the parts never meet a usual
name, which has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import names
from .words import digest, effort, mark, words


@dataclass(frozen=True, slots=True)
class Clash:
    """A name that does not have its usual Python name, since another name has it."""

    text: str
    other: str
    usual: str
    name: str


@dataclass(frozen=True, slots=True)
class Distinct:
    """The Python name of each name of a namespace, and those that are not the usual."""

    names: Mapping[str, str]
    clashes: tuple[Clash, ...] = ()


def distinct(
    texts: Iterable[str],
    usual: Callable[[str], str],
    *,
    separator: str = "__",
    second: Callable[[str], str] | None = None,
) -> Distinct:
    """Return distinct names; `second` is the candidate after the usual name."""
    listed = list(dict.fromkeys(texts))
    first = {text: usual(text) for text in listed}
    if len(set(first.values())) == len(listed):
        return Distinct(first)
    candidates = {text: _candidates(text, first[text], separator, second) for text in listed}
    found = _chosen(candidates)
    owners = {name: text for text, name in found.items()}
    clashes = tuple(
        Clash(text, owners.get(first[text], ""), first[text], found[text])
        for text in listed
        if found[text] != first[text]
    )
    return Distinct({text: found[text] for text in listed}, clashes)


def _candidates(
    text: str, usual: str, separator: str, second: Callable[[str], str] | None
) -> tuple[str, ...]:
    stem = usual.rstrip("_") + separator
    marked = mark(text) or ("lower" if separator == "_" else "")
    between = (second(text),) if second is not None else ()
    # The whole digest, since two short ones can be made to agree.
    last = (stem + digest(text), stem + digest(text, 64))
    return (usual, *between, stem + marked if marked else last[0], *last)


def _chosen(candidates: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the first candidate of each text that no closer text has, and no earlier level."""
    found: dict[str, str] = {}
    earlier: set[str] = set()
    for level in range(max(map(len, candidates.values()))):
        owners: dict[str, str] = {}
        for text, listed in candidates.items():
            name = listed[level]
            if name not in owners or effort(text, name) < effort(owners[name], name):
                owners[name] = text
        for text, listed in candidates.items():
            name = listed[level]
            if text not in found and owners[name] == text and name not in earlier:
                found[text] = name
        earlier |= owners.keys()
        if len(found) == len(candidates):
            break
    return found


def fields(wire_names: Iterable[str]) -> Distinct:
    """Return the names of the fields of a model, or of the arguments in one place of a request."""
    return distinct(wire_names, names.field_name)


def classes(keys: Iterable[str]) -> Distinct:
    """Return the class names of component schemas."""
    return distinct(keys, names.class_name, separator="_")


def modules(class_names: Iterable[str]) -> Distinct:
    """Return the names of the modules of classes."""
    return distinct(class_names, names.module_name)


def servers(urls: Mapping[str, str], api: str) -> Distinct:
    """Return the names of servers, given the text that the name of each is derived from."""

    def short(url: str) -> str:
        return names.server_name(urls[url], api)

    def whole(url: str) -> str:
        return names.field_name("_".join(words(urls[url].partition("://")[2] or urls[url])))

    return distinct(urls, short, second=whole)


def methods(operation_ids: Mapping[str, tuple[str, str]], tag: str) -> Distinct:
    """Return the names of the methods of a resource, given the path and method of each operation."""

    def short(operation_id: str) -> str:
        path, method = operation_ids[operation_id]
        return names.method_name(names.handler_name(operation_id, path, method), tag)

    def whole(operation_id: str) -> str:
        return names.method_name(operation_id, tag)

    return distinct(operation_ids, short, second=whole)


def resources(tags: Iterable[str]) -> Distinct:
    """Return the names of the client's properties for tags."""
    return distinct(tags, names.resource_name)


def resource_classes(tags: Iterable[str]) -> Distinct:
    """Return the class names for tags; `Async` before one is never another."""
    found = distinct(tags, names.resource_class, separator="_")
    owners = {name: tag for tag, name in found.names.items()}
    changed = tuple(
        Clash(tag, owners[name.removeprefix("Async")], name, f"{name}_{digest(tag)}")
        for tag, name in found.names.items()
        if name.startswith("Async") and name.removeprefix("Async") in owners
    )
    renamed = {clash.text: clash.name for clash in changed}
    return Distinct({**found.names, **renamed}, (*found.clashes, *changed))
