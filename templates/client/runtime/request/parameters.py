"""Encoding of request parameters in OpenAPI's styles.

Pure. Everything but the delimiters of a style is percent-encoded, except in headers. No style can
encode null: null values are omitted, as in RFC 6570.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Literal, cast
from urllib.parse import quote

import msgspec

from ..errors import InvalidArgument
from .extra import flattened
from .operation import Location

StyleName = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject", "json"
]


class Style(msgspec.Struct, frozen=True):
    """Style of a value as in OpenAPI; `json` encodes it as JSON."""

    name: StyleName
    explode: bool


_DEFAULT_STYLES = {
    "path": Style("simple", explode=False),
    "query": Style("form", explode=True),
    "header": Style("simple", explode=False),
    "cookie": Style("form", explode=True),
}
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
# A valid header value: visible ASCII characters, and white space between them.
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?", re.ASCII)


class Place(msgspec.Struct, frozen=True):
    """Location and name of a parameter. `style` is None for the default style of the location."""

    location: Location
    name: str
    style: Style | None = None

    def pairs(self, value: object) -> list[str]:
        """Encode a value as `name=value` pairs of a query, a cookie or a form."""
        style = self.style or _DEFAULT_STYLES[self.location]
        name, value = _escape(self.name, self.name), _plain(value)
        if value is None:
            return []
        if style.name == "json":
            return [f"{name}={quote(_json(self.name, value), safe='')}"]
        if isinstance(value, Mapping):
            items = _items(self.name, cast("Mapping[object, object]", value))
            if style.name == "deepObject":
                return [f"{name}%5B{key}%5D={text}" for key, text in items]
            if style.explode:
                return [f"{key}={text}" for key, text in items]
            return [f"{name}=" + ",".join(part for item in items for part in item)]
        if isinstance(value, (list, tuple)):
            texts = [_escape(self.name, one) for one in cast("Sequence[object]", value)]
            if style.explode or not texts:
                return [f"{name}={text}" for text in texts]
            return [f"{name}={_DELIMITERS.get(style.name, ',').join(texts)}"]
        return [f"{name}={_escape(self.name, value)}"]

    def segment(self, value: object) -> str:
        """Encode a value as a part of a path."""
        style, value = self.style or _DEFAULT_STYLES["path"], _plain(value)
        if style.name == "json":
            return quote(_json(self.name, value), safe="")
        name = _escape(self.name, self.name)
        if isinstance(value, Mapping):
            items = _items(self.name, cast("Mapping[object, object]", value))
            if style.explode:
                texts = [f"{key}={text}" for key, text in items]
                return {"label": ".", "matrix": ";"}.get(style.name, "") + {
                    "label": ".",
                    "matrix": ";",
                }.get(style.name, ",").join(texts)
            inside = [part for item in items for part in item]
        elif isinstance(value, (list, tuple)):
            inside = [_escape(self.name, one) for one in cast("Sequence[object]", value)]
        else:
            inside = [_escape(self.name, value)]
        if style.name == "label":
            return "." + (".".join(inside) if style.explode else ",".join(inside))
        if style.name == "matrix":
            if style.explode:
                return "".join(f";{name}={text}" for text in inside)
            return f";{name}={','.join(inside)}"
        return ",".join(inside)

    def header(self, value: object) -> str:
        """Encode a value as the value of a header."""
        style, value = self.style or _DEFAULT_STYLES["header"], _plain(value)
        if style.name == "json":
            encoded = _json(self.name, value)
        elif isinstance(value, Mapping):
            entries = cast("Mapping[object, object]", value).items()
            separator = "=" if style.explode else ","
            encoded = ",".join(f"{key}{separator}{text(self.name, one)}" for key, one in entries)
        elif isinstance(value, (list, tuple)):
            encoded = ",".join(text(self.name, one) for one in cast("Sequence[object]", value))
        else:
            encoded = text(self.name, value)
        if encoded and _HEADER_VALUE.fullmatch(encoded) is None:
            raise InvalidArgument(
                f"{self.name} must have visible ASCII characters only, since it is a header"
            )
        return encoded


def text(name: str, value: object) -> str:
    """Return one value as text. Raises TypeError for a nested list or object."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # Not `str(value)`, which is the member's name for an enum.
            return str.__str__(value)
        case int():
            return int.__repr__(value)
        case float():
            if not isfinite(value):
                raise InvalidArgument(f"{name} must be a finite number")
            return repr(value)
        case date():
            return value.isoformat()
        case _:
            raise TypeError(
                f"{name} cannot contain {type(value).__name__}: only text, numbers and dates"
            )


def _plain(value: object) -> object:
    """Return a model as a mapping, and any other value as it is."""
    return msgspec.to_builtins(flattened(value)) if isinstance(value, msgspec.Struct) else value


def _escape(name: str, value: object) -> str:
    encoded = text(name, value)
    if any("\ud800" <= char <= "\udfff" for char in encoded):
        raise InvalidArgument(f"{name} must not contain lone surrogates")
    return quote(encoded, safe="")


def _items(name: str, value: Mapping[object, object]) -> list[tuple[str, str]]:
    return [
        (_escape(name, key), _escape(name, one)) for key, one in value.items() if one is not None
    ]


def _json(name: str, value: object) -> str:
    try:
        return msgspec.json.encode(value).decode("utf-8")
    except (TypeError, ValueError, UnicodeEncodeError):
        raise TypeError(f"{name} cannot be encoded as JSON") from None
