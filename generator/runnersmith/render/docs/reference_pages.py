"""Reference pages: types, tasks, uses and retry safety, as Markdown or as values. Pure.

Pages link to each other by the names of the IR: a resource's page is named after its module, an
operation's heading after its method, and a model's page after its module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ... import ir
from ...ir.placement import all_resources
from ..python import signatures, source
from ..python.sample_values import Group, laid
from . import docstrings
from .escaping import code, escaped, markdown
from .index import Spot, index


@dataclass(frozen=True, slots=True)
class Entry:
    """A method, `resource.method`, with its summary and its location in each scope that has it."""

    method: str
    summary: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the index by task."""

    title: str
    description: str
    entries: tuple[Entry, ...]


# ── Index ────────────────────────────────────────────────────────────────────────────────────


def topics(api: ir.Api) -> tuple[Topic, ...]:
    """Return the index by task: the spec's tasks, then the other methods of each resource."""
    entries = _entries(api)
    listed = {name for task in api.tasks for name in task.methods}
    found = [
        Topic(task.title, task.description, tuple(entries[name] for name in task.methods))
        for task in api.tasks
    ]
    descriptions = {resource.name: resource.description for _, resource in all_resources(api)}
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


# Words that cannot end a sentence: a shortened sentence ends before them.
_OPEN = frozenset("a an and at by for from in into of on or that the to which with".split())


def shared(summaries: Iterable[str]) -> str:
    """Return the common start of one method's summaries in several scopes, as a sentence.

    `List the runners of an organization.` and `List the runners of a repository.` become `List the
    runners.`; without a common start, the first one is used.
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
    """Return a type in words, with links to models in a folder (empty, or with a final slash)."""
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
    """Return a sync method's signature without a body, in lines that fit."""
    returned = signatures.given(operation, is_async=False, place="value")
    parameters = tuple(map(str, signatures.parameters(operation)))
    return laid(Group(f"def {operation.name}(", parameters, f") -> {returned}: ..."), 0)


# ── Operations and models ────────────────────────────────────────────────────────────────────

_METHOD = re.compile(r"(`[a-z0-9_]+\.[a-z0-9_]+`)")
_REPEATED = {
    "safe": "Safe: it changes nothing",
    "idempotent": "Idempotent: sending it again has no further effect",
    "unsafe": "Unsafe: sending it again has a further effect",
}


def repeated(operation: ir.Operation, scope: ir.Scope | None) -> str:
    """Describe the effect of a retry, and what to look up, with links to methods."""
    text = markdown(docstrings.sentence(_REPEATED[operation.repeat]))
    if operation.lookup is None:
        return text
    modules = {resource.name: resource.module for resource in (scope.resources if scope else ())}
    parts = _METHOD.split(docstrings.outcome(operation.lookup))
    advice = "".join(
        _linked(part, modules) if number % 2 else escaped(part) for number, part in enumerate(parts)
    )
    return f"{text} If this raises `OutcomeUnknown`, {advice}"


def _linked(method: str, modules: dict[str, str]) -> str:
    resource, _, name = method.strip("`").partition(".")
    return f"[{method}]({modules[resource]}.md#{name})" if resource in modules else method


def argument_words(argument: ir.Field | ir.Parameter, operation: ir.Operation | None = None) -> str:
    """Return the documentation of an argument, with its wire name if that differs."""
    text = markdown(docstrings.facts(argument, operation))
    place = argument.location if isinstance(argument, ir.Parameter) else "body"
    if place in ("header", "cookie"):
        return f"{text} Sent as the {place} {code(argument.wire_name)}.".strip()
    if argument.name != argument.wire_name:
        return f"{text} Sent in the {place} as {code(argument.wire_name)}.".strip()
    return text


def sends(operation: ir.Operation) -> str:
    """Return the encoding of a body; empty for JSON and without a body."""
    body = operation.body
    if body is None or body.encoding == "json":
        return ""
    words = {"form": "a form", "multipart": "a multipart form", "text": "text", "binary": "bytes"}
    return f"{words[body.encoding]}, {code(body.media_type)}"


def gives(operation: ir.Operation, api: ir.Api, folder: str) -> str:
    """Return the result of a call, with links; by status if the success responses differ."""
    results: dict[str, list[str]] = {}
    for response in operation.responses:
        words = type_words(response.type, api, folder) if response.type is not None else "`None`"
        if response.encoding != "json" and response.media_type:
            words += f" ({code(response.media_type)})"
        results.setdefault(words, []).append(docstrings.status(response.status))
    if operation.returns is None:
        return ""
    if len(results) < 2:
        return next(iter(results), type_words(operation.returns, api, folder))
    return "; ".join(f"{words} with {', '.join(statuses)}" for words, statuses in results.items())


def asks(operation: ir.Operation) -> str:
    """Return the security schemes of a call, as alternatives; empty if none is declared."""
    alternatives = [" and ".join(map(code, one)) or "none" for one in operation.security]
    return ", or ".join(alternatives)


def uses(model: ir.Model, api: ir.Api) -> tuple[Spot, ...]:
    """Return the operations that have a model as an argument or a result."""
    return index(api).uses.get(model.name, ())


def holders(model: ir.Model, api: ir.Api) -> tuple[ir.Model, ...]:
    """Return the models with a field that contains a model."""
    return index(api).holders.get(model.name, ())
