"""Reference pages: types, tasks, uses and repeats, in Markdown or as values. Pure.

Pages link to each other by the names that the IR gives: a resource's page is called as its module,
an operation's heading as its method, a model's page as its module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ... import ir
from ..python import signatures, source
from ..python.sample_values import Group, laid
from . import docstrings
from .escaping import code, escaped, markdown
from .index import Spot, index


@dataclass(frozen=True, slots=True)
class Entry:
    """A method, `resource.method`, with what it does and where it is in each scope that has it."""

    method: str
    summary: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the index by task."""

    title: str
    description: str
    entries: tuple[Entry, ...]


# ── The index ────────────────────────────────────────────────────────────────────────────────


def topics(api: ir.Api) -> tuple[Topic, ...]:
    """The index by task: the spec's tasks, then each resource's methods that are in none."""
    entries = _entries(api)
    listed = {name for task in api.tasks for name in task.methods}
    found = [
        Topic(task.title, task.description, tuple(entries[name] for name in task.methods))
        for task in api.tasks
    ]
    scoped = [resource for scope in api.scopes for resource in scope.resources]
    descriptions = {resource.name: resource.description for resource in (*scoped, *api.resources)}
    for resource, description in descriptions.items():
        rest = tuple(
            entry
            for name, entry in entries.items()
            if name.startswith(f"{resource}.") and name not in listed
        )
        if rest:
            found.append(Topic(resource, description, rest))
    return tuple(found)


def _entries(api: ir.Api) -> dict[str, Entry]:
    spots: dict[str, list[Spot]] = {}
    summaries: dict[str, list[str]] = {}
    for spot, operation in index(api).operations:
        method = spot.name.removeprefix(f"{spot.scope}.")
        spots.setdefault(method, []).append(spot)
        summaries.setdefault(method, []).append(operation.summary)
    return {
        name: Entry(name, shared(summaries[name]), tuple(found)) for name, found in spots.items()
    }


# Words that end no sentence: what is left of one that is cut ends before them.
_OPEN = frozenset("a an and at by for from in into of on or that the to which with".split())


def shared(summaries: Iterable[str]) -> str:
    """What the summaries of one method in several scopes begin with, as a sentence.

    `List the runners of an organization.` and `List the runners of a repository.` give
    `List the runners.`; summaries that begin otherwise give the first.
    """
    listed = [summary.split() for summary in dict.fromkeys(summaries)]
    same = 0
    for words in zip(*listed, strict=False):
        if len(set(words)) > 1:
            break
        same += 1
    kept = listed[0][:same]
    while len(listed) > 1 and kept and kept[-1].lower() in _OPEN:
        kept.pop()
    return docstrings.sentence(" ".join(kept if len(kept) > 1 else listed[0]).rstrip(","))


# ── Types ────────────────────────────────────────────────────────────────────────────────────


def type_words(found: ir.Type, api: ir.Api, folder: str) -> str:
    """A type in words, with links to the pages of models in a folder, empty or ending in a slash."""
    match found:
        case ir.Literal(values=values, open=is_open):
            listed = ", ".join(code(source.literal(value)) for value in values)
            return f"{listed} or another `str`" if is_open else listed
        case ir.Array(items=items):
            return f"list of {type_words(items, api, folder)}"
        case ir.Map(values=values):
            return f"mapping of `str` to {type_words(values, api, folder)}"
        case ir.Reference(model=name):
            return f"[{code(name)}]({folder}{index(api).models[name].module}.md)"
        case ir.Nullable(type=inner):
            return f"{type_words(inner, api, folder)} or `None`"
        case ir.Union(members=members):
            return " or ".join(type_words(member, api, folder) for member in members)
        case ir.Primitive():
            return code(source.annotation(found, "value"))


def stub(operation: ir.Operation) -> str:
    """A sync method's signature, with its name and without a body, in lines that fit."""
    returned = signatures.given(operation, is_async=False, place="value")
    parameters = tuple(map(str, signatures.parameters(operation)))
    return laid(Group(f"def {operation.name}(", parameters, f") -> {returned}: ..."), 0)


# ── What is said of operations and models ────────────────────────────────────────────────────

_METHOD = re.compile(r"(`[a-z0-9_]+\.[a-z0-9_]+`)")
_REPEATED = {
    "safe": "Safe: it changes nothing",
    "idempotent": "Idempotent: sending it again has no further effect",
    "unsafe": "Unsafe: sending it again has a further effect",
}


def repeated(operation: ir.Operation, scope: ir.Scope | None) -> str:
    """Describe the effect of a retry, and what to look up, with links to methods."""
    said = markdown(docstrings.sentence(_REPEATED[operation.repeat]))
    if operation.lookup is None:
        return said
    modules = {resource.name: resource.module for resource in (scope.resources if scope else ())}
    parts = _METHOD.split(docstrings.outcome(operation.lookup))
    advice = "".join(
        _linked(part, modules) if number % 2 else escaped(part) for number, part in enumerate(parts)
    )
    return f"{said} If this raises `OutcomeUnknown`, {advice}"


def _linked(method: str, modules: dict[str, str]) -> str:
    resource, _, name = method.strip("`").partition(".")
    return f"[{method}]({modules[resource]}.md#{name})" if resource in modules else method


def argument_words(argument: ir.Field | ir.Parameter, operation: ir.Operation | None = None) -> str:
    """What a page says of an argument: what there is to say, and how it travels where that is not told."""
    said = markdown(docstrings.facts(argument, operation))
    place = argument.location if isinstance(argument, ir.Parameter) else "body"
    if place in ("header", "cookie"):
        return f"{said} Sent as the {place} {code(argument.wire_name)}.".strip()
    if argument.name != argument.wire_name:
        return f"{said} Sent in the {place} as {code(argument.wire_name)}.".strip()
    return said


def sends(operation: ir.Operation) -> str:
    """How a body travels that is not JSON; empty for one that is, and without one."""
    body = operation.body
    if body is None or body.encoding == "json":
        return ""
    words = {"form": "a form", "multipart": "a multipart form", "text": "text", "binary": "bytes"}
    return f"{words[body.encoding]}, {code(body.media_type)}"


def gives(operation: ir.Operation, api: ir.Api, folder: str) -> str:
    """What a call gives, with links; by status where the declared successes differ. Empty for nothing."""
    said: dict[str, list[str]] = {}
    for answer in operation.answers:
        words = type_words(answer.type, api, folder) if answer.type is not None else "`None`"
        if answer.encoding != "json" and answer.media_type:
            words += f" ({code(answer.media_type)})"
        said.setdefault(words, []).append(docstrings.status(answer.status))
    if operation.returns is None:
        return ""
    if len(said) < 2:
        return next(iter(said), type_words(operation.returns, api, folder))
    return "; ".join(f"{words} with {', '.join(statuses)}" for words, statuses in said.items())


def asks(operation: ir.Operation) -> str:
    """The security schemes that a call needs, as alternatives; empty where none is declared."""
    said = [" and ".join(map(code, one)) or "none" for one in operation.security]
    return ", or ".join(said)


def uses(model: ir.Model, api: ir.Api) -> tuple[Spot, ...]:
    """The operations that take a model or give it."""
    return index(api).uses.get(model.name, ())


def holders(model: ir.Model, api: ir.Api) -> tuple[ir.Model, ...]:
    """The models that have a field with a model in it."""
    return index(api).holders.get(model.name, ())
