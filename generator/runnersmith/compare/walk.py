"""Walk over an entity of both descriptions that finds their differences. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..openapi.document import Node
from ..problems import Place, SpecError
from .facts import Entity, Fact, FactPath, shown
from .products import Product

_T = TypeVar("_T")

_MOST_LEVELS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A fact that differs between the descriptions, or that only one of them has.

    `node` is its place in the curated spec, or the closest one.
    """

    operation: str
    path: FactPath
    ours: Fact | None
    official: Fact | None
    node: Node

    @property
    def place(self) -> Place:
        return self.node.document.place(self.node.pointer, key=True)

    @property
    def sides(self) -> str:
        """Return `ours 100, official none`."""
        return f"ours {shown(self.ours)}, official {shown(self.official)}"


@dataclass(slots=True)
class Walk:
    """Comparison of one operation; parts that the `product` lacks in the spec may be absent."""

    operation: str
    product: Product | None = None
    _open: set[object] = field(default_factory=set[object])
    _equal: set[object] = field(default_factory=set[object])

    def differences(self, ours: Entity, official: Entity, path: FactPath) -> list[Difference]:
        """Return the differences between two entities of the same name and in their parts.

        A part that only one side has is one difference, with everything in it. It is none if it has
        no meaning beside the types of one side: a patch that changes a type may leave the rest. A
        pair that recurs within itself is taken as equal there: a difference is found at its first
        occurrence.
        """
        pair = (ours.identity, official.identity)
        if pair in self._open or pair in self._equal:
            return []
        if len(self._open) > _MOST_LEVELS:
            reason = f"fields within fields, more than {_MOST_LEVELS} deep, are not compared"
            raise SpecError([ours.node.problem(reason)])
        self._open.add(pair)
        found = list(self._facts(ours, official, path))
        for name, curated_value, official_value in _pairs(ours.entities, official.entities):
            part = FactPath(name)
            found += self._part(
                curated_value and curated_value(), official_value and official_value(), part, ours
            )
        for name, curated_value, official_value in _pairs(ours.fields, official.fields):
            is_shared = curated_value is not None and official_value is not None
            if not (is_shared or (ours.can_have(name) and official.can_have(name))):
                continue
            part = path.step(name)
            found += self._part(
                curated_value and curated_value(), official_value and official_value(), part, ours
            )
        self._open.remove(pair)
        if not found:
            self._equal.add(pair)
        return found

    def _facts(self, ours: Entity, official: Entity, path: FactPath) -> Iterator[Difference]:
        for keyword, curated_value, official_value in _pairs(ours.facts, official.facts):
            if curated_value is not None and official_value is not None:
                is_other = not curated_value.says(official_value)
            else:
                fact = curated_value or official_value
                is_other = fact is not None and all(
                    side.can_say(fact, keyword) for side in (ours, official)
                )
            if is_other:
                yield self._difference(path.says(keyword), curated_value, official_value, ours)

    def _part(
        self, ours: Entity | None, official: Entity | None, path: FactPath, owner: Entity
    ) -> Iterator[Difference]:
        curated_value = None if ours is None else ours.existence
        official_value = None if official is None else official.existence
        if ours is not None and self.product is not None and self.product.lacks(ours):
            if official is None:
                return
            has = Fact(str(self.product), official.node)
            yield Difference(
                operation=self.operation,
                path=path.says("product"),
                ours=None,
                official=has,
                node=ours.products[0],
            )
        if (
            curated_value is None
            or official_value is None
            or not curated_value.says(official_value)
        ):
            yield self._difference(path, curated_value, official_value, owner)
        if ours is not None and official is not None:
            yield from self.differences(ours, official, path)

    def _difference(
        self, path: FactPath, ours: Fact | None, official: Fact | None, owner: Entity
    ) -> Difference:
        return Difference(
            operation=self.operation,
            path=path,
            ours=ours,
            official=official,
            node=owner.node if ours is None else ours.node,
        )


def _pairs(
    ours: Mapping[str, _T], official: Mapping[str, _T]
) -> Iterator[tuple[str, _T | None, _T | None]]:
    """Yield both sides' entries by name: curated ones in order, then official ones."""
    for name in {**ours, **official}:
        yield name, ours.get(name), official.get(name)
