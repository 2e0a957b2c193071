"""Plain scalars by the core schema of YAML 1.2, and numbers within bounds. Pure.

`no`, `on` and dates stay text, as they are in JSON.
"""

from __future__ import annotations

import re
from sys import float_info

from ..openapi.document import Json
from ..openapi.messages import quote
from .limits import MAX_INTEGER, MIN_INTEGER

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_ANY_INTEGER = re.compile(f"{_INTEGER.pattern}|{_OCTAL_OR_HEX.pattern}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MOST_DIGITS = 24  # of any number near the bounds; keeps a million digits from int()
_MOST_LENIENT = 400  # no finite number needs more
_LARGEST_FLOAT = int(float_info.max)


class ScalarError(ValueError):
    """The text is a value that JSON cannot express. The message includes the fix."""


def resolve(text: str) -> Json:
    """Resolve a plain scalar to its value."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.fullmatch(text):
        return integer(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return integer(text, 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return number(text)
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError("not a finite number, which JSON cannot express; quote it or remove it")
    return text


def integer(text: str, base: int = 10) -> int:
    """Parse an integer that fits into 64 bits."""
    if len(text) <= _MOST_DIGITS:
        value = int(text, base)
        if MIN_INTEGER <= value <= MAX_INTEGER:
            return value
    raise ScalarError("an integer of more than 64 bits; quote it or make it smaller")


def unbounded(text: str) -> int | str:
    """Return a number that JSON readers lose: an integer exactly, any other one as text."""
    if len(text) > _MOST_LENIENT or not _ANY_INTEGER.fullmatch(text):
        return text
    value = int(text, 0 if _OCTAL_OR_HEX.fullmatch(text) else 10)
    # Checks of a document divide integers by floats.
    return value if abs(value) < _LARGEST_FLOAT else text


def unusual(text: str) -> str:
    """Return the warning for such a number."""
    if isinstance(unbounded(text), str):
        return f"{quote(text)} is a number that JSON cannot express; it is read as text"
    return f"{quote(text)} is an integer of more than 64 bits, which many JSON readers round"


def number(text: str) -> float:
    """Parse a finite float."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ScalarError("a number too large for a float; quote it or make it smaller")
    return value
