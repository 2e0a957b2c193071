"""Where every value of a YAML text begins and ends. Pure.

The text is known to be readable: `reader` read it before. Anchors and aliases are refused, since an
edit of one place would then be one of several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from ..problems import Place, Problem, SpecError


@dataclass(slots=True, kw_only=True)
class Span:
    """A value in a text: `text[start:end]` is all of it, without comments around.

    `style` is "" for a plain scalar, its first character for any other, and for containers
    "flow" or "block". `keys` are the spans of a mapping's keys.
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
    """The offset of a mark, which libyaml always gives."""
    assert mark is not None
    return mark.index


def spans(text: str, name: str) -> Span:
    """The span of the root. Raises SpecError for what cannot be edited as text."""
    if "\t" in text or "\x85" in text or "\u2028" in text or "\u2029" in text:
        # libyaml counts some of these as line ends, others not; nothing of ours has them.
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
            # libyaml counts the empty lines after it as a part of it.
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
