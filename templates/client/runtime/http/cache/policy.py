"""Cache policy: which requests may use the cache, and which responses may be stored.

Pure. A response with a secret is never stored, nor a corrupt one, which the cache would return until
its ETag changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, cast

import msgspec
from msgspec import inspect

from ...response.response import Response
from ...types import SecretModel

if TYPE_CHECKING:
    from ...request.builder import Request

# Headers with which a caller controls caching or requests a part.
_CACHE_HEADERS = frozenset(
    (
        b"cache-control",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"pragma",
        b"range",
    )
)


def is_cacheable(request: Request) -> bool:
    """Return whether a request may use the cache.

    It must be a read whose result has no secrets, without headers that control caching.
    """
    if request.writes or request.returns is None:
        return False
    if any(name.lower() in _CACHE_HEADERS for name, _ in request.headers):
        return False
    return not holds_secrets(request.returns)


@functools.cache
def holds_secrets(returns: Callable[[], object]) -> bool:
    """Return whether a type can contain a secret at any depth. An unknown type can."""
    waiting = [inspect.type_info(cast("Any", returns()))]
    seen: set[type] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, (inspect.AnyType, inspect.RawType, inspect.CustomType)):
            return True
        if isinstance(kind, inspect.StructType):
            if issubclass(kind.cls, SecretModel):
                return True
            if kind.cls not in seen:
                seen.add(kind.cls)
                waiting += [field.type for field in kind.fields]
        elif isinstance(kind, inspect.UnionType):
            waiting += kind.types
        elif isinstance(kind, inspect.CollectionType):
            waiting.append(kind.item_type)
        elif isinstance(kind, inspect.DictType):
            waiting += [kind.key_type, kind.value_type]
    return False


def is_storable(response: Response, accept: str) -> bool:
    """Return whether a response may be stored: complete, with an ETag, of an accepted media type.

    `accept` is the request's `Accept` header. A response that is not JSON must match it, by name or
    by a range such as `image/*`, since an unexpected HTML page is an error of a proxy.
    """
    if response.status != 200 or response.fault is not None or response.header("etag") is None:
        return False
    if not response.is_json:
        accepted = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
        return any(fnmatchcase(response.media_type, one) for one in accepted)
    try:
        msgspec.json.decode(response.without_bom, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
