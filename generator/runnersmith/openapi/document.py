"""Loaded OpenAPI document: plain values, and the place of each one in its file.

Pure; `reader` builds documents from files. This module knows only `$ref` of OpenAPI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..problems import Place, Problem, Severity

type_of: dict[type, str] = {
    dict: "a mapping",
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    type(None): "null",
}

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Pointer = tuple[str | int, ...]
# The longest `$ref`, and the longest chain of references to a value.
MAX_REFERENCE = 1_000
MAX_REFERENCES = 20
# (line, column) of a key and of its value; for a list item, both are the same.
Marks = tuple[tuple[int, int], tuple[int, int]]
# By identity of the container, then by key or index: an alias keeps the place of its anchor.
MarkIndex = Mapping[tuple[int, str | int], Marks]


def printable(text: str) -> str:
    """Escape characters that do not print: line ends, control and bidirectional characters."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def describe(value: Json) -> str:
    """Return the kind of a value for a message: `a mapping`, `a string`, ..."""
    return type_of[type(value)]


def pointer_text(pointer: Pointer) -> str:
    """Return a pointer as RFC 6901 text, with the leading `#` that `$ref` uses."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def parse_pointer(text: str) -> tuple[str, ...] | None:
    """Parse `#/a/b` into its parts; None unless the text is a pointer into the same document."""
    from urllib.parse import unquote

    if text == "#":
        return ()
    if not text.startswith("#/") or len(text) > MAX_REFERENCE:
        return None
    return tuple(
        unquote(part).replace("~1", "/").replace("~0", "~") for part in text[2:].split("/")
    )


@dataclass(frozen=True, slots=False, eq=False)
class Document:
    """Content of one file. `name` identifies the file in messages; `data` is never changed.

    `files` holds the other file of each entry that comes from an overlay. `locate` builds the index
    of places. It is called on the first look-up only, so a 14 MB description without problems needs
    no index. `text` is the content as text, and `tolerated` has the deviations that were read in
    one certain way.
    """

    name: str
    data: Json
    locate: Callable[[], MarkIndex] = field(repr=False)
    files: Mapping[tuple[int, str | int], str] = field(
        default_factory=dict[tuple[int, str | int], str], repr=False
    )
    text: str = field(default="", repr=False)
    tolerated: tuple[Problem, ...] = ()

    @cached_property
    def marks(self) -> MarkIndex:
        return self.locate()

    @property
    def root(self) -> Node:
        return Node(document=self, pointer=(), value=self.data)

    def place(self, pointer: Pointer, *, key: bool = False) -> Place:
        """Return the place of the value at `pointer` or of its key.

        If it is absent, return the place of its nearest parent.
        """
        steps: list[tuple[int, str | int]] = []
        value = self.data
        for part in pointer:
            child: Json
            if isinstance(value, dict) and part in value:
                child = value[str(part)]
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                child = value[part]
            else:
                break
            steps.append((id(value), part))
            value = child
        for step in reversed(steps):
            found = self.marks.get(step)
            if found is not None:
                mark = found[0] if key else found[1]
                return Place(self.files.get(step, self.name), *mark)
        return Place(self.name, 1, 1)

    def problem(
        self, pointer: Pointer, message: str, *, key: bool = False, severity: Severity = "error"
    ) -> Problem:
        """Build a problem at a place.

        Text quoted from the document is escaped, so that the message stays on one line.
        """
        return Problem(self.place(pointer, key=key), printable(message), severity, pointer)

    def find(self, reference: str) -> Node | None:
        """Return the target of a `$ref` within this document; None if there is none."""
        if reference not in self._found:
            self._found[reference] = self._find(reference)
        return self._found[reference]

    @cached_property
    def _found(self) -> dict[str, Node | None]:
        """Cache of reference targets: one target may be referenced a thousand times."""
        return {}

    def _find(self, reference: str) -> Node | None:
        parts = parse_pointer(reference)
        if parts is None:
            return None
        node: Node | None = self.root
        for part in parts:
            if node is None:
                return None
            if isinstance(node.value, list):
                node = (
                    node.at(int(part)) if part.isdecimal() and int(part) < len(node.value) else None
                )
            else:
                node = node.get(part)
        return node


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value and its position in a document."""

    document: Document
    pointer: Pointer
    value: Json

    @property
    def key(self) -> str:
        """Return the last step of the pointer as text; empty at the root."""
        return str(self.pointer[-1]) if self.pointer else ""

    def get(self, key: str) -> Node | None:
        """Return the entry of a mapping; None for any other value or an absent key."""
        if isinstance(self.value, dict) and key in self.value:
            return self.at(key)
        return None

    def at(self, part: str | int) -> Node:
        """Return the child at a key or index that is known to exist."""
        child: Json
        if isinstance(self.value, dict):
            child = self.value[str(part)]
        elif isinstance(self.value, list):
            child = self.value[int(part)]
        else:
            raise KeyError(part)
        return Node(document=self.document, pointer=(*self.pointer, part), value=child)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Yield the entries of a mapping in document order; empty for any other value."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self.at(key)

    def elements(self) -> Iterator[Node]:
        """Yield the items of a list; empty for any other value."""
        if isinstance(self.value, list):
            for index in range(len(self.value)):
                yield self.at(index)

    def text(self, key: str) -> str | None:
        """Return the string under `key`; None if it is absent or not a string."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else None

    def flag(self, key: str) -> bool:
        """Return whether `key` is present and true."""
        return isinstance(self.value, dict) and self.value.get(key) is True

    @property
    def reference(self) -> str | None:
        """Return the `$ref` of this node, if it is a reference."""
        return self.text("$ref")

    def resolved(self) -> Node | None:
        """Return this node, or the target of its `$ref` chain.

        Return None if the chain dangles, is circular or has more than MAX_REFERENCES steps.
        """
        node: Node | None = self
        seen: set[Pointer] = set()
        while node is not None and (reference := node.reference) is not None:
            if node.pointer in seen or len(seen) == MAX_REFERENCES:
                return None
            seen.add(node.pointer)
            node = self.document.find(reference)
        return node

    def problem(self, message: str, *, key: bool = False, severity: Severity = "error") -> Problem:
        return self.document.problem(self.pointer, message, key=key, severity=severity)
