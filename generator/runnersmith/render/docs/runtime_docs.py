"""Documentation of the client's public classes, read from the docstrings of its runtime.

A docstring is the only source of its sentences: editors show it, and the pages of the reference
print it. A sentence that names something of GitHub's is left out for any other API.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ... import ir
from .auth import auth_option
from .docstrings import section
from .runtime_source import (
    SENTENCE,
    Docstring,
    decorators,
    fields,
    functions,
    parameters,
    runtime_source,
    signature,
)
from .servers import servers_option


@dataclass(frozen=True, slots=True)
class DocumentedItem:
    """An argument, an attribute, an error or a variable, with its documentation.

    `type` and `default` are source, empty if there is none.
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
    runtime = runtime_source()
    node = runtime.classes[name]
    doc = Docstring(node, github=bool(api.scopes))
    constructor = next((it for it in functions(node) if it.name == "__init__"), None)
    typed = dict(parameters(constructor, runtime)) if constructor else {}
    declared = dict(fields(node, runtime))
    return Documented(
        name=name,
        base=ast.unparse(node.bases[0]).partition("[")[0] if node.bases else "",
        text=doc.paragraphs,
        arguments=_items(doc, "Args", {**declared, **typed}),
        attributes=(*_items(doc, "Attributes", declared), *_properties(node, github=doc.github)),
        raised=_items(doc, "Raises", {}),
        methods=tuple(_methods(node, github=doc.github)),
        outcome=doc.labels.get("Outcome", ""),
        advice=doc.labels.get("What to do", ""),
    )


def options(api: ir.Api) -> tuple[DocumentedItem, ...]:
    """Return the arguments of a client's constructor, in order."""
    runtime = runtime_source()
    node = runtime.classes["GitHubClient" if api.scopes else "BaseClient"]
    constructor = next(it for it in functions(node) if it.name == "__init__")
    texts = {"auth": auth_option(api)}
    # What a subclass documents of its own comes last.
    for one in (runtime.classes["BaseClient"], node):
        texts |= Docstring(one, github=bool(api.scopes)).entries["Args"]
    alias = runtime.constants["TokenAuth" if api.scopes else "SchemeAuth"].strip("'")
    found = [
        DocumentedItem(name, re.sub(r"\bAuth\b", alias, kind), default, texts[name])
        for name, (kind, default) in parameters(constructor, runtime)
    ]
    if api.named_servers:
        servers = DocumentedItem("servers", "ServerUrls | None", "None", servers_option(api))
        found.insert(2, servers)  # after `auth` and `base_url`
    return tuple(found)


def options_doc(api: ir.Api) -> str:
    """Return the arguments of a client's constructor as a section of a docstring."""
    return section("Args", ((one.name, one.text) for one in options(api)), 4)


# Sentences of an option that have a column of their own.
_UNIT = re.compile(r"In (seconds)\.")
_RAISES = re.compile(r"Raises (.*)\.\Z")
_CLASS = re.compile(r"\b((?:[A-Z][a-z]+){2,})\b")


def meaning(item: DocumentedItem) -> str:
    """Return what an entry says, without its unit and its errors."""
    said = SENTENCE.split(item.text)
    return " ".join(it for it in said if not _UNIT.fullmatch(it) and not _RAISES.match(it))


def unit(item: DocumentedItem) -> str:
    """Return the unit that an entry states; empty if it has none."""
    found = _UNIT.search(item.text)
    return found[1] if found else ""


def refusals(item: DocumentedItem) -> str:
    """Return the errors that an entry states, their names in backticks; empty if it has none."""
    found = [said[1] for it in SENTENCE.split(item.text) if (said := _RAISES.match(it))]
    return _CLASS.sub(r"`\1`", " ".join(found))


def client_properties(api: ir.Api) -> tuple[DocumentedItem, ...]:
    """Return the properties that every client has, beside those of its API."""
    github = bool(api.scopes)
    return tuple(one for node in _client(api) for one in _properties(node, github=github))


def client_methods(api: ir.Api) -> tuple[DocumentedMethod, ...]:
    """Return the methods that every client has, beside those of its API."""
    github = bool(api.scopes)
    found: dict[str, DocumentedMethod] = {}
    for node in _client(api):
        for one in _methods(node, github=github):
            # A method without a docstring has that of the one it overrides.
            text = one.text or (found[one.name].text if one.name in found else ())
            found[one.name] = replace(one, text=text)
    return tuple(found.values())


def _client(api: ir.Api) -> tuple[ast.ClassDef, ...]:
    names = ["CommonClient", "RawCalls", "BaseClient"]
    names += ["PagedRawCalls", "GitHubCommonClient", "GitHubClient"] if api.scopes else []
    return tuple(runtime_source().classes[name] for name in names)


# What another API's client does not export.
_ONLY_GITHUB = frozenset({"LinkRefused", "NotAvailable", "RunnerBusy", "SignInFailed"})


def message_paths(table: str) -> tuple[str, ...]:
    """Return the paths in a table of the error messages, such as `error.message`."""
    listed: tuple[tuple[str, ...], ...] = ast.literal_eval(runtime_source().constants[table])
    return tuple(".".join(path) for path in listed)


def errors(api: ir.Api) -> tuple[Documented, ...]:
    """Return every public error, in the order of the tree."""
    return tuple(documented(name, api) for _, name in _tree(api))


def error_tree(api: ir.Api) -> str:
    """Draw the tree of the public errors, a class on each line."""
    return "\n".join(line for line, _ in _tree(api))


def _tree(api: ir.Api) -> Iterator[tuple[str, str]]:
    runtime = runtime_source()
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


def _properties(node: ast.ClassDef, *, github: bool) -> Iterator[DocumentedItem]:
    for function in functions(node):
        if "property" in decorators(function) and not function.name.startswith("_"):
            returned = "" if function.returns is None else ast.unparse(function.returns)
            said = " ".join(Docstring(function, github=github).paragraphs)
            yield DocumentedItem(function.name, returned, "", said)


def _methods(node: ast.ClassDef, *, github: bool) -> Iterator[DocumentedMethod]:
    for function in functions(node):
        if not function.name.startswith("_") and "property" not in decorators(function):
            doc = Docstring(function, github=github)
            yield DocumentedMethod(
                function.name, signature(function), doc.paragraphs, _items(doc, "Environment", {})
            )


def _items(
    doc: Docstring, title: str, typed: Mapping[str, tuple[str, str]]
) -> tuple[DocumentedItem, ...]:
    """Return the entries of a section, with their types and defaults."""
    entries = doc.entries.get(title, {})
    return tuple(
        DocumentedItem(name, *typed.get(name, ("", "")), text) for name, text in entries.items()
    )
