"""Request bodies that are not JSON objects: other JSON, forms, text and bytes.

Pure. Equal values give equal bytes: the boundary of a multipart body is a hash of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Literal, cast

import msgspec

from ..errors import InvalidArgument
from .parameters import Place, Style, text


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Encoding of a form field that is not text in the default style."""

    media_type: str | None = None
    style: Style | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Encoding of a body. `whole` is the argument that is the whole body; None if it has fields."""

    encoding: Literal["json", "form", "multipart", "text", "binary"]
    media_type: str
    whole: str | None = None
    parts: Mapping[str, Part] = msgspec.field(default_factory=dict[str, Part])

    def encode(self, body: Mapping[str, object]) -> tuple[bytes, str]:
        """Return the encoded body and its media type. `body` has the arguments that are set."""
        media_type = self.media_type
        if self.whole is not None:
            value = body.get(self.whole)
            if self.encoding == "json":
                return msgspec.json.encode(value), media_type
            return _encode_plain(self.whole, value, self.encoding), media_type
        if self.encoding == "form":
            fields = [
                pair for name, value in body.items() for pair in _form_pairs(self, name, value)
            ]
            return "&".join(fields).encode("ascii"), media_type
        if self.encoding == "multipart":
            return _encode_multipart(self, body)
        return msgspec.json.encode(body), media_type


def _encode_plain(name: str, value: object, encoding: str) -> bytes:
    if encoding == "text" and isinstance(value, str):
        return value.encode("utf-8")
    if encoding == "binary" and isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", value))
    expected = "a str" if encoding == "text" else "bytes"
    raise TypeError(f"{name} must be {expected}, not {type(value).__name__}")


def _form_pairs(content: Content, name: str, value: object) -> list[str]:
    part = content.parts.get(name, Part())
    return Place("query", name, part.style).pairs(value)


def _encode_multipart(content: Content, present: Mapping[str, object]) -> tuple[bytes, str]:
    parts = [
        _encode_part(name, one, content.parts.get(name, Part()))
        for name, value in present.items()
        for one in (
            cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)
        )
    ]
    boundary = sha256(b"\0".join(parts)).hexdigest()[:32].encode("ascii")
    encoded = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    media_type = f"multipart/form-data; boundary={boundary.decode('ascii')}"
    return encoded + b"--" + boundary + b"--\r\n", media_type


def _encode_part(name: str, value: object, part: Part) -> bytes:
    """Return one part of a form: bytes as a file, models and mappings as JSON, the rest as text."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8")
    head = b'Content-Disposition: form-data; name="' + quoted + b'"'
    kind = part.media_type
    if isinstance(value, (bytes, bytearray, memoryview)):
        head += b'; filename="' + quoted + b'"'
        content, kind = bytes(cast("bytes", value)), kind or "application/octet-stream"
    elif value is None or isinstance(value, (str, bool, int, float, date)):
        content = b"" if value is None else text(name, value).encode("utf-8")
    elif isinstance(value, (Mapping, msgspec.Struct)):
        content, kind = msgspec.json.encode(value), kind or "application/json"
    else:
        raise InvalidArgument(f"{name} cannot be a part of a form: it is a {type(value).__name__}")
    if kind is not None:
        head += b"\r\nContent-Type: " + kind.encode("ascii")
    return head + b"\r\n\r\n" + content
