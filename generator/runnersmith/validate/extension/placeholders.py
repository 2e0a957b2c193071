"""Placeholders that `bump` writes where a person has to decide: no valid spec has one. Pure.

Text is marked by itself, so it needs none. A placeholder is for a value that has to have a form,
such as a name; the mark beside it can be dropped by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...openapi.document import Document, Node
from ...openapi.messages import quote
from ...openapi.navigation import entries, into
from ...problems import Problem

_KEY = "x-runnersmith"
# The permission that is not known, with an access.
PERMISSION = "unknown"
# Names for what has none: of a method or a resource, and of a component.
NAME, CLASS = "unnamed", "Unnamed"
_NAME = re.compile(rf"(.*_)?{NAME}(_.*)?")
_CLASS = re.compile(rf".*{CLASS}.*")


def check(documents: Sequence[Document]) -> tuple[Problem, ...]:
    """Return a problem for each placeholder in a curated spec, in any of its API versions."""
    found = (problem for document in documents for problem in _check(document))
    return tuple(dict.fromkeys(found))


def _check(document: Document) -> Iterator[Problem]:
    for item in entries(document.root.get("paths")):
        for operation in entries(item):
            yield from _names(operation)
            granted = into(operation, _KEY, "permissions", "fine-grained")
            if granted is not None and granted.get(PERMISSION) is not None:
                what = "write the permission that GitHub's documentation names"
                yield _problem(granted.at(PERMISSION), PERMISSION, what, key=True)
    for resource in entries(into(document.root, _KEY, "resources")):
        if _NAME.fullmatch(resource.key):
            yield _problem(resource, resource.key, "name the resource", key=True)
    for kind in entries(document.root.get("components")):
        for component in entries(kind):
            if _CLASS.fullmatch(component.key):
                yield _problem(component, component.key, "name the component", key=True)


def _names(operation: Node) -> Iterator[Problem]:
    method = into(operation, _KEY, "method")
    if method is not None and isinstance(method.value, str) and _NAME.fullmatch(method.value):
        yield _problem(method, method.value, "name the method as people would")


def _problem(node: Node, name: str, what: str, *, key: bool = False) -> Problem:
    return node.problem(f"{quote(name)} is a placeholder that `bump` has left; {what}", key=key)
