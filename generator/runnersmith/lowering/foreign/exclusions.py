"""Exclusions: the operations that unsound parts of a document affect. Pure.

An operation depends on itself, its path item, and the components that it references, directly or
indirectly. With YAML aliases, a value can have several places, so values are compared by identity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ...openapi.document import Document, Json, Node, Pointer, parse_pointer
from ...problems import Problem
from ..core.operations import METHODS, identify

# The targets of references.
_SECTIONS = frozenset(
    "schemas responses parameters examples requestBodies headers links callbacks pathItems".split()
)
# An operation by its identifier, or a component by its place.
Owner = str | Pointer


def blame(
    document: Document, problems: Collection[Problem]
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """Return the problems of each operation by id, and those that affect no operation."""
    if not problems:
        return {}, []
    parts = _Parts(document)
    found: dict[str, list[Problem]] = {}
    idle: list[Problem] = []
    for problem in problems:
        holder = _holder(document.data, problem.pointer)
        operations = parts.operations(parts.owners.get(id(holder), ()))
        for operation in operations:
            found.setdefault(operation, []).append(problem)
        if not operations:
            idle.append(problem)
    return found, idle


def _holder(value: Json, pointer: Pointer) -> Json:
    """Return the innermost mapping or list on the path to a place."""
    found = value
    for part in pointer:
        child: Json = None
        if isinstance(value, dict):
            child = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            child = value[part]
        if not isinstance(child, dict | list):
            break
        found = value = child
    return found


class _Parts:
    """Dependencies of each operation and each component."""

    def __init__(self, document: Document) -> None:
        self.owners: dict[int, set[Owner]] = {}
        self._uses: dict[Owner, set[Owner]] = {}
        self._at: dict[Pointer, list[str]] = {}
        root = document.root
        paths, components = root.get("paths"), root.get("components")
        for path, item in paths.items() if paths else ():
            if not path.startswith("x-"):
                self._item(path, item)
        for section, held in components.items() if components else ():
            for _, component in held.items() if section in _SECTIONS else ():
                self._own(component.value, {component.pointer})

    def operations(self, owners: Iterable[Owner]) -> list[str]:
        """Return the operations among owners and those that use one of them, in document order."""
        reached: set[Owner] = set()
        waiting = set(owners)
        while waiting:
            reached |= waiting
            waiting = {
                user for user, used in self._uses.items() if not used.isdisjoint(waiting)
            } - reached
        every = dict.fromkeys(name for names in self._at.values() for name in names)
        return [name for name in every if name in reached]

    def _item(self, path: str, item: Node) -> None:
        resolved = item.resolved()
        if resolved is None:
            # Nothing is known of its operations, so it is listed as one.
            self._at[item.pointer] = [path]
            self._own(item.value, {path})
            return
        named = {key: identify(node, path) for key, node in resolved.items() if key in METHODS}
        every: set[Owner] = set(named.values())
        self._at[item.pointer] = list(named.values())
        for key, identifier in named.items():
            self._at[*item.pointer, key] = [identifier]
        if resolved is not item:
            self._own(item.value, every)
            return
        self.owners.setdefault(id(item.value), set()).update(every)
        for key, node in item.items():
            owners: set[Owner] = {named[key]} if key in named else every
            self._own(node.value, owners)

    def _own(self, value: Json, owners: set[Owner]) -> None:
        waiting = [value]
        while waiting:
            held = waiting.pop()
            if not isinstance(held, dict | list):
                continue
            self.owners.setdefault(id(held), set()).update(owners)
            for used in _references(held):
                for owner in owners:
                    self._uses.setdefault(owner, set()).update(self._target(used))
            waiting += held.values() if isinstance(held, dict) else held

    def _target(self, reference: str) -> Iterable[Owner]:
        parts = parse_pointer(reference) or ()
        if parts[:1] == ("paths",):
            return self._at.get(parts[:3]) or self._at.get(parts[:2]) or ()
        return [parts[:3]]


def _references(held: dict[str, Json] | list[Json]) -> Iterator[str]:
    """Yield the `$ref` of a mapping, and the targets of a discriminator's mapping."""
    if isinstance(held, dict):
        if isinstance(reference := held.get("$ref"), str):
            yield reference
        mapping = held.get("mapping")
        for value in mapping.values() if isinstance(mapping, dict) else ():
            if isinstance(value, str):
                yield value if value.startswith("#") else f"#/components/schemas/{value}"
