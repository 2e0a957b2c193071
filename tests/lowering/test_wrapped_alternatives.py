"""Schemas that wrap a union or a parent: beside a `$ref`, in an allOf, with null, as an alternative."""

from __future__ import annotations

import pytest

from lowering.foreign_packages import generated_package
from lowering.test_unclear_alternatives import a_model, listed, lowered, reference, union
from runnersmith import ir
from runnersmith.openapi.document import Json

A, B, C = (ir.Reference(model=name) for name in "ABC")
EITHER = ir.Union(members=(A, B))


def result(**schemas: Json) -> tuple[ir.Type | None, list[str]]:
    """The type of `U`, the only result, and the notes of what the client does not check."""
    found = lowered(schemas)
    [operation] = found.api.resources[0].operations
    notes = [note.message for note in found.notes if "not checked" in note.message]
    return operation.responses[0].type, notes


@pytest.mark.parametrize(
    "wrapper",
    [
        {"type": "object", **reference("Pair")},
        {"type": "object", "description": "Both.", "minProperties": 1, **reference("Pair")},
        {"allOf": [reference("Pair")]},
        {"type": "object", "allOf": [reference("Pair"), {"description": "Both."}]},
        {"required": ["kind"], **reference("Pair")},
        {"type": "object", "oneOf": [reference("Pair")]},
        {"allOf": [{"type": "object", **reference("Pair")}]},
    ],
)
def test_a_wrapped_union_is_the_union(wrapper: dict[str, Json]) -> None:
    """Alone, with null, and as one of several alternatives, by its name or without one."""
    schemas: dict[str, Json] = {
        "A": listed("a"),
        "B": listed("b"),
        "C": listed("c"),
        "Pair": {"oneOf": [reference("A"), reference("B")]},
        "Wrapper": wrapper,
    }
    assert result(**schemas, U=wrapper) == (EITHER, [])
    for one in (wrapper, reference("Wrapper")):
        null: Json = {"anyOf": [one, {"type": "null"}]}
        assert result(**schemas, U=null) == (ir.Nullable(type=EITHER), [])
        more: Json = {"oneOf": [one, reference("C")]}
        assert result(**schemas, U=more) == (ir.Union(members=(A, B, C)), [])


def test_a_wrapper_of_an_object_without_a_name_is_the_object() -> None:
    """So that the mapping of a discriminator has its place."""
    tagged = union("kind", x="A", y="B")
    assert isinstance(tagged, dict)
    wrapped: Json = [
        {"title": "One", "type": "object", **reference("A")},
        {"allOf": [reference("B")]},
    ]
    schemas: dict[str, Json] = {"A": a_model(kind="string"), "B": a_model(kind="string")}
    assert result(**schemas, U={**tagged, "oneOf": wrapped}) == (EITHER, [])


def test_names_that_a_wrapper_requires_are_noted() -> None:
    """If not every alternative requires them already."""
    schemas: dict[str, Json] = {
        "A": listed("a"),
        "B": listed("b"),
        "Pair": {"oneOf": [reference("A"), reference("B")]},
    }
    wrapper: Json = {"required": ["kind", "size"], **reference("Pair")}
    assert result(**schemas, U=wrapper) == (EITHER, ["`required` is not checked by the client"])


PARENT: Json = {**a_model(tag="string"), "discriminator": {"propertyName": "tag"}}
MAPPED: Json = {
    **a_model(tag="string"),
    "discriminator": {"propertyName": "tag", "mapping": {"a": "#/components/schemas/A"}},
}
CHILD: Json = {"allOf": [reference("B"), a_model(size="integer")]}


@pytest.mark.parametrize(
    ("parent", "wrapper", "null"),
    [
        (PARENT, {"type": "object", **reference("B")}, False),
        (PARENT, {"required": ["tag"], **reference("B")}, False),
        (PARENT, {"type": ["object", "null"], **reference("B")}, True),
        (PARENT, {"type": ["object", "null"], "allOf": [reference("B")]}, True),
        (MAPPED, {"type": "object", "allOf": [reference("B")]}, False),
    ],
)
def test_a_wrapped_parent_is_its_children(parent: Json, wrapper: Json, null: bool) -> None:
    """It is no child, whatever its name is."""
    found, _ = result(A=CHILD, B=parent, U=wrapper)
    assert found == (ir.Nullable(type=EITHER) if null else EITHER)


def test_a_child_need_not_add_a_property() -> None:
    """If a mapping has it, or its parent has no mapping."""
    for parent in (PARENT, MAPPED):
        found, _ = result(A={"allOf": [reference("B")]}, B=parent, U=reference("B"))
        assert found == EITHER


def test_a_child_that_adds_nothing_is_a_class_of_its_own() -> None:
    """Among other alternatives it is not its parent with all children."""
    child: Json = {"required": ["tag"], "allOf": [reference("B")]}
    either: Json = {"oneOf": [reference("A"), reference("C")]}
    found, _ = result(A=child, B=PARENT, C=listed("c"), U=either)
    assert found == ir.Union(members=(A, C))


def test_a_body_that_wraps_a_parent_is_one_argument() -> None:
    """With the types of all children, and not the fields of the parent."""
    operations = {
        it.id: it
        for one in generated_package("harbour").built.api.resources
        for it in one.operations
    }
    body = operations["putLoad"].body
    assert body is not None
    assert body.whole is not None
    assert isinstance(body.whole.type, ir.Union)


def test_a_parent_among_alternatives_is_not_one_object() -> None:
    """Its children would lose their fields: the value stays as it is."""
    wrapper: Json = {"type": "object", **reference("B")}
    found, _ = result(A=CHILD, B=PARENT, C=listed("c"), U={"oneOf": [wrapper, reference("C")]})
    assert found == ir.Map(values=ir.Primitive(name="any"))
