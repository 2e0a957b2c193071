"""Spans of values in a YAML text, and the lines of block entries. Pure.

The text has already been parsed by `reader`. Anchors and aliases are rejected, since an edit of one
place would affect others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import yaml

from ..problems import Place, Problem, SpecError


@dataclass(slots=True, kw_only=True)
class Span:
    """A value in a text: `text[start:end]` is all of it, without the comments around it.

    `style` is "" for a plain scalar, its first character for any other, and "flow" or "block" for
    containers. `keys` are the spans of a mapping's keys.
    """

    start: int
    end: int
    style: str
    keys: dict[str, Span] = field(default_factory=dict[str, "Span"])
    entries: dict[str, Span] = field(default_factory=dict[str, "Span"])
    items: list[Span] = field(default_factory=list["Span"])

    @property
    def is_flow(self) -> bool:
        return self.style == "flow"


class _Position(Protocol):
    index: int


def _at(mark: _Position | None) -> int:
    """Return the offset of a mark, which libyaml always provides."""
    assert mark is not None
    return mark.index


def spans(text: str, name: str) -> Span:
    """Return the span of the root. Raises SpecError for a text that cannot be edited."""
    if "\t" in text or "\x85" in text or "\u2028" in text or "\u2029" in text:
        # libyaml treats only some of these as line ends; curated specs contain none.
        line = next(
            n for n, part in enumerate(text.split("\n"), 1) if set("\t\x85\u2028\u2029") & {*part}
        )
        raise _refuse(
            name, line, "a tab or an unusual line end; replace it, so that the text can be edited"
        )
    events = [
        event
        for event in yaml.parse(text, Loader=yaml.CSafeLoader)
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent)
    ]
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = text.count("\n", 0, _at(event.start_mark)) + 1
            raise _refuse(
                name,
                line,
                "an anchor or an alias; write the value out, so that the text can be edited",
            )
    return _Reader(text, events).value()


def _refuse(name: str, line: int, what: str) -> SpecError:
    return SpecError([Problem(Place(name, line), what)])


class _Reader:
    def __init__(self, text: str, events: Sequence[yaml.Event]) -> None:
        self.text = text
        self._events: Iterator[yaml.Event] = iter(events)

    def value(self) -> Span:
        return self._value(next(self._events))

    def _value(self, event: yaml.Event) -> Span:
        start, end = _at(event.start_mark), _at(event.end_mark)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(start, flow=bool(event.flow_style))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(start, flow=bool(event.flow_style))
        assert isinstance(event, yaml.ScalarEvent)
        style = event.style or ""
        if style in ("|", ">"):
            # libyaml includes the empty lines after it.
            end = start + len(self.text[start:end].rstrip())
        return Span(start=start, end=end, style=style)

    def _mapping(self, start: int, *, flow: bool) -> Span:
        found = Span(start=start, end=start, style="flow" if flow else "block")
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            assert isinstance(event, yaml.ScalarEvent)
            found.keys[event.value] = self._value(event)
            found.entries[event.value] = child = self.value()
            found.end = child.end
        if flow:
            found.end = _at(event.end_mark)
        return found

    def _sequence(self, start: int, *, flow: bool) -> Span:
        found = Span(start=start, end=start, style="flow" if flow else "block")
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.items.append(child := self._value(event))
            found.end = child.end
        if flow:
            found.end = _at(event.end_mark)
        return found


_COMMENT = re.compile(r"( *)#")
_DASH = re.compile(r" *- +\Z")
_ANY_COMMENT = re.compile(r"(?:\A|\s)#")


class UneditableLayout(Exception):
    """An entry has no lines of its own, so its container must be written anew."""


class ReplacedValue(UneditableLayout):
    """A value that is replaced completely, with its comments."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Offsets in a text, by line."""

    text: str

    def start(self, offset: int) -> int:
        """Return the start of an offset's line."""
        return self.text.rfind("\n", 0, offset) + 1

    def end(self, offset: int) -> int:
        """Return the start of the next line."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def column(self, span: Span) -> int:
        return span.start - self.start(span.start)

    def indent(self, offset: int) -> int:
        """Return the indentation of an offset's line."""
        line = self.text[self.start(offset) : self.end(offset)]
        return len(line) - len(line.lstrip(" "))

    def entry_column(self, key: Span) -> int:
        """Return the column of a key that is first on its line or behind a dash."""
        before = self.text[self.start(key.start) : key.start]
        if before.strip(" ") and not _DASH.match(before):
            raise UneditableLayout
        return len(before)

    def dash_column(self, item: Span) -> int:
        """Return the column of the dash of an item that is first on its line."""
        before = self.text[self.start(item.start) : item.start]
        if not _DASH.match(before):
            raise UneditableLayout
        return before.index("-")

    def first(self, offset: int, column: int, after: int) -> int:
        """Return the start of an entry, with the comment lines right above it in its column."""
        start = self.start(offset)
        if self.text[start : start + column].strip(" "):
            raise UneditableLayout
        while start > after:
            above = self.start(start - 1)
            found = _COMMENT.match(self.text, above, start)
            if above < after or found is None or len(found[1]) != column:
                break
            start = above
        return start

    def last(self, offset: int, column: int) -> int:
        """Return the end of an entry: its line, and further indented comment lines below."""
        end = self.end(offset)
        while (found := _COMMENT.match(self.text, end)) is not None and len(found[1]) > column:
            end = self.end(end)
        return end

    def blank_before(self, offset: int) -> int:
        """Return the start of the blank lines right above a line."""
        while offset and not self.text[(above := self.start(offset - 1)) : offset].strip():
            offset = above
        return offset

    def has_comment(self, span: Span) -> bool:
        """Return whether the text of a value may contain a comment."""
        return _ANY_COMMENT.search(self.text, span.start, self.end(span.end)) is not None

    def are_spaced(self, span: Span) -> bool:
        """Return whether most entries of a mapping are separated by blank lines."""
        gaps = [
            self.text[span.entries[one].end : span.keys[other].start]
            for one, other in pairwise(span.keys)
        ]
        return 2 * sum("\n\n" in gap for gap in gaps) > len(gaps)
