"""Encoding of request parameters in OpenAPI's styles.

Pure. Everything but the delimiters of a style is percent-encoded, except in headers. An item with
an unescaped delimiter raises InvalidArgument, since it would be received as two. Only JSON can
express null: anywhere else it raises TypeError. `deepObject` has a name for every nested value:
`a[b][0]`. In other styles, a list or an object inside another one is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Literal, cast
from urllib.parse import quote, unquote

import msgspec

from ..errors import InvalidArgument
from .json_values import check_json, encode_json, is_unicode, json_text
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
# JSON has escapes for what a header cannot have.
_NOT_ASCII = re.compile("[^\x00-\x7f]")
# A valid header value: visible ASCII characters, and white space between them.
_HEADER_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?", re.ASCII)


class Place(msgspec.Struct, frozen=True):
    """Location and name of a parameter. `style` is None for the default style of the location.

    Errors name the `argument`.
    """

    location: Location
    name: str
    style: Style | None = None

    def pairs(self, argument: str, value: object) -> list[str]:
        """Encode a value as `name=value` pairs of a query, a cookie or a form."""
        safe = ""
        if self.style is not None and self.style.reserved:
            joined = is_nested(value) and not self.style.explode
            safe = _RESERVED.replace(",", "") if joined else _RESERVED
        named = self._named(argument, value, lambda text: escaped(argument, text, safe))
        return [f"{name}={encoded}" for name, encoded in named]

    def fields(self, argument: str, value: object) -> list[tuple[str, str]]:
        """Return a value as the names and values of a form in which nothing is escaped."""
        return self._named(argument, value, lambda text: unicode(argument, text))

    def segment(self, argument: str, value: object) -> str:
        """Encode a value as a part of a path."""
        style, value = self.style or _DEFAULT_STYLES["path"], _plain(argument, value)
        if style.name == "json":
            return escaped(argument, json_text(argument, value))
        name = escaped(argument, self.name)
        prefix = {"label": ".", "matrix": ";"}.get(style.name, "")
        separator = prefix if prefix and style.explode else ","
        if isinstance(value, Mapping):
            items = [
                (escaped(argument, key), escaped(argument, one))
                for key, one in _items(argument, cast("Mapping[object, object]", value))
            ]
            if style.explode:
                pairs = [f"{key}={one}" for key, one in items]
                return prefix + _joined(argument, pairs, separator)
            inside = [part for item in items for part in item]
        else:
            inside = [escaped(argument, one) for one in _texts(argument, value)]
            if not isinstance(value, (list, tuple)):
                return f";{name}={inside[0]}" if style.name == "matrix" else prefix + inside[0]
            if style.name == "matrix" and style.explode:
                return "".join(f";{name}={one}" for one in inside)
        if style.name == "matrix":
            return f";{name}={','.join(inside)}"
        return prefix + _joined(argument, inside, separator)

    def header(self, argument: str, value: object) -> str:
        """Encode a value as the value of a header, which has no escapes."""
        style, value = self.style or _DEFAULT_STYLES["header"], _plain(argument, value)
        if style.name == "json":
            encoded = _NOT_ASCII.sub(_json_escape, json_text(argument, value))
        elif isinstance(value, Mapping):
            items = _items(argument, cast("Mapping[object, object]", value))
            if style.explode:
                inside = [_joined(argument, item, "=", last=False) for item in items]
            else:
                inside = [part for item in items for part in item]
            encoded = _header_list(argument, inside)
        elif isinstance(value, (list, tuple)):
            encoded = _header_list(argument, _texts(argument, cast("object", value)))
        else:
            encoded = text(argument, value)
        if encoded and _HEADER_VALUE.fullmatch(encoded) is None:
            raise InvalidArgument(
                f"{argument} must have visible ASCII characters only, since it is a header"
            )
        return encoded

    def _named(
        self, argument: str, value: object, escape: Callable[[str], str]
    ) -> list[tuple[str, str]]:
        """Return a value as names and values, each of them escaped."""
        style = self.style or _DEFAULT_STYLES[self.location]
        name, value = escape(self.name), _plain(argument, value)
        if style.name == "json":
            return [(name, escape(json_text(argument, value)))]
        if style.name == "deepObject":
            check_json(argument, value)
            return [(escape(path), escape(one)) for path, one in _deep(argument, self.name, value)]
        delimiter = _DELIMITERS.get(style.name, ",")
        delimiter = delimiter if delimiter == "," else escape(delimiter)
        if isinstance(value, Mapping):
            mapping = cast("Mapping[object, object]", value)
            if style.explode:
                return [
                    (escape(text(argument, key)), escape(one))
                    for key, held in mapping.items()
                    for one in _texts(argument, held)
                ]
            inside = [escape(part) for item in _items(argument, mapping) for part in item]
            return [(name, _joined(argument, inside, delimiter))]
        texts = [escape(one) for one in _texts(argument, value)]
        if style.explode or not texts or not isinstance(value, (list, tuple)):
            return [(name, one) for one in texts]
        return [(name, _joined(argument, texts, delimiter))]


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
        case None:
            raise TypeError(
                f"{name} cannot be or contain None, since only JSON can express null; leave it out"
            )
        case _:
            raise TypeError(
                f"{name} cannot contain {type(value).__name__}: only text, numbers and dates"
            )


def is_nested(value: object) -> bool:
    """Return whether a value is a list or an object."""
    return isinstance(value, (list, tuple, Mapping, msgspec.Struct))


def escaped(name: str, text: str, safe: str = "") -> str:
    """Percent-encode text, except for unreserved characters and those that are `safe`."""
    return quote(unicode(name, text), safe=safe)


def unicode(name: str, text: str) -> str:
    """Return text. Raises InvalidArgument if it cannot be encoded."""
    if not is_unicode(text):
        raise InvalidArgument(f"{name} must not contain lone surrogates")
    return text


def _plain(name: str, value: object) -> object:
    """Return a model as a mapping, and any other value as it is."""
    return (
        msgspec.json.decode(encode_json(name, value))
        if isinstance(value, msgspec.Struct)
        else value
    )


def _flat(name: str, value: object) -> str:
    """Return a value inside a list or an object as text. A list or an object is JSON there."""
    return json_text(name, value) if is_nested(value) else text(name, value)


def _texts(name: str, value: object) -> list[str]:
    """Return the items of a list, or a single value, as texts."""
    listed = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)
    return [_flat(name, one) for one in listed]


def _items(name: str, value: Mapping[object, object]) -> list[tuple[str, str]]:
    return [(text(name, key), _flat(name, one)) for key, one in value.items()]


def _json_escape(match: re.Match[str]) -> str:
    """Return a character as an escape of JSON, or as two beyond U+FFFF."""
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _joined(argument: str, items: Sequence[str], delimiter: str, *, last: bool = True) -> str:
    """Join items. Raise InvalidArgument if one has the delimiter, unless it is the last and may."""
    if any(delimiter in item for item in (items if last else items[:-1])):
        raise InvalidArgument(
            f"{argument} must not have {unquote(delimiter)!r} in an item, since it separates them"
        )
    return delimiter.join(items)


def _header_list(argument: str, items: Sequence[str]) -> str:
    """Join the items of a header. Recipients drop empty items and the white space around others."""
    if not all(items) or any(item != item.strip(" \t") for item in items):
        raise InvalidArgument(
            f"{argument} must not have an empty item or white space around one: it is a header"
        )
    return _joined(argument, items, ",")


def _deep(name: str, path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield every value inside a value as text, with its path: `a[b][0]`."""
    waiting = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        value = _plain(name, value)
        if isinstance(value, Mapping):
            items = cast("Mapping[object, object]", value).items()
            inside = [(f"{path}[{text(name, key)}]", one) for key, one in items]
        elif isinstance(value, (list, tuple)):
            listed = enumerate(cast("Sequence[object]", value))
            inside = [(f"{path}[{index}]", one) for index, one in listed]
        else:
            yield path, text(name, value)
            continue
        waiting += reversed(inside)
