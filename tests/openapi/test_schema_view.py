"""The view of a schema: types, null, parts, alternatives and values, in OpenAPI 3.0 and 3.1."""

from __future__ import annotations

import pytest

from runnersmith.openapi.document import Document, Json, Pointer
from runnersmith.openapi.schema_view import MAX_ALTERNATIVES, SchemaView, SchemaViews

OBJECT: Json = {"type": "object", "properties": {"a": {"type": "string"}}}
TO_OBJECT: Json = {"$ref": "#/components/schemas/object"}


def views(version: str = "3.1.0", /, **schemas: Json) -> SchemaViews:
    data: Json = {"openapi": version, "components": {"schemas": {"object": OBJECT, **schemas}}}
    return SchemaViews(Document(name="a.yaml", data=data, locate=dict))


def named(found: SchemaViews, name: str) -> SchemaView:
    node = found.document.find(f"#/components/schemas/{name}")
    assert node is not None
    return found.of(node)


def view(schema: Json, version: str = "3.1.0") -> SchemaView:
    return named(views(version, it=schema), "it")


def below(*pointers: Pointer) -> list[Pointer]:
    return [("components", "schemas", *pointer) for pointer in pointers]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "any"),
        (True, "any"),
        (False, "nothing"),
        ({"type": "string"}, "string"),
        ({"type": []}, "any"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "nullable": True}, "string or null"),
        ({"nullable": True}, "any"),
        ({"type": "null"}, "null"),
        # Values without a type state theirs; beside a type, they choose among its names.
        ({"enum": ["a", 1, None]}, "integer or string or null"),
        ({"const": None}, "null"),
        ({"enum": [None]}, "null"),
        ({"type": ["string", "integer"], "enum": ["a"]}, "string"),
        ({"type": "number", "enum": [1, 2]}, "number"),
        ({"type": "integer", "enum": [1.0]}, "integer"),
        ({"type": "string", "enum": ["a", None]}, "string"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "string or null"),
        ({"type": "array", "enum": ["x"]}, "array"),
        # A null among the values counts by `const` as by `enum`, and `const` goes first.
        ({"enum": ["a", 1], "const": 1}, "integer"),
        # All parts of an allOf hold, and so do the alternatives beside them.
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, "integer"),
        ({"allOf": [{"type": ["string", "null"]}, {"type": ["integer", "null"]}]}, "null"),
        ({"allOf": [{"type": ["string", "null"]}, {"type": "string"}]}, "string"),
        ({"allOf": [{"type": "string", "nullable": True}, {"type": "string"}]}, "string"),
        ({"type": ["string", "integer"], "anyOf": [{"type": "integer"}]}, "integer"),
        ({"oneOf": [{"type": "string"}], "anyOf": [{"type": ["string", "array"]}]}, "string"),
        # Alternatives: null by type, by values, by reference, and by `nullable` alone.
        ({"anyOf": [TO_OBJECT, {"type": "null"}]}, "object or null"),
        ({"oneOf": [TO_OBJECT, {"enum": [None]}]}, "object or null"),
        ({"oneOf": [TO_OBJECT, {"const": None}]}, "object or null"),
        ({"anyOf": [TO_OBJECT, {"nullable": True}]}, "object or null"),
        ({"anyOf": [TO_OBJECT, {"nullable": True, "description": "None."}]}, "object or null"),
        ({"anyOf": [TO_OBJECT, {}]}, "any"),
        ({"anyOf": [TO_OBJECT, False]}, "object"),
        ({"anyOf": [TO_OBJECT, True]}, "any"),
        # Null beside what is combined: 3.0 has no other way to write it.
        ({"allOf": [TO_OBJECT], "nullable": True}, "object or null"),
        ({"allOf": [TO_OBJECT, {"nullable": True}]}, "object or null"),
        ({"anyOf": [TO_OBJECT, {"type": "string"}], "nullable": True}, "object or string or null"),
        ({"$ref": "#/components/schemas/object", "nullable": True}, "object or null"),
        ({"$ref": "#/components/schemas/gone"}, "any"),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_the_types_of_a_schema(schema: Json, expected: str, version: str) -> None:
    """One schema has one set of types, however it is written."""
    assert str(view(schema, version).types) == expected


def test_null_of_a_part_is_not_the_null_of_the_whole() -> None:
    """A nullable base makes no derived schema nullable that has a separate type."""
    base: Json = {"type": "object", "nullable": True, "allOf": [TO_OBJECT]}
    derived: Json = {"type": "object", "allOf": [{"$ref": "#/components/schemas/base"}]}
    found = views(base=base, derived=derived)
    assert str(named(found, "base").types) == "object or null"
    assert str(named(found, "derived").types) == "object"


@pytest.mark.parametrize(
    ("version", "parts", "types"),
    [
        ("3.0.3", below(("object",)), "object"),
        ("3.1.0", below(("it",), ("object",)), "null"),
    ],
)
def test_keywords_beside_a_reference(version: str, parts: list[Pointer], types: str) -> None:
    """OpenAPI 3.0 ignores a type beside a `$ref`; in 3.1 both hold."""
    found = views(
        version,
        object={"type": ["object", "null"]} if version == "3.1.0" else OBJECT,
        it={"$ref": "#/components/schemas/object", "type": ["array", "null"]},
    )
    it = named(found, "it")
    assert [part.pointer for part in found.parts([it.node])] == parts
    assert str(it.types) == types


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_prose_and_extensions_beside_a_reference_add_no_part(version: str) -> None:
    """A described reference is what it leads to, and the description is still found."""
    it = view({**_mapping(TO_OBJECT), "description": "Mine.", "x-note": 1}, version)
    assert it.is_reference
    assert it.target is not None
    assert it.target.node.key == "object"
    assert it.text("description") == "Mine."
    assert it.first("properties") is not None


