"""Turn what jsonschema-rs finds into findings that a maintainer can act on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from jsonschema_rs import ValidationError, Validator
from jsonschema_rs import ValidationErrorKind as Kind

from ..document import Json, Node, describe
from ..reader.words import quote
from .blame import Kinds, Missing, Options, choose, plain

_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "object": "a mapping",
    "array": "a list",
    "boolean": "true or false",
    "null": "null",
}
_FORMATS = {
    "date-time": "a time such as 2026-03-10T12:00:00Z",
    "date": "a date such as 2026-03-10",
    "uri": "an absolute URL",
    "uri-reference": "a URL",
    "email": "an e-mail address",
    "regex": "a regular expression",
}


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

# What is compared to find out what was meant, and how many options a message lists.
_LONGEST_NAME = 60
_MOST_NAMES = 500
_MOST_OPTIONS = 20


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
                message = f"not an allowed name: {_words(inner.kind, node.key)}"
                yield Fault(node=node, message=message, rule="names", key=True)
            case kind:
                message = _at(node, root, _words(kind, node.value))
                yield Fault(node=node, message=message, rule=kind.name)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is spelt most like another; None when there is too much to compare."""
    if not name or len(name) > _LONGEST_NAME:
        return None
    # To compare all in full takes long: only those that start or end alike.
    alike = [
        other
        for other in known
        if (other[:1] == name[0] or other[-1:] == name[-1]) and len(other) <= _LONGEST_NAME
    ]
    return _closest(name, tuple(sorted(alike))) if len(alike) <= _MOST_NAMES else None


@lru_cache(maxsize=1_000)
def _closest(name: str, known: tuple[str, ...]) -> str | None:
    near = get_close_matches(name, known, n=1)
    return near[0] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Write `; did you mean "x"?` when something known is spelt alike."""
    near = nearest(name, known)
    return f"; did you mean {quote(near)}?" if near else ""


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
            yield Fault(node=node, message=_at(node, root, _expected(types, node.value)), rule=rule)
        case Options(path, values):
            field = _follow(root, path)
            message = _at(field, root, _options(values, field.value))
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


def _expected(types: Sequence[str], value: Json) -> str:
    wanted = " or ".join(_TYPES.get(name, name) for name in types)
    if isinstance(value, dict | list) or value is None:
        return f"expected {wanted}, found {describe(value)}"
    hint = "; quote it" if "string" in types and not isinstance(value, str) else ""
    kind = "" if isinstance(value, bool) else f", {describe(value)}"
    return f"expected {wanted}, found {quote(value)}{kind}{hint}"


def _options(values: Sequence[Json], value: Json) -> str:
    more = len(values) - _MOST_OPTIONS
    listed = ", ".join(map(quote, values[:_MOST_OPTIONS])) + (f" and {more} more" * (more > 0))
    known = [known for known in values if isinstance(known, str)]
    near = suggest(value, known) if isinstance(value, str) else ""
    if len(values) == 1 or isinstance(value, dict | list):
        return f"expected {'' if len(values) == 1 else 'one of '}{listed}, found {quote(value)}"
    return f"{quote(value)} is none of {listed}{near}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _words(kind: Kind, value: Json) -> str:
    shown = quote(value)
    size = len(value) if isinstance(value, str | list | dict) else 0
    match kind:
        case Kind.Type(types):
            return _expected(types, value)
        case Kind.Enum(options):
            return _options([plain(option) for option in options], value)
        case Kind.Constant(expected):
            return _options([plain(expected)], value)
        case Kind.Format(name):
            return f"{shown} is not {_FORMATS.get(name, f'a valid {name}')}"
        case Kind.Pattern(pattern):
            return f"{shown} does not match the pattern {quote(pattern)}"
        case Kind.MinLength(limit):
            return f"{shown} has {_count(size, 'character')}, needs at least {limit}"
        case Kind.MaxLength(limit):
            return f"{shown} has {_count(size, 'character')}, may have at most {limit}"
        case Kind.Minimum(limit):
            return f"{shown} is less than the minimum, {limit}"
        case Kind.Maximum(limit):
            return f"{shown} is more than the maximum, {limit}"
        case Kind.ExclusiveMinimum(limit):
            return f"{shown} must be more than {limit}"
        case Kind.ExclusiveMaximum(limit):
            return f"{shown} must be less than {limit}"
        case Kind.MultipleOf(factor):
            return f"{shown} is not a multiple of {factor}"
        case Kind.MinItems(limit):
            return f"has {_count(size, 'item')}, needs at least {limit}"
        case Kind.MaxItems(limit):
            return f"has {_count(size, 'item')}, may have at most {limit}"
        case Kind.UniqueItems():
            return "has the same item twice; remove one"
        case Kind.MinProperties(limit):
            return f"has {_count(size, 'field')}, needs at least {limit}"
        case Kind.MaxProperties(limit):
            return f"has {_count(size, 'field')}, may have at most {limit}"
        case Kind.OneOfMultipleValid():
            return "fits more than one alternative of oneOf; make them exclude each other"
        case Kind.FalseSchema():
            return "nothing is allowed here; remove it"
        case _:
            return f"breaks the rule {quote(kind.name)} of its schema"
