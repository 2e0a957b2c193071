"""Requests to endpoints outside the API description: an operation for a method and a path.

Pure. A path is below the base URL and cannot leave it, as those of the description cannot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Literal, TypeAlias, Union, cast, get_args, get_origin
from urllib.parse import quote, unquote

import msgspec

from ..decoders import build_decoder
from ..errors import InvalidArgument
from ..types import UNSET
from .availability import Deployment
from .base_url import BaseUrl
from .builder import Request, build
from .json_values import encode_json
from .operation import Answer, Operation, Repeat

Method: TypeAlias = Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
Parameter: TypeAlias = str | int | bool | Sequence[str | int]

_SAFETY: Mapping[str, Repeat] = {
    "GET": "safe",
    "HEAD": "safe",
    "OPTIONS": "safe",
    "PUT": "idempotent",
    "DELETE": "idempotent",
    "PATCH": "unsafe",
    "POST": "unsafe",
}
_SUCCESS = (200, 201, 202, 203, 204, 205)
_NO_CONTENT = (204, 205)

_PLACEHOLDER = re.compile(r"(\{[^{}]*\})")
# What may separate segments for a server or a proxy that decodes escapes first.
_SEPARATOR = re.compile(r"[/\\]")
_NAME = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What a path may contain besides letters and digits (RFC 3986), and the percent sign of an escape.
_PLAIN = "/-._~!$&'()*+,;=:@%"


class _Json(msgspec.Struct, frozen=True):
    """Encoder of a body that is any JSON."""

    value: object

    def encode(self, body: Mapping[str, object]) -> tuple[bytes, str]:
        del body
        return encode_json("json", self.value), "application/json"


class CustomRequest(msgspec.Struct, frozen=True):
    """An operation outside the API description, and the request for it."""

    operation: Operation[object]
    request: Request


def custom_request(
    base: BaseUrl,
    deployment: Deployment,
    method: str,
    path: str,
    *,
    path_parameters: Mapping[str, str | int] | None = None,
    query: Mapping[str, Parameter] | None = None,
    json: object = None,
    returns: object = UNSET,
    retry_safety: str | None = None,
) -> CustomRequest:
    """Build the request for a method and a path. Raises InvalidArgument or TypeError if one is bad."""
    if method not in get_args(Method):
        raise InvalidArgument(f"method must be one of {', '.join(get_args(Method))}")
    if retry_safety is not None and retry_safety not in get_args(Repeat):
        raise InvalidArgument(f"retry_safety must be one of {', '.join(get_args(Repeat))}")
    template, names = _parse_path(path)
    values = path_parameters or {}
    if {*values} != names:
        raise InvalidArgument(
            f"path has the placeholders {sorted(names)}, path_parameters has {sorted(values)}"
        )
    operation = _operation(method, template, json, returns, retry_safety)
    request = build(
        operation,
        base,
        deployment,
        path=values,
        query=query or {},
        body=None if json is None else {},
    )
    written = _SEPARATOR.split(unquote(path))
    segments = [*written, *map(unquote, request.info.path.split("/"))]
    if any(segment.partition(";")[0] in (".", "..") for segment in segments):
        raise InvalidArgument("path must not have dot segments")
    # A path that is not a template may have many values, of which a metric makes as many series.
    info = request.info if names else msgspec.structs.replace(request.info, template="")
    # Nothing is known of secrets in the response, so it is not cached: see `http/cache/policy`.
    return CustomRequest(operation, msgspec.structs.replace(request, info=info, returns=None))


def _operation(
    method: str, template: str, json: object, returns: object, retry_safety: str | None
) -> Operation[object]:
    answers: dict[int, Answer] = {}
    kinds = get_args(returns) if get_origin(returns) in (Union, UnionType) else (returns,)
    if returns is UNSET or (len(kinds) > 1 and NoneType in kinds):
        answers = dict.fromkeys(_NO_CONTENT, Answer(None))
    if [kind for kind in kinds if kind is not NoneType] == [bytes]:
        answers[2] = Answer(lambda: bytes, "binary")
    elif returns is UNSET:
        # Whatever JSON it is. A response without content is None.
        answers[2] = Answer(None if method == "HEAD" else lambda: object)
    elif returns is not None:
        _check_type(returns)
        answers.setdefault(2, Answer(lambda: returns))
    return Operation(
        id=f"{method} {template}",
        method=cast("Method", method),
        path=template,
        success=_SUCCESS,
        returns=None if returns is None else lambda: returns,
        repeat=_SAFETY[method] if retry_safety is None else cast("Repeat", retry_safety),
        content=None if json is None else _Json(json),
        answers=answers,
    )


def _check_type(returns: object) -> None:
    """Raise TypeError for a type that msgspec cannot decode, before anything is sent."""
    try:
        build_decoder(returns)
    except (TypeError, NameError) as error:
        problem = TypeError(f"returns must be a type that msgspec can decode: {error}")
        raise problem from None


def _parse_path(path: str) -> tuple[str, set[str]]:
    """Return a path with everything but its placeholders escaped, and their names."""
    if not isinstance(cast("object", path), str):
        raise TypeError(f"path must be a str, not {type(path).__name__}")
    if not path.startswith("/") or "//" in path:
        raise InvalidArgument(
            "path must begin with one slash and be below base_url, such as /members/7; "
            "it cannot be a URL or have empty segments"
        )
    names: set[str] = set()
    parts: list[str] = []
    for part in _PLACEHOLDER.split(path):
        name = _NAME.fullmatch(part)
        if name is not None:
            names.add(name[1])
        parts.append(_escaped(part) if name is None else part)
    return "".join(parts), names


def _escaped(part: str) -> str:
    """Escape a part of a path that is not a placeholder. Valid escapes stay as they are."""
    if "?" in part or "#" in part:
        raise InvalidArgument("path must not have a query or a fragment: pass query=...")
    if _CONTROL.search(part):
        raise InvalidArgument("path must not contain control characters")
    if _BAD_ESCAPE.search(part):
        raise InvalidArgument("path has a % that is no escape: write %25, or use path_parameters")
    if "{" in part or "}" in part:
        raise InvalidArgument("path has a brace that is no placeholder such as {name}")
    try:
        return quote(part, safe=_PLAIN)
    except UnicodeEncodeError:
        pass
    raise InvalidArgument("path must not contain lone surrogates")
