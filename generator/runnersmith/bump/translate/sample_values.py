"""Sample values of schemas, for a person to improve. Pure."""

from __future__ import annotations

from ...openapi.document import Json, parse_pointer
from ...openapi.todo_marks import FOLLOWS
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


def sample(draft: Draft, schema: Json, depth: int = 0, *, text: str = _TEXT) -> Json:
    """Return a value that a schema allows; patterns are ignored.

    `text` stands for text that nothing is known about.
    """
    if not isinstance(schema, dict):
        return text
    if isinstance(reference := schema.get("$ref"), str):
        target = parse_pointer(reference)
        known = target is not None and draft.has(target)
        return sample(draft, draft.at(target), depth, text=text) if known and target else text
    for key in ("const", "example", "default"):
        if key in schema:
            return schema[key]
    for key in ("enum", "anyOf", "oneOf"):
        listed = schema.get(key)
        if isinstance(listed, list) and listed:
            return listed[0] if key == "enum" else sample(draft, listed[0], depth, text=text)
    return _of_type(draft, schema, depth, text)


def _of_type(draft: Draft, schema: dict[str, Json], depth: int, text: str) -> Json:
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
                name: sample(draft, properties[name], depth + 1, text=text)
                for name in names
                if depth < _DEEPEST
            }
        case "array":
            fewest = schema.get("minItems")
            number = max(fewest if isinstance(fewest, int) else 0, int(depth < _DEEPEST))
            return [sample(draft, schema.get("items"), depth + 1, text=text) for _ in range(number)]
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
            text = _FORMATS.get(str(schema.get("format")), text)
            if text == FOLLOWS:
                return text
            fewest, most = schema.get("minLength"), schema.get("maxLength")
            text = text.ljust(fewest if isinstance(fewest, int) else 0, "x")
            return text[: most if isinstance(most, int) else None]
        case _:
            return None
