"""Documentation of the client's public classes, read from the docstrings of its runtime.

Reads the runtime modules of the client pack, as text. A docstring is the only source of its
sentences: editors show it, and the pages of the reference print it. A sentence that names something
of GitHub's is left out for any other API. A docstring has paragraphs, sections of entries
(`Args:`, `Attributes:`, `Raises:`, `Environment:`) and lines with a label (`Outcome:`).
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ... import ir
from ...packs import shipped
from ..python.sample_values import Group, laid
from .auth import auth_option
from .docstrings import section

_SECTION = re.compile(r"(Args|Attributes|Raises|Environment):\Z")
_ENTRY = re.compile(r"    (\w+): (.*)")
_LABEL = re.compile(r"(Outcome|What to do): (.*)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")
# What only the client for GitHub has: names, addresses, products, variables.
_GITHUB = re.compile(
    r"git ?hub|\bGH_|\bghe[cs]?\b|`(?:App|LinkRefused|NotAvailable|Pages|SignInFailed)`",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DocumentedItem:
    """An argument, an attribute, an error or a variable, with what its entry says.

    `type` and `default` are source, empty where there is none.
    """

    name: str
    type: str
    default: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentedMethod:
    """A method of a public class: its name, its signature as source, its documentation."""

    name: str
    signature: str
    text: tuple[str, ...]
    environment: tuple[DocumentedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Documented:
    """A public class of the runtime. `outcome` and `advice` are those of an error, else empty."""

    name: str
    base: str
    text: tuple[str, ...]
    arguments: tuple[DocumentedItem, ...] = ()
    attributes: tuple[DocumentedItem, ...] = ()
    raised: tuple[DocumentedItem, ...] = ()
    methods: tuple[DocumentedMethod, ...] = ()
    outcome: str = ""
    advice: str = ""


def documented(name: str, api: ir.Api) -> Documented:
    """Return what the runtime documents of one of its classes, for the client of an API."""
    runtime = _runtime()
    node = runtime.classes[name]
    doc = _Docstring(node, github=bool(api.scopes))
    constructor = next((it for it in _functions(node) if it.name == "__init__"), None)
    typed = dict(_parameters(constructor, runtime)) if constructor else {}
    fields = dict(_fields(node, runtime))
    return Documented(
        name=name,
        base=ast.unparse(node.bases[0]).partition("[")[0] if node.bases else "",
        text=doc.paragraphs,
        arguments=doc.items("Args", {**fields, **typed}),
        attributes=(*doc.items("Attributes", fields), *_properties(node, github=doc.github)),
        raised=doc.items("Raises", {}),
        methods=tuple(_methods(node, github=doc.github)),
        outcome=doc.labels.get("Outcome", ""),
        advice=doc.labels.get("What to do", ""),
    )


def options(api: ir.Api) -> tuple[DocumentedItem, ...]:
    """Return the arguments of a client's constructor, in order."""
    runtime = _runtime()
    node = runtime.classes["BaseClient"]
    doc = _Docstring(node, github=bool(api.scopes))
    constructor = next(it for it in _functions(node) if it.name == "__init__")
    texts = {"auth": auth_option(api), **doc.entries["Args"]}
    alias = runtime.constants["TokenAuth" if api.scopes else "SchemeAuth"].strip("'")
    return tuple(
        DocumentedItem(name, re.sub(r"\bAuth\b", alias, kind), default, texts[name])
        for name, (kind, default) in _parameters(constructor, runtime)
    )


def options_doc(api: ir.Api) -> str:
    """Return the arguments of a client's constructor as a section of a docstring."""
    return section("Args", ((one.name, one.text) for one in options(api)), 4)


# Sentences of an option that have a column of their own.
_UNIT = re.compile(r"In (seconds)\.")
_RAISES = re.compile(r"Raises (.*)\.\Z")
_CLASS = re.compile(r"\b((?:[A-Z][a-z]+){2,})\b")


