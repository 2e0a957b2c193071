"""Marks that `bump` leaves for a person to write prose or decide: `TODO(bump): ...`.

    description: "TODO(bump): say what it holds"      in the place of prose
    # TODO(bump): confirm the name                    above what may stay, once it is looked at
    method: restart

A mark is text, in a value or in a comment, so that it can stand anywhere and be taken out without
a trace. What holds one is not finished: `validate` and `generate` refuse it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..problems import Place, Problem

MARK = "TODO(bump): "
_MARK = re.compile(r"TODO\(bump\)(?::[ \t]*(?P<what>.*))?")
_FURTHER = re.compile(r" *#   (\S.*?) *\Z")
_ENDS = re.compile(r"[\"'\s]+\Z")


def mark(what: str) -> str:
    """The mark of a decision, on one line; it may hold names that are GitHub's."""
    return MARK + _visible(" ".join(what.split()))


def undecided(text: str, name: str) -> tuple[Problem, ...]:
    """Every mark in the text of a spec that messages call `name`; none may be left."""
    return tuple(_marks(text, name))


def _marks(text: str, name: str) -> Iterator[Problem]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        for found in _MARK.finditer(line):
            what = _ENDS.sub("", found["what"] or "")
            if line.lstrip().startswith("#"):
                what = " ".join([what, *_continued(lines[number:])])
            shown = _visible(what) or "something is left to decide"
            place = Place(name, number, found.start() + 1)
            yield Problem(place, f"undecided: {shown}; then drop TODO(bump)")


def _continued(lines: list[str]) -> Iterator[str]:
    """The lines of a comment that go on with what is above, set in further than a mark is."""
    for line in lines:
        if (found := _FURTHER.match(line)) is None:
            return
        yield found[1]


def _visible(text: str) -> str:
    """Text of which nothing does anything to a terminal, or to a line."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
