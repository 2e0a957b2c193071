"""Request bodies that are not JSON objects: other JSON, forms, text and bytes.

Equal values give equal bytes: the boundary of a multipart body is a hash of its parts. Files are
read: see `files`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Literal, cast

import msgspec

from ..charsets import charset_of, encoded
from ..errors import InvalidArgument
from .files import NamedFile, named_file, read_content
from .json_values import check_json, encode_fields, encode_json, json_text
from .parameters import Place, Style, escaped, is_nested, text


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Encoding of a form field: a style, or that of a media type.

    Without either, a value is text, and an object is JSON. A list is one field for each item. Null
    is a value of JSON only: an empty field would be an empty text. `file` is whether the field is a
    file, or `many` files.
    """

    media_type: str | None = None
    style: Style | None = None
    file: bool = False
    many: bool = False

    @property
    def is_json(self) -> bool:
        media_type = (self.media_type or "").partition(";")[0].lower()
        return media_type == "application/json" or media_type.endswith("+json")


_PLAIN = Part()
_OCTETS = "application/octet-stream"
_EXAMPLES = {"image": "image/png", "multipart": "multipart/mixed; boundary=..."}
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Encoding of a body. `whole` is the argument that is the whole body; None if it has fields."""

    encoding: Literal["json", "form", "multipart", "text", "binary"]
    media_type: str
    whole: str | None = None
    parts: Mapping[str, Part] = msgspec.field(default_factory=dict[str, Part])

    def encode(self, body: Mapping[str, object]) -> tuple[bytes, str]:
        """Check and encode a body. Return it with its media type. `body` has the set arguments."""
        media_type = self.media_type
        if self.whole is not None:
            value = body.get(self.whole)
            match self.encoding:
                case "json":
                    return encode_json(self.whole, value), media_type
                case "text":
                    return _encode_text(self.whole, value, media_type), media_type
                case "binary":
                    return _encode_binary(self.whole, value, media_type)
                case _:
                    body = _mapping(self.whole, value)
        if self.encoding == "form":
            pairs = [pair for name, value in body.items() for pair in self._pairs(name, value)]
            return "&".join(pairs).encode("ascii"), media_type
        if self.encoding == "multipart":
            parts = [part for name, value in body.items() for part in self._parts(name, value)]
            return _joined(parts)
        return encode_fields(body), media_type

    def _pairs(self, name: str, value: object) -> list[str]:
        """Return the pairs of one field in a form."""
        part = self.parts.get(name, _PLAIN)
        if part.style is not None:
            return Place("query", name, part.style).pairs(name, value)
        return [
            f"{escaped(name, name)}={escaped(name, _field_text(name, one, part))}"
            for one in _listed(value)
        ]

    def _parts(self, name: str, value: object) -> list[bytes]:
        """Return the parts of one field in a multipart form."""
        part = self.parts.get(name, _PLAIN)
        if part.style is not None:
            return [
                _part(field, one.encode("utf-8"))
                for field, one in Place("query", name, part.style).fields(name, value)
            ]
        if part.file:
            # A tuple is one file with its name, unless the field has many.
            files = _listed(value) if part.many else (value,)
            return [_file(name, one, part) for one in files]
        return [_value(name, one, part) for one in _listed(value)]


def _listed(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)


def _mapping(name: str, value: object) -> Mapping[str, object]:
    """Return a form that is one argument. Raises TypeError unless it is a mapping with names."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping, not {type(value).__name__}")
    check_json(name, cast("object", value))
    return cast("Mapping[str, object]", value)


def _encode_text(name: str, value: object, media_type: str) -> bytes:
    """Return a text in the charset of its media type."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    charset = charset_of(media_type)
    try:
        content = encoded(value, charset)
    except UnicodeEncodeError:
        # The error would hold the whole text.
        raise InvalidArgument(f"{name} has a character that cannot be sent in {charset}") from None
    if content is None:
        raise InvalidArgument(f"{name} cannot be sent in {charset}, which is an unknown charset")
    return content


def _encode_binary(name: str, value: object, media_type: str) -> tuple[bytes, str]:
    """Return the content of a file and its media type, which the caller completes if it is open."""
    if not _is_open(media_type):
        return read_content(name, value), media_type
    file = named_file(name, value)
    return file.content, _media_type(name, file, media_type)


def _media_type(name: str, file: NamedFile, described: str) -> str:
    """Return the media type of a file: the caller's, or else that of the description.

    Raises InvalidArgument if the description leaves it to the caller and it does not match.
    """
    if not _is_open(described):
        return file.media_type or described
    found = file.media_type or _OCTETS
    if not _matches(found, described):
        kind = _EXAMPLES.get(described.partition("/")[0].lower(), "application/pdf")
        raise InvalidArgument(
            f"{name} must be (file name, content, media type) with a media type of {described}, "
            f"such as {kind}"
        )
    return found


def _is_open(media_type: str) -> bool:
    """Return whether a media type leaves something to the caller: the type or a boundary."""
    return "*" in media_type or media_type.lower().startswith("multipart/")


def _matches(media_type: str, allowed: str) -> bool:
    """Return whether a media type is one of a range; one of several parts needs its boundary."""
    kind, _, subtype = media_type.partition(";")[0].strip().lower().partition("/")
    allowed_kind, _, allowed_subtype = allowed.partition(";")[0].strip().lower().partition("/")
    if kind == "multipart" and "boundary=" not in media_type.lower():
        return False
    return allowed_kind in ("*", kind) and allowed_subtype in ("*", subtype)


def _field_text(name: str, value: object, part: Part) -> str:
    """Return one value of a form as text: JSON for an object or a list."""
    if part.is_json or is_nested(value):
        return json_text(name, value)
    return text(name, value)


def _value(name: str, value: object, part: Part) -> bytes:
    """Return one part of a multipart form that is no file."""
    media_type = part.media_type
    if is_nested(value):
        media_type = media_type or "application/json"
    content = _encode_text(name, _field_text(name, value, part), media_type or "")
    return _part(name, content, media_type)


def _file(name: str, value: object, part: Part) -> bytes:
    """Return one part of a multipart form that is a file."""
    file = named_file(name, value)
    media_type = _media_type(name, file, part.media_type or _OCTETS)
    return _part(name, file.content, media_type, file.name)


def _part(
    name: str, content: bytes, media_type: str | None = None, file_name: str | None = None
) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if file_name is not None:
        head += f'; filename="{_quoted(file_name)}"'
    if media_type is not None:
        head += f"\r\nContent-Type: {media_type}"
    return head.encode("utf-8") + b"\r\n\r\n" + content


def _quoted(text: str) -> str:
    """Return a name in a header. A caller's mapping can have any key, also one with a line end."""
    if _CONTROL.search(text):
        raise InvalidArgument("the name of a form field must not have control characters")
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _joined(parts: Sequence[bytes]) -> tuple[bytes, str]:
    """Return a multipart body and its media type."""
    boundary = sha256(b"\0".join(parts)).hexdigest()[:32].encode("ascii")
    encoded = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    media_type = f"multipart/form-data; boundary={boundary.decode('ascii')}"
    return encoded + b"--" + boundary + b"--\r\n", media_type
