"""Correspondence of places in both descriptions, found through their operations. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ...compare.description_view import View
from ...compare.facts import Entity, FactPath
from ...compare.operations import Operation, entity
from ...openapi.document import Pointer
from .descriptions import field_at, home, reading

Key = tuple[str, str]


class Correspondence:
    """Official counterparts of every curated schema, parameter, header, body and response.

    A curated one can have several: GitHub may write out at each use what the curated spec shares.
    """

    def __init__(
        self,
        curated_operations: Mapping[Key, Operation],
        official_operations: Mapping[Key, Operation],
    ) -> None:
        self.curated = curated_operations
        self.official = official_operations
        self._components: dict[Pointer, Counter[Pointer]] = {}
        self._partners: dict[Pointer, set[object]] = {}
        seen: set[tuple[object, object]] = set()
        for key, operation in curated_operations.items():
            if (official := official_operations.get(key)) is None:
                continue
            like = entity(operation, operation, {}), entity(official, operation, {})
            waiting: list[tuple[FactPath, Entity, Entity]] = [*parts(FactPath(), *like)]
            while waiting:
                path, ours, other = waiting.pop()
                if path.field:
                    # Every path leads to the same part, with the same contents.
                    pair = (ours.identity, other.identity)
                    if pair in seen:
                        continue
                    seen.add(pair)
                self._note(operation.view, path, ours, other)
                waiting += parts(path, ours, other)

    def component(self, official: Pointer) -> Pointer | None:
        """Return the curated component that most often corresponds to an official one."""
        found = self._components.get(official)
        return found.most_common(1)[0][0] if found else None

    def partners(self, ours: Pointer) -> set[object]:
        """Return the identities of the official counterparts of a curated entity or schema."""
        return self._partners.get(ours, set())

    def _note(self, view: View, path: FactPath, ours: Entity, other: Entity) -> None:
        self._add(ours.node.pointer, other.node.pointer, other)
        curated, official_part = home(ours, path), home(other, path)
        if curated is None or official_part is None:
            return
        for part in (curated, *reading(view, field_at(view, curated)).parts):
            self._add(part.pointer, (), other)
        one, two = curated.resolved(), official_part.resolved()
        if one is not None and two is not None:
            self._add(one.pointer, two.pointer, other)

    def _add(self, ours: Pointer, official: Pointer, other: Entity) -> None:
        self._partners.setdefault(ours, set()).add(other.identity)
        if _is_component(ours) and _is_component(official):
            self._components.setdefault(official, Counter())[ours] += 1


def parts(path: FactPath, ours: Entity, other: Entity) -> Iterator[tuple[FactPath, Entity, Entity]]:
    """Yield the parts that two entities of the same name both have."""
    for name, make in ours.entities.items():
        if name in other.entities:
            yield FactPath(name), make(), other.entities[name]()
    for name, make in ours.fields.items():
        if name in other.fields:
            yield path.step(name), make(), other.fields[name]()


def _is_component(pointer: Pointer) -> bool:
    """Return whether a pointer leads to a component itself, not to a part of it."""
    return len(pointer) == 3 and pointer[0] == "components"
