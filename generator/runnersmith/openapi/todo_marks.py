"""Marks of open decisions that `bump` leaves for a person: `TODO(bump): ...`.

    description: "TODO(bump): say what it holds"      in place of prose
    # TODO(bump): confirm the name                    above a value to review
    method: restart

A mark is text in a value or in a comment, so it fits anywhere and can be removed without a trace.
`validate` and `generate` reject a spec that still has one.

    zone: TODO(bump --finish)                       in an example, for a value to decide

Only one such value of a field has a mark. `bump --finish` gives what was decided to the others.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..problems import Place, Problem
from .document import Json

MARK = "TODO(bump): "
FOLLOWS = "TODO(bump --finish)"
_MARK = re.compile(r"TODO\(bump\)(?::[ \t]*(?P<what>.*))?")
_FURTHER = re.compile(r" *#   (\S.*?) *\Z")
_ENDS = re.compile(r"[\"'\s]+\Z")


def mark(what: str) -> str:
    """Return the mark of a decision, on one line. Names inside it may come from GitHub."""
    return MARK + _visible(" ".join(what.split()))


def undecided(text: str, name: str) -> tuple[Problem, ...]:
    """Return a problem for every mark in the text of the spec file `name`."""
    return tuple(_marks(text, name))


def following(text: str, name: str) -> tuple[Problem, ...]:
    """Return a problem if values of the spec file `name` have to follow a decision."""
    if not (number := text.count(FOLLOWS)):
        return ()
    place = Place(name, text[: text.index(FOLLOWS)].count("\n") + 1)
    values = "a value follows" if number == 1 else f"{number} values follow"
    what = f"{values} what was decided for the same field: run `runnersmith bump --finish`"
    return (Problem(place, what),)


def is_open(value: Json) -> bool:
    """Return whether a value of an example, or a part of it, is still to be decided."""
    if isinstance(value, dict | list):
        return any(map(is_open, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and value == FOLLOWS


def _marks(text: str, name: str) -> Iterator[Problem]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        for found in _MARK.finditer(line):
            what = _ENDS.sub("", found["what"] or "")
            if line.lstrip().startswith("#"):
                what = " ".join([what, *_continued(lines[number:])])
            elif line.lstrip().startswith(MARK):
                what = " ".join([what, *_folded(lines[number - 1 :])])
            shown = _visible(what) or "decide this"
            place = Place(name, number, found.start() + 1)
            yield Problem(place, f"undecided: {shown}; then drop TODO(bump)")


def _continued(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a comment that continue a mark: those indented further than the mark."""
    for line in lines:
        if (found := _FURTHER.match(line)) is None:
            return
        yield found[1]


def _folded(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a block of text after its first, which is the mark."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    for line in lines[1:]:
        if not line.strip() or len(line) - len(line.lstrip()) != indent:
            return
        yield line.strip()


def _visible(text: str) -> str:
    """Return text without characters that control a terminal or end a line."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
