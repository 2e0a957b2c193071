"""Schema keywords as text: the limits of a value, its format and its default. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...openapi.document import Json
from ...openapi.schema_view import SchemaView

_UNITS = {"Items": "item", "Length": "character", "Properties": "entr"}
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_NUMERIC = (
    *_EXCLUSIVE.values(),
    *_EXCLUSIVE,
    *(f"{end}{suffix}" for suffix in _UNITS for end in ("min", "max")),
    "multipleOf",
)


def limits(view: SchemaView) -> str:
    """Return the bounds of a schema in words: `1 to 100 items`, `at least 1, a multiple of 5`.

    Bounds beside a `$ref` or an allOf override those of its target and of its parts.
    """
    return ", ".join(_limits(_keywords(view)))


def bounds(view: SchemaView) -> str:
    """Return the bounds of a schema, and of its items, as a JSON object of JSON Schema's keywords.

    A flag of OpenAPI 3.0 that makes a bound exclusive becomes the bound. Empty if there are none.
    """
    found, items = _bounds(view), view.first("items")
    # Lists can contain themselves, so the items of the items are not looked at.
    if items is not None and (inner := _bounds(view.views.of(items))):
        found["items"] = inner
    return json.dumps(found, ensure_ascii=False) if found else ""


def _bounds(view: SchemaView) -> dict[str, Json]:
    schema = _keywords(view)
    found = {key: schema[key] for key in _NUMERIC if _number(schema.get(key))}
    for flag, bound in _EXCLUSIVE.items():
        if schema.get(flag) is True and bound in found:
            found[flag] = found.pop(bound)
    if schema.get("uniqueItems") is True:
        found["uniqueItems"] = True
    if isinstance(schema.get("pattern"), str):
        found["pattern"] = schema["pattern"]
    return found


def _keywords(view: SchemaView) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for node in view.views.parts([view.node]):
        if isinstance(node.value, dict):
            found = {**node.value, **found} if found else node.value
    return found


def _limits(schema: dict[str, Json]) -> Iterator[str]:
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    # OpenAPI 3.0 has a flag beside a bound to make it exclusive.
    if above is True:
        lowest, above = None, lowest
    if below is True:
        highest, below = None, highest
    if (span := _span(lowest, highest)) is not None:
        yield span
    if _number(above):
        yield f"more than {above}"
    if _number(below):
        yield f"less than {below}"
    for suffix, unit in _UNITS.items():
        if (span := _span(schema.get(f"min{suffix}"), schema.get(f"max{suffix}"))) is not None:
            one = span.split()[-1] == "1"
            yield f"{span} {unit}{('y' if one else 'ies') if unit == 'entr' else '' if one else 's'}"
    if _number(schema.get("multipleOf")):
        yield f"a multiple of {schema['multipleOf']}"
    if schema.get("uniqueItems") is True:
        yield "no item twice"
    if isinstance(pattern := schema.get("pattern"), str):
        yield f"matching {pattern}"


def _span(lowest: Json, highest: Json) -> str | None:
    if _number(lowest) and _number(highest):
        return f"{lowest} to {highest}"
    if _number(lowest):
        return f"at least {lowest}"
    return f"at most {highest}" if _number(highest) else None


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def format_of(view: SchemaView) -> str:
    """Return the format of a schema or, for a list, of its items; empty if it has none."""
    items = view.first("items")
    return view.text("format") or (items.text("format") if items is not None else None) or ""


def default_text(view: SchemaView) -> str | None:
    """Return the default of a schema as JSON text; None if it has none."""
    default = view.first("default")
    return None if default is None else json.dumps(default.value, ensure_ascii=False)
