"""Choices of a schema: one conjunction of plain schemas for a schema with alternatives.

`$ref`, `allOf`, `oneOf`, `anyOf` and discriminators end here. What remains has keywords that
constrain a value directly, and a value of the schema must satisfy all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from .description import Description, Object, elements, entries, is_list, is_object

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
        self._stated: dict[tuple[str, str], bool] = {}

    def facets(self, schema: Any, choose: Choose, inside: frozenset[str] = frozenset()) -> Facets:
        """Return a choice. `inside` are the references that lead to the schema by `allOf`."""
        if schema is False:
            raise Impossible
        if not is_object(schema):
            return []
        if schema == {"nullable": True}:
            # As an alternative, it is written for null, although it allows any value.
            return [{"enum": [None]}]
        found: Facets = []
        if isinstance(reference := schema.get("$ref"), str):
            found += self._target(reference, choose, inside)
            if self.description.is_30:
                return found
        for one in elements(schema.get("allOf")):
            found += self.facets(one, choose, inside | {"allOf"})
        for keyword in ("oneOf", "anyOf"):
            listed = elements(schema.get(keyword))
            if listed and not any(_leads_back(one, inside) for one in listed):
                found += self._alternative(schema, choose(listed), choose, inside)
        plain = {name: value for name, value in schema.items() if name not in _COMPOSITION}
        return [*found, plain] if plain else found

    def _alternative(
        self, schema: Object, chosen: Any, choose: Choose, inside: frozenset[str]
    ) -> Facets:
        found = self.facets(chosen, choose, inside)
        discriminator = schema.get("discriminator")
        reference = chosen.get("$ref") if is_object(chosen) else None
        if discriminator and isinstance(reference, str):
            found += self._tag(discriminator, reference, choose)
        return found

    def _target(self, reference: str, choose: Choose, inside: frozenset[str]) -> Facets:
        """Return the choice of a reference: also of the schemas that inherit from its target."""
        if reference in inside:
            return []
        target = self.description.at(reference)
        if not is_object(target):
            return self.facets(target, choose, inside | {reference})
        found: Facets = []
        if "discriminator" in target and "allOf" not in inside and not _has_alternatives(target):
            reference = choose([reference, *self._children(reference)])
            target = self.description.at(reference)
        if "allOf" not in inside:
            for parent in self._parents(reference):
                if discriminator := self.description.at(parent).get("discriminator"):
                    found += self._tag(discriminator, reference, choose)
        found += self._tagged(reference)
        path = (inside - {"allOf"}) | {reference}
        return [*self.facets(target, choose, path), *found]

    def _tag(self, discriminator: Object, reference: str, choose: Choose) -> Facets:
        """Return what a discriminator demands of the target of a reference."""
        name, values = discriminator["propertyName"], _mapped(discriminator, reference)
        if not values and self._states(reference, name):
            return [{"required": [name]}]
        return [_one_of(name, [choose(values or [reference.rpartition("/")[2]])])]

    def _tagged(self, reference: str) -> Facets:
        """Return what the discriminators of all unions demand of one of their alternatives."""
        values: dict[str, list[str]] = {}
        for discriminator in self._unions.get(reference, ()):
            name = discriminator["propertyName"]
            mapped = _mapped(discriminator, reference) or [reference.rpartition("/")[2]]
            values.setdefault(name, []).extend(mapped)
        return [
            _one_of(name, listed)
            for name, listed in values.items()
            if not self._states(reference, name)
        ]

    @cached_property
    def _unions(self) -> Mapping[str, Sequence[Object]]:
        """The discriminators of the unions that have a component as an alternative."""
        found: dict[str, list[Object]] = {}
        waiting: list[Any] = [self.description.raw]
        while waiting:
            one = waiting.pop()
            if is_list(one):
                waiting += one
            elif is_object(one):
                waiting += one.values()
                if is_object(discriminator := one.get("discriminator")):
                    for it in (*(elements(one.get("oneOf"))), *(elements(one.get("anyOf")))):
                        if is_object(it) and "$ref" in it:
                            found.setdefault(it["$ref"], []).append(discriminator)
        return found

    def _states(self, reference: str, name: str) -> bool:
        """Return whether a schema states the values of a property."""
        if (reference, name) not in self._stated:
            self._stated[reference, name] = True  # for what leads back here
            self._stated[reference, name] = self._finds(reference, name)
        return self._stated[reference, name]

    def _finds(self, reference: str, name: str) -> bool:
        facets = self.facets({"$ref": reference}, lambda them: them[0], frozenset({"allOf"}))
        held = [
            facet["properties"][name] for facet in facets if name in facet.get("properties", {})
        ]
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
        if reference not in seen and is_object(target):
            for one in elements(target.get("allOf")):
                if is_object(one) and isinstance(one.get("$ref"), str):
                    yield from self._parents(one["$ref"], seen | {reference})
        yield reference


def _has_alternatives(schema: Object) -> bool:
    return bool(schema.get("oneOf") or schema.get("anyOf"))


def _leads_back(schema: Any, inside: frozenset[str]) -> bool:
    """Return whether an alternative is made of the schema that lists it."""
    return is_object(schema) and schema.get("$ref") in inside


def _mapped(discriminator: Object, reference: str) -> list[str]:
    """Return the values of a discriminator that its mapping has for the target of a reference."""
    return [
        value
        for value, target in entries(discriminator.get("mapping")).items()
        if target == reference or _COMPONENTS + target == reference
    ]


def _one_of(name: str, values: Sequence[str]) -> Object:
    enum = [it for value in values for it in _read(value)]
    return {"type": "object", "required": [name], "properties": {name: {"enum": enum}}}


def _read(value: str) -> list[Any]:
    """Return the values that a key of a mapping can be, which is always text."""
    found: list[Any] = [value]
    if value in ("true", "false"):
        found.append(value == "true")
    try:
        return [*found, int(value)]
    except ValueError:
        return found
