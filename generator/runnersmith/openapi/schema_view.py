"""Schema view: the types, parts, alternatives and values of a schema, however it is written. Pure.

    SchemaViews ── of(node) ────▶ SchemaView: one schema object, and what it refers to and combines
       one per  └─ parts(nodes) ─▶ the schema objects that hold at once, through $ref and allOf
       document        └─ read(parts) ─▶ Reading: their types, and the alternatives within them

Null that is allowed beside a `$ref`, an allOf or alternatives is allowed whatever these say, since
OpenAPI 3.0 has no other way to write it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from . import json_types, keywords
from .document import MAX_REFERENCES, Document, Node, Pointer
from .json_types import JsonTypes
from .navigation import elements, entries, into
from .schema_object import SchemaObject, without_siblings
from .schema_parts import Alternatives, Parts, Reading

# Alternatives within alternatives; far more than any real description has.
MAX_ALTERNATIVES = 50
# Keywords whose meaning depends on the alternative that has them.
_GENERAL = frozenset("enum const default deprecated oneOf anyOf not".split())


@dataclass(frozen=True, eq=False)
class SchemaView(SchemaObject):
    """One schema object of a document, with what it refers to, combines and offers."""

    views: SchemaViews

    @property
    def decides_null(self) -> bool:
        """Return whether null is allowed here, whatever the schemas say that this one combines.

        It states null beside a `$ref`, an allOf or alternatives, or has `nullable` as a member.
        """
        if self.null:
            return self.combines or self.stated is None or self.offers
        return self.combines and any(
            self.views.of(member).is_nullable_alone for member in self.members
        )

    @property
    def is_nullable_alone(self) -> bool:
        """Return whether the schema is `nullable` with nothing beside it that decides a type."""
        return self.is_silent and self.node.flag("nullable")

    @cached_property
    def target(self) -> SchemaView | None:
        """This view, or the one that its `$ref` leads to; None if it leads nowhere."""
        found = self.views.target(self.node) if self.is_reference else self.node
        return None if found is None else self.views.of(found)

    def chain(self) -> Iterator[SchemaView]:
        """Yield this view and those that its `$ref` leads to, one after the other."""
        view = self
        for _ in range(MAX_REFERENCES):
            yield view
            reference = view.node.reference
            found = self.node.document.find(reference) if reference is not None else None
            if found is None:
                return
            view = self.views.of(found)

    def first(self, key: str) -> Node | None:
        """Return the value of a keyword here, else where the `$ref` leads to."""
        found = self.node.get(key)
        if found is not None or self.node.reference is None:
            return found
        return next((found for view in self.chain() if (found := view.node.get(key))), None)

    def flag(self, key: str) -> bool:
        """Return whether a keyword is true here, else where the `$ref` leads to."""
        found = self.first(key)
        return found is not None and found.value is True

    def text(self, key: str) -> str:
        """Return the text of a keyword here, else where the `$ref` leads to; empty without one."""
        found = self.node.text(key)
        if not found and self.node.reference is not None:
            found = next((text for view in self.chain() if (text := view.node.text(key))), None)
        return found or ""

    @property
    def members(self) -> Parts:
        """Return the schemas that hold as well: what a `$ref` leads to, and those of allOf."""
        if not self.combines:
            return ()
        referred = self.views.target(self.node) if self.node.reference is not None else None
        return tuple(filter(None, (referred, *elements(self.get("allOf")))))

    @cached_property
    def alternatives(self) -> tuple[Alternatives, ...]:
        """Return the oneOf and the anyOf of the object."""
        if not self.offers:
            return ()
        found: list[Alternatives] = []
        for key in keywords.ALTERNATIVES:
            if (written := self.get(key)) is not None:
                listed = list(self.choices(written))
                members = [one for one in listed if one.value is not False]
                options = tuple(one for one in members if not self.views.of(one).is_null)
                # A parent that lists nothing but its children offers no alternatives.
                if listed or not written.value:
                    null = len(options) < len(members)
                    found.append(Alternatives(written, options, null=null))
        return tuple(found)

    def choices(self, written: Node) -> Iterator[Node]:
        """Yield the members of a oneOf or an anyOf, except children: those made of this schema."""
        for one in elements(written):
            if not self.is_component or self.node.pointer not in self.views.made_of(one):
                yield one

    def conditional(self) -> Iterator[Node]:
        """Yield the schemas that hold for the same value in some cases, or for some values."""
        for key in keywords.ALTERNATIVES:
            yield from elements(self.get(key))
        yield from filter(None, map(self.get, keywords.CONDITIONS))
        yield from entries(self.get("dependentSchemas"))

    @property
    def types(self) -> JsonTypes:
        """Return the types of a value, through all that the schema refers to and combines."""
        return self.views.read(self.views.parts([self.node])).types

    @property
    def is_null(self) -> bool:
        """Return whether only null is allowed; `nullable` alone, as an alternative, means that as well."""
        if self.is_silent:
            return self.is_nullable_alone
        target = self.target
        if target is not None and not target.combines and not target.offers:
            return target.stated is not None and target.stated.only_null
        return self.types.only_null

    def everything(self) -> Iterator[SchemaView]:
        """Yield this view and those of all that it refers to, combines or offers."""
        reached: set[Pointer] = set()
        waiting = [self.node]
        while waiting:
            view = self.views.of(waiting.pop())
            if view.node.pointer not in reached:
                reached.add(view.node.pointer)
                yield view
                for key in keywords.ALTERNATIVES:
                    waiting += elements(view.get(key))
                waiting += view.members

    def property(self, name: str) -> Node | None:
        """Return a property of the object that the schema describes; None if it has none."""
        for view in self.everything():
            if (found := into(view.node, "properties", name)) is not None:
                return found
        return None


class SchemaViews:
    """Schemas of one document, each with one view."""

    def __init__(self, document: Document) -> None:
        self.document: Document = document
        # OpenAPI 3.0 ignores what stands beside a `$ref`; from 3.1 on, it holds as well.
        self._siblings_count: bool = not (document.root.text("openapi") or "").startswith("3.0")
        self._views: dict[Pointer, SchemaView] = {}
        self._readings: dict[tuple[Pointer, ...], Reading] = {}

    def of(self, node: Node) -> SchemaView:
        """Return the view of the schema at a node."""
        view = self._views.get(node.pointer)
        if view is None:
            counting = self.current(node)
            if not self._siblings_count:
                counting = without_siblings(counting)
            view = self._views[node.pointer] = SchemaView(counting, self)
        return view

    def current(self, node: Node) -> Node:
        """Return the node to read for a node."""
        return node

    def refuse(self, node: Node, reason: str) -> None:
        """Record infinite alternatives; they count as any value."""

    def target(self, node: Node) -> Node | None:
        """Return what a `$ref` leads to, through further ones; None if it leads nowhere."""
        for _ in range(MAX_REFERENCES):
            reference = node.reference
            found = self.document.find(reference) if reference is not None else None
            if found is None:
                return None
            node = self.current(found)
            if not self.of(node).is_reference:
                return node
        return None

    def made_of(self, node: Node) -> set[Pointer]:
        """Return the places of the schemas that a schema has as parts, directly or indirectly."""
        start = self.of(node).target
        found: set[Pointer] = set()
        waiting = list(start.members) if start is not None else []
        while waiting:
            view = self.of(waiting.pop()).target
            if view is not None and view.node.pointer not in found:
                found.add(view.node.pointer)
                waiting += view.members
        return found

    def parts(self, nodes: Iterable[Node]) -> Parts:
        """Return the schema objects that hold at once at some nodes, through `$ref` and allOf."""
        waiting = [*map(self.of, nodes)]
        if len(waiting) == 1 and not waiting[0].combines:
            return (waiting[0].node,)
        waiting.reverse()
        found: dict[Pointer, Node | None] = {}
        while waiting:
            view = waiting.pop()
            if view.node.pointer not in found:
                found[view.node.pointer] = None if view.is_reference else view.node
                waiting += map(self.of, reversed(view.members))
        return tuple(node for node in found.values() if node is not None)

    def read(self, parts: Parts, within: frozenset[Pointer] = frozenset()) -> Reading:
        """Return the types of schema objects that hold at once, and which alternatives are parts.

        A lone alternative except null is a part; so are alternatives of different types whose
        keywords do not meet. `within` are the schemas that these are an alternative of.
        """
        key = tuple(part.pointer for part in parts)
        if key not in self._readings:
            self._readings[key] = self._read(parts, within.union(key))
        return self._readings[key]

    def read_before(self, pointers: tuple[Pointer, ...]) -> Reading:
        """Return the reading of parts at some places, which were read before."""
        return self._readings[pointers]

    def _read(self, parts: Parts, within: frozenset[Pointer]) -> Reading:
        if len(parts) == 1 and not (view := self.of(parts[0])).combines and not view.offers:
            return Reading(view.stated or json_types.ANY, parts, ())
        held = [*parts]
        unions: list[tuple[Node, list[Parts]]] = []
        stated: list[tuple[Pointer, JsonTypes]] = []
        covered: set[Pointer] = set()
        for view in map(self.of, parts):
            pointer = view.node.pointer
            if (own := view.stated) is not None:
                stated.append((pointer, own))
            if view.decides_null:
                covered.update(part.pointer for part in (view.node, *self.parts([view.node])))
            for union in filter(None, map(view.get, keywords.ALTERNATIVES)):
                every = [self._alternative(node, within) for node in view.choices(union)]
                every = [one for one in every if one[1] != json_types.NOTHING]
                if not every:
                    continue
                stated.append((pointer, json_types.any_of(types for _, types in every)))
                members = [(member, types) for member, types in every if not types.only_null]
                if self._is_one(members):
                    held += (part for member, _ in members for part in member)
                else:
                    unions.append((union, [member for member, _ in members]))
        names = json_types.all_of(types for _, types in stated).names
        null = all(types.null or pointer in covered for pointer, types in stated)
        return Reading(JsonTypes(names, null), tuple(held), tuple(unions))

    def _alternative(self, node: Node, within: frozenset[Pointer]) -> tuple[Parts, JsonTypes]:
        """Return the parts of an alternative, and their types."""
        view = self.of(node)
        parts = self.parts([node])
        if view.is_nullable_alone:
            return parts, json_types.NULL
        if len(within) > MAX_ALTERNATIVES:
            reason = f"alternatives of alternatives, more than {MAX_ALTERNATIVES} deep"
            self.refuse(node, f"{reason}, are not compared")
        elif not within.isdisjoint(part.pointer for part in parts):
            self.refuse(node, "this is an alternative of itself")
        else:
            return parts, self.read(parts, within).types
        return parts, json_types.ANY

    def _is_one(self, members: list[tuple[Parts, JsonTypes]]) -> bool:
        """Return whether alternatives exclude each other by type and share no keyword but prose."""
        taken: set[str] = set()
        for index, (member, types) in enumerate(members):
            if any(not types.excludes(other) for _, other in members[:index]):
                return False
            used = {key for part in member for key in self.of(part).keys}
            used = {key for key in used if not keywords.is_prose(key)}
            used -= {"type", "nullable", "$ref", "allOf"}
            if len(members) > 1 and used & (taken | _GENERAL):
                return False
            taken |= used
        return True