def test_what_a_reference_leads_to_stops_where_more_is_said() -> None:
    """A chain of references goes on to the first schema with keywords of its own."""
    found = views(
        a={"$ref": "#/components/schemas/b", "title": "A"},
        b={"$ref": "#/components/schemas/object", "required": ["a"], "default": {}},
    )
    target = named(found, "a").target
    assert target is not None
    assert target.node.key == "b"
    default = named(found, "a").first("default")
    assert default is not None
    assert default.value == {}


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({}, None),
        ({"enum": ["a", 1]}, ("a", 1)),
        ({"const": "a", "enum": ["b"]}, ("a",)),
        ({"type": "string", "enum": [1, True, "x", None]}, ("1", "true", "x", None)),
        ({"type": "integer", "enum": ["1", "-2"]}, (1, -2)),
        ({"type": "boolean", "enum": ["true", "false"]}, (True, False)),
        ({"type": "integer", "enum": [1.0, 2]}, (1, 2)),
        ({"type": "number", "enum": [1.0, 2]}, (1.0, 2)),
        ({"type": ["string", "integer"], "enum": ["1", 1]}, ("1", 1)),
        # The text that was written is lost, or no text at all was meant.
        ({"type": "string", "enum": ["a", 1.1]}, None),
        ({"type": "integer", "enum": ["one"]}, None),
        ({"type": "integer", "enum": ["01"]}, None),
        ({"type": "array", "enum": ["x"]}, None),
        ({"type": "object", "enum": ["x", None]}, None),
        ({"type": "string", "enum": "a"}, None),
    ],
)
def test_listed_values_are_of_the_stated_type(
    schema: Json, values: tuple[Json, ...] | None
) -> None:
    """`enum: [1, 2]` of a string lists "1" and "2"; values that cannot be of the type count not."""
    found = view(schema).values
    assert repr(found) == repr(values)  # True is not 1


@pytest.mark.parametrize(
    ("schema", "options", "null"),
    [
        ({"oneOf": [TO_OBJECT, {"type": "null"}]}, [("oneOf", 0)], True),
        ({"anyOf": [{"nullable": True}, TO_OBJECT]}, [("anyOf", 1)], True),
        ({"anyOf": [False, TO_OBJECT]}, [("anyOf", 1)], False),
        ({"anyOf": [{}, TO_OBJECT]}, [("anyOf", 0), ("anyOf", 1)], False),
        ({"oneOf": [{"type": ["string", "null"]}]}, [("oneOf", 0)], False),
        ({"anyOf": [{"$ref": "#/components/schemas/null"}, TO_OBJECT]}, [("anyOf", 1)], True),
    ],
)
def test_alternatives_except_null_and_false(
    schema: Json, options: list[Pointer], null: bool
) -> None:
    """What only null satisfies, and what nothing does, is no alternative."""
    found = named(views(it=schema, null={"type": "null"}), "it").alternatives
    assert [one.pointer[3:] for it in found for one in it.options] == options
    assert [it.null for it in found] == [null]


def test_a_property_is_found_through_parts_and_alternatives() -> None:
    """A property counts wherever the schema combines or offers it; a condition offers none."""
    it = view(
        {
            "allOf": [TO_OBJECT],
            "oneOf": [{"properties": {"b": {}}}, {"type": "null"}],
            "if": {"properties": {"c": {}}},
        }
    )
    assert [it.property(name) is not None for name in "abc"] == [True, True, False]


def test_circles_end() -> None:
    """References, parts and alternatives that lead back to themselves are read once."""
    found = views(
        a={"$ref": "#/components/schemas/b"},
        b={"$ref": "#/components/schemas/a"},
        c={"type": "string", "allOf": [{"$ref": "#/components/schemas/c"}]},
        d={"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/d"}]},
    )
    assert named(found, "a").target is None
    assert not found.parts([named(found, "a").node])
    assert str(named(found, "c").types) == "string"
    assert str(named(found, "d").types) == "any"
    assert not named(found, "d").is_null
    assert len([*named(found, "d").everything()]) == 3


@pytest.mark.parametrize("key", ["allOf", "anyOf", "oneOf"])
def test_shared_schemas_are_read_once(key: str) -> None:
    """Forty levels of two members each take forty steps, not 2**40."""
    levels: dict[str, Json] = {"l40": {"type": "string", "nullable": True}}
    for level in range(40):
        reference: Json = {"$ref": f"#/components/schemas/l{level + 1}"}
        levels[f"l{level}"] = {key: [reference, reference]}
    first = named(views(**levels), "l0")
    assert str(first.types) == "string or null"
    assert len([*first.everything()]) == 121


@pytest.mark.parametrize("key", ["allOf", "anyOf"])
def test_depth_is_bounded(key: str) -> None:
    """Two thousand levels end in no RecursionError; what is too deep may be anything."""
    levels: dict[str, Json] = {"l2000": {"type": "string"}}
    for level in range(2000):
        reference: Json = {"$ref": f"#/components/schemas/l{level + 1}"}
        levels[f"l{level}"] = {key: [reference, {"type": "integer"}]}
    found = views(**levels)
    assert str(named(found, "l0").types) == ("any" if key == "anyOf" else "")
    near = named(found, f"l{2000 - MAX_ALTERNATIVES // 2}")
    assert str(near.types) == ("integer or string" if key == "anyOf" else "")


def _mapping(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value
