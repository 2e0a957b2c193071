"""Schemas as types; alternatives that a decoder cannot tell apart are left unparsed.

Both kinds of document are read alike. If a schema has no exact type, it gets a looser one and a
note: every valid value can still be read and sent. In a strict document, that is a problem.
"""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...ir.types import ANY, TEXT, merged, nullable
from ...openapi import keywords
from ...openapi.document import Json, Node, Pointer
from . import limits
from .combinations import FREE, ONLY_NULL, CombinedSchemas
from .context import Context, available
from .discriminators import Discriminators
from .models import Models, Site

_UNCHECKED = keywords.CONDITIONAL | {"additionalItems"}
_UNDERSTOOD = (
    keywords.ANNOTATIONS | keywords.STRUCTURE | keywords.LIMITS | keywords.AUXILIARY | _UNCHECKED
)
# Keywords that give a `$ref` a type other than its target's.
_BESIDE_REFERENCE = keywords.STRUCTURE - {"$ref", "nullable"}
_COMBINED = frozenset(keywords.CHOICES)
# The type that a keyword describes; beside another one, it has no meaning.
_DESCRIBED = {
    **dict.fromkeys(("properties", "additionalProperties", "patternProperties"), "object"),
    **dict.fromkeys(("items", "prefixItems"), "array"),
}
_PRIMITIVES: dict[str, ir.Type] = {
    "string": TEXT,
    "integer": ir.Primitive(name="int"),
    "number": ir.Primitive(name="float"),
    "boolean": ir.Primitive(name="bool"),
}
_LISTED: dict[type, ir.Type] = {
    str: TEXT,
    int: _PRIMITIVES["integer"],
    float: _PRIMITIVES["number"],
    bool: _PRIMITIVES["boolean"],
}
_FORMATS: dict[str, ir.Type] = {
    "date-time": ir.Primitive(name="datetime"),
    "date": ir.Primitive(name="date"),
}


