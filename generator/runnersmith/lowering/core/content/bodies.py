"""Request bodies: JSON, forms, text and bytes, as arguments of a method."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from .... import ir
from ....ir.types import ANY, TEXT, bare, decoded_as, is_completed_by_caller, nullable
from ....openapi.document import Node
from .. import examples
from ..context import Context
from ..models import Site
from ..nulls import without_null
from ..schemas import Schemas
from .media_types import (
    BYTES,
    OCTETS,
    MediaType,
    chosen,
    encoding_of,
    is_valid,
    may_be_text,
    note_undecoded,
    types_of,
)

_KEYS = frozenset({"description", "required", "content"})
_STYLES: dict[str, ir.StyleName] = {one: one for one in get_args(ir.StyleName)}
_FILE = ir.Primitive(name="file")
# What is sent for a range, such as application/*+json.
_EXACT: dict[str, str] = {"json": "application/json", "text": "text/plain"}
_NAMED_VALUES = ir.Map(values=ANY)


class Bodies:
    """Lowering of request bodies."""

    def __init__(self, context: Context, schemas: Schemas) -> None:
        self.context = context
        self.schemas = schemas

    def body(self, node: Node, identifier: str) -> ir.Body | None:
        """Return the request body of an operation."""
        written = node.get("requestBody")
        target = self.context.resolve(written) if written else None
        if target is None:
            return None
        self.context.unknown_keys(target, _KEYS, "this body")
        media = chosen(self.context, target)
        if media is None:
            return None
        media = self._sent(media)
        schema, required = media.schema, target.flag("required")
        made = ir.Body(
            fields=(),
            required=required,
            omissible=not required,
            media_type=media.name,
            encoding=_encoding(media),
            example=examples.body(media.node, self.context.views.of(schema) if schema else None),
        )
        if made.encoding in ("text", "binary"):
            plain = (
                TEXT
                if made.encoding == "text"
                else _FILE if is_completed_by_caller(media.name) else BYTES
            )
            if schema is not None:
                self._note_null(schema)
            note_undecoded(self.context, media, "the caller encodes the body")
            return replace(made, whole=_whole(plain, target, required))
        site = Site((identifier, "request"), response=False, request=True)
        # Arguments for the properties could not express null.
        null = made.encoding == "json" and schema is not None and self._is_nullable(schema)
        if schema is not None and not null and self._has_fields(schema):
            return self._with_fields(made, media, schema, site)
        if made.encoding != "json":
            return self._open_form(made, media, target)
        found = self.schemas.top(schema, site) if schema is not None else ANY
        return replace(made, whole=_whole(nullable(found) if null else found, target, required))

    def _sent(self, media: MediaType) -> MediaType:
        """Return the media type that is sent for a range: that of the schema.

        A form that is a string is one that the caller has encoded. If the content is bytes, the
        caller names a media type of the range.
        """
        if media.encoding == "form" and types_of(self.context, media) == frozenset({"string"}):
            return replace(media, encoding="text")
        if media.encoding != "any":
            exact = _EXACT.get(media.encoding, media.name)
            return replace(media, name=exact) if "*" in media.name else media
        schema = media.schema
        view = self.context.views.of(schema) if schema is not None else None
        names = view.types.names if view is not None else None
        if view is None or names is None or view.text("format") == "binary":
            return replace(media, encoding="binary")
        if names <= {"string", "null"}:
            return replace(media, name="text/plain", encoding="text")
        return replace(media, name="application/json", encoding="json")

    def _with_fields(self, made: ir.Body, media: MediaType, schema: Node, site: Site) -> ir.Body:
        view = self.context.views.of(schema)
        self._note_null(schema)
        held = schema if view.target is None else view.target.node
        # In a form, a document that says nothing of other fields means that there are none.
        extra = self.schemas.extras(held, site, stated=made.encoding != "json")
        fields = self.schemas.fields(held, site, extra)
        if not made.required:
            # Omitted as a whole, or complete: the server checks for missing fields.
            fields = tuple(replace(field, required=False) for field in fields)
        if extra is not None:
            words = "The properties that have no argument here, by name."
            extra = replace(extra, description=words)
        made = replace(made, fields=fields, extra=extra)
        return made if made.encoding == "json" else self._form(made, media.node, schema)

    def _is_nullable(self, schema: Node) -> bool:
        types = self.context.views.of(schema).types
        return types.null and types.names is not None

    def _note_null(self, schema: Node) -> None:
        if self._is_nullable(schema):
            self.context.simplify(schema, "null is never sent as a body", key=False)

    def _has_fields(self, schema: Node) -> bool:
        """Return whether a body is one object, and not one of several that are made of it."""
        family = self.schemas.tags.choices.family(schema)
        return self.schemas.shapes.kind(schema) == "object" and not family

    # ── forms ────────────────────────────────────────────────────────────────────────────────

    def _open_form(self, made: ir.Body, media: MediaType, target: Node) -> ir.Body | None:
        """Return a form without named fields: none if it is empty, or else one argument."""
        schema = media.schema
        names = types_of(self.context, media)
        if names is not None and "object" not in names:
            message = "a form must be an object with properties"
            self.context.problem(media.node, message, key=True)
            return None
        listed = self.context.views.of(schema).first("properties") if schema is not None else None
        if listed is not None and self._is_closed(schema):
            return None
        return replace(made, whole=_whole(_NAMED_VALUES, target, made.required))

    def _is_closed(self, schema: Node | None) -> bool:
        extra = self.context.views.of(schema).first("additionalProperties") if schema else None
        return extra is None or extra.value is False

    def _form(self, body: ir.Body, media: Node, schema: Node) -> ir.Body:
        """Return a form with the encoding of each field that differs from the default."""
        encodings = media.get("encoding")
        fields: list[ir.Field] = []
        parts: list[ir.Part] = []
        extra = body.extra
        if extra is not None and isinstance(extra.type, ir.Map):
            values = self._without_null(schema, extra.type.values, None)
            extra = replace(extra, type=ir.Map(values=values))
        for stated in body.fields:
            written = encodings.get(stated.wire_name) if encodings else None
            field, part = self._field(
                stated, written, schema, is_multipart=body.encoding == "multipart"
            )
            fields.append(field)
            if part != ir.Part(wire_name=field.wire_name, media_type=None, style=None):
                parts.append(part)
        return replace(body, fields=tuple(fields), parts=tuple(parts), extra=extra)

    def _field(
        self, field: ir.Field, written: Node | None, schema: Node, *, is_multipart: bool
    ) -> tuple[ir.Field, ir.Part]:
        media_type = self._part_media_type(written) if written is not None else None
        style = _style(written) if written is not None else None
        if written is not None and written.get("headers") is not None:
            why = "headers of a part are not sent"
            self.context.simplify(written.at("headers"), why)
        if is_multipart and (inferred := self._file_type(schema, field, media_type)) is not None:
            many = decoded_as(bare(field.type)) == "array"
            self._without_null(schema, field.type, None, field.wire_name)
            field = replace(field, type=ir.Array(items=_FILE) if many else _FILE)
            part = ir.Part(
                wire_name=field.wire_name,
                media_type=inferred,
                style=None,
                file="many" if many else "one",
            )
            return field, part
        is_range = "*" in (media_type or "")
        is_json = encoding_of(media_type or "") == "json"
        if style is not None or is_range or not (is_multipart or is_json):
            media_type = None
        if media_type is not None and encoding_of(media_type) == "text":
            field = self._as_text(field, media_type, written or schema)
        if encoding_of(media_type or "") != "json":
            held = self._without_null(schema, field.type, style, field.wire_name)
            field = replace(field, type=held)
        return field, ir.Part(wire_name=field.wire_name, media_type=media_type, style=style)

    def _as_text(self, field: ir.Field, media_type: str, written: Node) -> ir.Field:
        """Return a field whose objects are texts, if its media type has no form for an object."""
        many = isinstance(bare(field.type), ir.Array)
        item = bare(field.type)
        item = bare(item.items) if isinstance(item, ir.Array) else item
        if decoded_as(item) not in ("object", "array"):
            return field
        why = f"only the caller knows how to write an object as {media_type}"
        self.context.simplify(written, why, instead="it is a text", fix="use a string")
        return replace(field, type=ir.Array(items=TEXT) if many else TEXT)

    def _without_null(
        self, schema: Node, found: ir.Type, style: ir.Style | None, wire_name: str | None = None
    ) -> ir.Type:
        """Return the type of a field of a form; without a style, an object in it is JSON."""
        place = self.context.views.of(schema).property(wire_name) if wire_name else None
        return without_null(
            self.context,
            self.schemas.shapes,
            place or schema,
            found,
            "field of a form",
            style=style,
            objects=style is not None,
        )

    def _part_media_type(self, encoding: Node) -> str | None:
        """Return the media type of a part: the first one listed that is no range, or a range."""
        written = encoding.text("contentType")
        listed = [one.strip() for one in written.split(",")] if written is not None else []
        for one in listed:
            if not is_valid(one):
                why = f"{one!r} is not a media type, such as image/png"
                self.context.simplify(encoding, why, instead="it is not sent", fix="correct it")
        valid = [one for one in listed if is_valid(one)]
        return next((one for one in valid if "*" not in one), valid[0] if valid else None)

    def _file_type(self, schema: Node, field: ir.Field, media_type: str | None) -> str | None:
        """Return the media type of a field that is a file; None if it is not one."""
        views = self.context.views
        written = views.of(schema).property(field.wire_name)
        if written is not None and (items := views.of(written).first("items")) is not None:
            written = items
        if written is None:
            return None
        view = views.of(written)
        content = view.text("contentMediaType")
        is_octets = media_type is not None and encoding_of(media_type) == "binary"
        if is_octets and views.of(written).types.names == frozenset({"string"}):
            is_octets = not may_be_text(media_type or "")
        is_raw = content != "" and view.text("contentEncoding") in ("", "binary")
        if view.text("format") != "binary" and not is_octets and not is_raw:
            return None
        return media_type or (content if is_raw and is_valid(content) else OCTETS)


def _encoding(media: MediaType) -> ir.BodyEncoding:
    match media.encoding:
        case "json" | "form" | "multipart" | "text":
            return media.encoding
        case _:
            return "binary"


def _whole(found: ir.Type, node: Node, required: bool) -> ir.Field:
    return ir.Field(
        name="body",
        wire_name="body",
        type=found,
        required=required,
        secret=False,
        deprecated=False,
        description=node.text("description") or "The body of the request.",
        limits="",
        default=None,
    )


def _style(encoding: Node) -> ir.Style | None:
    name, explode = encoding.text("style"), encoding.get("explode")
    reserved = encoding.flag("allowReserved")
    if name is None and explode is None and not reserved:
        return None
    chosen_explode = explode.value is True if explode is not None else name in (None, "form")
    # The schema of the document allows no other name.
    return ir.Style(name=_STYLES[name or "form"], explode=chosen_explode, reserved=reserved)
