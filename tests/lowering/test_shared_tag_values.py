"""One value of a tag for several schemas: what else tells them apart, or what becomes of them."""

from __future__ import annotations

import pytest

from lowering.test_unclear_alternatives import a_model, listed, lowered, reference, union
from lowering.test_wrapped_alternatives import result
from runnersmith import ir
from runnersmith.openapi.document import Json

A, B = (ir.Reference(model=name) for name in "AB")
UNCLEAR = ["`oneOf` is not checked by the client"]


def tagged(*names: str, **more: Json) -> dict[str, Json]:
    """An object of the kind `x` that requires some properties."""
    kind: dict[str, Json] = {"const": "x"}
    held: Json = {"kind": kind, **{name: {"type": "string"} for name in names}}
    return {"type": "object", "required": ["kind", *names], "properties": held, **more}


BY_KIND: dict[str, Json] = {
    "oneOf": [reference("A"), reference("B")],
    "discriminator": {"propertyName": "kind"},
}


@pytest.mark.parametrize(
    "choice",
    [
        BY_KIND,
        # The mapping has values that one of the schemas does not allow.
        union("kind", x="A", z="B"),
        union("kind", y="A", z="B"),
    ],
)
def test_alternatives_of_one_value_are_told_apart_by_names(choice: Json) -> None:
    """Neither the names of schemas nor a mapping are values that a schema excludes."""
    found = lowered({"A": tagged("a"), "B": tagged("b"), "U": choice})
    [operation] = found.api.resources[0].operations
    assert operation.responses[0].type == ir.Union(members=(A, B))
    conditions = {it.name: it.conditions for it in found.api.models}
    assert conditions == {"A": (ir.Condition(wire_name="a", values=()),), "B": ()}


def test_alternatives_of_one_value_that_look_alike_are_one_model() -> None:
    """With a note; with a value of several for one of them as well."""
    one: dict[str, Json] = {"A": tagged(), "B": tagged()}
    assert result(**one, U=BY_KIND) == (ir.Reference(model="U"), UNCLEAR)
    several: dict[str, Json] = {
        "A": {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}},
        "B": {"type": "object", "properties": {"kind": {"enum": ["b", "c"]}}},
    }
    assert result(**several, U=BY_KIND) == (ir.Reference(model="U"), UNCLEAR)
    # A mapping says whose the common value is.
    mapped = union("kind", a="A", b="A", c="B")
    assert result(**several, U=mapped) == (ir.Union(members=(A, B)), [])


PARENT: dict[str, Json] = {**a_model(kind="string"), "discriminator": {"propertyName": "kind"}}


def child(*names: str, kind: str = "x") -> Json:
    own: Json = {
        "required": [*names],
        "properties": {"kind": {"const": kind}, **{name: {"type": "string"} for name in names}},
    }
    return {"allOf": [reference("U"), own]}


def family(**schemas: Json) -> tuple[ir.Type | None, dict[str, list[str]]]:
    """The type of `U`, and the names that its children are known by."""
    found = lowered({**schemas, "U": PARENT})
    [operation] = found.api.resources[0].operations
    known = {it.name: [one.wire_name for one in it.conditions or ()] for it in found.api.models}
    return operation.responses[0].type, known


def test_children_of_one_value_are_told_apart_by_names() -> None:
    """The one with more conditions is tried first, whatever the order of the document."""
    members = tuple(ir.Reference(model=name) for name in ("C", "B", "A", "U"))
    found, known = family(A=child(), B=child("b"), C=child(kind="y"))
    assert found == ir.Union(members=members)
    assert known == {"A": ["kind"], "B": ["kind", "b"], "C": ["kind"], "U": []}


def test_children_that_nothing_tells_apart_are_read_as_the_parent() -> None:
    """With a note for each; the others stay."""
    schemas: dict[str, Json] = {"A": child(), "B": child()}
    found = lowered({**schemas, "U": PARENT})
    assert [it.name for it in found.api.models] == ["U"]
    [operation] = found.api.resources[0].operations
    assert operation.responses[0].type == ir.Reference(model="U")
    messages = [note.message for note in found.notes]
    why = "nothing tells this from another child of its parent; it is read as the parent"
    assert messages == [why, why]
    rest, _ = family(**schemas, C=child(kind="y"))
    assert rest == ir.Union(members=(ir.Reference(model="C"), ir.Reference(model="U")))


def test_a_grandchild_with_the_value_of_its_parent_is_told_apart() -> None:
    """Its name is no value, since its parent has another one."""
    grandchild: Json = {
        "allOf": [reference("A"), {"required": ["b"], "properties": {"b": {"type": "string"}}}]
    }
    found = lowered({"A": child("a"), "B": grandchild, "U": PARENT, "U2": reference("A")})
    types = [it.responses[0].type for one in found.api.resources for it in one.operations]
    both: tuple[ir.Type, ...] = (B, A)
    assert types == [ir.Union(members=(*both, ir.Reference(model="U"))), ir.Union(members=both)]
    conditions = {it.name: it.conditions for it in found.api.models}
    kind = ir.Condition(wire_name="kind", values=("x",))
    assert conditions["B"] == (kind, ir.Condition(wire_name="b", values=()))


def test_the_name_of_a_child_is_its_value_if_the_parent_lists_it() -> None:
    parent: Json = {
        "type": "object",
        "properties": {"kind": {"enum": ["A", "B"]}},
        "discriminator": {"propertyName": "kind"},
    }
    made: Json = {"allOf": [reference("U"), a_model(size="integer")]}
    found = lowered({"A": made, "B": made, "U": parent})
    values = {it.name: [one.values for one in it.conditions or ()] for it in found.api.models}
    assert values == {"A": [("A",)], "B": [("B",)], "U": []}


def test_values_that_differ_are_tags_as_before() -> None:
    schemas: dict[str, Json] = {"A": listed("a"), "B": listed("b")}
    found = lowered({**schemas, "U": BY_KIND})
    assert {it.name: it.tag and it.tag.value for it in found.api.models} == {"A": "a", "B": "b"}
