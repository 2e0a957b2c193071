"""Generated texts for a schema: by its format, name and pattern. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from ..description import Schema

_FORMATS: Mapping[str, str] = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "binary": "content",
    "uuid": "6f1d9a3c-52b7-4a0e-9c0d-2b8f7e41a5d3",
    "email": "user@example.com",
    "uri": "https://example.com/",
}
# Parts of a pattern: a group without its inside, or what stands for one character.
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[:=!]|<[=!]))?")
_ONE = re.compile(
    r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)|\[\^?\]?(?:\\.|[^\]\\])*\]|[^)|]", re.DOTALL
)
_TIMES = re.compile(r"(?:([*+?])|\{(\d+)(,?)(\d*)\})[?+]?")
_NOTHING = frozenset(["^", "$", r"\b", r"\B", r"\A", r"\Z"])
# Tried in this order as one character.
_CHARACTERS = "".join(
    dict.fromkeys("a1A0b2Bc3C-_./: " + "".join(map(chr, range(0x21, 0x7F))) + "é")
)
# How often a repeated part of a pattern is tried; the largest is for long ids.
_MORE = (1, 0, 2, 3, 5, 7, 11, 15, 23, 31, 47, 63, 127)
# Documents are untrusted: limits of alternatives, and of the length of patterns and texts.
_OPTIONS = 20
_LONGEST = 2_000


def texts(schema: Schema, name: str) -> Iterator[str]:
    """Yield texts that may be valid, the most readable first. `name` names the property."""
    made = _FORMATS.get(schema.get("format", ""), name)
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(made))
    yield made[:most].ljust(least, "x")
    if (pattern := schema.get("pattern")) is not None:
        for made in _of_pattern(pattern):
            yield made
            yield made.ljust(least, "x")


def _of_pattern(pattern: str) -> Iterator[str]:
    """Yield texts that a pattern is likely to match: with each alternative, short and long."""
    if len(pattern) <= _LONGEST:
        for more in _MORE:
            for option in range(min(1 + pattern.count("|"), _OPTIONS)):
                yield _Reader(pattern, more, option).text()


class _Reader(msgspec.Struct):
    """Reader of a pattern, from `at` on.

    A part that may be repeated is there `more` times. `option` is the number of the alternative.
    Conditions such as `(?!x)` and references to groups are ignored.
    """

    pattern: str
    more: int
    option: int
    at: int = 0

    def text(self) -> str:
        """Return a text for what is left, or for the rest of a group."""
        found = [""]
        while self.pattern[self.at : self.at + 1] not in ("", ")"):
            if self.pattern[self.at] == "|":
                self.at += 1
                found.append("")
            else:
                found[-1] += self._piece()
        self.at += 1
        return found[self.option % len(found)]

    def _piece(self) -> str:
        if (group := _GROUP.match(self.pattern, self.at)) is not None:
            self.at = group.end()
            inside = self.text()
            inside = "" if group[0].endswith(("=", "!")) else inside
            times = self._times()
            return inside * min(times, _LONGEST // (len(inside) or 1))
        one = _ONE.match(self.pattern, self.at)
        self.at = len(self.pattern) if one is None else one.end()
        characters = "" if one is None else _characters(one[0])
        times = min(self._times(), _LONGEST)
        return (characters * times)[:times]

    def _times(self) -> int:
        times = _TIMES.match(self.pattern, self.at)
        if times is None:
            return 1
        self.at = times.end()
        sign, least, comma, most = times.groups()
        lowest = int(least or (sign == "+"))
        highest = 1 if sign == "?" else lowest if least and not comma else int(most or _LONGEST)
        return min(highest, max(lowest, self.more))


@cache
def _characters(pattern: str) -> str:
    """Return the characters that a pattern of one character matches."""
    if pattern in _NOTHING:
        return ""
    try:
        one = re.compile(pattern, re.DOTALL)
    except re.error:
        return ""
    return "".join(it for it in _CHARACTERS if one.fullmatch(it))