def meaning(item: DocumentedItem) -> str:
    """Return what an entry says, without its unit and its errors."""
    said = _SENTENCE.split(item.text)
    return " ".join(it for it in said if not _UNIT.fullmatch(it) and not _RAISES.match(it))


def unit(item: DocumentedItem) -> str:
    """Return the unit that an entry states; empty if it has none."""
    found = _UNIT.search(item.text)
    return found[1] if found else ""


def refusals(item: DocumentedItem) -> str:
    """Return the errors that an entry states, their names in backticks; empty if it has none."""
    found = [said[1] for it in _SENTENCE.split(item.text) if (said := _RAISES.match(it))]
    return _CLASS.sub(r"`\1`", " ".join(found))


def client_properties(api: ir.Api) -> tuple[DocumentedItem, ...]:
    """Return the properties that every client has, beside those of its API."""
    return tuple(one for node in _client() for one in _properties(node, github=bool(api.scopes)))


def client_methods(api: ir.Api) -> tuple[DocumentedMethod, ...]:
    """Return the methods that every client has, beside those of its API."""
    github = bool(api.scopes)
    found = (one for node in _client() for one in _methods(node, github=github))
    return tuple(one for one in found if github or one.name != "from_env")


def _client() -> tuple[ast.ClassDef, ...]:
    return tuple(_runtime().classes[name] for name in ("_Common", "RawCalls", "BaseClient"))


# What another API's client does not export.
_ONLY_GITHUB = frozenset(
    {"GitHubError", "LinkRefused", "NotAvailable", "RunnerBusy", "SignInFailed"}
)


def errors(api: ir.Api) -> tuple[Documented, ...]:
    """Return every public error, in the order of the tree."""
    return tuple(documented(name, api) for _, name in _tree(api))


def error_tree(api: ir.Api) -> str:
    """Draw the tree of the public errors, a class on each line."""
    return "\n".join(line for line, _ in _tree(api))


def _tree(api: ir.Api) -> Iterator[tuple[str, str]]:
    runtime = _runtime()
    hidden = frozenset[str]() if api.scopes else _ONLY_GITHUB
    below: dict[str, list[str]] = {}
    for name in runtime.errors:
        base = ast.unparse(runtime.classes[name].bases[0])
        if name not in hidden:
            below.setdefault("" if base in hidden or base == "Exception" else base, []).append(name)
    return _drawn("", "", below)


