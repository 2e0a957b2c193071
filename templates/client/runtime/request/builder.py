"""Request builder: a request from an operation and the caller's arguments, which it checks.

Pure. The transport adds the client's headers and the token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias, TypeVar, cast
from urllib.parse import quote, unquote

import msgspec

from ..errors import InvalidArgument, NotAvailable, RequestInfo
from ..redaction import Redactor
from ..types import UNSET, Unset
from .availability import Deployment
from .base_url import BaseUrl
from .headers import Headers
from .json_values import check_json, clash, encode_fields, is_unicode
from .operation import Operation

T = TypeVar("T")

PathValue: TypeAlias = (
    str | int | float | date | Sequence[object] | Mapping[str, object] | msgspec.Struct
)
QueryValue: TypeAlias = PathValue | Unset

# Servers reject much shorter targets than this. httpx2 fails beyond twice this length.
_MAX_TARGET = 32_768

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
# C0, DEL and C1. Everything else is percent-encoded.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Request(msgspec.Struct, frozen=True):
    """A request to send. `target` is its path and query, below the origin of its base URL.

    `original_path` is the path below the base URL before any redirect or link. `returns` returns
    the type of the result. `security` are the security schemes of the operation.
    """

    info: RequestInfo
    base: BaseUrl
    target: str
    content: bytes | None
    original_path: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    returns: Callable[[], object] | None = None
    security: tuple[tuple[str, ...], ...] = ()

    def __repr__(self) -> str:
        # The URL of a redirect or a link may contain a signature.
        return f"<Request {self.info}>"

    @property
    def writes(self) -> bool:
        return self.info.method not in ("GET", "HEAD", "OPTIONS")

    def with_headers(self, headers: Headers) -> Request:
        """Return this request with additional headers, unless it has its own of that name."""
        return msgspec.structs.replace(self, headers=headers.beside(self.headers))

    def with_target(self, target: str, redact: Redactor) -> Request:
        """Return this request for a target from a server. The shown path is redacted."""
        path = redact(target.partition("?")[0], _MAX_TARGET)
        info = msgspec.structs.replace(self.info, path=path)
        return msgspec.structs.replace(self, target=target, info=info)


class Given(dict[str, object]):
    """The arguments of a body that the caller asked for, even if none of them is set."""


def with_extra(
    fields: Mapping[str, object], extra: Mapping[str, object] | Unset
) -> Mapping[str, object]:
    """Return the arguments of a body with its extras. An empty `extra` sends an empty object."""
    if extra is UNSET:
        return fields
    if not isinstance(cast("object", extra), Mapping):
        raise TypeError(f"extra must be a mapping, not {type(extra).__name__}")
    check_json("extra", extra)
    if (problem := clash(extra, fields.keys())) is not None:
        raise InvalidArgument(f"extra{problem}")
    return Given({**fields, **extra})


def build(
    operation: Operation[T],
    base: BaseUrl,
    deployment: Deployment,
    *,
    path: Mapping[str, PathValue],
    query: Mapping[str, QueryValue],
    body: Mapping[str, object] | None,
) -> Request:
    """Build the request of a call from its arguments. Nothing else is added."""
    _check_arguments(operation, deployment, query, body or {})
    template = operation.older_paths.get(deployment.version, operation.path)
    full_path = base.prefix + _PLACEHOLDER.sub(
        lambda match: _segment(operation, match[1], path[match[1]]), template
    )
    parameters = {name: value for name, value in query.items() if value is not UNSET}
    search = "&".join(
        pair for name, value in parameters.items() for pair in _query_pairs(operation, name, value)
    )
    if operation.fixed_query:
        search = f"{operation.fixed_query}&{search}" if search else operation.fixed_query
    if len(full_path) + len(search) > _MAX_TARGET:
        raise InvalidArgument(f"{operation.id}: the arguments make the URL too long")
    headers = tuple(_headers(operation, parameters))
    has_body = not operation.body_in or deployment.version in operation.body_in
    # Last, so that no traceback shows the body as it is sent.
    content, content_type = _content(operation, body if has_body else None)
    return Request(
        RequestInfo(
            operation=operation.id,
            method=operation.method,
            path=full_path,
            template=base.prefix + template,
            note=deployment.missing_on_product(operation.available) or "",
            needs=operation.needs or "",
        ),
        base,
        f"{full_path}?{search}" if search else full_path,
        content,
        full_path.removeprefix(base.prefix),
        (*content_type, *headers),
        operation.returns,
        operation.security,
    )


def _query_pairs(operation: Operation[T], name: str, value: QueryValue) -> Sequence[str]:
    """Return the query pairs of a parameter; none if it is a header or a cookie."""
    place = operation.places.get(name)
    if place is not None:
        return place.pairs(name, value) if place.location == "query" else ()
    return [f"{quote(name, safe='')}={_encoded(name, one)}" for one in _query_values(name, value)]


def _headers(
    operation: Operation[T], parameters: Mapping[str, QueryValue]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers of an operation in addition to those of every request."""
    if operation.accept is not None:
        yield b"Accept", operation.accept.encode("ascii")
    cookies: list[str] = []
    for name, place in operation.places.items():
        if name not in parameters:
            continue
        value = parameters[name]
        if place.location == "header":
            encoded = place.header(name, value)
            if place.name.lower() == "cookie":
                cookies.append(encoded)
            else:
                yield place.name.encode("ascii"), encoded.encode("ascii")
        elif place.location == "cookie":
            cookies += place.pairs(name, value)
    if cookies:
        yield b"Cookie", "; ".join(cookies).encode("ascii")


