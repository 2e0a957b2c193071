"""Checks of values against the schemas of a description. Pure.

Problems are lines such as `labels[2]: must be a string, not an integer`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import msgspec

from .description import Schema, as_object

_TYPES: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "string": ("a string", (str, bytes)),
    "integer": ("an integer", (int,)),
    "number": ("a number", (int, float)),
    "boolean": ("true or false", (bool,)),
    "array": ("an array", (list, tuple)),
    "object": ("an object", (dict,)),
    "null": ("null", (type(None),)),
}
_REFERENCE = "#/models/"


class Schemas(msgspec.Struct, frozen=True):
    """Schemas of a description for one API version.

    `closed` is whether unknown properties are a problem if the schema allows none: they are in
    requests, and not in responses. `listed` is whether a text other than the listed values is a
    problem even if the schema allows it: in planned responses, it is probably a typo.
    """

    models: Mapping[str, Schema]
    version: str
    closed: bool = True
    listed: bool = False

    def resolved(self, schema: Schema) -> Schema:
        """Return a schema, or the one that it refers to, with the keywords beside the reference."""
        reference: str | None = schema.get("$ref")
        if reference is None:
            return schema
        return {**self.models[reference.removeprefix(_REFERENCE)], **schema}

    def problems(self, schema: Schema, value: object, place: str = "") -> Iterator[str]:
        """Yield the problems of a decoded JSON value."""
        schema = self.resolved(schema)
        if "anyOf" in schema:
            tried = self._tried(schema["anyOf"], value, place)
            if all(tried):
                # The alternative that the value fits best.
                yield from min(tried, key=lambda found: (len(found), -_depth(found)))
                return
        kind = schema.get("type")
        if kind is not None and not _is(kind, value):
            yield _line(place, f"must be {_TYPES[kind][0]}, not {name_of(value)}")
            return
        if "const" in schema and value != schema["const"]:
            yield _line(place, f"must be {_shown(schema['const'])}")
        if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
            yield _line(place, _one_of(schema["enum"]))
        if self.listed and len(known := schema.get("known", ())) > 1 and value not in known:
            yield _line(place, _one_of(known))
        if isinstance(value, str):
            yield from _text_problems(schema, value, place)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield from _number_problems(schema, value, place)
        elif isinstance(value, list | tuple):
            yield from self._items(schema, cast("Sequence[Any]", value), place)
        elif isinstance(value, dict):
            yield from self._properties(schema, cast("dict[str, Any]", value), place)

    def unmet(self, schema: Schema, value: object) -> Mapping[str, Sequence[Any]]:
        """Return the properties that identify an alternative and that a value lacks.

        Each has its possible values; none stands for any value.
        """
        held = as_object(value)
        if held is None:
            return {}
        conditions: Mapping[str, Sequence[Any]] = self.resolved(schema).get("recognizedBy", {})
        return {
            name: values
            for name, values in conditions.items()
            if name not in held or (values and not any(_same(held[name], one) for one in values))
        }

    def _tried(self, options: Sequence[Schema], value: object, place: str) -> list[list[str]]:
        """Return the problems of each alternative; of one only if the value identifies it."""
        found: list[list[str]] = []
        for one in options:
            if unmet := self.unmet(one, value):
                found.append(
                    [
                        _line(_inside(place, name), _one_of(values) if values else "is required")
                        for name, values in unmet.items()
                    ]
                )
                continue
            found.append(list(self.problems(one, value, place)))
            if as_object(value) is not None and "recognizedBy" in self.resolved(one):
                return found[-1:]
        return found

    def _items(self, schema: Schema, value: Sequence[Any], place: str) -> Iterator[str]:
        yield from _size_problems(schema, "Items", "item", len(value), place)
        if schema.get("uniqueItems") and any(one in value[:at] for at, one in enumerate(value)):
            yield _line(place, "must not have an item twice")
        if (items := schema.get("items")) is not None:
            for at, one in enumerate(value):
                yield from self.problems(items, one, f"{place}[{at}]")

    def _properties(self, schema: Schema, value: dict[str, Any], place: str) -> Iterator[str]:
        yield from _size_problems(schema, "Properties", "property", len(value), place)
        declared: Mapping[str, Schema] = schema.get("properties", {})
        for name, one in declared.items():
            required = name in schema.get("required", ()) or self.version in one.get(
                "requiredIn", ()
            )
            if required and name not in value:
                yield _line(_inside(place, name), "is required")
        others: Schema | bool = schema.get("additionalProperties", True)
        for name, one in value.items():
            known = declared.get(name)
            inside = _inside(place, name)
            if known is not None and self.version not in known.get("versions", (self.version,)):
                yield _line(inside, f"does not exist in API version {self.version}")
            elif known is not None:
                yield from self.problems(known, one, inside)
            elif isinstance(others, Mapping):
                yield from self.problems(others, one, inside)
            elif not others and self.closed:
                yield _line(inside, f"does not exist; there are {', '.join(declared)}")


def name_of(value: object) -> str:
    """Return the JSON type of a value, in words."""
    return next((words for name, (words, _) in _TYPES.items() if _is(name, value)), "not JSON")


def _is(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[kind][1])


def _same(value: object, listed: object) -> bool:
    """Return whether values are equal in JSON, in which `true` is not 1."""
    return value == listed and isinstance(value, bool) == isinstance(listed, bool)


def _text_problems(schema: Schema, value: str, place: str) -> Iterator[str]:
    yield from _size_problems(schema, "Length", "character", len(value), place)
    if (pattern := schema.get("pattern")) is not None and not _matches(pattern, value):
        yield _line(place, f"must match {pattern}")
    reader = {"date-time": datetime, "date": date}.get(schema.get("format", ""))
    if reader is not None:
        try:
            reader.fromisoformat(value)
        except ValueError:
            yield _line(place, f"must be a {schema['format']}")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except (re.error, OverflowError, RecursionError):
        return True  # a pattern of another dialect, or none that Python can read


def _number_problems(schema: Schema, value: float, place: str) -> Iterator[str]:
    if "minimum" in schema and value < schema["minimum"]:
        yield _line(place, f"must be at least {schema['minimum']}")
    if "maximum" in schema and value > schema["maximum"]:
        yield _line(place, f"must be at most {schema['maximum']}")
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield _line(place, f"must be more than {schema['exclusiveMinimum']}")
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        yield _line(place, f"must be less than {schema['exclusiveMaximum']}")
    step = schema.get("multipleOf")
    if step and not math.isclose(value / step, round(value / step), abs_tol=1e-9):
        yield _line(place, f"must be a multiple of {step}")


def _size_problems(schema: Schema, suffix: str, unit: str, size: int, place: str) -> Iterator[str]:
    units = f"{unit[:-1]}ies" if unit.endswith("y") else f"{unit}s"
    lowest, highest = schema.get(f"min{suffix}"), schema.get(f"max{suffix}")
    if lowest is not None and size < lowest:
        yield _line(place, f"must have at least {lowest} {unit if lowest == 1 else units}")
    if highest is not None and size > highest:
        yield _line(place, f"must have at most {highest} {unit if highest == 1 else units}")


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _line(place: str, problem: str) -> str:
    return f"{place}: {problem}" if place else problem


def _depth(found: Sequence[str]) -> int:
    return max((line.partition(": ")[0].count(".") for line in found), default=0)


def _one_of(values: Sequence[object]) -> str:
    return f"must be {' or '.join(map(_shown, values))}"


def _shown(value: object) -> str:
    return msgspec.json.encode(value).decode()
