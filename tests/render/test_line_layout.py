"""Long lines are laid out as black has them, and never mean anything else."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from runnersmith import ir
from runnersmith.output.formatter import format_text
from runnersmith.render.python.line_layout import Annotated, Group, annotated, laid_out, split
from runnersmith.render.python.operation_literals import declaration
from runnersmith.render.python.source import literal
from small_specs import build_ir, small_spec

NAMES = [f"a_rather_long_name_{number}" for number in range(9)]


@pytest.mark.parametrize(
    "text",
    [
        laid_out(Group("call(", NAMES[:2], ")"), 0),
        laid_out(Group("call(", NAMES[:4], ")"), 0),
        laid_out(Group("call(", NAMES, ")"), 0),
        laid_out(
            Group("call(", ["x", Group("path={", [f'"{it}": 1' for it in NAMES], "}")], ")"), 0
        ),
        laid_out(Group("call(", ["x", Group("body={", [f'"{"a" * 80}": 1'], "}")], ")"), 0),
        laid_out(
            Group(
                "call(",
                ["x" * 60, Group("query={", [f'"{it}": 1234' for it in NAMES[:3]], "}")],
                ")",
            ),
            0,
        ),
        annotated(Annotated("x", "Literal[" + ", ".join(f'"{it}"' for it in NAMES) + "] | str"), 0),
        annotated(Annotated("x", " | ".join(NAMES[:4]), "None"), 0),
    ],
)
def test_black_changes_nothing(text: str) -> None:
    """Otherwise it would format the whole file twice."""
    assert format_text("x.py", text + "\n") == text + "\n"


@pytest.mark.parametrize("length", range(40, 100))
@pytest.mark.parametrize("paged", [False, True])
def test_black_changes_no_constant_of_an_operation(length: int, *, paged: bool) -> None:
    """On one line, its call in parentheses, or its type on lines of its own."""
    [scope] = build_ir(small_spec()).scopes
    [operation] = scope.resources[0].operations
    page = ir.Reference(model="Page")
    made = replace(
        operation,
        name="x" * (length - 20),
        returns=page if paged else ir.Reference(model="M" * 30),
        item=ir.Reference(model="M" * 30),
        paged=paged,
    )
    text = "import models\n\n" + declaration(made, "    id=1,\n    success=(200,),\n") + "\n"
    assert format_text("x.py", text) == text


# What separates, opens, closes and escapes.
PIECES = [
    '"',
    "'",
    "\\",
    ", ",
    " | ",
    " = ",
    ": ",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "#",
    "\n",
    "a",
    "é",
    " ",
]


TEXTS = some.lists(
    some.lists(some.sampled_from(PIECES), max_size=40).map("".join), min_size=1, max_size=6
)


@settings(max_examples=300)
@given(TEXTS)
def test_layout_never_changes_a_value(texts: list[str]) -> None:
    """Whatever a document lists, and however long: quotes, brackets, separators, line ends."""
    listed = [literal(text) for text in [*texts, "x" * 90]]
    for held in (listed, [literal("".join(texts) + "x" * 90)]):
        annotation = f"Literal[{', '.join(held)}] | Unset"
        written = annotated(Annotated("x", annotation, "UNSET"), 0)
        assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(f"x: {annotation} = UNSET"))
    call = Group("call(", [Group("body={", [f"{one}: 1" for one in listed], "}")], ")")
    assert ast.dump(ast.parse(laid_out(call, 0))) == ast.dump(ast.parse(str(call)))


@settings(max_examples=300)
@given(TEXTS, some.sampled_from([", ", " | "]))
def test_a_string_is_never_cut(texts: list[str], separator: str) -> None:
    """A separator inside a literal separates nothing."""
    listed = [literal(text) for text in texts]
    assert split(separator.join(listed), separator) == listed