class Schemas(CombinedSchemas):
    """Lowering of schema nodes to types."""

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
            self.models.fill(name, self.fields(node, self.models.site(name)))
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
        return replace(model, wire_name=wire_name, tag=tag)

    def _type_of(self, node: Node, site: Site) -> ir.Type:
        if node.value is True or node.value == {}:
            return ANY
        if node.value is False:
            return self.simplified(node, "nothing is valid here")
        if not isinstance(node.value, dict):
            self.context.problem(node, "expected a schema, a mapping")
            return ANY
        view = self.context.views.of(node)
        if node.reference is not None and not view.keys & _BESIDE_REFERENCE:
            return self._referenced(node, site)
        self._check_keywords(node)
        names = [name for name in view.type_names if name != "null"]
        found = self._bare_type(node, names, site)
        if view.null:
            return nullable(found)
        if node.reference is not None or "allOf" in node.value:
            return nullable(found) if view.types.null and view.types.names is not None else found
        return found

    def _check_keywords(self, node: Node) -> None:
        stated = self.context.views.of(node).stated
        names = stated.names if stated is not None else None
        for key, child in node.items():
            if key in _UNCHECKED:
                self._unchecked(child)
            elif names is not None and _DESCRIBED.get(key, "") not in {"", *names}:
                why = f"`{key}` has no meaning beside the type {stated}"
                self.context.simplify(child, why, fix="drop one of them")
            elif key not in _UNDERSTOOD and not key.startswith("x-"):
                self.context.simplify(child, f"`{key}` has no meaning for the client")

    def _bare_type(self, node: Node, names: list[str], site: Site) -> ir.Type:
        view = self.context.views.of(node)
        if view.get("allOf") is not None or node.reference is not None:
            return self._all_of(node, site)
        if view.alternatives:
            return self._choice(node, view.alternatives, names, site)
        if not names and view.stated is not None and view.stated.only_null:
            return self.simplified(node, ONLY_NULL, fix="name another type beside it")
        if (values := view.values) is not None:
            return self._values(node, values, site)
        if view.listed is not None:
            written = node.get("const") or node.at("enum")
            why = f"`{written.key}` is not checked by the client: a value is not of the stated type"
            self.context.simplify(written, why, fix="correct it")
        if len(names) > 1:
            return self._any_of(node, [self._single(node, name, site) for name in names], site)
        if not names:
            keys = view.keys
            names = (
                ["object"]
                if keys & {"properties", "additionalProperties", "patternProperties"}
                else ["array"] if keys & {"items", "prefixItems"} else []
            )
        return self._single(node, names[0], site) if names else ANY

    def _single(self, node: Node, name: str, site: Site) -> ir.Type:
        if name == "object":
            return self._object(node, site)
        if name == "array":
            return ir.Array(items=self._items(node, site))
        if name == "string":
            return self._string(node, site)
        return _PRIMITIVES.get(name, ANY)

    def _items(self, node: Node, site: Site) -> ir.Type:
        if (places := node.get("prefixItems")) is not None:
            why = "items by position have no common type"
            return self.simplified(places, why, fix="describe all of them with `items`")
        items = node.get("items")
        return self.type_of(items, site.inside("item")) if items else ANY

    def _string(self, node: Node, site: Site) -> ir.Type:
        known = (extension := node.get("x-runnersmith")) and extension.get("values")
        if known:
            values = tuple(one.value for one in known.elements() if isinstance(one.value, str))
            return ir.Literal(values=values, open=True)
        # Values to send stay text: the caller determines them exactly.
        return _FORMATS.get(node.text("format") or "", TEXT) if site.response else TEXT

    def _values(self, node: Node, values: tuple[Json, ...], site: Site) -> ir.Type:
        """Return the type of a schema that lists its values."""
        null = None in values
        kinds = {type(value) for value in values if value is not None}
        if not kinds:
            why = ONLY_NULL if null else "no value is listed here"
            return self.simplified(node, why, fix="name another value beside it")
        # A value may also be a list or a mapping, which no literal type can contain.
        plain = dict.fromkeys(
            value
            for value in values
            if isinstance(value, str | int) and not isinstance(value, bool)
        )
        found: ir.Type
        if kinds == {str}:
            found = ir.Literal(values=tuple(plain), open=site.response)
        elif kinds == {bool}:
            found = _PRIMITIVES["boolean"]
        elif kinds <= {str, int} and not site.response:
            found = ir.Literal(values=tuple(plain), open=False)
        elif kinds == {int} and "number" in self.context.views.of(node).type_names:
            found = _PRIMITIVES["number"]
        else:
            if not kinds <= _LISTED.keys():
                why = "only strings, numbers and booleans can be listed as values"
                return self.simplified(node, why)
            found = merged(_LISTED[kind] for kind in sorted(kinds, key=lambda it: it.__name__))
        return nullable(found) if null else found

    def _object(self, node: Node, site: Site) -> ir.Type:
        extra, patterns = node.get("additionalProperties"), node.get("patternProperties")
        values = [child for _, child in patterns.items()] if patterns else []
        if extra is not None and isinstance(extra.value, dict) and extra.value != {}:
            values.append(extra)
        named = node.get("properties")
        if values and (self.shapes.kind(node) == "object" or (named is not None and named.value)):
            why = "named properties beside others of any name have no common type"
            return self.simplified(values[-1], why, FREE, fix="drop one of them")
        if self.shapes.kind(node) == "object":
            return self._model(node, site)
        if not values:
            return FREE
        found = [self.type_of(value, site.inside("value")) for value in values]
        return ir.Map(values=self._any_of(node, found, site))

    # ── fields ───────────────────────────────────────────────────────────────────────────────

    def fields(self, schema: Node, site: Site) -> tuple[ir.Field, ...]:
        """Return the fields of an object, with those of its parts and its alternatives."""
        found: list[ir.Field] = []
        made = self.shapes.shape(schema)
        for node in made.nodes:
            self._check_keywords(node)
            for key in ("oneOf", "anyOf"):
                if (choice := node.get(key)) is not None:
                    self._unchecked(choice)
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
        named = self.models.field_names(schema, site, listed)
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
            default=limits.default_text(view),
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
