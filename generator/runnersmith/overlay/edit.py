"""Copy-on-write edit of a document, in which each entry keeps its place in its own file.

Pure: only the containers on the way to a change are copied; the rest is shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..openapi.document import Document, Json, MarkIndex, Marks, Node, Pointer, describe
from ..problems import Problem, SpecError
from ..reader import limits

Container = dict[str, Json] | list[Json]


@dataclass(frozen=True, slots=True)
class _Marks:
    """An index of places, with the documents from which it was built.

    Places are found by the identity of containers, so the documents must live as long as the index.
    """

    index: MarkIndex
    sources: tuple[Document, ...]

    def __call__(self) -> MarkIndex:
        return self.index


def _get(container: Container, part: str | int) -> Json:
    """Return the child at a part of a pointer that was selected."""
    return container[str(part)] if isinstance(container, dict) else container[int(part)]


def _put(container: Container, part: str | int, value: Json) -> None:
    if isinstance(container, dict):
        container[str(part)] = value
    else:
        container[int(part)] = value


@dataclass(slots=True)
class Edit:
    """A copy of a document during its edit: each container is copied once, before a change."""

    document: Document
    action: Node
    root: list[Json] = field(init=False)
    marks: dict[tuple[int, str | int], Marks] = field(init=False)
    files: dict[tuple[int, str | int], str] = field(init=False)
    own: set[int] = field(init=False, default_factory=set[int])
    problems: list[Problem] = field(init=False, default_factory=list[Problem])

    def __post_init__(self) -> None:
        # In a list, so that the root has a container like everything else.
        self.root = [self.document.data]
        self.marks = dict(self.document.marks)
        self.files = dict(self.document.files)

    def result(self) -> Document:
        """Return the changed document. Raises SpecError with every problem, size included."""
        if self.problems:
            raise SpecError(self.problems)
        _check_bounds(self.root[0], self.action)
        return Document(
            name=self.document.name,
            data=self.root[0],
            locate=_Marks(self.marks, (self.document, self.action.document)),
            files=self.files,
        )

    def _own(self, container: Container, part: str | int) -> Json:
        """Return the child of a container that is already copied, and copy the child too."""
        child = _get(container, part)
        if not isinstance(child, dict | list) or id(child) in self.own:
            return child
        copied: Container
        keys: Iterable[str | int]
        if isinstance(child, dict):
            copied = dict(child)
            keys = tuple(copied)
        else:
            copied = list(child)
            keys = range(len(copied))
        for key in keys:
            self._carry((id(child), key), (id(copied), key))
        self.own.add(id(copied))
        _put(container, part, copied)
        return copied

    def _carry(self, old: tuple[int, str | int], new: tuple[int, str | int]) -> None:
        """Copy the place of an entry to another."""
        if old in self.marks:
            self.marks[new] = self.marks[old]
        else:
            self.marks.pop(new, None)
        if old in self.files:
            self.files[new] = self.files[old]
        else:
            self.files.pop(new, None)

    def _parent(self, pointer: Pointer) -> Container:
        """Return the container of a pointer, copied and thus safe to change."""
        container: Container = self.root
        for part in (0, *pointer[:-1]):
            child = self._own(container, part)
            if not isinstance(child, dict | list):
                raise SpecError(
                    [
                        self.action.problem(
                            "an earlier target of this action contains this one; split the action"
                        )
                    ]
                )
            container = child
        return container

    def remove(self, pointer: Pointer) -> None:
        if not pointer:
            raise SpecError([self.action.problem("the whole document cannot be removed")])
        container, part = self._parent(pointer), pointer[-1]
        if isinstance(container, list) and isinstance(part, int):
            del container[part]
            for index in range(part, len(container)):
                self._carry((id(container), index + 1), (id(container), index))
        elif isinstance(container, dict):
            del container[str(part)]

    def update(self, pointer: Pointer, source: Node) -> None:
        """Merge a node of the overlay, or of the document itself, into a place."""
        container: Container = self.root if not pointer else self._parent(pointer)
        self._merge(container, pointer[-1] if pointer else 0, source)

    def _merge(self, container: Container, part: str | int, source: Node) -> None:
        target = self._own(container, part)
        if isinstance(target, dict) and isinstance(source.value, dict):
            for key, child in source.items():
                if key in target:
                    self._merge(target, key, child)
                else:
                    target[key] = child.value
                    self._bring((id(target), key), child)
        elif isinstance(target, list):
            for child in source.elements() if isinstance(source.value, list) else (source,):
                target.append(child.value)
                self._bring((id(target), len(target) - 1), child)
        elif not isinstance(target, dict) and not isinstance(source.value, dict | list):
            _put(container, part, source.value)
            self._bring((id(container), part), source)
        else:
            # A failed copy is a mistake in the overlay, not in the document.
            place = source if source.document is self.action.document else self.action
            self.problems.append(
                place.problem(
                    f"{describe(source.value)} cannot be merged into {describe(target)}; remove it first"
                )
            )

    def _bring(self, entry: tuple[int, str | int], source: Node) -> None:
        """Record the source of an entry and of everything below it."""
        marks = source.document.marks
        parent = (
            source.document.root
            if len(source.pointer) < 2
            else at(source.document, source.pointer[:-1])
        )
        if source.pointer and (found := marks.get((id(parent.value), source.pointer[-1]))):
            self.marks[entry] = found
        self.files[entry] = source.document.files.get(
            (id(parent.value), source.pointer[-1]) if source.pointer else entry,
            source.document.name,
        )
        children: list[tuple[str | int, Node]] = [*source.items(), *enumerate(source.elements())]
        for key, child in children:
            self._bring((id(source.value), key), child)


def at(document: Document, pointer: Pointer) -> Node:
    node = document.root
    for part in pointer:
        node = node.at(part)
    return node


def _check_bounds(data: Json, action: Node) -> None:
    """Check that the result of an action is within the bounds that later stages rely on."""
    level: list[Json] = [data]
    tally = limits.Tally()
    for depth in range(limits.MAX_DEPTH):
        tally.values += len(level)
        tally.steps += len(level) * depth
        tally.characters += sum(len(it) for it in level if isinstance(it, str))
        containers = [it for it in level if isinstance(it, (dict, list))]
        # Counted before they are listed: an action can repeat a part any number of times.
        most = limits.MAX_JSON_VALUES - sum(map(len, containers))
        if tally.excess(most) is not None:
            break
        level = [
            child for it in containers for child in (it.values() if isinstance(it, dict) else it)
        ]
        if not level:
            return
    message = "makes the document too large or too deep; split or drop the action"
    raise SpecError([action.problem(message)])
