"""Inheritance of objects: the schemas that have one with a discriminator as a part. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ...openapi.document import Json, Node, Pointer
from .schema_shape import Shapes
from .values import listed_values, mapped_values


class Inheritance:
    """Parents and children of one document: schemas with a discriminator, and those made of them."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes: Shapes = shapes
        self._fields: dict[Pointer, str] = {}
        self._mapped: dict[Pointer, dict[Pointer, tuple[str, ...]]] = {}
        # The children of each parent at any depth, in the order of the document.
        self._children: dict[Pointer, dict[Pointer, Node]] = {}
        self._nodes: dict[Pointer, Node] = {}
        for node in schemas_with(shapes.views.document.root, ("discriminator",)):
            self._add_parent(node)
        if self._fields:
            self._find_children()

    def field(self, pointer: Pointer) -> str:
        """Return the property that tells the children of a parent apart."""
        return self._fields[pointer]

    def parents(self) -> Iterator[tuple[Node, dict[Pointer, tuple[str | int, ...]]]]:
        """Yield each parent, and the values of each of its children."""
        for pointer, children in self._children.items():
            node = self._nodes[pointer]
            yield node, {it: self._values(pointer, child) for it, child in children.items()}

    def family(self, pointer: Pointer) -> list[Node]:
        """Return the children of a parent, and itself as the last; nothing without children."""
        children = self._children.get(pointer)
        return [*children.values(), self._nodes[pointer]] if children else []

    def nodes(self, parent: Pointer, children: Collection[Pointer]) -> dict[Pointer, Node]:
        """Return some of the children of a parent, in the order of the document."""
        found = self._children.get(parent, {})
        return {it: node for it, node in found.items() if it in children}

    def is_child(self, pointer: Pointer) -> bool:
        """Return whether a schema is a child of a parent."""
        return any(pointer in children for children in self._children.values())

    def mapping(self, discriminator: Node) -> dict[Pointer, tuple[str, ...]]:
        """Return the texts of a discriminator's mapping, by the place of the schema."""
        found: dict[Pointer, tuple[str, ...]] = {}
        mapping = discriminator.get("mapping")
        for value, child in mapping.items() if mapping else ():
            target = self._target(child)
            if target is not None:
                found[target.pointer] = (*found.get(target.pointer, ()), value)
        return found

    def _target(self, child: Node) -> Node | None:
        """Return the schema of an entry in `mapping`, by its name or by a reference."""
        if not isinstance(child.value, str):
            return None
        bare = "/" not in child.value and "#" not in child.value
        found = child.document.find(f"#/components/schemas/{child.value}" if bare else child.value)
        target = self._shapes.views.of(found).target if found is not None else None
        return target.node if target is not None else None

    def _add_parent(self, node: Node) -> None:
        field = node.at("discriminator").text("propertyName")
        view = self._shapes.views.of(node)
        if field is None or not view.is_component or view.alternatives:
            return
        self._fields[node.pointer] = field
        self._mapped[node.pointer] = self.mapping(node.at("discriminator"))
        self._nodes[node.pointer] = node

    def _find_children(self) -> None:
        roots = list(self._fields)
        schemas = self._shapes.views.document.root.at("components").at("schemas")
        for _, child in schemas.items():  # noqa: PERF102 - a node has no `values`
            ancestors = self._ancestors(child)
            if not any(it in ancestors for it in roots) or self._shapes.kind(child) != "object":
                continue
            if self._is_wrapper(child, [it for it in roots if it in ancestors]):
                continue
            for parent, node in ancestors.items():
                # A schema between a root and the child is a parent as well.
                above = [parent, *self._ancestors(node)]
                root = next((it for it in above if it in roots), None)
                if root is not None:
                    self._fields.setdefault(parent, self._fields[root])
                    self._mapped.setdefault(parent, self._mapped[root])
                    self._nodes[parent] = node
                    if self._values(parent, child):
                        self._children.setdefault(parent, {})[child.pointer] = child

    def _is_wrapper(self, child: Node, roots: Sequence[Pointer]) -> bool:
        """Return whether a schema is another use of a parent or a child, and not a child itself.

        It adds nothing to a `$ref`, or only null or prose to an allOf, and no mapping has it.
        """
        view = self._shapes.views.of(child)
        mappings = [mapped for it in roots if (mapped := self._mapped[it])]
        if self._shapes.wrapped(view) is None or any(child.pointer in it for it in mappings):
            return False
        if view.get("allOf") is None or view.null:
            return True
        return bool(mappings) and "required" not in view.keys

    def _ancestors(self, node: Node) -> dict[Pointer, Node]:
        """Return the components that an object has as parts, directly or indirectly."""
        found: dict[Pointer, Node] = {}
        waiting = list(self._shapes.views.of(node).members)
        while waiting:
            view = self._shapes.views.of(waiting.pop()).target
            if view is not None and view.node.pointer not in found:
                if view.is_component and view.node.pointer != node.pointer:
                    found[view.node.pointer] = view.node
                waiting += view.members
        return found

    def _values(self, parent: Pointer, child: Node) -> tuple[str | int, ...]:
        """Return the values of a child: as mapped, as it lists them itself, its name, or all listed.

        None if the property has another type, so that no value of it is that of the child.
        """
        field = self._fields[parent]
        shapes = self._shapes
        every = shapes.shape(child).properties.get(field, ())
        if (mapped := self._mapped[parent].get(child.pointer)) is not None:
            return mapped_values(shapes.views, every, mapped)
        shared = {it.pointer for it in shapes.shape(self._nodes[parent]).properties.get(field, ())}
        own = [it for it in every if it.pointer not in shared]
        if listed := listed_values(shapes.views, own):
            return listed
        named = mapped_values(shapes.views, every, [child.key])
        listed = listed_values(shapes.views, every)
        return named if not listed or set(named) <= set(listed) else listed


def schemas_with(root: Node, keys: Sequence[str]) -> list[Node]:
    """Return every schema with one of some keywords, perhaps with examples that look like one."""
    found: list[Node] = []
    waiting: list[tuple[Pointer, Json]] = [((), root.value)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            if any(_is_stated(value, key) for key in keys):
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
    found.sort(key=lambda node: str(node.pointer))
    return found


def _is_stated(value: Mapping[str, Json], key: str) -> bool:
    return isinstance(value.get(key), dict if key == "discriminator" else list)
