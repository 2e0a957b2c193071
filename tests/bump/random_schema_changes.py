"""Kinds of random change of a schema: its fields and their facts."""

from __future__ import annotations

import copy

from bump.random_description import (
    FIXED,
    OBJECT,
    TYPES,
    Description,
    Mapping,
    chosen,
    required_of,
    texts,
    word,
)
from compare.comparison_specs import mapping

# ── Fields ───────────────────────────────────────────────────────────────────────────────────


def _add(
    found: Description, number: int, schema: Mapping, *, required: bool, **which: bool
) -> bool:
    if not (owners := found.objects(**which)):
        return False
    owner = chosen(owners, number)
    properties = mapping(owner["properties"])
    name = word(number, properties)
    properties[name] = copy.deepcopy(schema)
    if required:
        required_of(owner).append(name)
    return True


def field_added(found: Description, number: int) -> bool:
    return _add(found, number, chosen([*TYPES], number), required=False, requests=False)


def required_field_added(found: Description, number: int) -> bool:
    return _add(found, number, chosen([*TYPES], number // 3), required=True, requests=False)


def object_field_added(found: Description, number: int) -> bool:
    return _add(found, number, OBJECT, required=number % 2 == 0, requests=False)


def object_list_added(found: Description, number: int) -> bool:
    schema: Mapping = {"type": "array", "items": OBJECT}
    return _add(found, number, schema, required=number % 2 == 0, requests=False)


def union_field_added(found: Description, number: int) -> bool:
    schema: Mapping = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    return _add(found, number, schema, required=number % 2 == 0, requests=False)


def body_field_added(found: Description, number: int) -> bool:
    schema = chosen([*TYPES], number)
    return _add(found, number, schema, required=False, responses=False)


def required_body_field_added(found: Description, number: int) -> bool:
    schema = chosen([*TYPES, OBJECT], number)
    return _add(found, number, schema, required=True, responses=False)


def _remove(found: Description, number: int, now: str | None, **which: bool) -> bool:
    owners = [it for it in found.objects(**which) if len(mapping(it["properties"])) > 1]
    if not owners:
        return False
    owner = chosen(owners, number)
    properties = mapping(owner["properties"])
    name = chosen([*properties], number // 7)
    schema = properties.pop(name)
    if now is not None:
        properties[now := word(number, properties)] = schema
    if name in required_of(owner):
        owner["required"] = [it for it in required_of(owner) if it != name]
        if now is not None:
            required_of(owner).append(now)
    return True


def field_removed(found: Description, number: int) -> bool:
    return _remove(found, number, None, requests=False)


def body_field_removed(found: Description, number: int) -> bool:
    return _remove(found, number, None, responses=False)


def field_renamed(found: Description, number: int) -> bool:
    return _remove(found, number, "", requests=False)


def body_field_renamed(found: Description, number: int) -> bool:
    return _remove(found, number, "", responses=False)


def field_required_or_not(found: Description, number: int) -> bool:
    if not (owners := found.objects()):
        return False
    owner = chosen(owners, number)
    name = chosen([*mapping(owner["properties"])], number // 5)
    listed = required_of(owner)
    if name in listed:
        listed.remove(name)
    else:
        listed.append(name)
    return True


# ── Facts of a schema ────────────────────────────────────────────────────────────────────────


def type_changed(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", "number")):
        return False
    _, _, schema = chosen(fields, number)
    now = chosen([t for t in ("string", "integer", "boolean") if t != schema["type"]], number // 3)
    null = schema.get("nullable", False)
    schema.clear()
    schema |= {"type": now, **({"nullable": True} if null else {})}
    return True


def value_to_object(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", requests=False)):
        return False
    _, _, schema = chosen(fields, number)
    schema.clear()
    schema |= copy.deepcopy(OBJECT)
    return True


def value_to_list(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean")):
        return False
    _, _, schema = chosen(fields, number)
    was = dict(schema)
    schema.clear()
    schema |= {"type": "array", "items": was}
    return True


def value_to_union(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer")):
        return False
    _, _, schema = chosen(fields, number)
    schema.clear()
    schema |= {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    return True


def null_or_not(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", "array", "object")):
        return False
    _, _, schema = chosen(fields, number)
    schema["nullable"] = not schema.get("nullable", False)
    listed = schema.get("enum")
    if isinstance(listed, list):
        values = [value for value in listed if value is not None]
        schema["enum"] = [*values, *([None] if schema["nullable"] else [])]
    return True


def enum_value_added(found: Description, number: int) -> bool:
    listed = [it["enum"] for it in found.schemas() if "enum" in it]
    if not listed:
        return False
    values = chosen(listed, number)
    assert isinstance(values, list)
    values.insert(0, f"value_{number}")
    return True


def enum_value_removed(found: Description, number: int) -> bool:
    schemas = [it for it in found.schemas() if "enum" in it]
    long = [it for it in schemas if len(texts(it["enum"])) > 1]
    if not long:
        return False
    schema = chosen(long, number)
    gone = chosen(texts(schema["enum"]), number // 3)
    values = schema["enum"]
    assert isinstance(values, list)
    values.remove(gone)
    return True


def enum_or_not(found: Description, number: int) -> bool:
    fields = [field for field in found.fields("string") if not (FIXED - {"enum"}) & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    if "enum" in schema:
        del schema["enum"]
    else:
        schema["enum"] = ["one", "two", *([None] if schema.get("nullable") else [])]
        schema.pop("default", None)
    return True


def limit_changed(found: Description, number: int) -> bool:
    fields = found.fields("string", "integer", "array")
    fields = [field for field in fields if not FIXED & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    limits = {
        "string": ("maxLength", "minLength"),
        "integer": ("maximum", "minimum"),
        "array": ("maxItems", "minItems"),
    }
    key = chosen([*limits[str(schema["type"])]], number // 5)
    if key in schema and number % 2:
        del schema[key]
    else:
        schema[key] = 3 if key.startswith("m") and "ax" in key else 2
    return True


def format_changed(found: Description, number: int) -> bool:
    fields = [field for field in found.fields("string") if not FIXED & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    schema["format"] = chosen(["date-time", "uri", "uuid"], number)
    return True


def pattern_added(found: Description, number: int) -> bool:
    fields = [field for field in found.fields("string") if not FIXED & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    schema["pattern"] = "^[a-z]+-[0-9]+$"
    return True


def default_changed(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", responses=False)):
        return False
    _, _, schema = chosen(fields, number)
    defaults: Mapping = {"string": "usual", "integer": 7, "boolean": True}
    if "enum" in schema:
        schema["default"] = chosen(texts(schema["enum"]), number)
    else:
        schema["default"] = defaults[str(schema["type"])]
    return True
