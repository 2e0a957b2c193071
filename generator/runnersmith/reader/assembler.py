"""Build values and their places out of the steps of a parser, within bounds.

Iterative, so that depth costs no stack. Problems that leave the rest readable are collected;
a broken bound ends the reading at once. Touches nothing outside itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..document import Json, Marks
from ..problems import Place, Problem, SpecError
from .limits import MAX_DEPTH, VALUE_SIZE
from .words import quote

Mark = tuple[int, int]


@dataclass(slots=True)
class _Frame:
    """A container that is still open. In a mapping, `key` is None while a key is awaited."""

    container: dict[str, Json] | list[Json]
    mark: Mark
    size_before: int
    anchor: str | None
    is_key: bool
    key: str | None = None
    key_mark: Mark = (1, 1)


class Assembler:
    """Takes `open`, `scalar`, `alias` and `close` in document order; keys come as values do."""

    def __init__(self, name: str, *, max_size: int | None = None) -> None:
        self.name = name
        self.data: Json = None
        self.marks: dict[tuple[int, str | int], Marks] = {}
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._size = 0
        self._max_size = max_size
        # A finished value and its expanded size; None while the anchored value is still open.
        self._anchors: dict[str, tuple[Json, int] | None] = {}

    @property
    def awaits_key(self) -> bool:
        """Whether the next value is a key of a mapping."""
        if not self._stack:
            return False
        frame = self._stack[-1]
        return frame.key is None and isinstance(frame.container, dict)

    def report(self, mark: Mark, message: str) -> None:
        self.problems.append(Problem(Place(self.name, *mark), message))

    def stop(self, mark: Mark, message: str) -> SpecError:
        """The error to raise when reading cannot go on; it carries what was found before."""
        self.report(mark, message)
        return SpecError(self.problems)

    def open(
        self, container: dict[str, Json] | list[Json], mark: Mark, anchor: str | None = None
    ) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self.stop(mark, f"nested deeper than {MAX_DEPTH} levels; flatten it")
        is_key = self.awaits_key
        if is_key:
            self.report(mark, "a mapping or a list is used as a key; keys are strings")
        if anchor is not None:
            self._anchors[anchor] = None
        self._grow(VALUE_SIZE, mark)
        self._stack.append(_Frame(container, mark, self._size, anchor, is_key))

    def close(self) -> None:
        frame = self._stack.pop()
        if frame.anchor is not None:
            size = self._size - frame.size_before + VALUE_SIZE
            self._anchors[frame.anchor] = (frame.container, size)
        if frame.is_key:
            # Reported when it was opened. A text of its own stands in for it; nothing reads it.
            self._put(f"? {frame.mark}", frame.mark)
        else:
            self._put(frame.container, frame.mark)

    def scalar(self, value: Json, size: int, mark: Mark, anchor: str | None = None) -> None:
        """Add a value of `size` characters."""
        self._grow(VALUE_SIZE + size, mark)
        if anchor is not None:
            self._anchors[anchor] = (value, VALUE_SIZE + size)
        self._put(value, mark)

    def alias(self, anchor: str, mark: Mark) -> None:
        found: tuple[Json, int] | None = None
        if anchor not in self._anchors:
            self.report(mark, f"alias *{anchor} has no anchor &{anchor} before it; add the anchor")
        elif (found := self._anchors[anchor]) is None:
            self.report(mark, f"alias *{anchor} stands inside the value that it names; remove it")
        value, size = found if found is not None else ("?", 0)
        self._grow(size, mark)
        self._put(value, mark)

    def _grow(self, size: int, mark: Mark) -> None:
        self._size += size
        if self._max_size is not None and self._size > self._max_size:
            raise self.stop(mark, "too large once its aliases are written out; use fewer aliases")

    def _put(self, value: Json, mark: Mark) -> None:
        if not self._stack:
            self.data = value
            return
        frame = self._stack[-1]
        container = frame.container
        if isinstance(container, list):
            self.marks[id(container), len(container)] = (mark, mark)
            container.append(value)
        elif frame.key is None:
            frame.key = self._key(value, mark)
            frame.key_mark = mark
        else:
            key, frame.key = frame.key, None
            if key in container:
                line = self.marks[id(container), key][0][0]
                self.report(
                    frame.key_mark,
                    f"duplicate key {quote(key)}, first used on line {line}; rename or remove one",
                )
                return
            self.marks[id(container), key] = (frame.key_mark, mark)
            container[key] = value

    def _key(self, value: Json, mark: Mark) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):  # through an alias
            self.report(mark, "a mapping or a list is used as a key; keys are strings")
            return f"? {mark}"
        text = json.dumps(value)
        self.report(mark, f'the key {text} is not a string; quote it: "{text}"')
        return text
