"""Findings of jsonschema-rs, explained so that a maintainer can act on them. Pure."""

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
    """A finding at `node`, or at its key.

    `rule` is the JSON Schema keyword that was broken, or "unknown" for a field that is not known.
    `fields` are the names of which one is missing, or the name that an unknown one was meant for.
    """

    node: Node
    message: str
    rule: str
    key: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How one schema's findings are put where the keyword alone does not say what to do.

    `noun` names the object that an error is about. `unknown` words an unknown field and gives the
    one that was meant, if it can be guessed; None keeps it back. `special` may word an error in
    full; an empty text keeps it back.
    """

    noun: Callable[[ValidationError], str]
    unknown: Callable[[str, ValidationError], tuple[str, str | None] | None]
    special: Callable[[ValidationError, Node], str | None] = lambda _error, _node: None


# What is explained may hold this much: jsonschema-rs gives every error at once, each with a copy of
# the value that it is about, and one for each alternative of a choice.
MAX_VALUES = 10_000
MAX_STEPS = 100_000


def check_value(validator: Validator, root: Node, wording: Wording) -> list[Fault]:
    """Give the findings of a validation of `root`; one alone when it holds too much for more."""
    if validator.is_valid(root.value):
        return []
    if is_small(root.value):
        return explain(validator.iter_errors(root.value), root, wording)
    return [Fault(node=root, message=TOO_LARGE, rule="size", key=True)]


TOO_LARGE = "breaks a rule, and holds too much to say where; make smaller parts of it"


def is_small(value: Json) -> bool:
    """Whether a value holds little enough to be explained."""
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
    """Put the findings of a validation of `root` into words.

    A field that is missing because it is misspelt is one finding, at the misspelt field.
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
    told = {tuple(e.instance_path) for e in found if isinstance(e.kind, Kind.Enum | Kind.Constant)}
    for error in found:
        if isinstance(error.kind, Kind.Type) and tuple(error.instance_path) in told:
            continue  # the options say more than the type that they share
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
    """The node at a path of jsonschema-rs, which writes a key such as "200" as a number."""
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
    """Say first which field is meant: the line alone may hold several."""
    if node.pointer == root.pointer:
        return message
    named = next((part for part in reversed(node.pointer) if isinstance(part, str)), None)
    if named is None:
        return message
    item = "" if node.pointer[-1] == named else " item"
    return f"{named if named.isidentifier() else quote(named)}{item}: {message}"
