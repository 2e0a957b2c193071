"""Types of two API versions: the one that holds both, if a decoder can tell them apart."""

from __future__ import annotations

import pytest

from runnersmith import ir
from runnersmith.merge import both

INT, FLOAT, TEXT = (ir.Primitive(name=name) for name in ("int", "float", "str"))
DATE, ANY = ir.Primitive(name="datetime"), ir.Primitive(name="any")


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (INT, INT, INT),
        (INT, FLOAT, FLOAT),
        (INT, TEXT, ir.Union(members=(INT, TEXT))),
        (INT, ir.Nullable(type=INT), ir.Nullable(type=INT)),
        (INT, ir.Nullable(type=FLOAT), ir.Nullable(type=FLOAT)),
        (INT, ir.Nullable(type=TEXT), ir.Nullable(type=ir.Union(members=(INT, TEXT)))),
        (TEXT, ir.Array(items=TEXT), ir.Union(members=(TEXT, ir.Array(items=TEXT)))),
        (ir.Array(items=INT), ir.Array(items=FLOAT), ir.Array(items=FLOAT)),
        (ir.Map(values=INT), ir.Map(values=FLOAT), ir.Map(values=FLOAT)),
        (
            ir.Literal(values=("a", "b"), open=False),
            ir.Literal(values=("a", "b"), open=True),
            ir.Literal(values=("a", "b"), open=True),
        ),
        (ir.Literal(values=("a",), open=True), TEXT, ir.Literal(values=("a",), open=True)),
        (ir.Union(members=(INT, TEXT)), TEXT, ir.Union(members=(INT, TEXT))),
        (ir.Reference(model="A"), TEXT, ir.Union(members=(ir.Reference(model="A"), TEXT))),
        (ANY, ANY, ANY),
        (ANY, TEXT, None),
        (TEXT, DATE, TEXT),
        (ir.Reference(model="A"), ir.Reference(model="B"), None),
        (ir.Reference(model="A"), ir.Map(values=INT), None),
        (ir.Array(items=TEXT), ir.Array(items=DATE), ir.Array(items=TEXT)),
        (ir.Array(items=ANY), ir.Array(items=INT), None),
        (ir.Union(members=(INT, TEXT)), FLOAT, ir.Union(members=(FLOAT, TEXT))),
        (ir.Literal(values=(1, 2), open=False), INT, None),
        (ir.Nullable(type=TEXT), DATE, ir.Nullable(type=TEXT)),
        (ir.Literal(values=("a",), open=False), DATE, TEXT),
        (
            ir.Union(members=(INT, TEXT)),
            ir.Literal(values=("a",), open=True),
            ir.Union(members=(INT, ir.Literal(values=("a",), open=True))),
        ),
    ],
)
def test_another_type_is_one_that_holds_both(
    new: ir.Type, old: ir.Type, expected: ir.Type | None
) -> None:
    """Where a decoder can distinguish them; in whichever version which of the two stands."""
    found, other = both(new, old), both(old, new)
    assert found == expected
    if isinstance(bare := expected, ir.Union):
        assert isinstance(other, ir.Union)
        assert set(other.members) == set(bare.members)


def test_the_choices_of_all_versions_are_listed_once_the_newest_first() -> None:
    """A value that only one version knows is a value of the merged choice."""
    new = ir.Literal(values=("c", "a"), open=False)
    old = ir.Literal(values=("a", "b"), open=False)
    assert both(new, old) == ir.Literal(values=("c", "a", "b"), open=False)


def test_a_boolean_is_no_number() -> None:
    """Choices of two kinds are not mixed, though Python has True == 1."""
    found = both(ir.Literal(values=(True,), open=False), ir.Literal(values=(1,), open=False))
    assert found is None
