"""Parameters of operations: in path, query, headers and cookies, in every style."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ... import ir
from ...ir import distinct
from ...ir.types import ANY, TEXT
from ...openapi.document import Node
from ...openapi.navigation import entries
from . import examples, limits
from .context import Context, available
from .models import Models, Site
from .nulls import without_null
from .schemas import Schemas

_KEYS = frozenset(
    """name in description required deprecated schema content example examples style explode allowReserved
    allowEmptyValue""".split()
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A location of parameters: its styles, the default first, and the default of explode."""

    location: ir.Location
    styles: tuple[ir.StyleName, ...]
    explode: bool


_PLACES: dict[str, _Place] = {
    place.location: place
    for place in (
        _Place("path", ("simple", "label", "matrix"), explode=False),
        _Place("query", ("form", "spaceDelimited", "pipeDelimited", "deepObject"), explode=True),
        _Place("header", ("simple",), explode=False),
        _Place("cookie", ("form",), explode=True),
    )
}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
# The values that a parameter without a type can have; null cannot be written in any.
_WRITABLE = ir.Union(
    members=(
        TEXT,
        ir.Primitive(name="int"),
        ir.Primitive(name="float"),
        ir.Primitive(name="bool"),
        ir.Array(items=ANY),
        ir.Map(values=ANY),
    )
)
_SCALARS = frozenset(("string", "integer", "number", "boolean"))
# Headers of the connection, or of every request: not parameters of a call.
FRAMING = frozenset(
    """connection content-length host keep-alive proxy-authorization te trailer transfer-encoding
    upgrade""".split()
)
# Those among them that the client sets itself, so that a method works without the parameter.
_SET = FRAMING - {"proxy-authorization", "trailer", "upgrade"}
# Described elsewhere in OpenAPI: by security schemes and by the media types of bodies.
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"}) | _SET


