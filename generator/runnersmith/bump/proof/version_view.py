"""Parts of an API version by what they are for its client, not by where they are written. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compare.operations import METHODS
from ...openapi.document import Document, Json, Node, Pointer, parse_pointer
from ...openapi.navigation import entries
from ...openapi.todo_marks import MARK
from ..draft.draft import KEY


def entry_of(node: Node, key: str) -> Node:
    """Return an entry of a node, an empty one if it has none."""
    empty = Node(document=node.document, pointer=(*node.pointer, key), value={})
    return node.get(key) or empty


def is_text(then: Node, now: Node, key: str) -> bool:
    return all(it is None or isinstance(it.value, str) for it in (then.get(key), now.get(key)))


def is_marked(value: Json) -> bool:
    return isinstance(value, str) and MARK in value


def class_of(node: Node) -> Pointer | None:
    """Return the component schema that a node refers to."""
    pointer = parse_pointer(node.reference or "")
    return pointer if pointer and pointer[:2] == ("components", "schemas") else None


def named_parameters(owners: Sequence[Node]) -> dict[tuple[str, str], tuple[Node, Node]]:
    """Return parameters, as written and behind their references, by location and name."""
    found: dict[tuple[str, str], tuple[Node, Node]] = {}
    for owner in owners:
        listed = owner.get("parameters")
        for site in listed.elements() if listed is not None else ():
            node = site.resolved() or site
            found[node.text("in") or "", node.text("name") or ""] = site, node
    return found


def methods_of(document: Document) -> Iterator[tuple[Pointer, str]]:
    """Yield the operations and the names of their methods: `runners.list`."""
    for item in entries(document.root.get("paths")):
        for method, operation in item.items():
            if method in METHODS and (extension := operation.get(KEY)) is not None:
                yield operation.pointer, f"{extension.text('resource')}.{extension.text('method')}"


def method_names(document: Document) -> Iterator[str]:
    return (method for _, method in methods_of(document))


def tasks_of(extension: Node, methods: set[str]) -> list[tuple[Node, list[str]]]:
    """Return the tasks that methods serve, with these methods."""
    listed = extension.get("tasks")
    found: list[tuple[Node, list[str]]] = []
    for task in listed.elements() if listed is not None else ():
        named = task.get("methods")
        serving = [str(it.value) for it in named.elements()] if named is not None else []
        serving = [it for it in serving if it in methods]
        found += [(task, serving)] if serving else []
    return found
