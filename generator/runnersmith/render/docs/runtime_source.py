"""Source of the client's runtime: its classes, their signatures and docstrings, read as text.

Reads the runtime modules of the client pack. A docstring has paragraphs, sections of entries
(`Args:`, `Attributes:`, `Raises:`, `Environment:`) and lines with a label (`Outcome:`).
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...packs import shipped
from ..python.sample_values import Group, laid

_SECTION = re.compile(r"(Args|Attributes|Raises|Environment):\Z")
_ENTRY = re.compile(r"    (\w+): (.*)")
_LABEL = re.compile(r"(Outcome|What to do): (.*)")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")
# Names, addresses, products and variables that only the client for GitHub has.
_GITHUB = re.compile(
    r"git ?hub|\bGH_|\bghe[cs]?\b|`(?:App|LinkRefused|NotAvailable|Pages|SignInFailed)`",
    re.IGNORECASE,
)


Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class RuntimeSource:
    """Classes of the runtime by name, its constants as source, and its errors in order."""

    classes: Mapping[str, ast.ClassDef]
    constants: Mapping[str, str]
    errors: tuple[str, ...]


@functools.cache
def runtime_source() -> RuntimeSource:
    classes: dict[str, ast.ClassDef] = {}
    constants: dict[str, str] = {}
    errors: tuple[str, ...] = ()
    folder = shipped("templates") / "client" / "runtime"
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        classes.update(found)
        # Only an error has this line.
        listed = (name for name, it in found.items() if "Outcome:" in (ast.get_docstring(it) or ""))
        errors = (*errors, *listed)
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                constants[node.targets[0].id] = ast.unparse(node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                constants[ast.unparse(node.target)] = ast.unparse(node.value)
    return RuntimeSource(classes, constants, errors)


def functions(node: ast.ClassDef) -> Iterator[Function]:
    """Yield the functions of a class, without their overloads."""
    for it in node.body:
        if isinstance(it, Function) and "overload" not in decorators(it):
            yield it


def decorators(function: Function) -> list[str]:
    return [ast.unparse(it) for it in function.decorator_list]


def parameters(function: Function, runtime: RuntimeSource) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the parameters of a method: type and default, constants replaced."""
    positional = function.args.args[1:]
    needed = [None] * (len(positional) - len(function.args.defaults))
    listed = [*positional, *function.args.kwonlyargs]
    defaults = [*needed, *function.args.defaults, *function.args.kw_defaults]
    for one, default in zip(listed, defaults, strict=True):
        said = "" if default is None else ast.unparse(default)
        kind = "" if one.annotation is None else ast.unparse(one.annotation)
        yield one.arg, (kind, runtime.constants.get(said, said))


def fields(node: ast.ClassDef, runtime: RuntimeSource) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the declared attributes of a class: type and default."""
    for it in node.body:
        if isinstance(it, ast.AnnAssign):
            said = "" if it.value is None else ast.unparse(it.value)
            kind = ast.unparse(it.annotation)
            yield ast.unparse(it.target), (kind, runtime.constants.get(said, said))


def signature(function: Function) -> str:
    """Return a method's signature without `self` and without a body, in lines that fit."""
    arguments = ast.unparse(function.args)
    parts = _split(re.sub(r"\A(?:self|cls)(?:, )?", "", arguments))
    returned = "" if function.returns is None else f" -> {ast.unparse(function.returns)}"
    word = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    return laid(Group(f"{word} {function.name}(", parts, f"){returned}: ..."), 0)


def _split(arguments: str) -> tuple[str, ...]:
    """Split a list of parameters at the commas outside brackets."""
    parts, depth = [""], 0
    for char in arguments:
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    # With spaces around the equals sign of a default, as in an annotated parameter.
    return tuple(re.sub(r": (.*)=", r": \1 = ", it.strip()) for it in parts if it.strip())


# ── Docstrings ───────────────────────────────────────────────────────────────────────────────


class Docstring:
    """Parts of a docstring; those about GitHub are omitted for other APIs."""

    def __init__(self, node: ast.ClassDef | Function, *, github: bool) -> None:
        self.github: bool = github
        self.entries: dict[str, dict[str, str]] = {}
        self.labels: dict[str, str] = {}
        found: list[str] = []
        for block in inspect.cleandoc(ast.get_docstring(node) or "").split("\n\n"):
            lines = block.split("\n")
            if title := _SECTION.match(lines[0]):
                self.entries[title[1]] = self._kept(_entries(lines[1:]))
            elif _LABEL.match(lines[0]):
                self.labels.update(self._kept(_labelled(lines)))
            elif text := self._text(block):
                found.append(text)
        self.paragraphs: tuple[str, ...] = tuple(found)

    def _kept(self, entries: Iterator[tuple[str, str]]) -> dict[str, str]:
        read = ((name, self._text(text)) for name, text in entries)
        return {name: text for name, text in read if text}

    def _text(self, text: str) -> str:
        sentences = SENTENCE.split(" ".join(text.split()))
        return " ".join(it for it in sentences if self.github or not _GITHUB.search(it))


def _entries(lines: list[str]) -> Iterator[tuple[str, str]]:
    yield from _gathered(lines, _ENTRY)


def _labelled(lines: list[str]) -> Iterator[tuple[str, str]]:
    yield from _gathered(lines, _LABEL)


def _gathered(lines: list[str], start: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield each name with its text, which continues up to the next name."""
    name, text = "", list[str]()
    for line in lines:
        if begun := start.match(line):
            if name:
                yield name, " ".join(text)
            name, text = begun[1], [begun[2]]
        else:
            text.append(line.strip())
    if name:
        yield name, " ".join(text)