class Parameters:
    """Lowering of the parameters of operations."""

    def __init__(
        self, context: Context, schemas: Schemas, models: Models, version_header: str | None
    ) -> None:
        self.context = context
        self.schemas = schemas
        self.models = models
        self._ignored: frozenset[str] = _IGNORED_HEADERS | {(version_header or "accept").lower()}

    def listed(self, *holders: tuple[Node, str]) -> list[ir.Parameter]:
        """Return path-item parameters and the operation's own, which replace equal ones.

        Each comes with the words that name an object inline in it.
        """
        found: dict[tuple[str, str], ir.Parameter] = {}
        for holder, named in holders:
            parameters = holder.get("parameters")
            for written in parameters.elements() if parameters else ():
                target = self.context.resolve(written)
                if target is not None and (parameter := self.parameter(target, named)) is not None:
                    found[(parameter.location, parameter.wire_name)] = parameter
        return list(found.values())

    def parameter(self, node: Node, named: str) -> ir.Parameter | None:
        """Return one parameter. Report a problem and return None if it is unsupported."""
        wire_name, location = node.text("name") or "", node.text("in") or ""
        place = _PLACES.get(location)
        if place is None:
            self.context.problem(
                node, f"a parameter cannot be in {location!r}; use path, query, header or cookie"
            )
            return None
        if location == "header" and wire_name.lower() in self._ignored:
            self.context.simplify(node, f"the header {wire_name} is set by the client", key=False)
            return None
        if location in ("header", "cookie") and not is_token(wire_name):
            message = (
                f"{wire_name!r} cannot be the name of a {location}; it has an invalid character"
            )
            self.context.problem(node, message)
        if location == "header" and wire_name.lower() in FRAMING:
            self.context.problem(
                node, f"the header {wire_name} is part of every request; no call can set it"
            )
        self.context.unknown_keys(node, _KEYS, "this parameter")
        schema, style = self._schema(node, place)
        if schema is None:
            return None
        shared = node.pointer[:2] == ("components", "parameters")
        words = (node.key,) if shared else (named, wire_name)
        found = self.schemas.top(schema, Site(words, response=False, request=True))
        where = f"{location} parameter"
        found = without_null(self.context, self.schemas.shapes, schema, found, where, style=style)
        if found == ANY:
            found = _WRITABLE
        self._check_nesting(schema, location, style)
        view = self.context.views.of(schema)
        return ir.Parameter(
            name=self.models.field_name(node, wire_name),
            wire_name=wire_name,
            location=place.location,
            type=found,
            required=node.flag("required") or location == "path",
            deprecated=node.flag("deprecated"),
            description=node.text("description") or view.text("description"),
            limits=limits.limits(view),
            format=limits.format_of(view),
            bounds=limits.bounds(view),
            default=limits.default_text(view),
            example=examples.example(node, view),
            available=available(node),
            style=style,
        )

    def _schema(self, node: Node, place: _Place) -> tuple[Node | None, ir.Style | None]:
        """Return the type of a parameter, and its style if it is not the default."""
        content = node.get("content")
        written = node if content is None else next(entries(content), content)
        schema = written.get("schema")
        if schema is None:
            message = f"parameter {node.text('name')!r} has no schema; give it one"
            self.context.problem(node, message)
            return None, None
        if content is None:
            return schema, self._style(node, place)
        media = [name.partition(";")[0].strip().lower() for name, _ in content.items()]
        name = media[0] if len(media) == 1 else ""
        names = self.context.views.of(schema).types.names
        # The schema decides what is sent for a range: text or JSON. A text is sent as it is.
        if name == "*/*" and names is not None:
            name = "text/plain" if names <= _SCALARS else "application/json"
        if is_json(name):
            return schema, ir.Style(name="json", explode=False)
        if name == "text/plain" or (name and names == frozenset({"string"})):
            return schema, None
        message = "only a parameter with one content is supported: JSON, text/plain or a string"
        self.context.problem(content, message, key=True)
        return None, None

    def _style(self, node: Node, place: _Place) -> ir.Style | None:
        written = node.text("style") or place.styles[0]
        if written not in place.styles:
            message = f"`style: {written}` has no meaning for a {place.location} parameter"
            self.context.problem(node.at("style"), message)
            return None
        name = place.styles[place.styles.index(written)]
        explode, reserved = node.get("explode"), node.flag("allowReserved")
        chosen = explode.value is True if explode is not None else name in ("form", "deepObject")
        if reserved and place.location != "query":
            why = "`allowReserved` has a meaning in a query only"
            self.context.simplify(node.at("allowReserved"), why)
            reserved = False
        usual = (name, chosen, reserved) == (place.styles[0], place.explode, False)
        return None if usual else ir.Style(name=name, explode=chosen, reserved=reserved)

    def _check_nesting(self, schema: Node, location: str, style: ir.Style | None) -> None:
        """Report lists and objects inside others, for which most styles define no form."""
        if style is not None and style.name in ("json", "deepObject"):
            return
        shapes, views = self.schemas.shapes, self.context.views
        view = views.of(schema)
        inner = [view.first("items"), view.first("additionalProperties")]
        if shapes.kind(schema) == "object":
            inner += [nodes[-1] for nodes in shapes.shape(schema).properties.values()]
        for node in inner:
            if node is None or not isinstance(node.value, dict):
                continue
            names = views.of(node).types.names or frozenset()
            if names & {"array", "object"} or shapes.kind(node) == "object":
                why = f"OpenAPI defines no form for lists or objects inside others in a {location}"
                instead = "they are sent as JSON"
                self.context.simplify(schema, why, instead=instead, key=False)
                return


def is_token(text: str) -> bool:
    """Return whether text is valid as the name of a header or of a cookie (RFC 9110)."""
    return _TOKEN.fullmatch(text) is not None


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, by itself or by its suffix."""
    name = media_type.partition(";")[0].strip().lower()
    return name in ("application/json", "text/json") or name.endswith("+json")


def argument_names(
    models: Models,
    node: Node,
    identifier: str,
    parameters: list[ir.Parameter],
    fields: tuple[ir.Field, ...],
) -> tuple[list[ir.Parameter], tuple[ir.Field, ...]]:
    """Return arguments with unique names, suffixed by the location if needed: `id` and `id_query`.

    Those of the path keep their names; then come query, headers, cookies and the body.
    """
    ordered: list[ir.Parameter] = []
    for location in _PLACES:
        here = [it for it in parameters if it.location == location]
        found = distinct.fields(it.wire_name for it in here)
        named = models.distinct_names(node, found, "arguments", identifier, location)
        ordered += (replace(it, name=named[it.wire_name]) for it in here)
    placed: list[tuple[str, str, str]] = [(it.name, it.wire_name, it.location) for it in ordered]
    placed += [(it.name, it.wire_name, "body") for it in fields]
    final = models.naming.arguments(identifier, placed)
    count = len(ordered)
    return (
        [replace(it, name=name) for it, name in zip(ordered, final[:count], strict=True)],
        tuple(replace(it, name=name) for it, name in zip(fields, final[count:], strict=True)),
    )
