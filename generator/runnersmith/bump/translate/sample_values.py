"""Sample values of schemas, for a person to improve. Pure."""

from __future__ import annotations

from ...openapi.document import Json, parse_pointer
from ..draft.draft import KEY, Draft, mapping

_FORMATS = {
    "date-time": "2030-01-31T12:00:00Z",
    "date": "2030-01-31",
    "uri": "https://example.com",
    "email": "octocat@example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_DEEPEST = 5
_TEXT = "example"


def sample(draft: Draft, schema: Json, depth: int = 0) -> Json:
    """Return a value that a schema allows; patterns are ignored."""
    if not isinstance(schema, dict):
        return _TEXT
    if isinstance(reference := schema.get("$ref"), str):
        target = parse_pointer(reference)
        known = target is not None and draft.has(target)
        return sample(draft, draft.at(target), depth) if known and target else _TEXT
    for key in ("const", "example", "default"):
        if key in schema:
            return schema[key]
    for key in ("enum", "anyOf", "oneOf"):
        listed = schema.get(key)
        if isinstance(listed, list) and listed:
            return listed[0] if key == "enum" else sample(draft, listed[0], depth)
    return _of_type(draft, schema, depth)


def is_invented(value: Json) -> bool:
    """Return whether a sample has text that only stands in for a real one."""
    if isinstance(value, dict | list):
        return any(map(is_invented, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and value != "" and _TEXT.startswith(value[: len(_TEXT)])


def _of_type(draft: Draft, schema: dict[str, Json], depth: int) -> Json:
    declared = schema.get("type")
    types = [
        kind for kind in (declared if isinstance(declared, list) else [declared]) if kind != "null"
    ]
    match types[0] if types else "null":
        case "object":
            properties, required = mapping(schema.get("properties", {})), schema.get("required")
            needed = required if isinstance(required, list) else []
            names = [name for name in properties if depth < 2 or name in needed]
            return {
                name: sample(draft, properties[name], depth + 1)
                for name in names
                if depth < _DEEPEST
            }
        case "array":
            fewest = schema.get("minItems")
            number = max(fewest if isinstance(fewest, int) else 0, int(depth < _DEEPEST))
            return [sample(draft, schema.get("items"), depth + 1) for _ in range(number)]
        case "integer" | "number":
            for key, step in (
                ("minimum", 0),
                ("exclusiveMinimum", 1),
                ("maximum", 0),
                ("exclusiveMaximum", -1),
            ):
                if isinstance(limit := schema.get(key), int | float):
                    return limit + step
            return 1
        case "boolean":
            return True
        case "string":
            if isinstance(known := mapping(schema.get(KEY, {})).get("values"), list):
                return known[0]
            text = _FORMATS.get(str(schema.get("format")), _TEXT)
            fewest, most = schema.get("minLength"), schema.get("maxLength")
            text = text.ljust(fewest if isinstance(fewest, int) else 0, "x")
            return text[: most if isinstance(most, int) else None]
        case _:
            return None
