"""Media types: which of several the client uses, and how it encodes or decodes it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .... import ir
from ....openapi.document import Node
from ....openapi.navigation import entries
from ..context import Context
from ..parameters import is_json

# `any` is a range such as */*: a schema and the sender decide.
Encoding = Literal["json", "form", "multipart", "text", "any", "binary", "lines", "events"]

_MEDIA_KEYS = frozenset({"schema", "example", "examples", "encoding", "itemSchema"})
# The order of preference.
_RANK: tuple[Encoding, ...] = (
    "json",
    "form",
    "multipart",
    "text",
    "any",
    "binary",
    "lines",
    "events",
)
_FORM = "application/x-www-form-urlencoded"
_LINES = frozenset(
    """application/jsonl application/json-lines application/json-seq application/ndjson
    application/stream+json application/x-jsonlines application/x-json-stream application/x-ndjson""".split()
)
_RANGES = frozenset({"*/*", "application/*", "text/*"})
_TYPE = r"[A-Za-z0-9!#$&^_.+*-]+"
_MEDIA_TYPE = re.compile(rf"{_TYPE}/{_TYPE}( *; *{_TYPE}=({_TYPE}|\"[ !#-~]*\"))*", re.ASCII)
OCTETS = "application/octet-stream"
# Media types of applications that are never text, such as archives and documents of offices.
_NEVER_TEXT = re.compile(
    r"(octet-stream|pdf|zip|gzip|zstd|wasm|cbor|msgpack|protobuf|msword|java-archive|vnd\..*|x-.*)"
)
BYTES = ir.Primitive(name="bytes")


@dataclass(frozen=True, slots=True)
class MediaType:
    """The media type that the client uses. `name` is valid; `node` is its media type object."""

    name: str
    encoding: Encoding
    node: Node

    @property
    def schema(self) -> Node | None:
        return self.node.get("schema")


def encoding_of(media_type: str) -> Encoding:
    """Return the encoding of a media type."""
    name = media_type.partition(";")[0].strip().lower()
    if name in _RANGES:
        return "any"
    if name in _LINES:
        return "lines"
    if is_json(name):
        return "json"
    if name in (_FORM, "multipart/form-data"):
        return "form" if name == _FORM else "multipart"
    if name == "text/event-stream":
        return "events"
    return "text" if name.startswith("text/") or name.endswith(("+xml", "/xml")) else "binary"


def may_be_text(media_type: str) -> bool:
    """Return whether a string can be the content of a media type, such as application/sdp."""
    kind, _, name = media_type.partition(";")[0].strip().lower().partition("/")
    return kind == "text" or (kind == "application" and _NEVER_TEXT.fullmatch(name) is None)


def is_valid(media_type: str) -> bool:
    """Return whether a text is a media type or a range of them."""
    return _MEDIA_TYPE.fullmatch(media_type) is not None


def chosen(context: Context, node: Node) -> MediaType | None:
    """Return the media type of a body or a response that the client uses; None without content."""
    content = node.get("content")
    listed: list[MediaType] = []
    for written, child in content.items() if content else ():
        name = _valid(context, written, child)
        listed.append(MediaType(name, encoding_of(name), child))
    if not listed:
        return None
    usable = [one for one in listed if not _is_impossible(context, one)] or listed
    if any(one.encoding == "multipart" for one in usable):
        # Only a multipart form can have a file beside its other fields.
        usable = [one for one in usable if not _has_impossible_file(context, one)]
    exact = [one for one in usable if "*" not in one.name] or usable
    best = min(exact, key=lambda one: _RANK.index(one.encoding))
    context.unknown_keys(best.node, _MEDIA_KEYS, "this media type")
    for other in listed:
        if other is not best:
            why = (
                f"{other.node.key!r} is not used by the client, which prefers "
                f"{best.node.key!r} here"
            )
            context.simplify(other.node, why)
    return best


def _is_impossible(context: Context, media: MediaType) -> bool:
    """Return whether a form has a schema without fields, such as a list."""
    names = types_of(context, media)
    return media.encoding in ("form", "multipart") and names is not None and "object" not in names


def _has_impossible_file(context: Context, media: MediaType) -> bool:
    """Return whether a property of JSON or of a URL-encoded form is a file."""
    if media.encoding not in ("json", "form") or media.schema is None:
        return False
    views = context.views
    listed = [
        child
        for part in views.parts([media.schema])
        for child in entries(part.get("properties"))
        if isinstance(child.value, dict)
    ]
    held = [views.of(it).first("items") or it for it in listed]
    return any(views.of(it).text("format") == "binary" for it in held)


def types_of(context: Context, media: MediaType) -> frozenset[str] | None:
    """Return the types of the content; None if they are not stated."""
    return context.views.of(media.schema).types.names if media.schema is not None else None


def note_undecoded(context: Context, media: MediaType, instead: str) -> None:
    """Note a schema of more than a text in content that is text or bytes to the client."""
    names = types_of(context, media)
    if names is not None and not names <= {"string", "null"}:
        context.simplify(
            media.node, f"the schema of {media.node.key!r} is not used", instead=instead
        )


def _valid(context: Context, name: str, node: Node) -> str:
    """Return a media type without what is invalid in it."""
    if is_valid(name):
        return name
    known = name.partition(";")[0].strip()
    valid = known if is_valid(known) else OCTETS
    why = f"{name!r} is not a media type, such as application/json"
    context.simplify(node, why, instead=f"it is read as {valid!r}", fix="correct it")
    return valid
