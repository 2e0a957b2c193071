"""Parameters of any document: in path, query, headers and cookies, in every style."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ... import ir
from ...ir.types import bare, decoded_as, members_of
from ...openapi.document import Node
from ..core import examples, schema_keywords
from ..core.context import Context
from ..core.models import Models, Site
from .schemas import ForeignSchemas

_KEYS = frozenset(
    """name in description required deprecated schema content example examples style explode allowReserved
    allowEmptyValue""".split()
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of parameters: the styles that it knows, the usual one first, and how that explodes."""

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
# OpenAPI has these described elsewhere: by security schemes and by the media types of bodies.
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
# What frames a request, or travels with every one: not for a call to choose.
FRAMING = frozenset(
    """connection content-length cookie host keep-alive proxy-authorization te trailer transfer-encoding
    upgrade""".split()
)
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


class Parameters:
    """Builds the parameters of operations."""

    def __init__(self, context: Context, schemas: ForeignSchemas, models: Models) -> None:
        self.context = context
        self.schemas = schemas
        self.models = models

    def listed(self, *holders: tuple[Node, str]) -> list[ir.Parameter]:
        """Path-item parameters, then the operation's own, which replace those of the same place and name.

        Each holder comes with what names an object that is written inline in one of its parameters.
        """
        found: dict[tuple[str, str], ir.Parameter] = {}
        for holder, named in holders:
            parameters = holder.get("parameters")
            for written in parameters.elements() if parameters else ():
                target = self.context.resolve(written)
                if target is not None and (parameter := self._parameter(target, named)) is not None:
                    found[(parameter.location, parameter.wire_name)] = parameter
        return list(found.values())

    def _parameter(self, node: Node, named: str) -> ir.Parameter | None:
        wire_name, location = node.text("name") or "", node.text("in") or ""
        place = _PLACES.get(location)
        if place is None:
            self.context.problem(
                node, f"a parameter cannot be in {location!r}; use path, query, header or cookie"
            )
            return None
        if location == "header" and wire_name.lower() in _IGNORED_HEADERS:
            self.context.note(
                node, f"the header {wire_name} is the client's to set, by what OpenAPI says"
            )
            return None
        if location in ("header", "cookie") and not is_token(wire_name):
            said = f"{wire_name!r} cannot be the name of a {location}; it has a character that none has"
            self.context.problem(node, said)
        if location == "header" and wire_name.lower() in FRAMING:
            self.context.problem(
                node, f"the header {wire_name} frames every request; no call can set it"
            )
        self.context.unknown_keys(node, _KEYS, "this parameter")
        if node.flag("allowReserved"):
            said = "`allowReserved` cannot be expressed; leave it out"
            self.context.problem(node.at("allowReserved"), said, key=True)
        schema, style = self._schema(node, place)
        if schema is None:
            self.context.problem(node, f"parameter {wire_name!r} has no schema; give it one")
            return None
        shared = node.pointer[:2] == ("components", "parameters")
        words = (node.key,) if shared else (named, wire_name)
        found = self.schemas.top(schema, Site(words, reply=False, request=True))
        if isinstance(found, ir.Nullable):
            said = (
                f"null has no way to be written in a {location} parameter; it is left out instead"
            )
            self.context.note(schema, said)
            found = found.type
        self._check_type(schema, found, location, style)
        view = self.context.views.of(schema)
        return ir.Parameter(
            name=self.models.field_name(node, wire_name),
            wire_name=wire_name,
            location=place.location,
            type=found,
            required=node.flag("required") or location == "path",
            deprecated=node.flag("deprecated"),
            description=node.text("description") or view.text("description"),
            limits=schema_keywords.limits(view),
            default=schema_keywords.default_text(view),
            example=examples.example(node, view),
            style=style,
        )

    def _schema(self, node: Node, place: _Place) -> tuple[Node | None, ir.Style | None]:
        """The schema of a parameter, and how its value is written where that is not the usual way."""
        content = node.get("content")
        if content is None:
            return node.get("schema"), self._style(node, place)
        media = [(name, child) for name, child in content.items()]
        if len(media) != 1 or not is_json(media[0][0]):
            self.context.problem(
                content, "only a parameter with one JSON content can be expressed", key=True
            )
            return None, None
        return media[0][1].get("schema"), ir.Style(name="json", explode=False)

    def _style(self, node: Node, place: _Place) -> ir.Style | None:
        written = node.text("style") or place.styles[0]
        if written not in place.styles:
            said = f"`style: {written}` has no meaning for a {place.location} parameter"
            self.context.problem(node.at("style"), said)
            return None
        name = place.styles[place.styles.index(written)]
        explode = node.get("explode")
        chosen = explode.value is True if explode is not None else name in ("form", "deepObject")
        usual = (name, chosen) == (place.styles[0], place.explode)
        return None if usual else ir.Style(name=name, explode=chosen)

    def _check_type(
        self, schema: Node, found: ir.Type, location: str, style: ir.Style | None
    ) -> None:
        """Report a value that its style has no way to write."""
        if style is not None and style.name == "json":
            return
        for member in members_of([bare(found)]):
            inner: tuple[ir.Type, ...] = ()
            match bare(member):
                case ir.Array(items=items):
                    inner = tuple(members_of([bare(items)]))
                case ir.Map(values=values):
                    inner = tuple(members_of([bare(values)]))
                case _:
                    pass
            if any(decoded_as(bare(one)) in ("array", "object") for one in inner):
                self.context.problem(
                    schema, f"a {location} parameter cannot hold lists or objects inside others"
                )
                return


def is_token(text: str) -> bool:
    """Whether text can be the name of a header or of a cookie (RFC 9110)."""
    return _TOKEN.fullmatch(text) is not None


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON, by itself or by its suffix."""
    name = media_type.partition(";")[0].strip().lower()
    return name == "application/json" or name.endswith("+json")


def distinct(
    parameters: list[ir.Parameter], fields: tuple[ir.Field, ...]
) -> tuple[list[ir.Parameter], tuple[ir.Field, ...]]:
    """Arguments of different places that share a name, told apart by the place: `id` and `id_query`.

    The path's keep theirs; then those of the query, of headers, of cookies, of the body.
    """
    order = {location: number for number, location in enumerate(_PLACES)}
    taken: set[str] = set()
    renamed: list[ir.Parameter] = []
    for parameter in sorted(parameters, key=lambda it: order[it.location]):
        name = (
            parameter.name
            if parameter.name not in taken
            else f"{parameter.name}_{parameter.location}"
        )
        taken.add(name)
        renamed.append(replace(parameter, name=name))
    body = tuple(
        replace(field, name=f"{field.name}_body") if field.name in taken else field
        for field in fields
    )
    return renamed, body
