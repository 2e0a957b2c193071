"""Alternatives that are clear in one union, and confused or hidden by another one."""

from __future__ import annotations

from runnersmith import ir
from runnersmith.lowering import LoweringResult, build_foreign
from runnersmith.openapi.document import Json
from small_specs import document

UNCLEAR = "`oneOf` is not checked by the client"


def union(field: str, **mapping: str) -> Json:
    names = sorted({*mapping.values()})
    return {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names],
        "discriminator": {"propertyName": field, "mapping": dict(mapping)},
    }


def lowered(schemas: dict[str, Json]) -> LoweringResult:
    """A client with an operation for each schema whose name starts with `U`."""
    paths: dict[str, Json] = {
        f"/{name}": {
            "get": {
                "operationId": name,
                "responses": {
                    "200": {
                        "description": "One.",
                        "content": {
                            "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}
                        },
                    }
                },
            }
        }
        for name in schemas
        if name.startswith("U")
    }
    return build_foreign(
        document(
            {
                "openapi": "3.1.0",
                "info": {"title": "Unions", "version": "1"},
                "servers": [{"url": "https://unions.example.com"}],
                "paths": paths,
                "components": {"schemas": schemas},
            }
        ),
        "unions",
    )


def built(schemas: dict[str, Json]) -> tuple[dict[str, ir.Type | None], list[str]]:
    """The result of each operation, and the notes of unclear alternatives."""
    found = lowered(schemas)
    results = {
        operation.id: operation.responses[0].type
        for resource in found.api.resources
        for operation in resource.operations
    }
    return results, [note.message for note in found.notes if note.message == UNCLEAR]


def a_model(**properties: str) -> dict[str, Json]:
    return {"type": "object", "properties": {name: {"type": it} for name, it in properties.items()}}


def test_values_that_are_swapped_in_another_union() -> None:
    """One of the two unions has its alternatives, and the other is one model, which is noted."""
    results, notes = built(
        {
            "A": a_model(kind="string"),
            "B": a_model(kind="string"),
            "U1": union("kind", a="A", b="B"),
            "U2": union("kind", a="B", b="A"),
        }
    )
    kinds = sorted(type(it).__name__ for it in results.values())
    assert kinds == ["Reference", "Union"]
    assert len(notes) == 1


def test_a_property_that_only_another_union_needs() -> None:
    """An object of one union need not have it, so it cannot be recognized by it there."""
    optional = a_model(kind="string", type="string")
    schemas: dict[str, Json] = {
        "A": optional,
        "B": optional,
        "U1": union("kind", a="A", b="B"),
        "U2": union("type", c="A", d="B"),
    }
    results, notes = built(schemas)
    assert sorted(type(it).__name__ for it in results.values()) == ["Reference", "Union"]
    assert len(notes) == 1
    # If every object has both, it can be recognized by both.
    required: Json = {**a_model(kind="string", type="string"), "required": ["kind", "type"]}
    results, notes = built({**schemas, "A": required, "B": required})
    assert {type(it) for it in results.values()} == {ir.Union}
    assert notes == []


def test_children_that_no_value_of_the_property_can_name() -> None:
    """A boolean is no name, and a number only if a mapping gives it: the parent is what is read."""
    for kind in ("boolean", "integer"):
        parent: Json = {**a_model(tag=kind), "discriminator": {"propertyName": "tag"}}
        child: Json = {"allOf": [{"$ref": "#/components/schemas/U"}, a_model(size="integer")]}
        results, _ = built({"U": parent, "Child": child})
        assert results == {"U": ir.Reference(model="U")}


def listed(kind: str, *required: str) -> Json:
    """An object that is known by its `kind`."""
    return {
        "type": "object",
        "required": ["kind", *required],
        "properties": {"kind": {"const": kind}, "size": {"type": "integer"}},
    }


