"""Assembler of values and their places from parser events, within bounds.

Iterative, so that depth needs no stack. Recoverable problems are collected; a broken bound ends the
reading at once. Has no side effects.

Places are packed, since there may be half a million of them. They are kept by container: four
numbers for each entry of a mapping and two for each item of a list. A dictionary entry for each
value would take more memory than the values themselves.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from ..openapi.document import Json, Marks
from ..openapi.messages import quote
from ..openapi.tolerances import Tolerances
from ..problems import Place, Problem, SpecError
from .limits import MAX_DEPTH, MAX_PROBLEMS, Tally

Container = dict[str, Json] | list[Json]


class MarkTable(Mapping[tuple[int, str | int], Marks]):
    """Places by the identity of a container, which is kept alive, and by key or index."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Container, array[int]]] = {}
        self._orders: dict[int, dict[str, int]] = {}

    def add(self, container: Container, places: array[int]) -> None:
        """Store the places of a container's entries, in the order of the entries."""
        if places:
            self._places[id(container)] = (container, places)

    def places(self, container: Container) -> array[int]:
        """Return the places of a container's entries, in their order."""
        return self._places[id(container)][1] if container else array("I")

    def __getitem__(self, entry: tuple[int, str | int]) -> Marks:
        owner, step = entry
        container, places = self._places[owner]
        if isinstance(container, list):
            line, column = places[2 * int(step) : 2 * int(step) + 2]
            return (line, column), (line, column)
        if owner not in self._orders:
            self._orders[owner] = {key: index for index, key in enumerate(container)}
        at = 4 * self._orders[owner][str(step)]
        key_line, key_column, line, column = places[at : at + 4]
        return (key_line, key_column), (line, column)

    def __iter__(self) -> Iterator[tuple[int, str | int]]:
        for owner, (container, _) in self._places.items():
            steps = range(len(container)) if isinstance(container, list) else container
            yield from ((owner, step) for step in steps)

    def __len__(self) -> int:
        return sum(len(container) for container, _ in self._places.values())


Mark = tuple[int, int]


class MergeKey(str):
    """The merge key of YAML 1.1. A quoted text of the same letters is none."""

    __slots__ = ()


MERGE = MergeKey("<<")


@dataclass(slots=True)
class _Frame:
    """A container that is still open. In a mapping, `key` is None while a key is awaited."""

    container: dict[str, Json] | list[Json]
    mark: Mark
    anchor: str | None
    is_key: bool
    # The tally before it, kept only if an alias may need it.
    before: Tally | None
    key: str | None = None
    key_mark: Mark = (1, 1)
    # The mappings whose entries are added at the end, and the place of each.
    merged: list[tuple[Json, Mark]] = field(default_factory=list[tuple[Json, Mark]])
    places: array[int] = field(default_factory=lambda: array("I"))


