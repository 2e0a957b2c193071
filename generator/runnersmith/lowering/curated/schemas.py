"""Schemas of a curated document as types. Inline objects become models, named by `Models`."""

from __future__ import annotations

from ... import ir
from ...ir.types import ANY, TEXT, nullable, union
from ...openapi.document import Node
from ..core import schema_keywords
from ..core.context import available
from ..core.models import Site
from ..core.schemas import DEPTH, SchemaLowering

_SCALARS = {"integer": "int", "number": "float", "boolean": "bool"}
_STRING_FORMATS = {"date-time": "datetime", "date": "date"}


class Schemas(SchemaLowering):
    """Lowering of schema nodes to types; anything unsupported is a problem."""

    def _type_of(self, node: Node, site: Site) -> ir.Type:
        if node.value is True or node.value == {}:
            return ANY
        if not isinstance(node.value, dict):
            self.context.problem(node, "expected a schema, a mapping")
            return ANY
        if node.reference is not None:
            self.context.unknown_keys(node, schema_keywords.BESIDE_REFERENCE, "a `$ref`")
            return self._referenced(node, site)
        self.context.unknown_keys(node, schema_keywords.KNOWN, "this schema")
        view = self.context.views.of(node)
        names = [name for name in view.type_names if name != "null"]
        self._check_together(node, names)
        found = self._bare_type(node, names, site)
        return nullable(found) if view.null else found

    def _referenced(self, node: Node, site: Site) -> ir.Type:
        target = self.context.target(node)
        if target is None:
            return ANY
        found = self._target_type(target, site)
        return nullable(found) if self.context.views.of(node).null else found

    def _target_type(self, target: Node, site: Site) -> ir.Type:
        """Return the type of a `$ref`'s target."""
        if not self.context.views.of(target).is_component:
            # A reference to a part of a component: named after its place.
            return self.type_of(target, site.at(*(str(part) for part in target.pointer[2:])))
        if target.pointer in self._expanding:
            return self._endless(target)
        self._expanding.append(target.pointer)
        found = self.type_of(target, site.at(target.key))
        self._expanding.pop()
        return found

    def _check_together(self, node: Node, names: list[str]) -> None:
        """Report shapes without a meaning beside another one."""
        deciding = [key for key in schema_keywords.DECIDING if node.get(key) is not None]
        allowed = (
            schema_keywords.BESIDE[deciding[0]]
            if deciding
            else frozenset(
                key
                for name in names or schema_keywords.OF_TYPE
                for key in schema_keywords.OF_TYPE.get(name, ())
            )
        )
        for key, child in node.items():
            if key in schema_keywords.SHAPE - {"type", "nullable", "$ref", *deciding[:1]} - allowed:
                beside = deciding[0] if deciding else f"type: {names[0]}"
                self.context.problem(
                    child, f"`{key}` beside `{beside}` is not supported; drop one", key=True
                )

    def _bare_type(self, node: Node, names: list[str], site: Site) -> ir.Type:
        if node.get("allOf") is not None:
            return self._all_of(node, site)
        for key in ("oneOf", "anyOf"):
            if (members := node.get(key)) is not None:
                return self._one_of(members, site)
        if node.get("const") is not None or node.get("enum") is not None:
            return self._literal(node, site)
        if node.get("type") is not None and not names:
            self.context.problem(
                node.at("type"),
                "null as the only type is not supported; name another beside it",
            )
        if len(names) > 1:
            return self._union(node, [self._single(node, name, site) for name in names])
        if not names:
            names = (
                ["object"]
                if node.get("properties") is not None
                else ["array"] if node.get("items") else []
            )
        return self._single(node, names[0], site) if names else ANY

    def _single(self, node: Node, name: str, site: Site) -> ir.Type:
        if name == "object":
            return self._object(node, site)
        if name == "array":
            items = node.get("items")
            found = self.type_of(items, site.inside("item")) if items else ANY
            return ir.Array(items=found)
        if name == "string":
            return self._string(node, site)
        if name in _SCALARS:
            return ir.Primitive(name=_SCALARS[name])  # type: ignore[arg-type]  # the table holds IR names only
        self.context.problem(
            node.at("type"), f"`type: {name}` is not a JSON type; use one of OpenAPI's"
        )
        return ANY

    def _string(self, node: Node, site: Site) -> ir.Type:
        known = (extension := node.get("x-runnersmith")) and extension.get("values")
        if known:
            values = tuple(
                child.value for child in known.elements() if isinstance(child.value, str)
            )
            return ir.Literal(values=values, open=True)
        text_format = node.text("format") or ""
        if text_format in ("binary", "byte"):
            self.context.problem(
                node.at("format"),
                f"`format: {text_format}` is not supported; use plain text",
            )
        # Values to send stay text: the caller determines them exactly.
        if site.response and text_format in _STRING_FORMATS:
            return ir.Primitive(name=_STRING_FORMATS[text_format])  # type: ignore[arg-type]  # as above
        return TEXT

    def _literal(self, node: Node, site: Site) -> ir.Type:
        const = node.get("const")
        values = [*node.at("enum").elements()] if const is None else [const]
        chosen: list[str | int | bool] = []
        null = False
        for value in values:
            if value.value is None:
                null = True
            elif isinstance(value.value, str | int):
                chosen.append(value.value)
            else:
                self.context.problem(
                    value, "only strings, integers and booleans can be listed as values"
                )
        kinds = {type(value) for value in chosen}
        if len(kinds) != 1:
            self.context.problem(
                node,
                "a list of values needs at least one, all of one type; split the schema or correct the list",
            )
            return ANY
        found: ir.Type = ir.Literal(values=tuple(dict.fromkeys(chosen)), open=site.response)
        if kinds == {bool} or (kinds == {int} and site.response):
            # msgspec has no boolean literals, and an unknown integer must not fail a response.
            found = ir.Primitive(name="bool" if kinds == {bool} else "int")
        return nullable(found) if null else found

    def _object(self, node: Node, site: Site) -> ir.Type:
        extra = node.get("additionalProperties")
        typed_extra = extra is not None and isinstance(extra.value, dict) and extra.value != {}
        if node.get("properties") is None or node.at("properties").value == {}:
            values = self.type_of(extra, site.inside("value")) if extra and typed_extra else ANY
            return ir.Map(values=values)
        if extra and typed_extra:
            self.context.problem(
                extra,
                "named properties beside typed additional ones are not supported; drop one of them",
                key=True,
            )
        return self._model(node, (node,), site)

    def _all_of(self, node: Node, site: Site) -> ir.Type:
        parts: list[Node] = []
        for member in node.at("allOf").elements():
            parts.extend(self._flatten(member, ()))
        own = node.get("properties") is not None
        if len(parts) == 1 and not own and node.get("required") is None:
            # In OpenAPI 3.0, `allOf` of one reference adds a description to a `$ref`.
            return self.type_of(next(node.at("allOf").elements()), site)
        if any(part.get("properties") is None and part.get("required") is None for part in parts):
            self.context.problem(
                node.at("allOf"), "only objects with properties can be merged by allOf", key=True
            )
            return ANY
        return self._model(node, (*parts, node), site)

    def _flatten(self, node: Node, seen: tuple[Node, ...]) -> list[Node]:
        target = self.context.target(node)
        if self._too_much(node) or target is None:
            return []
        if len(seen) > DEPTH or any(target.pointer == earlier.pointer for earlier in seen):
            self.context.problem(node, "allOf is nested too deeply or circular; flatten it")
            return []
        members = target.get("allOf")
        if members is None:
            return [target]
        found = [
            part for member in members.elements() for part in self._flatten(member, (*seen, target))
        ]
        return (
            [*found, target]
            if any(target.get(key) for key in ("properties", "required"))
            else found
        )

    def _one_of(self, members: Node, site: Site) -> ir.Type:
        types: list[ir.Type] = []
        views = self.context.views
        options = [member for member in members.elements() if not views.of(member).is_null]
        null = len(options) < len(list(members.elements()))
        for index, member in enumerate(options):
            inner = site if len(options) == 1 else site.inside(f"option{index + 1}")
            found = self.type_of(member, inner)
            if isinstance(found, ir.Nullable):
                null, types = True, [*types, found.type]
            else:
                types.append(found)
        if not types:
            self.context.problem(
                members, "null as the only type is not supported; name another beside it", key=True
            )
            return ANY
        found = types[0] if len(types) == 1 else self._union(members, types)
        return nullable(found) if null else found

    def _union(self, node: Node, types: list[ir.Type]) -> ir.Type:
        found = union(types)
        if found is None:
            self.context.problem(
                node,
                "a decoder cannot tell these alternatives apart; merge them into one schema",
                key=True,
            )
        return found or ANY

    def fields(self, parts: tuple[Node, ...], site: Site) -> tuple[ir.Field, ...]:
        """Return the fields of the schemas that form one object, in document order."""
        required = {
            name.value
            for part in parts
            if (listed := part.get("required"))
            for name in listed.elements()
            if isinstance(name.value, str)
        }
        found: dict[str, ir.Field] = {}
        for part in parts:
            properties = part.get("properties")
            for wire_name, child in properties.items() if properties else ():
                made = self._field(wire_name, child, site, required=wire_name in required)
                if wire_name in found and found[wire_name].type != made.type:
                    self.context.problem(
                        child,
                        f"allOf has two types for {wire_name!r}; make them the same",
                        key=True,
                    )
                found[wire_name] = made
        self.models.check_names(parts[0], found.values())
        return tuple(found.values())

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
            limits=schema_keywords.limits(view),
            format=schema_keywords.format_of(view),
            default=schema_keywords.default_text(view),
            available=available(node),
        )
