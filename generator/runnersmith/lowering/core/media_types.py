"""Media types of bodies and responses: JSON first, then forms, text and bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, get_args

from ... import ir
from ...ir.types import ANY, TEXT, bare, decoded_as, nullable
from ...openapi.document import Node
from . import examples
from .context import Context
from .models import Site
from .parameters import is_json
from .schemas import Schemas

Encoding = Literal["json", "form", "multipart", "text", "binary"]

_MEDIA_KEYS = frozenset({"schema", "example", "examples", "encoding"})
_RESPONSE_KEYS = frozenset({"description", "summary", "headers", "content", "links"})
_BODY_KEYS = frozenset({"description", "required", "content"})
_RANK: tuple[Encoding, ...] = ("json", "form", "multipart", "text", "binary")
_FORM = "application/x-www-form-urlencoded"
_STYLES: dict[str, ir.StyleName] = {one: one for one in get_args(ir.StyleName)}
_TYPE = r"[A-Za-z0-9!#$&^_.+*-]+"
_MEDIA_TYPE = re.compile(rf"{_TYPE}/{_TYPE}( *; *{_TYPE}=({_TYPE}|\"[ !#-~]*\"))*", re.ASCII)
BYTES = ir.Primitive(name="bytes")


def encoding_of(media_type: str) -> Encoding:
    """Return the encoding of a media type."""
    name = media_type.partition(";")[0].strip().lower()
    if is_json(name):
        return "json"
    if name in (_FORM, "multipart/form-data"):
        return "form" if name == _FORM else "multipart"
    return "text" if name.startswith("text/") or name.endswith(("+xml", "/xml")) else "binary"


class MediaTypes:
    """Lowering of request bodies and responses."""

    def __init__(self, context: Context, schemas: Schemas) -> None:
        self.context = context
        self.schemas = schemas

    def _chosen(self, node: Node) -> tuple[str, Node] | None:
        """Return the supported media type of a body or a response; None without content."""
        content = node.get("content")
        listed = list(content.items()) if content else []
        if not listed:
            return None
        exact = [one for one in listed if "*" not in one[0]] or listed
        for name, one in listed:
            if _MEDIA_TYPE.fullmatch(name) is None:
                self.context.problem(
                    one, f"{name!r} is not a media type, such as application/json", key=True
                )
        media_type, child = min(exact, key=lambda one: _RANK.index(encoding_of(one[0])))
        self.context.unknown_keys(child, _MEDIA_KEYS, "this media type")
        for other, one in listed:
            if other != media_type:
                why = f"{other!r} is not used by the client, which prefers {media_type!r} here"
                self.context.simplify(one, why)
        return media_type, child

    # ── bodies ───────────────────────────────────────────────────────────────────────────────

    def body(self, node: Node, identifier: str) -> ir.Body | None:
        """Return the request body of an operation."""
        written = node.get("requestBody")
        target = self.context.resolve(written) if written else None
        if target is None:
            return None
        self.context.unknown_keys(target, _BODY_KEYS, "this body")
        chosen = self._chosen(target)
        if chosen is None:
            return None
        media_type, child = chosen
        encoding = encoding_of(media_type)
        schema, required = child.get("schema"), target.flag("required")
        site = Site((identifier, "request"), response=False, request=True)
        made = ir.Body(
            fields=(),
            required=required,
            omissible=not required,
            media_type=media_type,
            encoding=encoding,
            example=examples.body(child, self.context.views.of(schema) if schema else None),
        )
        if "*" in media_type:
            made = replace(made, media_type="application/octet-stream")
        if encoding in ("text", "binary"):
            return replace(
                made, whole=_whole(TEXT if encoding == "text" else BYTES, target, required)
            )
        if schema is not None and self._has_fields(schema):
            view = self.context.views.of(schema)
            if view.types.null:
                self.context.simplify(schema, "null is never sent as a body", key=False)
            held = schema if view.target is None else view.target.node
            # In a form, a document that says nothing of other fields means that there are none.
            extra = self.schemas.extras(held, site, stated=encoding != "json")
            fields = self.schemas.fields(held, site, extra)
            if not required:
                # Omitted as a whole, or complete: the server checks for missing fields.
                fields = tuple(replace(field, required=False) for field in fields)
            if extra is not None:
                words = "The properties that have no argument here, by name."
                extra = replace(extra, description=words)
            made = replace(made, fields=fields, extra=extra)
            return made if encoding == "json" else self._form(made, child, schema)
        if encoding != "json":
            self.context.problem(child, "a form must be an object with properties", key=True)
            return None
        found = self.schemas.top(schema, site) if schema is not None else ANY
        return replace(made, whole=_whole(found, target, required))

    def _has_fields(self, schema: Node) -> bool:
        """Return whether a body is one object, and not one of several that are made of it."""
        target = self.context.views.of(schema).target
        family = self.schemas.tags.family(target.node.pointer) if target is not None else []
        return self.schemas.shapes.kind(schema) == "object" and not family

    def _form(self, body: ir.Body, media: Node, schema: Node) -> ir.Body:
        """Return the encoding of a form's fields that differ from the default."""
        encodings = media.get("encoding")
        parts: list[ir.Part] = []
        fields: list[ir.Field] = []
        for stated in body.fields:
            field = stated
            written = encodings.get(field.wire_name) if encodings else None
            media_type = written.text("contentType") if written else None
            style = _style(written) if written else None
            if media_type is not None and _MEDIA_TYPE.fullmatch(media_type) is None:
                message = f"{media_type!r} is not a media type that can be sent; name one, such as image/png"
                self.context.problem(written or media, message)
            if written is not None and written.get("headers") is not None:
                self.context.problem(
                    written.at("headers"), "headers of a part are not supported", key=True
                )
            if body.encoding == "multipart" and self._is_file(schema, field, media_type):
                held = ir.Array(items=BYTES) if decoded_as(bare(field.type)) == "array" else BYTES
                field = replace(
                    field, type=nullable(held) if isinstance(field.type, ir.Nullable) else held
                )
                media_type = media_type or "application/octet-stream"
            elif body.encoding == "form" and decoded_as(bare(field.type)) == "object":
                style = style or ir.Style(name="form", explode=True)
            fields.append(field)
            if media_type is not None or style is not None:
                parts.append(ir.Part(wire_name=field.wire_name, media_type=media_type, style=style))
        return replace(body, fields=tuple(fields), parts=tuple(parts))

    def _is_file(self, schema: Node, field: ir.Field, media_type: str | None) -> bool:
        views = self.context.views
        written = views.of(schema).property(field.wire_name)
        if written is not None and (items := views.of(written).first("items")) is not None:
            written = items
        if written is None:
            return False
        view = views.of(written)
        octets = media_type is not None and encoding_of(media_type) == "binary"
        media = view.text("contentMediaType") != "" and view.text("contentEncoding") == ""
        return view.text("format") == "binary" or octets or media

    # ── Responses ────────────────────────────────────────────────────────────────────────────

    def responses(
        self, node: Node, identifier: str
    ) -> tuple[tuple[ir.SuccessResponse, ...], tuple[ir.ErrorResponse, ...]]:
        """Return the declared responses of an operation: those of success, and all others."""
        successes: list[ir.SuccessResponse] = []
        errors: list[ir.ErrorResponse] = []
        responses = node.get("responses")
        listed = [
            (key, child)
            for key, child in (responses.items() if responses else ())
            if not key.startswith("x-")
        ]
        succeeds = any(status.startswith("2") for status, _ in listed)
        # The response that names an object inline in it after the operation alone.
        usual = sorted({"200", "201", "2XX", "default"} & {status for status, _ in listed})[:1]
        for status, written in listed:
            target = self.context.resolve(written)
            if target is None:
                continue
            self.context.unknown_keys(target, _RESPONSE_KEYS, "this response")
            if (links := target.get("links")) is not None:
                self.context.simplify(links, "the client does not follow links")
            number = _status(status)
            if number is None:
                self.context.problem(
                    written,
                    f"{status!r} is not a status; write three digits, 2XX or default",
                    key=True,
                )
            elif status.startswith("2") or (
                number == 0 and not succeeds and not _redirects(listed)
            ):
                words = (identifier, "response" if status in usual else f"response{status}")
                successes.append(self._success(number or 2, target, words))
            else:
                errors.append(_error(number, target))
        if not successes and _redirects(listed):
            message = "an operation needs a response with a success status, 200 to 299; a redirect is none"
            self.context.problem(node, message, key=True)
        elif not successes:
            why = "no success response is declared here"
            self.context.simplify(node, why, instead="its content is not read", fix="add one")
            successes.append(ir.SuccessResponse(status=2, description="", headers=(), type=None))
        successes.sort(key=lambda success: success.status)
        errors.sort(key=lambda error: error.status or 1000)
        return tuple(successes), tuple(errors)

    def _success(self, status: int, node: Node, words: tuple[str, ...]) -> ir.SuccessResponse:
        chosen = self._chosen(node)
        headers = node.get("headers")
        made = ir.SuccessResponse(
            status=status,
            description=node.text("description") or "",
            headers=tuple(sorted(name for name, _ in headers.items())) if headers else (),
            type=None,
        )
        if chosen is None:
            return made
        if status in (204, 205):
            self.context.simplify(node.at("content"), f"a response of status {status} has none")
            return made
        media_type, child = chosen
        encoding = encoding_of(media_type)
        asked = (
            None if media_type == "application/json" else "*/*" if "*" in media_type else media_type
        )
        if encoding != "json":
            if encoding == "text":
                return replace(made, type=TEXT, encoding="text", media_type=asked)
            return replace(made, type=BYTES, encoding="binary", media_type=asked)
        schema = child.get("schema")
        if node.pointer[:2] == ("components", "responses"):
            # A response component provides the name for an object inline in it.
            message = node.key.lower().endswith("response")
            words = (node.key,) if message else (node.key, "response")
        site = Site(words, response=True, request=False)
        return replace(
            made, type=self.schemas.top(schema, site) if schema else ANY, media_type=asked
        )


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


def _error(status: int, node: Node) -> ir.ErrorResponse:
    extension = node.get("x-runnersmith")
    return ir.ErrorResponse(
        status=status,
        description=node.text("description") or "",
        error=extension.text("error") if extension else None,
    )


def _status(text: str) -> int | None:
    if text == "default":
        return 0
    if len(text) == 3 and text[0] in "12345" and text[1:].upper() == "XX":
        return int(text[0])
    return int(text) if len(text) == 3 and text.isdecimal() and text.isascii() else None


def _redirects(responses: list[tuple[str, Node]]) -> bool:
    return any(status.startswith("3") for status, _ in responses)


def _style(encoding: Node) -> ir.Style | None:
    name, explode = encoding.text("style"), encoding.get("explode")
    if name is None and explode is None:
        return None
    chosen = explode.value is True if explode is not None else name in (None, "form")
    # The schema of the document allows no other name.
    return ir.Style(name=_STYLES[name or "form"], explode=chosen)
