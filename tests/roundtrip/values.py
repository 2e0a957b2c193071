"""Random JSON values that are valid for a schema, as strategies of hypothesis.

jsonschema has the last word: a value that the validator of OpenAPI rejects is not tried.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .choices import Choices, Facets, Impossible
from .description import Description, Direction, elements, entries, is_list, is_object

Draw = Callable[[st.SearchStrategy[Any]], Any]
# A description is at this address for the validator.
_ADDRESS = "urn:description"
_SMALL, _DEEPEST = 3, 9

_values = st.one_of(
    st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9), st.text(max_size=5)
)
_scalars = st.one_of(st.none(), _values)
_anything = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


@dataclass(frozen=True)
class Limits:
    """What a place can hold: characters, at least so many of them, extras, and files as bytes."""

    alphabet: st.SearchStrategy[str] = field(
        default_factory=lambda: st.characters(exclude_categories=["Cs"])
    )
    shortest: int = 0
    names: st.SearchStrategy[str] = field(default_factory=lambda: st.text(max_size=6))
    files: bool = False
    extras: bool = True
    nulls: bool = True


class Values:
    """Values of the schemas of a description, in one direction."""

    def __init__(self, description: Description, direction: Direction) -> None:
        self.description = description.directed(direction)
        self.choices = Choices(self.description)
        contents = _without_tagged(self.description.raw)
        resource = Resource.from_contents(contents, default_specification=DRAFT202012)
        registry: Any = Registry
        self._registry: Any = registry().with_resource(_ADDRESS, resource)
        self._validators: dict[int, tuple[Any, Any]] = {}

    def draw(self, draw: Draw, schema: Any, limits: Limits | None = None) -> Any:
        """Draw a value. Ends the example if there is no valid one."""
        try:
            value = _Drawing(self.choices, draw, limits or Limits()).value([schema], 0)
        except Impossible:
            assume(False)
            raise
        assume(self.is_valid(value, schema))
        return value

    def is_valid(self, value: Any, schema: Any) -> bool:
        if id(schema) not in self._validators:
            kind = OAS30Validator if self.description.is_30 else OAS31Validator
            validator = kind(_absolute(_without_tagged(schema)), registry=self._registry)
            self._validators[id(schema)] = (validator, schema)
        try:
            return bool(self._validators[id(schema)][0].is_valid(_without_bytes(value)))
        except re.error:  # a pattern that Python cannot read
            return True


def _absolute(schema: Any) -> Any:
    """Return a schema whose references have the address of the description."""
    if is_list(schema):
        return [_absolute(one) for one in schema]
    if not is_object(schema):
        return schema
    return {
        name: (
            _ADDRESS + value
            if name == "$ref" and isinstance(value, str) and value.startswith("#")
            else _absolute(value)
        )
        for name, value in schema.items()
    }


def _without_tagged(value: Any) -> Any:
    """Return a value without the alternatives of discriminators, which no validator knows."""
    if is_list(value):
        return [_without_tagged(one) for one in value]
    if not is_object(value):
        return value
    tagged = is_object(value.get("discriminator"))
    return {
        name: _without_tagged(one)
        for name, one in value.items()
        if not (tagged and name in ("oneOf", "anyOf"))
    }


def _without_bytes(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if is_object(value):
        return {name: _without_bytes(one) for name, one in value.items()}
    return [_without_bytes(one) for one in value] if is_list(value) else value


@dataclass(frozen=True)
class _Drawing:
    choices: Choices
    draw: Draw
    limits: Limits

    def value(self, schemas: Sequence[Any], depth: int) -> Any:
        """Draw a value that all of some schemas allow."""
        if depth > _DEEPEST:
            raise Impossible
        facets = [it for one in schemas for it in self.choices.facets(one, self._choose)]
        types = self._types(facets) - (set() if self.limits.nulls else {"null"})
        if any("const" in it or "enum" in it for it in facets):
            return self._listed(facets, types)
        if not types:
            raise Impossible
        if depth > _SMALL and "null" in types:
            return None
        kind = self._choose(sorted(types))
        match kind:
            case "null":
                return None
            case "boolean":
                return self.draw(st.booleans())
            case "integer" | "number":
                return self._number(facets, whole=kind == "integer")
            case "string":
                return self._text(facets)
            case "array":
                return self._array(facets, depth)
            case "object":
                return self._object(facets, depth)
            case _:
                return self.draw(_anything if self.limits.nulls else _values)

    def _choose(self, listed: Sequence[Any]) -> Any:
        return listed[0] if len(listed) == 1 else self.draw(st.sampled_from(listed))

    def _types(self, facets: Facets) -> set[str]:
        """Return the types that a value can have; without any stated, those of the keywords."""
        found: set[str] | None = None
        for facet in facets:
            if (stated := facet.get("type")) is None:
                continue
            names = {stated} if isinstance(stated, str) else set(stated)
            if self.choices.description.is_30 and facet.get("nullable") is True:
                names.add("null")
            if "number" in names:
                names.add("integer")
            found = names if found is None else found & names
        if found is not None:
            return found - {"integer"} if "number" in found else found
        if _any(facets, "properties", "additionalProperties", "patternProperties", "required"):
            return {"object"}
        if _any(facets, "items", "prefixItems"):
            return {"array"}
        if _any(facets, "format", "pattern", "minLength", "maxLength", "contentMediaType"):
            return {"string"}
        return {"any"}

    def _listed(self, facets: Facets, types: set[str]) -> Any:
        found: list[Any] | None = None
        for facet in facets:
            for values in ([facet["const"]] if "const" in facet else None, facet.get("enum")):
                if values is not None:
                    found = values if found is None else [it for it in found if it in values]
        allowed = [it for it in found or () if types & {"any", *_types_of(it)}]
        if not allowed:
            raise Impossible
        return self._choose(allowed)

    def _number(self, facets: Facets, *, whole: bool) -> Any:
        lowest, highest = _bounds(facets)
        small = any(facet.get("format") == "int32" for facet in facets)
        far = (
            2**31 - 1 if small else 2**53 if not any("format" in it for it in facets) else 2**63 - 1
        )
        if step := next(
            (Fraction(str(it["multipleOf"])) for it in facets if "multipleOf" in it), None
        ):
            low = math.ceil(Fraction(-1000 if lowest is None else lowest) / step)
            high = math.floor(Fraction(1000 if highest is None else highest) / step)
            made = self.draw(st.integers(low, max(low, high))) * step
            return int(made) if made.denominator == 1 else float(made)
        if whole:
            low = -far if lowest is None else math.ceil(lowest)
            return self.draw(
                st.integers(low, max(low, far if highest is None else math.floor(highest)))
            )
        return self.draw(
            st.one_of(
                st.floats(
                    None if lowest is None else float(lowest),
                    None if highest is None else float(highest),
                    allow_nan=False,
                    allow_infinity=False,
                ),
                st.integers(
                    -(2**53) if lowest is None else math.ceil(lowest),
                    (
                        2**53
                        if highest is None
                        else max(math.ceil(lowest or -(2**53)), math.floor(highest))
                    ),
                ),
            )
        )

    def _text(self, facets: Facets) -> Any:
        formats = {facet["format"] for facet in facets if isinstance(facet.get("format"), str)}
        if self.limits.files and (
            "binary" in formats
            or any("contentMediaType" in it and "contentEncoding" not in it for it in facets)
        ):
            return self.draw(st.binary(max_size=12))
        if "byte" in formats or any(it.get("contentEncoding") == "base64" for it in facets):
            return base64.b64encode(self.draw(st.binary(max_size=8))).decode()
        for name, strategy in _FORMATS.items():
            if name in formats:
                return self.draw(strategy)
        shortest = max(
            [self.limits.shortest, *(it["minLength"] for it in facets if "minLength" in it)]
        )
        longest = min([shortest + 12, *(it["maxLength"] for it in facets if "maxLength" in it)])
        for facet in facets:
            if "pattern" in facet and (pattern := _compiled(facet["pattern"])) is not None:
                found = self.draw(st.from_regex(pattern, alphabet=self.limits.alphabet))
                assume(shortest <= len(found))
                return found
        return self.draw(
            st.text(self.limits.alphabet, min_size=shortest, max_size=max(shortest, longest))
        )

    def _array(self, facets: Facets, depth: int) -> Any:
        fewest = max([0, *(it["minItems"] for it in facets if "minItems" in it)])
        most = min([fewest + 3, *(it["maxItems"] for it in facets if "maxItems" in it)])
        count = fewest if depth > _SMALL else self.draw(st.integers(fewest, max(fewest, most)))
        first = [elements(facet.get("prefixItems")) for facet in facets]
        items = [facet["items"] for facet in facets if "items" in facet]
        unique = any(facet.get("uniqueItems") is True for facet in facets)
        found: list[Any] = []
        for index in range(count):
            schemas = [listed[index] for listed in first if index < len(listed)] or items
            one = self.value(schemas, depth + 1)
            if not (unique and one in found):
                found.append(one)
        return found

    def _object(self, facets: Facets, depth: int) -> Any:
        properties: dict[str, list[Any]] = {}
        for facet in facets:
            for name, schema in entries(facet.get("properties")).items():
                properties.setdefault(name, []).append(schema)
        required = [name for it in facets for name in elements(it.get("required"))]
        found: dict[str, Any] = {}
        for name, schemas in properties.items():
            if name not in required and (depth > _SMALL or not self.draw(st.booleans())):
                continue
            try:
                found[name] = self.value(schemas, depth + 1)
            except Impossible:
                if name in required:
                    raise
        for name in required:
            if name not in found:
                found[name] = self.value(self._extra_schemas(facets, name), depth + 1)
        return found | self._extras(facets, found, properties, depth)

    def _extras(
        self, facets: Facets, found: Mapping[str, Any], known: Mapping[str, Any], depth: int
    ) -> dict[str, Any]:
        """Draw properties that have no schema by name, if the schema allows any."""
        patterns: list[str] = [
            it for facet in facets for it in entries(facet.get("patternProperties"))
        ]
        closed = any(facet.get("additionalProperties") is False for facet in facets)
        stated = any(
            is_object(facet.get("additionalProperties"))
            or facet.get("additionalProperties") is True
            for facet in facets
        )
        if depth > _SMALL or (closed and not patterns):
            return {}
        if not (self.limits.extras or stated or patterns):
            return {}
        fewest = max(
            [0, *(it["minProperties"] - len(found) for it in facets if "minProperties" in it)]
        )
        names: st.SearchStrategy[str] = self.limits.names
        if patterns:
            names = st.from_regex(str(self._choose(patterns)))
        if "propertyNames" in (keys := {k: v for facet in facets for k, v in facet.items()}):
            names = names.filter(lambda name: _fits(keys["propertyNames"], name))
        drawn = self.draw(st.lists(names, min_size=fewest, max_size=fewest + 2, unique=True))
        return {
            name: self.value(self._extra_schemas(facets, name), depth + 1)
            for name in drawn
            if name not in known and name not in found
        }

    def _extra_schemas(self, facets: Facets, name: str) -> list[Any]:
        found: list[Any] = []
        for facet in facets:
            patterns = entries(facet.get("patternProperties"))
            matching = [patterns[it] for it in patterns if re.search(it, name)]
            found += matching or [facet.get("additionalProperties", True)]
        return found


_FORMATS: Mapping[str, st.SearchStrategy[str]] = {
    "date-time": st.builds(
        "{}T{}{}".format,
        st.dates().map(lambda it: it.isoformat()),
        st.times().map(lambda it: it.isoformat()),
        st.sampled_from(["Z", "+00:00", "-07:30", "+14:00"]),
    ),
    "date": st.dates().map(lambda it: it.isoformat()),
    "uuid": st.uuids().map(str),
}


def _any(facets: Facets, *keywords: str) -> bool:
    return any(keyword in facet for facet in facets for keyword in keywords)


def _types_of(value: Any) -> set[str]:
    match value:
        case None:
            return {"null"}
        case bool():
            return {"boolean"}
        case int():
            return {"integer", "number"}
        case float():
            return {"number"}
        case str():
            return {"string"}
        case list():
            return {"array"}
        case _:
            return {"object"}


def _bounds(facets: Facets) -> tuple[Any, Any]:
    """Return the bounds of a number. Exclusive ones are left to the validator."""
    lows: list[Any] = []
    highs: list[Any] = []
    for facet in facets:
        for bounds, names in (
            (lows, ("minimum", "exclusiveMinimum")),
            (highs, ("maximum", "exclusiveMaximum")),
        ):
            bounds += [
                facet[name]
                for name in names
                if isinstance(facet.get(name), (int, float)) and not isinstance(facet[name], bool)
            ]
    return max(lows, default=None), min(highs, default=None)


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern if Python has one of the same spelling."""
    try:
        return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)
    except re.error:
        return None


def _fits(schema: Any, name: str) -> bool:
    return not is_object(schema) or bool(OAS31Validator(schema).is_valid(name))
