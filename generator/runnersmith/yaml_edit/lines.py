"""The lines of a YAML text, and which of them belong to an entry of a block. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from .spans import Span

_COMMENT = re.compile(r"( *)#")
_DASH = re.compile(r" *- +\Z")
_ANY_COMMENT = re.compile(r"(?:\A|\s)#")


class Awkward(Exception):
    """A layout in which an entry has no lines of its own: what holds it has to be written anew."""


class Replaced(Awkward):
    """A value of which nothing stays: it is written anew, and its comments go with it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Offsets in a text, by line."""

    text: str

    def start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def end(self, offset: int) -> int:
        """Where the next line begins."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def column(self, span: Span) -> int:
        return span.start - self.start(span.start)

    def indent(self, offset: int) -> int:
        """How far the line of an offset is set in."""
        line = self.text[self.start(offset) : self.end(offset)]
        return len(line) - len(line.lstrip(" "))

    def entry_column(self, key: Span) -> int:
        """The column of a key that comes first on its line, or first behind a dash."""
        before = self.text[self.start(key.start) : key.start]
        if before.strip(" ") and not _DASH.match(before):
            raise Awkward
        return len(before)

    def dash_column(self, item: Span) -> int:
        """The column of the dash of an item that comes first on its line."""
        before = self.text[self.start(item.start) : item.start]
        if not _DASH.match(before):
            raise Awkward
        return before.index("-")

    def first(self, offset: int, column: int, after: int) -> int:
        """Where an entry begins, the comment lines right above it, in its column, included."""
        start = self.start(offset)
        if self.text[start : start + column].strip(" "):
            raise Awkward
        while start > after:
            above = self.start(start - 1)
            found = _COMMENT.match(self.text, above, start)
            if above < after or found is None or len(found[1]) != column:
                break
            start = above
        return start

    def last(self, offset: int, column: int) -> int:
        """Where an entry ends, with its line and the comment lines below that are set in further."""
        end = self.end(offset)
        while (found := _COMMENT.match(self.text, end)) is not None and len(found[1]) > column:
            end = self.end(end)
        return end

    def blank_before(self, offset: int) -> int:
        """Where the blank lines right above a line begin."""
        while offset and not self.text[(above := self.start(offset - 1)) : offset].strip():
            offset = above
        return offset

    def has_comment(self, span: Span) -> bool:
        """Whether there may be a comment in the text of a value."""
        return _ANY_COMMENT.search(self.text, span.start, self.end(span.end)) is not None

    def are_spaced(self, span: Span) -> bool:
        """Whether most entries of a mapping are set apart by blank lines."""
        gaps = [
            self.text[span.entries[one].end : span.keys[other].start]
            for one, other in pairwise(span.keys)
        ]
        return 2 * sum("\n\n" in gap for gap in gaps) > len(gaps)
