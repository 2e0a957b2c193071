"""View of a description: with `$ref` resolved, at one API version.

GitHub's official descriptions have the oldest supported API version. Newer versions are beside each
part as `x-github-breaking-changes`, a list of patches with their versions. Patches are applied to
the parts in use. Pure; the document is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from ..openapi.document import Document, Node, Pointer
from ..openapi.schema_view import SchemaViews
from ..problems import SpecError
from . import version_patches
from .facts import Fact, Parts

CHANGES = "x-github-breaking-changes"

# Planned changes have the version "next", which sorts after every date.
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}|next", re.ASCII)


class View(SchemaViews):
    """A document at the API version `version`; None leaves it unchanged.

    `contents` are the facts and parts of the schemas that were read, by their places.
    """

    def __init__(self, document: Document, version: str | None = None) -> None:
        super().__init__(document)
        self.version: str | None = version
        self.contents: dict[tuple[object, ...], tuple[Mapping[str, Fact], Parts]] = {}
        self._current: dict[Pointer, Node] = {}

    def resolve(self, node: Node) -> Node:
        """Return the node behind any `$ref`, with the version's changes applied.

        Raises SpecError if a `$ref` is dangling or circular.
        """
        target = node.resolved()
        if target is None:
            raise _dangling(node)
        return self.current(target)

    def target(self, node: Node) -> Node:
        """Return the target of a schema's `$ref`. Raises SpecError like `resolve`."""
        target = super().target(node)
        if target is None:
            raise _dangling(node)
        return target

    def refuse(self, node: Node, reason: str) -> None:
        """Raise SpecError for infinite alternatives."""
        raise SpecError([node.problem(reason)])

    def current(self, node: Node) -> Node:
        """Return `node` with the version's changes applied.

        Raises SpecError if a change is invalid or does not fit.
        """
        if self.version is None or node.get(CHANGES) is None:
            return node
        if node.pointer not in self._current:
            value = node.value
            for version, patch in changes(node):
                if version <= self.version:
                    value = version_patches.apply(value, patch)
            self._current[node.pointer] = replace(node, value=value)
        return self._current[node.pointer]


@lru_cache(maxsize=4)
def official_view(document: Document, version: str | None) -> View:
    """Return the view of an official description: what is read of it serves all comparisons."""
    return View(document, version)


def changes(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the changes of a part of an official description: API versions, each with its patch.

    The oldest version is first, `next` last. Raises SpecError for an invalid entry.
    """
    listed = node.get(CHANGES)
    if listed is None:
        return
    if not isinstance(listed.value, list):
        raise SpecError([listed.problem(f"{CHANGES} is not a list")])
    found: list[tuple[str, Node]] = []
    for change in listed.elements():
        version, patch = change.text("version"), change.get("patch")
        if version is None or not _VERSION.fullmatch(version) or patch is None:
            reason = "needs a version, a date or `next`, and a patch"
            raise SpecError([change.problem(f"an entry of {CHANGES} {reason}")])
        found.append((version, patch))
    yield from sorted(found, key=lambda change: change[0])


def _dangling(node: Node) -> SpecError:
    reason = "leads to nothing, or back to itself, within the document"
    return SpecError([node.problem(f"$ref {node.reference!r} {reason}")])
