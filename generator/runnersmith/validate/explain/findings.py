"""Explanations of jsonschema-rs errors, with the fix for each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from jsonschema_rs import ValidationError, Validator
from jsonschema_rs import ValidationErrorKind as Kind

from ...openapi.document import Json, Node
from ...openapi.messages import quote
from .best_match import Kinds, Missing, Options, choose
from .wording import broken, none_of, unlike


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A problem at `node`, or at its key.

    `rule` is the broken JSON Schema keyword, or "unknown" for an unknown field. `fields` are the
    alternatives for a missing field, or the suggestion for an unknown one.
    """

    node: Node
    message: str
    rule: str
    key: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Wording for the errors of one schema, in addition to that of the keywords.

    `noun` names the object of an error. `unknown` returns the message for an unknown field, with a
    suggestion if there is one; None suppresses it. `special` may return a complete message; an
    empty text suppresses the error.
    """

    noun: Callable[[ValidationError], str]
    unknown: Callable[[str, ValidationError], tuple[str, str | None] | None]
    special: Callable[[ValidationError, Node], str | None] = lambda _error, _node: None


# The limit for values to explain: jsonschema-rs returns all errors at once, each with a copy of its
# value, and one for each alternative of a choice.
MAX_VALUES = 10_000
MAX_STEPS = 100_000


def check_value(validator: Validator, root: Node, wording: Wording) -> list[Fault]:
    """Return the problems of `root`, or only one if it is too large to explain."""
    if validator.is_valid(root.value):
        return []
    if is_small(root.value):
        return explain(validator.iter_errors(root.value), root, wording)
    return [Fault(node=root, message=TOO_LARGE, rule="size", key=True)]


TOO_LARGE = "invalid, and too large to find the place; split it into smaller parts"


def is_small(value: Json) -> bool:
    """Return whether a value is small enough to explain."""
    values = steps = 0
    level = [value]
    depth = 0
    while level and values <= MAX_VALUES and steps <= MAX_STEPS:
        values += len(level)
        steps += depth * len(level)
        depth += 1
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return not level and values <= MAX_VALUES and steps <= MAX_STEPS


def explain(errors: Iterable[ValidationError], root: Node, wording: Wording) -> list[Fault]:
    """Return explanations of validation errors of `root`.

    A field that is missing because of a typo is one problem, at the misspelt field.
    """
    faults = [*_faults(errors, root, wording)]
    meant = {
        (fault.node.pointer[:-1], name)
        for fault in faults
        if fault.rule == "unknown"
        for name in fault.fields
    }
    return [
        fault
        for fault in faults
        if fault.rule == "unknown"
        or not any((fault.node.pointer, name) in meant for name in fault.fields)
    ]


def _faults(errors: Iterable[ValidationError], root: Node, wording: Wording) -> Iterator[Fault]:
    found = [*errors]
    explained = {
        tuple(e.instance_path) for e in found if isinstance(e.kind, Kind.Enum | Kind.Constant)
    }
    for error in found:
        if isinstance(error.kind, Kind.Type) and tuple(error.instance_path) in explained:
            continue  # the options are more specific than their common type
        node = _follow(root, error.instance_path)
        if isinstance(error.kind, Kind.PropertyNames):
            node = node.get(str(error.kind.error.instance)) or node
        special = wording.special(error, node)
        if special is not None:
            if special:
                key = isinstance(node.value, dict | list)
                yield Fault(node=node, message=special, rule=error.kind.name, key=key)
            continue
        match error.kind:
            case Kind.OneOfNotValid(context) | Kind.AnyOf(context):
                yield from _alternatives(context, error, root, node, wording)
            case Kind.Required(name):
                message = f"{wording.noun(error)} needs {quote(name)}; add it"
                yield Fault(node=node, message=message, rule="required", key=True, fields=(name,))
            case Kind.AdditionalProperties(names) | Kind.UnevaluatedProperties(names):
                for name in names:
                    worded = wording.unknown(name, error)
                    if worded is None:
                        continue
                    message, near = worded
                    at = node.get(name) or node
                    meant = (near,) if near is not None else ()
                    yield Fault(node=at, message=message, rule="unknown", key=True, fields=meant)
            case Kind.PropertyNames(inner):
                message = f"not an allowed name: {broken(inner.kind, node.key)}"
                yield Fault(node=node, message=message, rule="names", key=True)
            case kind:
                message = _at(node, root, broken(kind, node.value))
                yield Fault(node=node, message=message, rule=kind.name)


def _alternatives(
    context: Sequence[Sequence[ValidationError]],
    error: ValidationError,
    root: Node,
    node: Node,
    wording: Wording,
) -> Iterator[Fault]:
    rule = error.kind.name
    match choose(context, len(error.instance_path)):
        case Missing(names):
            message = f"{wording.noun(error)} needs {' or '.join(map(quote, names))}; add one"
            yield Fault(node=node, message=message, rule=rule, key=True, fields=names)
        case Kinds(types):
            yield Fault(node=node, message=_at(node, root, unlike(types, node.value)), rule=rule)
        case Options(path, values):
            field = _follow(root, path)
            message = _at(field, root, none_of(values, field.value))
            yield Fault(node=field, message=message, rule=rule)
        case branch:
            yield from _faults(branch, root, wording)


def _follow(root: Node, path: Iterable[str | int]) -> Node:
    """Return the node at a path of jsonschema-rs, in which a key such as "200" is a number."""
    node = root
    for part in path:
        child = (
            node.at(part)
            if isinstance(node.value, list) and isinstance(part, int)
            else node.get(str(part))
        )
        if child is None:
            break
        node = child
    return node


def _at(node: Node, root: Node, message: str) -> str:
    """Build a problem that starts with its field, since the line may have several."""
    if node.pointer == root.pointer:
        return message
    named = next((part for part in reversed(node.pointer) if isinstance(part, str)), None)
    if named is None:
        return message
    item = "" if node.pointer[-1] == named else " item"
    return f"{named if named.isidentifier() else quote(named)}{item}: {message}"
