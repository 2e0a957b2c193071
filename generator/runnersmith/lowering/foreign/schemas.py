"""Schemas of any document as types; values that a decoder cannot tell apart are left unparsed.

If a curated schema would be rejected, a foreign one has a looser type, and a note. A note is not a
problem: every valid value can still be read and sent.
"""

from __future__ import annotations

from dataclasses import replace

from ... import ir
from ...ir.names import Unnameable, class_name
from ...ir.types import ANY, TEXT, merged, nullable
from ...openapi import keywords
from ...openapi.document import Json, Node, Pointer
from ..core.context import Context
from ..core.models import Models, Site
from .combinations import FREE, CombinedSchemas
from .discriminators import Discriminators

_UNCHECKED = keywords.CONDITIONAL | {"additionalItems"}
_UNDERSTOOD = (
    keywords.ANNOTATIONS | keywords.STRUCTURE | keywords.LIMITS | keywords.AUXILIARY | _UNCHECKED
)
# Keywords that give a `$ref` a type other than its target's.
_BESIDE_REFERENCE = keywords.STRUCTURE - {"$ref", "nullable"}
_COMBINED = frozenset(keywords.CHOICES)


class ForeignSchemas(CombinedSchemas):
    """Lowering of schema nodes of any document to types."""

    def __init__(self, context: Context, models: Models, tags: Discriminators) -> None:
        super().__init__(context, models, tags)
        # The properties of components that are parts of others, by the place of the component.
        self._shapes: dict[Pointer, dict[str, list[Node]]] = {}

    def finish(self) -> tuple[ir.Model, ...]:
        """Lower the fields of queued models until none is left; return all by name."""
        self._in_model = True
        while self._queue:
            name, parts = self._queue.popleft()
            self.context.owner = f"model:{name}"
            self.models.fill(name, self.fields(parts, self.models.site(name)))
        self.context.owner = ""
        return tuple(map(self._finished, self.models.finish()))

    def _finished(self, model: ir.Model) -> ir.Model:
        pointer = self.models.pointer(model.name)
        # A place such as `schema`, `items` or the first of several alternatives has no name.
        named = pointer[-2:-1] == ("properties",) or pointer[:-1] == ("components", "schemas")
        wire_name = model.wire_name if named else model.name
        return replace(model, wire_name=wire_name, tag=self.tags.tag(pointer))

    def _exhausted(self, node: Node) -> None:
        self._raw(node, "this type is too large or too deeply nested")

    def _endless(self, target: Node) -> ir.Type:
        return self._raw(target, f"{target.key!r} contains itself without an object between")

    def _type_of(self, node: Node, site: Site) -> ir.Type:
        if node.value is True or node.value == {}:
            return ANY
        if node.value is False:
            return self._raw(node, "nothing is valid here")
        if not isinstance(node.value, dict):
            self.context.problem(node, "expected a schema, a mapping")
            return ANY
        view = self.context.views.of(node)
        if node.reference is not None and not view.keys & _BESIDE_REFERENCE:
            return self._referenced(node, site)
        self._check_words(node)
        names = [name for name in view.type_names if name != "null"]
        found = self._bare_type(node, names, site)
        if view.null:
            return nullable(found)
        if node.reference is not None or "allOf" in node.value:
            return nullable(found) if view.types.null and view.types.names is not None else found
        return found

    def _check_words(self, node: Node) -> None:
        for key, child in node.items():
            if key in _UNCHECKED:
                self._unchecked(child)
            elif key not in _UNDERSTOOD and not key.startswith("x-"):
                self.context.note(child, f"`{key}` has no meaning for the client", key=True)

    def _bare_type(self, node: Node, names: list[str], site: Site) -> ir.Type:
        view = self.context.views.of(node)
        if view.get("allOf") is not None or node.reference is not None:
            return self._all_of(node, site)
        if view.alternatives:
            return self._choice(node, view.alternatives, names, site)
        if not names and view.stated is not None and view.stated.only_null:
            return self._raw(node, "only null is valid here")
        if (values := view.values) is not None:
            return self._values(node, values, site)
        if view.listed is not None:
            written = node.get("const") or node.at("enum")
            message = (
                f"`{written.key}` is not checked by the client: a value is not of the stated type"
            )
            self.context.note(written, message, key=True)
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
        if name == "null":
            return ANY
        if name == "array" and (places := node.get("prefixItems")) is not None:
            return ir.Array(items=self._raw(places, "items by position have no common type"))
        return super()._single(node, name, site)

    def _string(self, node: Node, site: Site) -> ir.Type:
        text_format = node.text("format") or ""
        if site.response and text_format in ("date-time", "date"):
            return super()._string(node, site)
        return TEXT

    def _values(self, node: Node, values: tuple[Json, ...], site: Site) -> ir.Type:
        """Return the type of a schema that lists its values."""
        null = None in values
        kinds = {type(value) for value in values if value is not None}
        if not kinds:
            return self._raw(node, "only null is valid here" if null else "no value is listed here")
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
            found = ir.Primitive(name="bool")
        elif kinds <= {str, int} and not site.response:
            found = ir.Literal(values=tuple(plain), open=False)
        elif kinds == {int} and "number" in self.context.views.of(node).type_names:
            found = ir.Primitive(name="float")
        else:
            loose: dict[type, ir.Type] = {
                str: TEXT,
                int: ir.Primitive(name="int"),
                float: ir.Primitive(name="float"),
                bool: ir.Primitive(name="bool"),
            }
            found = merged(
                loose.get(kind, ANY) for kind in sorted(kinds, key=lambda kind: kind.__name__)
            )
        return nullable(found) if null else found

    def _object(self, node: Node, site: Site) -> ir.Type:
        extra, patterns = node.get("additionalProperties"), node.get("patternProperties")
        values = [child for _, child in patterns.items()] if patterns else []
        if extra is not None and isinstance(extra.value, dict) and extra.value != {}:
            values.append(extra)
        if self.shapes.kind(node) == "object":
            if values:
                why = "named properties beside others of any name have no common type"
                return self._raw(values[-1], why, FREE)
            return self._model(node, (node,), site)
        if not values:
            return FREE
        found = [self.type_of(value, site.inside("value")) for value in values]
        return ir.Map(values=self._any_of(node, found, site))

    def _model(self, node: Node, parts: tuple[Node, ...], site: Site) -> ir.Type:
        if len(site.words) > 1:
            try:
                class_name(*site.words)
            except Unnameable:
                why = "no class name can be derived from the place of this schema"
                return self._raw(node, why, FREE)
        return super()._model(node, parts, site)

    # ── fields ───────────────────────────────────────────────────────────────────────────────

    def fields(self, parts: tuple[Node, ...], site: Site) -> tuple[ir.Field, ...]:
        """Return the fields of an object, with those of its parts and its alternatives."""
        found: list[ir.Field] = []
        made = self.shapes.shape(parts[0])
        for node in made.nodes:
            self._check_words(node)
            for key in ("oneOf", "anyOf"):
                if (choice := node.get(key)) is not None:
                    self._unchecked(choice)
        for wire_name, nodes in made.properties.items():
            node = nodes[-1]
            written = self._written(node, wire_name, site)
            one = self._field(wire_name, node, written, required=wire_name in made.required)
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
        tag = self.tags.tag(parts[0].pointer)
        found = [one for one in found if tag is None or one.wire_name != tag.wire_name]
        if tag is not None and any(one.name == tag.name for one in found):
            message = (
                f"{tag.wire_name!r} and another property have the same name; rename one of them"
            )
            self.context.problem(parts[0], message)
        self.models.check_names(parts[0], found)
        return tuple(found)

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
