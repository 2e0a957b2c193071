"""Wording of one broken JSON Schema rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from jsonschema_rs import ValidationErrorKind as Kind

from ...openapi.document import Json, describe
from ...openapi.messages import quote
from ...openapi.spelling import suggest
from .best_match import plain

# The number of options that a message lists.
_MOST_OPTIONS = 20

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


def broken(kind: Kind, value: Json) -> str:
    """Return which rule a value breaks, in words."""
    shown = quote(value)
    size = len(value) if isinstance(value, str | list | dict) else 0
    match kind:
        case Kind.Type(types):
            return unlike(types, value)
        case Kind.Enum(options):
            return none_of([plain(option) for option in options], value)
        case Kind.Constant(expected):
            return none_of([plain(expected)], value)
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


def unlike(types: Sequence[str], value: Json) -> str:
    """Return the expected types and the actual one."""
    wanted = " or ".join(_TYPES.get(name, name) for name in types)
    if isinstance(value, dict | list) or value is None:
        return f"expected {wanted}, found {describe(value)}"
    hint = "; quote it" if "string" in types and not isinstance(value, str) else ""
    kind = "" if isinstance(value, bool) else f", {describe(value)}"
    return f"expected {wanted}, found {quote(value)}{kind}{hint}"


def none_of(values: Sequence[Json], value: Json) -> str:
    """Return the expected values and the actual one."""
    more = len(values) - _MOST_OPTIONS
    listed = ", ".join(map(quote, values[:_MOST_OPTIONS])) + (f" and {more} more" * (more > 0))
    known = [known for known in values if isinstance(known, str)]
    near = suggest(value, known) if isinstance(value, str) else ""
    if len(values) == 1 or isinstance(value, dict | list):
        return f"expected {'' if len(values) == 1 else 'one of '}{listed}, found {quote(value)}"
    return f"{quote(value)} is none of {listed}{near}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