def _drawn(name: str, indent: str, below: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Draw the classes below one, each on a line of its own."""
    listed = below.get(name, [])
    for number, child in enumerate(listed, 1):
        last = number == len(listed)
        sign, more = ("", "") if not name else ("└── ", "    ") if last else ("├── ", "│   ")
        yield f"{indent}{sign}{child}", child
        yield from _drawn(child, indent + more, below)


# ── The source ───────────────────────────────────────────────────────────────────────────────

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Runtime:
    """The classes of the runtime by name, its constants as source, and its errors in order."""

    classes: Mapping[str, ast.ClassDef]
    constants: Mapping[str, str]
    errors: tuple[str, ...]


@functools.cache
def _runtime() -> _Runtime:
    classes: dict[str, ast.ClassDef] = {}
    constants: dict[str, str] = {}
    errors: tuple[str, ...] = ()
    folder = shipped("templates") / "client" / "runtime"
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        classes.update(found)
        if path.name == "errors.py":
            structs = {
                name for name, node in found.items() if "Struct" in ast.unparse(node.bases[0])
            }
            errors = tuple(name for name in found if name not in structs)
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                constants[node.targets[0].id] = ast.unparse(node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                constants[ast.unparse(node.target)] = ast.unparse(node.value)
    return _Runtime(classes, constants, errors)


def _functions(node: ast.ClassDef) -> Iterator[_Function]:
    """The functions of a class, without the overloads that precede them."""
    for it in node.body:
        if isinstance(it, _Function) and "overload" not in _decorators(it):
            yield it


def _decorators(function: _Function) -> list[str]:
    return [ast.unparse(it) for it in function.decorator_list]


def _parameters(function: _Function, runtime: _Runtime) -> Iterator[tuple[str, tuple[str, str]]]:
    """The keyword-only parameters of a function: type and default, with constants written out."""
    for one, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        said = "" if default is None else ast.unparse(default)
        kind = "" if one.annotation is None else ast.unparse(one.annotation)
        yield one.arg, (kind, runtime.constants.get(said, said))


def _fields(node: ast.ClassDef, runtime: _Runtime) -> Iterator[tuple[str, tuple[str, str]]]:
    """The declared attributes of a class: type and default."""
    for it in node.body:
        if isinstance(it, ast.AnnAssign):
            said = "" if it.value is None else ast.unparse(it.value)
            kind = ast.unparse(it.annotation)
            yield ast.unparse(it.target), (kind, runtime.constants.get(said, said))


def _properties(node: ast.ClassDef, *, github: bool) -> Iterator[DocumentedItem]:
    for function in _functions(node):
        if "property" in _decorators(function) and not function.name.startswith("_"):
            returned = "" if function.returns is None else ast.unparse(function.returns)
            said = " ".join(_Docstring(function, github=github).paragraphs)
            yield DocumentedItem(function.name, returned, "", said)


def _methods(node: ast.ClassDef, *, github: bool) -> Iterator[DocumentedMethod]:
    for function in _functions(node):
        if not function.name.startswith("_") and "property" not in _decorators(function):
            doc = _Docstring(function, github=github)
            yield DocumentedMethod(
                function.name, _signature(function), doc.paragraphs, doc.items("Environment", {})
            )


def _signature(function: _Function) -> str:
    """A method's signature without `self`, and without a body, in lines that fit."""
    arguments = ast.unparse(function.args)
    parts = _split(re.sub(r"\A(?:self|cls)(?:, )?", "", arguments))
    returned = "" if function.returns is None else f" -> {ast.unparse(function.returns)}"
    word = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    return laid(Group(f"{word} {function.name}(", parts, f"){returned}: ..."), 0)


def _split(arguments: str) -> tuple[str, ...]:
    """Cut a list of parameters at the commas that are in no brackets."""
    parts, depth = [""], 0
    for char in arguments:
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    # With spaces around the sign of a default, as an annotated parameter is written.
    return tuple(re.sub(r": (.*)=", r": \1 = ", it.strip()) for it in parts if it.strip())


# ── Docstrings ───────────────────────────────────────────────────────────────────────────────


class _Docstring:
    """The parts of a docstring; those of GitHub's are left out for other APIs."""

    def __init__(self, node: ast.ClassDef | _Function, *, github: bool) -> None:
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

    def items(self, title: str, typed: Mapping[str, tuple[str, str]]) -> tuple[DocumentedItem, ...]:
        """The entries of a section, with their types and defaults."""
        return tuple(
            DocumentedItem(name, *typed.get(name, ("", "")), text)
            for name, text in self.entries.get(title, {}).items()
        )

    def _kept(self, entries: Iterator[tuple[str, str]]) -> dict[str, str]:
        read = ((name, self._text(text)) for name, text in entries)
        return {name: text for name, text in read if text}

    def _text(self, text: str) -> str:
        sentences = _SENTENCE.split(" ".join(text.split()))
        return " ".join(it for it in sentences if self.github or not _GITHUB.search(it))


def _entries(lines: list[str]) -> Iterator[tuple[str, str]]:
    yield from _gathered(lines, _ENTRY)


def _labelled(lines: list[str]) -> Iterator[tuple[str, str]]:
    yield from _gathered(lines, _LABEL)


def _gathered(lines: list[str], start: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Each name with its text, which goes on until the next name."""
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
