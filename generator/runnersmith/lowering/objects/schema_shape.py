"""Object shapes: the properties of an object through references, allOf and alternatives. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ...openapi.document import Node, Pointer
from ...openapi.schema_view import SchemaView, SchemaViews
from .extras import ExtrasOfSchemas, own_extras

# Recursive code: as deep as any sound document, and far from Python's own limit.
DEPTH = 40
_VALUES = frozenset({"enum", "const", "items", "prefixItems"})

# Keywords that describe a value further than the schemas that are combined or offered beside them.
_OWN = frozenset("properties patternProperties enum const items prefixItems".split())

Kind = Literal["object", "map", "nothing", "other"]

# What a schema is whose parts are of several kinds: the first of these that one of them is.
_RANK: tuple[Kind, ...] = ("other", "object", "map", "nothing")


@dataclass(slots=True)
class Shape:
    """Properties of an object, each with every schema that describes it.

    `loose` are those that alternatives describe: any of their types may hold. `nodes` are the
    schemas that were read.
    """

    properties: dict[str, list[Node]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    nodes: list[Node] = field(default_factory=list)

    def add(self, other: Shape) -> None:
        """Add what another schema says of the same object; a schema met twice adds nothing."""
        for name, nodes in other.properties.items():
            _extend(self.properties.setdefault(name, []), nodes)
        self.required |= other.required
        self.loose |= other.loose
        _extend(self.nodes, other.nodes)


class Shapes:
    """Shapes of the schemas of one document, each worked out once."""

    def __init__(self, views: SchemaViews) -> None:
        self.views: SchemaViews = views
        self.extras: ExtrasOfSchemas = ExtrasOfSchemas(views)
        self._kinds: dict[Pointer, Kind] = {}
        self._shapes: dict[Pointer, Shape] = {}

    def parts(self, view: SchemaView) -> list[Node]:
        """Return the members of a schema that determine a type, or lead to one that does."""
        targets = [(member, self.views.of(member).target) for member in view.members]
        return [member for member, target in targets if target is None or not target.is_silent]

    def wrapped(self, view: SchemaView) -> Node | None:
        """Return the only schema that one refers to, combines or offers; None if it adds to it.

        A type, null, `required` and limits add nothing.
        """
        if view.keys & _OWN:
            return None
        listed = self.parts(view)
        listed += [option for choice in view.alternatives for option in choice.options]
        return listed[0] if len(listed) == 1 else None

    def kind(self, node: Node, trail: tuple[Pointer, ...] = ()) -> Kind:
        """Return what a schema describes: an object with properties, a map, nothing, or another value."""
        target = self.views.of(node).target
        if target is None or not target.keys or len(trail) > DEPTH:
            return "nothing" if target is not None and target.is_silent else "other"
        pointer = target.node.pointer
        if pointer in trail:
            return "other"
        if pointer not in self._kinds:
            self._kinds[pointer] = self._kind(target, (*trail, pointer))
        return self._kinds[pointer]

    def _kind(self, view: SchemaView, trail: tuple[Pointer, ...]) -> Kind:
        if {*view.type_names} - {"null", "object"} or _VALUES & view.keys:
            return "other"
        found: set[Kind] = set()
        if (properties := view.get("properties")) is not None:
            found.add("object" if properties.value else "nothing")
        if own_extras(view).kind == "typed":
            found.add("map")
        found |= {self.kind(member, trail) for member in view.members}
        for choice in view.alternatives:
            kinds: set[Kind] = {self.kind(option, trail) for option in choice.options}
            # Maps and objects as alternatives have no common fields.
            found |= kinds
            if "map" in kinds:
                found.add("other")
        for kind in _RANK:
            if kind in found:
                return kind
        return "nothing"

    def shape(self, node: Node, trail: tuple[Pointer, ...] = ()) -> Shape:
        """Return the properties of an object schema, those of its parts and alternatives included."""
        target = self.views.of(node).target
        if target is None or target.node.pointer in trail or len(trail) > DEPTH:
            return Shape()
        pointer = target.node.pointer
        if pointer not in self._shapes:
            self._shapes[pointer] = self._shape(target, (*trail, pointer))
        return self._shapes[pointer]

    def _shape(self, view: SchemaView, trail: tuple[Pointer, ...]) -> Shape:
        found = Shape()
        for member in view.members:
            found.add(self.shape(member, trail))
        properties, required = view.get("properties"), view.get("required")
        own = Shape(nodes=[view.node])
        for name, child in properties.items() if properties else ():
            own.properties[name] = [child]
        for listed in required.elements() if required else ():
            own.required |= {listed.value} if isinstance(listed.value, str) else set()
        found.add(own)
        for choice in view.alternatives:
            each = [self.shape(option, trail) for option in choice.options]
            for one in each:
                found.loose |= one.properties.keys()
                found.add(Shape(properties=one.properties, loose=one.loose, nodes=one.nodes))
            if each:
                found.required |= set[str].intersection(*(one.required for one in each))
        return found


def _extend(known: list[Node], nodes: list[Node]) -> None:
    pointers = {node.pointer for node in known}
    known += [node for node in nodes if node.pointer not in pointers]
