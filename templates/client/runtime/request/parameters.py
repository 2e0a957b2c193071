"""Encoding of request parameters in OpenAPI's styles.

Pure. Everything but the delimiters of a style is percent-encoded, except in headers. No style can
encode null: null values are omitted, as in RFC 6570. `deepObject` has a name for every nested value:
`a[b][0]`. In other styles, a list or an object inside another one is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    """Style of a value as in OpenAPI; `json` encodes it as JSON.

    `reserved` leaves reserved characters as they are, except for those that would end the value.
    """

    name: StyleName
    explode: bool
    reserved: bool = False


_DEFAULT_STYLES = {
    "path": Style("simple", explode=False),
    "query": Style("form", explode=True),
    "header": Style("simple", explode=False),
    "cookie": Style("form", explode=True),
}
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
# Reserved characters, without those that end a query (#), separate its pairs (&), stand for a space
# in a form (+), or are not allowed in a query ([]).
_RESERVED = ":/?@!$'()*,;="
# A valid header value: visible ASCII characters, and white space between them.
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?", re.ASCII)


class Place(msgspec.Struct, frozen=True):
    """Location and name of a parameter. `style` is None for the default style of the location."""

    location: Location
    name: str
    style: Style | None = None

    def pairs(self, value: object) -> list[str]:
        """Encode a value as `name=value` pairs of a query, a cookie or a form."""
        safe = _RESERVED if self.style is not None and self.style.reserved else ""
        named = self._named(value, lambda text: escaped(self.name, text, safe))
        return [f"{name}={encoded}" for name, encoded in named]

    def fields(self, value: object) -> list[tuple[str, str]]:
        """Return a value as the names and values of a form in which nothing is escaped."""
        return self._named(value, str)

    def segment(self, value: object) -> str:
        """Encode a value as a part of a path."""
        style, value = self.style or _DEFAULT_STYLES["path"], _plain(value)
        if style.name == "json":
            return escaped(self.name, as_json(self.name, value))
        name = escaped(self.name, self.name)
        prefix = {"label": ".", "matrix": ";"}.get(style.name, "")
        separator = prefix if prefix and style.explode else ","
        if isinstance(value, Mapping):
            items = [
                (escaped(self.name, key), escaped(self.name, one))
                for key, one in _items(self.name, cast("Mapping[object, object]", value))
            ]
            if style.explode:
                return prefix + separator.join(f"{key}={one}" for key, one in items)
            inside = [part for item in items for part in item]
        else:
            inside = [escaped(self.name, one) for one in _texts(self.name, value)]
            if style.name == "matrix" and style.explode:
                return "".join(f";{name}={one}" for one in inside)
        if style.name == "matrix":
            return f";{name}={','.join(inside)}"
        return prefix + separator.join(inside)

    def header(self, value: object) -> str:
        """Encode a value as the value of a header."""
        style, value = self.style or _DEFAULT_STYLES["header"], _plain(value)
        if style.name == "json":
            encoded = as_json(self.name, value)
        elif isinstance(value, Mapping):
            separator = "=" if style.explode else ","
            items = _items(self.name, cast("Mapping[object, object]", value))
            encoded = ",".join(f"{key}{separator}{one}" for key, one in items)
        else:
            encoded = ",".join(_texts(self.name, value))
        if encoded and _HEADER_VALUE.fullmatch(encoded) is None:
            raise InvalidArgument(
                f"{self.name} must have visible ASCII characters only, since it is a header"
            )
        return encoded

    def _named(self, value: object, escape: Callable[[str], str]) -> list[tuple[str, str]]:
        """Return a value as names and values, each of them escaped."""
        style = self.style or _DEFAULT_STYLES[self.location]
        name, value = escape(self.name), _plain(value)
        if value is None:
            return []
        if style.name == "json":
            return [(name, escape(as_json(self.name, value)))]
        if style.name == "deepObject":
            return [(escape(path), escape(one)) for path, one in _deep(self.name, self.name, value)]
        delimiter = escape(_DELIMITERS[style.name]) if style.name in _DELIMITERS else ","
        if isinstance(value, Mapping):
            mapping = cast("Mapping[object, object]", value)
            if style.explode:
                return [
                    (escape(text(self.name, key)), escape(one))
                    for key, held in mapping.items()
                    for one in _texts(self.name, held)
                ]
            items = _items(self.name, mapping)
            return [(name, delimiter.join(escape(part) for item in items for part in item))]
        texts = [escape(one) for one in _texts(self.name, value)]
        if style.explode or not texts or not isinstance(value, (list, tuple)):
            return [(name, one) for one in texts]
        return [(name, delimiter.join(texts))]


def text(name: str, value: object) -> str:
    """Return one value as text. Raises TypeError for a list, an object or bytes."""
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


def is_nested(value: object) -> bool:
    """Return whether a value is a list or an object."""
    return isinstance(value, (list, tuple, Mapping, msgspec.Struct))


def as_json(name: str, value: object) -> str:
    """Return a value as JSON text. Raises TypeError if it has none."""
    try:
        return msgspec.json.encode(flattened(value)).decode("utf-8")
    except (TypeError, ValueError, UnicodeEncodeError):
        raise TypeError(f"{name} cannot be encoded as JSON") from None


def escaped(name: str, text: str, safe: str = "") -> str:
    """Percent-encode text, except for unreserved characters and those that are `safe`."""
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidArgument(f"{name} must not contain lone surrogates")
    return quote(text, safe=safe)


def _plain(value: object) -> object:
    """Return a model as a mapping, and any other value as it is."""
    return msgspec.to_builtins(flattened(value)) if isinstance(value, msgspec.Struct) else value


def _flat(name: str, value: object) -> str:
    """Return a value inside a list or an object as text. A list or an object is JSON there."""
    return as_json(name, value) if is_nested(value) else text(name, value)


def _texts(name: str, value: object) -> list[str]:
    """Return the items of a list, or a single value, as texts."""
    listed = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)
    return [_flat(name, one) for one in listed if one is not None]


def _items(name: str, value: Mapping[object, object]) -> list[tuple[str, str]]:
    return [(text(name, key), _flat(name, one)) for key, one in value.items() if one is not None]


def _deep(name: str, path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield every value inside a value as text, with its path: `a[b][0]`."""
    value = _plain(value)
    if isinstance(value, Mapping):
        for key, one in cast("Mapping[object, object]", value).items():
            yield from _deep(name, f"{path}[{text(name, key)}]", one)
    elif isinstance(value, (list, tuple)):
        for index, one in enumerate(cast("Sequence[object]", value)):
            yield from _deep(name, f"{path}[{index}]", one)
    elif value is not None:
        yield path, text(name, value)
