"""Builder of requests: exactly what the caller gave, checked before anything is sent.

Pure. Builds a `Request` from an operation and the caller's values; headers and the token are
added where it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import TypeAlias, TypeVar, cast
from urllib.parse import quote, unquote

import msgspec

from ..error_details import RequestInfo
from ..errors import InvalidArgument, NotAvailable
from ..redaction import Redactor
from ..types import UNSET, Unset
from .availability import Where
from .base_url import Base
from .operation import Operation

T = TypeVar("T")

PathValue: TypeAlias = (
    str | int | float | date | Sequence[object] | Mapping[str, object] | msgspec.Struct
)
QueryValue: TypeAlias = PathValue | Unset

# Servers refuse longer targets long before this; httpx2 fails beyond twice as much.
_MAX_TARGET = 32_768

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
# C0, DEL, C1. Everything else can be meant, and travels encoded.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Request(msgspec.Struct, frozen=True):
    """A request as it will travel. `target` is path and query, below the base's origin.

    `home` is the path below the base as it was built, whatever a redirect or a link made of it.
    `returns` gives the type that its reply is read as, `security` are the schemes of its operation.
    """

    info: RequestInfo
    target: str
    content: bytes | None
    home: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    returns: Callable[[], object] | None = None
    security: tuple[tuple[str, ...], ...] = ()

    def __repr__(self) -> str:
        # A redirect or a link may have put a signature into the target.
        return f"<Request {self.info}>"

    @property
    def writes(self) -> bool:
        return self.info.method not in ("GET", "HEAD", "OPTIONS")

    def at(self, target: str, redact: Redactor) -> Request:
        """Give the same request to a target that a server named; its path is shown redacted."""
        path = redact(target.partition("?")[0], _MAX_TARGET)
        info = msgspec.structs.replace(self.info, path=path)
        return msgspec.structs.replace(self, target=target, info=info)


def build(
    operation: Operation[T],
    base: Base,
    where: Where,
    *,
    path: Mapping[str, PathValue],
    query: Mapping[str, QueryValue],
    body: Mapping[str, object] | None,
) -> Request:
    """Build the request of a call from what the caller gave, and nothing else."""
    _check_arguments(operation, where, {**query, **(body or {})})
    template = operation.older_paths.get(where.version, operation.path)
    place = base.prefix + _PLACEHOLDER.sub(
        lambda found: _segment(operation, found[1], path[found[1]]), template
    )
    given = {name: value for name, value in query.items() if value is not UNSET}
    search = "&".join(
        pair for name, value in given.items() for pair in _pairs(operation, name, value)
    )
    if len(place) + len(search) > _MAX_TARGET:
        raise InvalidArgument(f"{operation.id}: the arguments make too long an address")
    content, headers = _content(operation, body)
    return Request(
        RequestInfo(
            operation=operation.id,
            method=operation.method,
            path=place,
            note=where.lacking(operation.available) or "",
            needs=operation.needs or "",
        ),
        f"{place}?{search}" if search else place,
        content,
        place.removeprefix(base.prefix),
        (*headers, *_headers(operation, given)),
        operation.returns,
        operation.security,
    )


def _pairs(operation: Operation[T], name: str, value: QueryValue) -> Sequence[str]:
    """What a parameter adds to the query: nothing when it travels elsewhere."""
    place = operation.places.get(name)
    if place is not None:
        return place.pairs(value) if place.location == "query" else ()
    return [f"{quote(name, safe='')}={_encoded(name, one)}" for one in _query_values(name, value)]


def _headers(
    operation: Operation[T], given: Mapping[str, QueryValue]
) -> Iterator[tuple[bytes, bytes]]:
    """The headers that an operation has beside those of every request."""
    if operation.accept is not None:
        yield b"Accept", operation.accept.encode("ascii")
    cookies: list[str] = []
    for name, place in operation.places.items():
        value = given.get(name)
        if value is not None and place.location == "header":
            yield place.name.encode("ascii"), place.header(value).encode("ascii")
        elif value is not None and place.location == "cookie":
            cookies += place.pairs(value)
    if cookies:
        yield b"Cookie", "; ".join(cookies).encode("ascii")


def _content(
    operation: Operation[T], body: Mapping[str, object] | None
) -> tuple[bytes | None, tuple[tuple[bytes, bytes], ...]]:
    """The body and the header that tells its media type."""
    if body is None:
        return None, ()
    given = _checked(body, operation.lists, files=operation.content is not None)
    if operation.content is None:
        return msgspec.json.encode(given), ((b"Content-Type", b"application/json"),)
    made = operation.content.encode(given)
    if made is None:
        return None, ()
    return made[0], ((b"Content-Type", made[1].encode("ascii")),)


def _check_arguments(operation: Operation[T], where: Where, given: Mapping[str, object]) -> None:
    """Refuse what cannot work before anything is sent: it would be ignored, or fail unclearly."""
    if (reason := where.outdated(operation.available)) is not None:
        raise NotAvailable(f"{operation.id}: {reason}")
    for name, available in operation.limited.items():
        if given.get(name, UNSET) is not UNSET:
            reason = where.outdated(available) or where.lacking(available)
            if reason is not None:
                raise NotAvailable(f"{name} cannot be used: {reason}")
    for name in operation.required:
        if given.get(name, UNSET) is UNSET:
            raise InvalidArgument(f"{name} has to be given")
    for name, versions in operation.required_in.items():
        if where.version in versions and given.get(name, UNSET) is UNSET:
            raise InvalidArgument(f"{name} has to be given with API version {where.version}")


def _segment(operation: Operation[T], name: str, value: PathValue) -> str:
    """Encode a value as exactly one segment of a path, whatever it holds."""
    if (place := operation.places.get(name)) is not None:
        written = place.segment(value)
        if written in ("", ".", "..") or _CONTROL.search(unquote(written)):
            raise InvalidArgument(f"{name} must not be empty, dots or control characters")
        return written
    text = _text(name, value)
    if text in ("", ".", ".."):
        raise InvalidArgument(f"{name} must not be {text!r}: it would name another resource")
    if _CONTROL.search(text):
        raise InvalidArgument(f"{name} must not hold control characters")
    return _encoded(name, text)


def _query_values(name: str, value: object) -> Sequence[str]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, (list, tuple)):
        return [_text(name, item) for item in cast("Sequence[object]", value)]
    return (_text(name, value),)


def _text(name: str, value: object) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        # Not `str(value)`: an enum would give its own name.
        return str.__str__(value) if isinstance(value, str) else int.__repr__(value)
    raise TypeError(f"{name} must be a str or an int, not {_kind(value)}")


def _encoded(name: str, text: str) -> str:
    """Percent-encode everything but the unreserved characters of RFC 3986."""
    if not _is_unicode(text):
        raise InvalidArgument(f"{name} must not hold lone surrogates")
    return quote(text, safe="")


def _is_unicode(text: str) -> bool:
    """Tell whether text can be encoded; the error that says where would carry the whole text."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _checked(
    body: Mapping[str, object], lists: Sequence[str], *, files: bool
) -> Mapping[str, object]:
    """What was given of a body; `files` may hold bytes, which no JSON does."""
    given = {name: value for name, value in body.items() if value is not UNSET}
    for name, value in given.items():
        if name in lists and value is not None:
            _check_list(name, value)
        for one in (
            cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else (value,)
        ):
            if not (files and isinstance(one, (bytes, bytearray, memoryview))):
                _check_json(name, one)
    return given


def _check_list(name: str, value: object) -> None:
    """Refuse a str, which is a sequence of strings to a type checker and never meant as one."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name} must be a list or a tuple, not {_kind(value)}")


def _check_json(name: str, value: object) -> None:
    """Refuse what msgspec would change in silence (NaN to null, a set to some order, bytes)."""
    match value:
        case str():
            if not _is_unicode(value):
                raise InvalidArgument(f"{name} must not hold lone surrogates")
        case float():
            if not isfinite(value):
                raise InvalidArgument(f"{name} must be a finite number")
        case None | bool() | int() | date() | msgspec.Struct():
            pass
        case list() | tuple():
            for item in cast("Sequence[object]", value):
                _check_json(name, item)
        case dict():
            for key, item in cast("Mapping[object, object]", value).items():
                if not isinstance(key, str):
                    raise TypeError(f"{name} must have keys of str, not {_kind(key)}")
                _check_json(f"{name}.{key}", item)
        case _:
            raise TypeError(f"{name} cannot be sent: {_kind(value)} is no JSON type")


def _kind(value: object) -> str:
    return type(value).__name__
