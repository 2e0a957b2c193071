"""OpenAPI Overlay 1.1, applied strictly: an action that does nothing is a mistake, never a success.

Pure. The document is left alone; the result shares what was not touched, and every entry keeps its
place, in whichever of the two files it stands. Stricter than the specification in one point: a
target that selects nothing is a problem, since an overlay that no longer fits would otherwise say
of an old API version what is no longer so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .document import Document, Json, MarkIndex, Marks, Node, Pointer, describe
from .problems import Problem, SpecError
from .reader import limits

# The reader of paths goes down with them, and has no bound of its own.
MAX_PATH = 1000

Container = dict[str, Json] | list[Json]

_VERSION = re.compile(r"1\.[01]\.\d+\Z")
_TOP = frozenset({"overlay", "info", "extends", "actions"})
_INFO = frozenset({"title", "version", "description"})
_ACTION = frozenset({"target", "description", "update", "copy", "remove"})


def apply(document: Document, overlay: Document) -> Document:
    """Apply an overlay's actions in their order. Raises SpecError with every problem of the overlay."""
    problems = list(_shape(overlay))
    if problems:
        raise SpecError(problems)
    result = document
    actions = overlay.root.at("actions")
    for action in actions.elements():
        try:
            result = _apply(result, action)
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    return result


def _shape(overlay: Document) -> list[Problem]:
    """What is wrong with the form of an overlay."""
    root = overlay.root
    found: list[Problem] = []
    if not _VERSION.match(root.text("overlay") or ""):
        return [
            root.problem(
                "not an overlay: `overlay` has to be a version of the Overlay Specification, such as 1.1.0"
            )
        ]
    info = root.get("info")
    if info is None or not info.text("title") or not info.text("version"):
        found.append((info or root).problem("an overlay needs info with title and version"))
    found += _unknown(root, _TOP, "an overlay") + (_unknown(info, _INFO, "info") if info else [])
    actions = root.get("actions")
    if actions is None or not isinstance(actions.value, list) or not actions.value:
        return [
            *found,
            (actions or root).problem("an overlay needs a list of actions with one at least"),
        ]
    for action in actions.elements():
        found += _unknown(action, _ACTION, "an action")
        if not action.text("target"):
            found.append(action.problem("an action needs a target, a JSONPath of what it changes"))
        if (
            sum(key in action.value for key in ("update", "copy", "remove")) != 1
            if isinstance(action.value, dict)
            else True
        ):
            found.append(action.problem("an action needs exactly one of update, copy and remove"))
        elif (remove := action.get("remove")) is not None and remove.value is not True:
            found.append(
                remove.problem("remove can only be true; drop the action if it is to do nothing")
            )
    return found


def _unknown(node: Node, known: frozenset[str], what: str) -> list[Problem]:
    return [
        child.problem(f"{what} has no `{key}`; remove it", key=True)
        for key, child in node.items()
        if key not in known and not key.startswith("x-")
    ]


def _apply(document: Document, action: Node) -> Document:
    edit = _Edit(document, action)
    pointers = _select(document, action.at("target"))
    if action.get("remove") is not None:
        # From the end, so that the indexes of list items that are still to go stay right.
        for pointer in sorted(pointers, key=_order, reverse=True):
            edit.remove(pointer)
    elif (copied := action.get("copy")) is not None:
        sources = _select(document, copied)
        if len(sources) != 1:
            raise SpecError(
                [copied.problem(f"copy has to select one node; this selects {len(sources)}")]
            )
        source = _at(document, sources[0])
        for pointer in pointers:
            edit.update(pointer, source)
    else:
        for pointer in pointers:
            edit.update(pointer, action.at("update"))
    return edit.result()


def _check_bounds(data: Json, action: Node) -> None:
    """Refuse what an action has made too large or too deep for what comes after it."""
    waiting: list[tuple[Json, int]] = [(data, 1)]
    tally = limits.Tally()
    while waiting:
        value, depth = waiting.pop()
        tally.add(depth - 1, len(value) if isinstance(value, str) else 0)
        if tally.excess(limits.MAX_JSON_VALUES) is not None or depth > limits.MAX_DEPTH:
            raise SpecError(
                [
                    action.problem(
                        "makes the document too large or too deep; split or drop the action"
                    )
                ]
            )
        if isinstance(value, dict):
            waiting.extend((child, depth + 1) for child in value.values())
        elif isinstance(value, list):
            waiting.extend((child, depth + 1) for child in value)


def _order(pointer: Pointer) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in pointer]


def _at(document: Document, pointer: Pointer) -> Node:
    node = document.root
    for part in pointer:
        node = node.at(part)
    return node


def _select(document: Document, target: Node) -> list[Pointer]:
    """Where a JSONPath leads. Raises SpecError when it cannot be read or leads nowhere."""
    # Imported here: only a description with older versions has overlays.
    import jsonpath_rfc9535
    from jsonpath_rfc9535.exceptions import JSONPathError

    text = target.value if isinstance(target.value, str) else ""
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    if len(text) > MAX_PATH:
        raise SpecError(
            [target.problem(f"{shown} is longer than {MAX_PATH} characters; split the action")]
        )
    try:
        found = [tuple(node.location) for node in jsonpath_rfc9535.find(text, document.data)]
    except JSONPathError as error:
        raise SpecError(
            [target.problem(f"{shown} is not a JSONPath of RFC 9535: {str(error)[:200]}")]
        ) from None
    except RecursionError:
        raise SpecError(
            [target.problem(f"{shown} is nested too deeply; write it more simply")]
        ) from None
    if not found:
        raise SpecError(
            [target.problem(f"{shown} selects nothing in {document.name}; mend or drop the action")]
        )
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Marks:
    """An index of places, with the documents that it was taken from.

    Places go by the identity of containers, so these have to stay alive as long as it does.
    """

    index: MarkIndex
    sources: tuple[Document, ...]

    def __call__(self) -> MarkIndex:
        return self.index


def _get(container: Container, part: str | int) -> Json:
    """The child at a part of a pointer that was selected."""
    return container[str(part)] if isinstance(container, dict) else container[int(part)]


def _put(container: Container, part: str | int, value: Json) -> None:
    if isinstance(container, dict):
        container[str(part)] = value
    else:
        container[int(part)] = value


@dataclass(slots=True)
class _Edit:
    """A copy of a document in the making: what is changed is copied on the way to it, once."""

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
        """The changed document. Raises SpecError with all that did not fit, or is too much."""
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
        """The child of a container that is ours to change, made ours too."""
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
        """Give an entry the place of another."""
        if old in self.marks:
            self.marks[new] = self.marks[old]
        else:
            self.marks.pop(new, None)
        if old in self.files:
            self.files[new] = self.files[old]
        else:
            self.files.pop(new, None)

    def _parent(self, pointer: Pointer) -> Container:
        """The container of a place, ours to change."""
        container: Container = self.root
        for part in (0, *pointer[:-1]):
            child = self._own(container, part)
            if not isinstance(child, dict | list):
                raise SpecError(
                    [
                        self.action.problem(
                            "an earlier target of this action holds this one; split the action"
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
            # A copy does not fit through the overlay's fault, not the document's.
            place = source if source.document is self.action.document else self.action
            self.problems.append(
                place.problem(
                    f"{describe(source.value)} cannot be merged into {describe(target)}; remove it first"
                )
            )

    def _bring(self, entry: tuple[int, str | int], source: Node) -> None:
        """Note where an entry, and all below it, comes from."""
        marks = source.document.marks
        parent = (
            source.document.root
            if len(source.pointer) < 2
            else _at(source.document, source.pointer[:-1])
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