class Assembler:
    """Consumer of `open`, `scalar`, `alias` and `close`, in document order.

    Keys arrive in the same way as values. If it is `tolerant`, keys are merged, and scalars can be
    keys.
    """

    def __init__(self, name: str, most_values: int, *, tolerant: bool = False) -> None:
        self.name = name
        self.tolerant: bool = tolerant
        self.tolerances: Tolerances = Tolerances()
        self.data: Json = None
        self.marks: MarkTable = MarkTable()
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._tally = Tally()
        self._most_values = most_values
        # A finished value and its own tally; None while the anchored value is still open.
        self._anchors: dict[str, tuple[Json, Tally] | None] = {}

    @property
    def awaits_key(self) -> bool:
        """Return whether the next value is a key of a mapping."""
        if not self._stack:
            return False
        frame = self._stack[-1]
        return frame.key is None and isinstance(frame.container, dict)

    def report(self, mark: Mark, message: str) -> None:
        """Add a problem. Raises SpecError if there are too many."""
        self.problems.append(Problem(Place(self.name, *mark), message))
        if len(self.problems) > MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} problems; fix these, then run again"
            self.problems[-1] = Problem(Place(self.name, *mark), message)
            raise SpecError(self.problems)

    def tolerate(self, kind: str, mark: Mark, message: str) -> None:
        """Count a deviation that is accepted."""
        self.tolerances.add(kind, lambda: Problem(Place(self.name, *mark), message))

    def stop(self, mark: Mark, message: str) -> SpecError:
        """Return the error to raise when reading cannot go on, with all problems so far."""
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
        before = None
        if anchor is not None:
            self._anchors[anchor] = None
            before = self._tally.copy()
        self._count(0, mark)
        self._stack.append(_Frame(container, mark, anchor, is_key, before))

    def close(self) -> None:
        frame = self._stack.pop()
        if frame.merged:
            self._merge(frame)
        self.marks.add(frame.container, frame.places)
        if frame.anchor is not None and frame.before is not None:
            own = self._tally.since(frame.before, len(self._stack))
            self._anchors[frame.anchor] = (frame.container, own)
        if frame.is_key:
            # Reported when it was opened. A unique text replaces it; nothing reads it.
            self._put(f"? {frame.mark}", frame.mark)
        else:
            self._put(frame.container, frame.mark)

    def scalar(self, value: Json, size: int, mark: Mark, anchor: str | None = None) -> None:
        """Add a value of `size` characters."""
        self._count(size, mark)
        if anchor is not None:
            self._anchors[anchor] = (value, Tally(1, 0, size))
        self._put(value, mark)

    def alias(self, anchor: str, mark: Mark) -> None:
        found: tuple[Json, Tally] | None = None
        if anchor not in self._anchors:
            self.report(mark, f"alias *{anchor} has no anchor &{anchor} before it; add the anchor")
        elif (found := self._anchors[anchor]) is None:
            self.report(mark, f"alias *{anchor} stands inside the value that it names; remove it")
        value, tally = found if found is not None else ("?", Tally(1))
        self._tally.add_again(tally, len(self._stack))
        self._check(mark)
        self._put(value, mark)

    def _count(self, size: int, mark: Mark) -> None:
        if self.awaits_key:
            self._tally.characters += size
        else:
            self._tally.add(len(self._stack), size)
        self._check(mark)

    def _check(self, mark: Mark) -> None:
        if (excess := self._tally.excess(self._most_values)) is not None:
            aliased = ", its aliases written out" if self._anchors else ""
            raise self.stop(mark, f"{excess}{aliased}; make it smaller or split it")

    def _put(self, value: Json, mark: Mark) -> None:
        if not self._stack:
            self.data = value
            return
        frame = self._stack[-1]
        container = frame.container
        if isinstance(container, list):
            frame.places.extend(mark)
            container.append(value)
        elif frame.key is None:
            frame.key = self._key(value, mark)
            frame.key_mark = mark
        elif isinstance(frame.key, MergeKey):
            frame.key = None
            frame.merged.append((value, mark))
        else:
            key, frame.key = frame.key, None
            if key in container:
                line = frame.places[4 * [*container].index(key)]
                self.report(
                    frame.key_mark,
                    f"duplicate key {quote(key)}, first used on line {line}; rename or remove one",
                )
                return
            frame.places.extend((*frame.key_mark, *mark))
            container[key] = value

    def _merge(self, frame: _Frame) -> None:
        """Add the entries of merged mappings that a mapping does not have. The first one counts."""
        container = cast("dict[str, Json]", frame.container)
        for value, mark in frame.merged:
            for source in value if isinstance(value, list) else [value]:
                if not isinstance(source, dict):
                    message = "a merge key (<<) needs a mapping or a list of mappings"
                    self.report(mark, f"{message}; write the fields out")
                    continue
                places = self.marks.places(source)
                for index, key in enumerate(source):
                    if key not in container:
                        container[key] = source[key]
                        frame.places.extend(places[4 * index : 4 * index + 4])

    def _key(self, value: Json, mark: Mark) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):  # through an alias
            self.report(mark, "a mapping or a list is used as a key; keys are strings")
            return f"? {mark}"
        text = json.dumps(value)
        if self.tolerant:  # through an alias
            message = f"the key {text} is not a string; it is read as text"
            self.tolerate("key", mark, message)
            return text
        self.report(mark, f'the key {text} is not a string; quote it: "{text}"')
        return text
