"""Choices of a schema: one conjunction of plain schemas for a schema with alternatives.

`$ref`, `allOf`, `oneOf`, `anyOf` and discriminators end here. What remains has keywords that
constrain a value directly, and a value of the schema must satisfy all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .description import Description, Object

Facets: TypeAlias = list[Object]
Choose: TypeAlias = Callable[[Sequence[Any]], Any]

_COMPOSITION = frozenset({"$ref", "allOf", "oneOf", "anyOf", "discriminator"})
_COMPONENTS = "#/components/schemas/"


class Impossible(Exception):
    """Raised for a schema that no value satisfies, or none that is small enough."""


class Choices:
    """Choices in the schemas of a description. `choose` takes one of several alternatives."""

    def __init__(self, description: Description) -> None:
        self.description = description

    def facets(self, schema: Any, choose: Choose, inside: frozenset[str] = frozenset()) -> Facets:
        """Return a choice. `inside` are the references that lead to the schema by `allOf`."""
        if schema is False:
            raise Impossible
        if not isinstance(schema, Mapping):
            return []
        found: Facets = []
        if isinstance(reference := schema.get("$ref"), str):
            found += self._target(reference, choose, inside)
            if self.description.is_30:
                return found
        for one in schema.get("allOf") or ():
            found += self.facets(one, choose, inside | {"allOf"})
        for keyword in ("oneOf", "anyOf"):
            listed = schema.get(keyword) or ()
            if listed and not any(_leads_back(one, inside) for one in listed):
                found += self._alternative(schema, choose(listed), choose, inside)
        plain = {name: value for name, value in schema.items() if name not in _COMPOSITION}
        return [*found, plain] if plain else found

    def _alternative(
        self, schema: Object, chosen: Any, choose: Choose, inside: frozenset[str]
    ) -> Facets:
        found = self.facets(chosen, choose, inside)
        discriminator = schema.get("discriminator")
        reference = chosen.get("$ref") if isinstance(chosen, Mapping) else None
        if discriminator and isinstance(reference, str):
            found += self._tag(discriminator, reference, choose)
        return found

    def _target(self, reference: str, choose: Choose, inside: frozenset[str]) -> Facets:
        """Return the choice of a reference: also of the schemas that inherit from its target."""
        if reference in inside:
            return []
        target = self.description.at(reference)
        if not isinstance(target, Mapping):
            return self.facets(target, choose, inside | {reference})
        found: Facets = []
        if "discriminator" in target and "allOf" not in inside and not _has_alternatives(target):
            reference = choose([reference, *self._children(reference)])
            target = self.description.at(reference)
        if "allOf" not in inside:
            for parent in self._parents(reference):
                if discriminator := self.description.at(parent).get("discriminator"):
                    found += self._tag(discriminator, reference, choose)
        path = (inside - {"allOf"}) | {reference}
        return [*self.facets(target, choose, path), *found]

    def _tag(self, discriminator: Object, reference: str, choose: Choose) -> Facets:
        """Return what a discriminator demands of the target of a reference."""
        name = discriminator["propertyName"]
        values = [
            key
            for key, target in (discriminator.get("mapping") or {}).items()
            if target == reference or _COMPONENTS + target == reference
        ]
        if not values and self._states(reference, name):
            return [{"required": [name]}]
        value = choose(values or [reference.rpartition("/")[2]])
        return [{"type": "object", "required": [name], "properties": {name: {"enum": _read(value)}}}]

    def _states(self, reference: str, name: str) -> bool:
        """Return whether a schema states the values of a property."""
        facets = self.facets({"$ref": reference}, lambda them: them[0], frozenset({"allOf"}))
        held = [facet["properties"][name] for facet in facets if name in facet.get("properties", {})]
        return any(
            "const" in one or "enum" in one
            for written in held
            for one in self.facets(written, lambda them: them[0])
        )

    def _children(self, reference: str) -> list[str]:
        """Return the references of the components that inherit from one, at any level."""
        names = (_COMPONENTS + name for name in self.description.schemas)
        return [name for name in names if reference in [*self._parents(name)][:-1]]

    def _parents(self, reference: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yield the references that a component is made of by `allOf`, and its reference, last."""
        target = self.description.at(reference)
        if reference not in seen and isinstance(target, Mapping):
            for one in target.get("allOf") or ():
                if isinstance(one, Mapping) and isinstance(one.get("$ref"), str):
                    yield from self._parents(one["$ref"], seen | {reference})
        yield reference


def _has_alternatives(schema: Object) -> bool:
    return bool(schema.get("oneOf") or schema.get("anyOf"))


def _leads_back(schema: Any, inside: frozenset[str]) -> bool:
    """Return whether an alternative is made of the schema that lists it."""
    return isinstance(schema, Mapping) and schema.get("$ref") in inside


def _read(value: str) -> list[Any]:
    """Return the values that a key of a mapping can be, which is always text."""
    found: list[Any] = [value]
    if value in ("true", "false"):
        found.append(value == "true")
    try:
        return [*found, int(value)]
    except ValueError:
        return found
