"""Long lines are laid out as black has them, and never mean anything else."""

from __future__ import annotations

import ast
import random

import pytest

from runnersmith.output.formatter import format_text
from runnersmith.render.python.line_layout import Annotated, Group, annotated, laid_out, split
from runnersmith.render.python.source import literal

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


# What separates, opens, closes and escapes; put together at random, the same each time.
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


def hostile() -> list[list[str]]:
    chance = random.Random(7)  # noqa: S311 - no secret
    return [
        [
            "".join(chance.choices(PIECES, k=chance.randrange(40)))
            for _ in range(chance.randint(1, 6))
        ]
        for _ in range(500)
    ]


def test_layout_never_changes_a_value() -> None:
    """Whatever a document lists, and however long: quotes, brackets, separators, line ends."""
    for values in hostile():
        listed = [literal(value) for value in [*values, "x" * 90]]
        for held in (listed, [literal("".join(values) + "x" * 90)]):
            annotation = f"Literal[{', '.join(held)}] | Unset"
            written = annotated(Annotated("x", annotation, "UNSET"), 0)
            assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(f"x: {annotation} = UNSET"))
        call = Group("call(", [Group("body={", [f"{one}: 1" for one in listed], "}")], ")")
        assert ast.dump(ast.parse(laid_out(call, 0))) == ast.dump(ast.parse(str(call)))


@pytest.mark.parametrize("separator", [", ", " | "])
def test_a_string_is_never_cut(separator: str) -> None:
    """A separator inside a literal separates nothing."""
    for values in hostile():
        listed = [literal(value) for value in values]
        assert split(separator.join(listed), separator) == listed
