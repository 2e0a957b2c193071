"""View of a description: through its `$ref`s, and as one API version has it.

GitHub's official descriptions carry the oldest supported API version; what a newer one changed
stands beside each part as `x-github-breaking-changes`, a list of patches with the version that
brought each. They are applied to the parts that are looked at. Pure; the document is never
changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..openapi.document import Document, Node, Pointer
from ..openapi.schema_view import SchemaViews
from ..problems import SpecError
from . import version_patches

CHANGES = "x-github-breaking-changes"

# Planned changes have the version "next", which sorts after every date.
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}|next", re.ASCII)


class View(SchemaViews):
    """A document as the API version `version` has it; None takes it as it stands."""

    def __init__(self, document: Document, version: str | None = None) -> None:
        super().__init__(document)
        self.version: str | None = version
        self._current: dict[Pointer, Node] = {}

    def resolve(self, node: Node) -> Node:
        """What stands at `node`, behind any `$ref` and with the version's changes applied.

        Raises SpecError when a `$ref` leads nowhere or round in a circle.
        """
        target = node.resolved()
        if target is None:
            raise _dangling(node)
        return self.current(target)

    def target(self, node: Node) -> Node:
        """Return what the `$ref` of a schema leads to. Raises SpecError like `resolve`."""
        target = super().target(node)
        if target is None:
            raise _dangling(node)
        return target

    def refuse(self, node: Node, reason: str) -> None:
        """Raise SpecError for alternatives that have no end."""
        raise SpecError([node.problem(reason)])

    def current(self, node: Node) -> Node:
        """`node` itself, with the version's changes applied to it.

        Raises SpecError when a change cannot be read or does not fit.
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


def changes(node: Node) -> Iterator[tuple[str, Node]]:
    """What stands beside a part of an official description: API versions, each with its patch.

    The oldest version comes first, `next` last. Raises SpecError for an entry in another form.
    """
    listed = node.get(CHANGES)
    if listed is None:
        return
    if not isinstance(listed.value, list):
        raise SpecError([listed.problem(f"{CHANGES} is no list")])
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
