"""Sample values of schemas: examples of the description, or generated values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from math import inf
from typing import Any

import msgspec

from ..description import Description, Schema, as_list, as_object
from ..schemas import Schemas
from .texts import texts

# Keywords beside alternatives that hold for the one that is chosen.
_LIMITS = frozenset(
    """minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format
    minItems maxItems uniqueItems""".split()
)


class Samples(msgspec.Struct, frozen=True):
    """Maker of sample values that are valid against their schemas."""

    schemas: Schemas
    examples: Mapping[str, Any]

    def of(self, schema: Schema, name: str = "value", example: object = msgspec.UNSET) -> Any:
        """Return a valid value: the example if it is valid, otherwise a generated one.

        `name` is the name of the property or parameter.
        """
        if example is not msgspec.UNSET and not any(self.schemas.problems(schema, example)):
            return example
        return self._made(schema, name, ())

    def _made(self, schema: Schema, name: str, inside: tuple[str, ...]) -> Any:
        reference: str = schema.get("$ref", "")
        schema = self.schemas.resolved(schema)
        for example in (schema.get("example", msgspec.UNSET), self.examples.get(reference)):
            is_given = example is not None and example is not msgspec.UNSET
            if is_given and not any(self.schemas.problems(schema, example)):
                return example
        inside = (*inside, reference) if reference else inside
        if "const" in schema:
            return schema["const"]
        for listed in ("enum", "known"):
            if schema.get(listed):
                return schema[listed][0]
        if "anyOf" in schema:
            chosen = dict(self._finite(schema["anyOf"], inside))
            if "items" in schema:
                chosen["items"] = {**chosen.get("items", {}), **schema["items"]}
            chosen |= {keyword: one for keyword, one in schema.items() if keyword in _LIMITS}
            return self._alternative(chosen, name, inside)
        match schema.get("type"):
            case "object":
                return self._object(schema, inside)
            case "array":
                items = schema.get("items", {})
                least = schema.get("minItems", 0)
                # The model contains itself, so its list is empty.
                if items.get("$ref") in inside:
                    return []
                one = self._made(items, name, inside)
                return [one] * max(least, min(1, schema.get("maxItems", 1)))
            case "string":
                return self._text(schema, name)
            case "integer" | "number" as kind:
                return _number(schema, kind)
            case "boolean":
                return False
            case "null":
                return None
            case _:
                return {}

    def _object(self, schema: Schema, inside: tuple[str, ...]) -> dict[str, Any]:
        version, required = self.schemas.version, schema.get("required", ())
        known: Mapping[str, Schema] = {
            name: one
            for name, one in schema.get("properties", {}).items()
            if version in one.get("versions", (version,))
        }
        # An object around this one is at most required.
        free = [name for name, one in known.items() if one.get("$ref") not in inside]
        chosen = [
            it for it in known if it in required or version in known[it].get("requiredIn", ())
        ]
        chosen += [it for it in free if "example" in known[it] and it not in chosen]
        missing = schema.get("minProperties", 0) - len(chosen)
        chosen += [it for it in free if it not in chosen][: max(0, missing)]
        made = {it: self._made(one, it, inside) for it, one in known.items() if it in chosen}
        others: Schema | bool = schema.get("additionalProperties", True)
        if isinstance(others, Mapping) and others.get("$ref") not in inside:
            for number in range(len(made), schema.get("minProperties", 0)):
                made[f"key{number}"] = self._made(others, "value", inside)
        return made

    def _text(self, schema: Schema, name: str) -> str:
        """Return a valid text; the most readable one if no pattern of the schema can be met."""
        made = texts(schema, name)
        first = next(made)
        tried = (one for one in chain([first], made) if not any(self.schemas.problems(schema, one)))
        return next(tried, first)

    def _alternative(self, schema: Schema, name: str, inside: tuple[str, ...]) -> Any:
        """Return a value that is recognized among its alternatives."""
        made = self._made(schema, name, inside)
        unmet = self.schemas.unmet(schema, made)
        if not unmet:
            return made
        properties: Mapping[str, Schema] = self.schemas.resolved(schema).get("properties", {})
        return made | {
            name: values[0] if values else self._made(properties[name], name, inside)
            for name, values in unmet.items()
        }

    def _finite(self, options: Sequence[Schema], inside: tuple[str, ...]) -> Schema:
        """Return the first alternative that does not refer to a model around it."""
        return next((one for one in options if one.get("$ref") not in inside), options[-1])


@cache
def samples_of(description: Description, version: str) -> Samples:
    """Return the sample values of an API version, with the examples of models in responses."""
    schemas = Schemas(description.models, version, closed=False)
    found: dict[str, Any] = {}
    for operation in description.operations:
        for content in (*operation.responses.values(), *operation.errors.values()):
            if content.schema is not None and content.example is not msgspec.UNSET:
                for reference, value in _parts(schemas, content.schema, content.example):
                    found.setdefault(reference, value)
    return Samples(schemas, found)


def _parts(schemas: Schemas, schema: Schema, value: object) -> Iterator[tuple[str, Any]]:
    """Yield the models in an example, each with its value."""
    if "$ref" in schema:
        yield schema["$ref"], value
    schema = schemas.resolved(schema)
    for option in schema.get("anyOf", ()):
        if not any(schemas.problems(option, value)):
            yield from _parts(schemas, option, value)
    if "items" in schema:
        for item in as_list(value) or ():
            yield from _parts(schemas, schema["items"], item)
    fields = as_object(value) or {}
    for name, one in schema.get("properties", {}).items():
        if name in fields:
            yield from _parts(schemas, one, fields[name])


def _number(schema: Schema, kind: str) -> float:
    step = schema.get("multipleOf", 1)
    lowest = schema.get("minimum", schema.get("exclusiveMinimum", -inf) + step)
    highest = schema.get("maximum", schema.get("exclusiveMaximum", inf) - step)
    made = min(max(1, lowest), max(lowest, highest))
    made = -(-made // step) * step if "multipleOf" in schema else made
    return int(made) if kind == "integer" else made
