"""Fields of objects: properties of a schema, of its parts and alternatives; and its extras."""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...ir import names
from ...ir.types import ANY
from ...openapi import keywords
from ...openapi.document import Node, Pointer
from ..objects.discriminators import Discriminators
from . import examples, limits
from .combinations import CombinedSchemas
from .context import Context, available
from .models import Models, Site

_UNCHECKED = keywords.CONDITIONAL | {"additionalItems"}
_UNDERSTOOD = (
    keywords.ANNOTATIONS | keywords.STRUCTURE | keywords.LIMITS | keywords.AUXILIARY | _UNCHECKED
)
_COMBINED = frozenset(keywords.CHOICES)
# Keywords that describe the parts of a value, and so have no meaning beside another type.
_OF_PARTS = (keywords.TYPED.keys() & keywords.STRUCTURE) - {"required"}


class ObjectFields(CombinedSchemas):
    """Lowering of the fields of objects."""

    def __init__(self, context: Context, models: Models, tags: Discriminators) -> None:
        super().__init__(context, models, tags)
        # The properties of components that are parts of others, by the place of the component.
        self._shapes: dict[Pointer, dict[str, list[Node]]] = {}

    def finish(self) -> tuple[ir.Model, ...]:
        """Lower the fields of queued models until none is left; return all by name."""
        self._in_model = True
        while self._queue:
            name, node = self._queue.popleft()
            self.context.owner = f"model:{name}"
            site = self.models.site(name)
            extra = self.extras(node, site)
            self.models.fill(name, self.fields(node, site, extra), extra)
        self.context.owner = ""
        return tuple(map(self._finished, self.models.finish()))

    def _finished(self, model: ir.Model) -> ir.Model:
        pointer = self.models.pointer(model.name)
        # A place such as `schema`, `items` or the first of several alternatives has no name.
        named = pointer[-2:-1] == ("properties",) or pointer[:-1] == ("components", "schemas")
        wire_name = model.wire_name if named else model.name
        tag = self.tags.tag(pointer)
        if tag is not None:
            tag = replace(tag, name=self.models.known_names(pointer)[tag.wire_name])
        conditions = self.tags.conditions(pointer)
        return replace(model, wire_name=wire_name, tag=tag, conditions=conditions)

    def extras(self, schema: Node, site: Site, *, stated: bool = False) -> ir.Field | None:
        """Return the field of an object that holds its unnamed properties; None if it is closed.

        An object is open if its schema says nothing, except in a strict document. With `stated`,
        silence means closed in any document.
        """
        found = self.shapes.extras.of(schema)
        if found.kind == "closed" or (found.kind == "unstated" and (stated or self.context.strict)):
            return None
        if names.EXTRA_KEY in self.shapes.shape(schema).properties:
            why = f"{names.EXTRA_KEY!r} is the client's own name for properties without a field"
            self.context.simplify(schema, why, instead="there are none", fix="rename it")
            return None
        types = [self.top(value, site.inside("value")) for value in found.values]
        return ir.Field(
            name=names.EXTRA,
            wire_name=names.EXTRA_KEY,
            type=ir.Map(values=self._any_of(schema, types, site) if types else ANY),
            required=False,
            secret=False,
            deprecated=False,
            description="The properties that have no field here, by name.",
            limits="",
            default=None,
        )

    def fields(
        self, schema: Node, site: Site, extra: ir.Field | None = None
    ) -> tuple[ir.Field, ...]:
        """Return the fields of an object, with those of its parts and its alternatives.

        A field that has the name of `extra` is renamed.
        """
        found: list[ir.Field] = []
        made = self.shapes.shape(schema)
        for node in made.nodes:
            self._check_keywords(node)
            for choice in self.context.views.of(node).alternatives:
                self._unchecked(choice.node)
        for wire_name, nodes in made.properties.items():
            node = nodes[-1]
            written = self._written(node, wire_name, site)
            one = self._field(wire_name, node, written, required=wire_name in made.required)
            if wire_name not in made.loose:
                self._check_same(wire_name, nodes)
            earlier = [
                self.top(it, site.inside(wire_name).inside(f"option{number + 1}"))
                for number, it in enumerate(nodes[:-1])
                if wire_name in made.loose or one.type == ANY
            ]
            if wire_name in made.loose:
                one = replace(one, type=self._any_of(node, [*earlier, one.type], site))
            elif one.type == ANY:
                # All parts of an allOf hold, so every statement of one of them can be used.
                one = replace(one, type=next((it for it in reversed(earlier) if it != ANY), ANY))
            view = self.context.views.of(node)
            if (site.request and view.flag("readOnly")) or (
                site.response and view.flag("writeOnly")
            ):
                one = replace(one, required=False)
            found.append(one)
        tag = self.tags.tag(schema.pointer)
        listed = [*made.properties, *([tag.wire_name] if tag is not None else [])]
        reserved = [extra.name] if extra is not None else []
        named = self.models.field_names(schema, site, listed, reserved)
        return tuple(
            replace(one, name=named[one.wire_name])
            for one in found
            if tag is None or one.wire_name != tag.wire_name
        )

    def _check_same(self, wire_name: str, nodes: list[Node]) -> None:
        """Report parts of an allOf that describe one property in different ways."""
        views = self.context.views
        *others, last = [(view.target or view) for view in map(views.of, nodes)]
        objects = [it.node for it in (*others, last) if self.shapes.kind(it.node) == "object"]
        apart = len({it.pointer for it in objects}) > 1
        if others and (apart or views.read(views.parts(nodes)).types.names == frozenset()):
            why = f"allOf has two types for {wire_name!r}"
            instead = "the last of them is used"
            self.context.simplify(nodes[-1], why, instead=instead, fix="make them the same")

    def _field(self, wire_name: str, node: Node, site: Site, *, required: bool) -> ir.Field:
        view = self.context.views.of(node)
        extension = view.first("x-runnersmith")
        return ir.Field(
            name=self.models.field_name(node, wire_name),
            wire_name=wire_name,
            type=self.top(node, site.inside(wire_name)),
            required=required,
            secret=extension is not None and extension.flag("secret"),
            deprecated=node.flag("deprecated"),
            description=view.text("description"),
            limits=limits.limits(view),
            format=limits.format_of(view),
            bounds=limits.bounds(view),
            default=limits.default_text(view),
            example=examples.of_schema(view),
            available=available(node),
        )

    def _written(self, node: Node, wire_name: str, site: Site) -> Site:
        """Return the site of a property; for a property of a component, that of the component.

        An object inline there is one class, whatever the component is a part of.
        """
        pointer = node.pointer
        if pointer[:2] != ("components", "schemas") or pointer[-2:] != ("properties", wire_name):
            return site
        if any(isinstance(it, str) and it not in _COMBINED for it in pointer[3:-2]):
            return site
        if pointer[:3] not in self._shapes:
            owner = node.document.root.at("components").at("schemas").at(pointer[2])
            is_object = self.shapes.kind(owner) == "object"
            self._shapes[pointer[:3]] = self.shapes.shape(owner).properties if is_object else {}
        stated = self._shapes[pointer[:3]].get(wire_name, [])
        alone = [it.pointer for it in stated] == [pointer]
        return site.at(str(pointer[2])) if alone else site

    def _check_keywords(self, node: Node) -> None:
        stated = self.context.views.of(node).stated
        names = stated.names if stated is not None else None
        for key, child in node.items():
            if key in _UNCHECKED:
                self._unchecked(child)
            elif names is not None and key in _OF_PARTS and keywords.TYPED[key].isdisjoint(names):
                why = f"`{key}` has no meaning beside the type {stated}"
                self.context.simplify(child, why, fix="drop one of them")
            elif key not in _UNDERSTOOD and not key.startswith("x-"):
                self.context.simplify(child, f"`{key}` has no meaning for the client")
