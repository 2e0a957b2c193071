"""Definitions in a Python file that replace others, such as a method that a pack adds. Pure.

Python takes the last of two methods with one name, without a word.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from typing import TypeAlias

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.AnnAssign
# Names with their indentation: of functions and classes, and of all that looks like a field.
_DEFINED = re.compile(r"^( *)(?:(?:async )?def|class) (\w+)", re.MULTILINE)
_FIELDS = re.compile(r"^( *)(\w+): ", re.MULTILINE)


@functools.lru_cache(maxsize=1_000)
def check_definitions(text: str) -> None:
    """Check that no definition replaces another one. Raises ValueError with the name."""
    defined = _DEFINED.findall(text)
    # Most files need no syntax tree, which takes as long as compiling them.
    if len({*defined}) == len(defined) and not {*defined} & {*_FIELDS.findall(text)}:
        return
    for owner, name in _replaced(ast.parse(text), ""):
        within = f"class {owner}" if owner else "the module"
        raise ValueError(
            f"{within} defines {name!r} twice, and the second would replace the first; rename one"
        )


def _replaced(node: ast.Module | ast.ClassDef, owner: str) -> Iterator[tuple[str, str]]:
    """Yield each name that is defined twice in a class or module, with the name of the class."""
    known: dict[str, _Definition] = {}
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _replaced(child, child.name)
        if isinstance(child, _Definition) and (name := _name(child)) is not None:
            if name in known and not _belongs(child, known[name], name):
                yield owner, name
            known[name] = child


def _name(node: _Definition) -> str | None:
    if isinstance(node, ast.AnnAssign):
        return node.target.id if isinstance(node.target, ast.Name) else None
    return node.name


def _belongs(node: _Definition, before: _Definition, name: str) -> bool:
    """Return whether a definition follows an overload, or adds a setter to a property."""
    overloads = {"overload", "typing.overload"}
    if {ast.unparse(it) for it in _decorators(before)} & overloads:
        return True
    return any(ast.unparse(it).startswith(f"{name}.") for it in _decorators(node))


def _decorators(node: _Definition) -> list[ast.expr]:
    return [] if isinstance(node, ast.AnnAssign) else node.decorator_list