def _content(
    operation: Operation[T], body: Mapping[str, object] | None
) -> tuple[bytes | None, tuple[tuple[bytes, bytes], ...]]:
    """Return the encoded body and its `Content-Type` header."""
    if body is None:
        return None, ()
    fields = {name: value for name, value in body.items() if value is not UNSET}
    for name in operation.lists:
        _check_list(name, fields.get(name))
    if not fields and operation.body_optional and not isinstance(body, Given):
        return None, ()
    if operation.content is None:
        return encode_fields(fields), ((b"Content-Type", b"application/json"),)
    content, media_type = operation.content.encode(fields)
    return content, ((b"Content-Type", media_type.encode("ascii")),)


def _check_arguments(
    operation: Operation[T],
    deployment: Deployment,
    query: Mapping[str, object],
    body: Mapping[str, object],
) -> None:
    """Raise an error for arguments that the server would ignore or reject without a clear reason."""

    def is_unset(name: str) -> bool:
        # A parameter and a field of the body can have one name.
        return query.get(name, UNSET) is UNSET and body.get(name, UNSET) is UNSET

    if (reason := deployment.certainly_missing(operation.available)) is not None:
        raise NotAvailable(f"{operation.id}: {reason}")
    for name, available in operation.limited.items():
        if not is_unset(name):
            reason = deployment.missing_in_version(available)
            reason = reason or deployment.missing_on_product(available)
            if reason is not None:
                raise NotAvailable(f"{name} cannot be used: {reason}")
    for name in operation.required:
        if is_unset(name):
            raise InvalidArgument(f"{name} is required")
    for name, versions in operation.required_in.items():
        if deployment.version in versions and is_unset(name):
            raise InvalidArgument(f"{name} is required in API version {deployment.version}")


def _segment(operation: Operation[T], name: str, value: PathValue) -> str:
    """Encode a value as exactly one path segment."""
    if (place := operation.places.get(name)) is not None:
        segment = place.segment(name, value)
        if segment in ("", ".", "..") or _CONTROL.search(unquote(segment)):
            raise InvalidArgument(
                f"{name} must not be empty or a dot segment, or contain control characters"
            )
        return segment
    text = _text(name, value)
    if text in ("", ".", ".."):
        raise InvalidArgument(f"{name} must not be {text!r}: it would change the path")
    if _CONTROL.search(text):
        raise InvalidArgument(f"{name} must not contain control characters")
    return _encoded(name, text)


def _query_values(name: str, value: object) -> Sequence[str]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, (list, tuple)):
        return [_text(name, item) for item in cast("Sequence[object]", value)]
    return (_text(name, value),)


def _text(name: str, value: object) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        # Not `str(value)`, which is the member's name for an enum.
        return str.__str__(value) if isinstance(value, str) else int.__repr__(value)
    raise TypeError(f"{name} must be a str or an int, not {_type_name(value)}")


def _encoded(name: str, text: str) -> str:
    """Percent-encode everything but the unreserved characters of RFC 3986."""
    if not is_unicode(text):
        raise InvalidArgument(f"{name} must not contain lone surrogates")
    return quote(text, safe="")


def _check_list(name: str, value: object) -> None:
    """Raise TypeError unless a value is a list or None. A str is a `Sequence[str]` to a type checker."""
    if value is not None and not isinstance(value, (list, tuple)):
        raise TypeError(f"{name} must be a list or a tuple, not {_type_name(value)}")


def _type_name(value: object) -> str:
    return type(value).__name__