def reference(name: str) -> dict[str, Json]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_tag_that_may_be_null_has_its_listed_values() -> None:
    """Not the name of the schema, which no server sends; nor has an inline alternative its place."""
    tag: Json = {"anyOf": [{"type": "string", "enum": ["refer"]}, {"type": "null"}]}
    nullable: Json = {"type": ["string", "null"], "enum": ["close", None]}
    inline: Json = {"type": "object", "properties": {"kind": {"type": "string"}, "x": {}}}
    by_kind: Json = {"propertyName": "kind"}
    found = lowered(
        {
            "Refer": {"type": "object", "properties": {"kind": tag, "id": {"type": "string"}}},
            "Close": {"type": "object", "properties": {"kind": nullable}},
            "U1": {"oneOf": [reference("Refer"), reference("Close")], "discriminator": by_kind},
        }
    )
    assert {one.name: one.tag.value for one in found.api.models if one.tag} == {
        "Refer": "refer",
        "Close": "close",
    }
    either: Json = {"oneOf": [reference("Refer"), inline], "discriminator": by_kind}
    found = lowered({"Refer": a_model(kind="string"), "U1": either})
    assert [one.name for one in found.api.models if one.tag] == []


def test_a_union_among_alternatives_is_taken_apart() -> None:
    """Beside null, text, an object, another union; by its discriminator if no values are listed."""
    pair: Json = {"oneOf": [reference("A"), reference("B")]}
    results, notes = built(
        {
            "A": listed("a"),
            "B": listed("b"),
            "C": listed("c"),
            "D": listed("d"),
            "E": a_model(kind="string", weight="number"),
            "F": a_model(kind="string", weight="number"),
            "Pair": pair,
            "Other": {"anyOf": [reference("C"), reference("D"), {"type": "null"}]},
            "Named": union("kind", e="E", f="F"),
            "U1": {"anyOf": [reference("Pair"), {"type": "null"}]},
            "U2": {"anyOf": [reference("Pair"), {"type": "string"}]},
            "U3": {"oneOf": [reference("Pair"), reference("C")]},
            "U4": {"oneOf": [reference("Pair"), reference("Other")]},
            "U5": {"anyOf": [reference("Named"), {"type": "null"}]},
            "U6": {"anyOf": [reference("Named"), {"type": "string"}]},
            "U7": {"oneOf": [reference("Named"), reference("A")]},
        }
    )
    a, b, c, d, e, f = (ir.Reference(model=name) for name in "ABCDEF")
    text = ir.Primitive(name="str")
    assert results == {
        "U1": ir.Nullable(type=ir.Union(members=(a, b))),
        "U2": ir.Union(members=(a, b, text)),
        "U3": ir.Union(members=(a, b, c)),
        "U4": ir.Nullable(type=ir.Union(members=(a, b, c, d))),
        "U5": ir.Nullable(type=ir.Union(members=(e, f))),
        "U6": ir.Union(members=(e, f, text)),
        "U7": ir.Union(members=(e, f, a)),
    }
    assert notes == []


def test_a_union_that_contains_itself_is_a_circle() -> None:
    """Directly or through another one: it is read as it is."""
    results, _ = built(
        {
            "A": listed("a"),
            "U1": {"oneOf": [reference("A"), reference("U2")]},
            "U2": {"oneOf": [reference("A"), reference("U1"), {"type": "string"}]},
        }
    )
    assert not any(isinstance(it, ir.Union) for it in results.values())


def test_a_parent_beside_null_stands_for_its_children() -> None:
    """As it does alone, although it is no union that is written."""
    parent: Json = {**a_model(tag="string"), "discriminator": {"propertyName": "tag"}}
    child: Json = {"allOf": [reference("U1"), a_model(size="integer")]}
    results, notes = built(
        {"U1": parent, "Child": child, "U2": {"anyOf": [reference("U1"), {"type": "null"}]}}
    )
    assert isinstance(results["U1"], ir.Union)
    assert results["U2"] == ir.Nullable(type=results["U1"])
    assert notes == []
