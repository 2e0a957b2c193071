"""Schemas as types; alternatives that a decoder cannot tell apart are left unparsed.

Both kinds of document are read alike. If a schema has no exact type, it gets a looser one and a
note: every valid value can still be read and sent. In a strict document, that is a problem.
"""

from __future__ import annotations

from ... import ir
from ...ir.types import ANY, FREE, TEXT, merged, nullable
from ...openapi import keywords
from ...openapi.document import Json, Node
from ..objects.extras import own_extras
from .combinations import ONLY_NULL
from .models import Site
from .object_fields import ObjectFields

# Keywords that give a `$ref` a type other than its target's.
_BESIDE_REFERENCE = keywords.STRUCTURE - {"$ref", "nullable"}
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
_LARGEST_LITERAL = 2**63 - 1


class Schemas(ObjectFields):
    """Lowering of schema nodes to types."""

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
        names = self.context.views.of(node).type_names
        kinds = {type(value) for value in values if value is not None}
        if float in kinds and "integer" in names and "number" not in names:
            # Integers such as 1e30, whose digits are lost.
            kinds = kinds - {float} | {int}
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
        elif kinds <= {str, int} and not site.response and all(map(_is_literal, values)):
            found = ir.Literal(values=tuple(plain), open=False)
        elif not kinds <= _LISTED.keys():
            return self.simplified(
                node, "only strings, numbers and booleans can be listed as values"
            )
        else:
            if kinds <= {str, int} and not site.response:
                written = node.get("const") or node.at("enum")
                why = f"`{written.key}` is not checked by the client: an integer is too large"
                self.context.simplify(written, why, fix="use strings")
            if kinds == {int} and "number" in names:
                kinds = {float}
            found = merged(_LISTED[kind] for kind in sorted(kinds, key=lambda it: it.__name__))
        return nullable(found) if null else found

    def _object(self, node: Node, site: Site) -> ir.Type:
        if self.shapes.kind(node) == "object":
            return self._model(node, site)
        values = own_extras(self.context.views.of(node)).values
        if not values:
            return FREE
        found = [self.type_of(value, site.inside("value")) for value in values]
        return ir.Map(values=self._any_of(node, found, site))


def _is_literal(value: Json) -> bool:
    """Return whether a listed value can be written in a literal type; mypy rejects large integers."""
    if isinstance(value, int):
        return abs(value) <= _LARGEST_LITERAL
    return not isinstance(value, float)
