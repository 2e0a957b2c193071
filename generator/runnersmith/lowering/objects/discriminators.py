"""Discriminators: models distinguished by the value of one field. Pure.

A model has at most one tag. If a document has two for it, or if the alternatives are not objects
with names of their own, there is none, and values are left unparsed.
"""

from __future__ import annotations

from ... import ir
from ...ir import names
from ...openapi.document import Json, Node, Pointer
from .schema_shape import Shapes


class Discriminators:
    """Tags from the discriminators of a document, by the place of the schema."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes: Shapes = shapes
        self._tags: dict[Pointer, set[ir.Tag]] = {}
        self._sound: set[Pointer] = set()
        for node in _with_discriminator(shapes.views.document.root):
            self._read(node)

    def tag(self, pointer: Pointer) -> ir.Tag | None:
        """Return the tag of a schema."""
        found = self._tags.get(pointer, set())
        return next(iter(found)) if len(found) == 1 else None

    def of(self, node: Node, options: list[Node]) -> str | None:
        """Return the field that distinguishes the options of a schema; None if there is none."""
        if node.pointer not in self._sound:
            return None
        targets = [
            target for it in options if (target := self.shapes.views.of(it).target) is not None
        ]
        tags = [self.tag(target.node.pointer) for target in targets]
        fields = {tag.wire_name if tag is not None else None for tag in tags}
        values = {tag.value for tag in tags if tag is not None}
        alone = len(fields) == 1 and len(values) == len(tags)
        return fields.pop() if alone else None

    def _read(self, node: Node) -> None:
        wire_name = node.at("discriminator").text("propertyName")
        choices = self.shapes.views.of(node).alternatives
        if wire_name is None or not choices:
            return
        try:
            name = names.field_name(wire_name)
        except names.Unnameable:
            return
        mapping = node.at("discriminator").get("mapping")
        values: dict[Pointer, list[str]] = {}
        for value, child in mapping.items() if mapping else ():
            target = self._mapped(child)
            if target is not None:
                values.setdefault(target.pointer, []).append(value)
        found: dict[Pointer, ir.Tag] = {}
        for option in choices[0].options:
            held = self.shapes.views.of(option).target
            if held is None or not held.is_component or self.shapes.kind(option) != "object":
                return
            mine = values.get(held.node.pointer, [held.node.key])
            if len(mine) > 1:
                return
            found[held.node.pointer] = ir.Tag(name=name, wire_name=wire_name, value=mine[0])
        self._sound.add(node.pointer)
        for pointer, tag in found.items():
            self._tags.setdefault(pointer, set()).add(tag)

    def _mapped(self, child: Node) -> Node | None:
        """Return the schema of an entry in `mapping`, by its name or by a reference."""
        if not isinstance(child.value, str):
            return None
        bare = "/" not in child.value and "#" not in child.value
        found = child.document.find(f"#/components/schemas/{child.value}" if bare else child.value)
        target = self.shapes.views.of(found).target if found is not None else None
        return target.node if target is not None else None


def _with_discriminator(root: Node) -> list[Node]:
    """Return every schema with a discriminator, perhaps with example values that look like one."""
    found: list[Node] = []
    waiting: list[tuple[Pointer, Json]] = [((), root.value)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("discriminator"), dict) and (
                "oneOf" in value or "anyOf" in value
            ):
                found.append(Node(document=root.document, pointer=pointer, value=value))
            waiting += [
                ((*pointer, key), child)
                for key, child in value.items()
                if isinstance(child, dict | list)
            ]
        elif isinstance(value, list):
            waiting += [
                ((*pointer, at), child)
                for at, child in enumerate(value)
                if isinstance(child, dict | list)
            ]
    return found
