"""Cache policy: which requests the cache answers, and which responses it stores.

Pure; knows nothing of how and where. A reply that holds a secret is never kept, nor a damaged one:
it would be there for as long as its ETag is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, cast

import msgspec
from msgspec import inspect

from ..response.response import Response
from ..types import SecretModel

if TYPE_CHECKING:
    from ..request.builder import Request

# With one of these a request asks for a state, or a part, of its own choosing.
_SPECIAL = frozenset(
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


def takes(request: Request) -> bool:
    """Tell whether a request may be answered from the cache, and its reply be kept.

    It may when it only reads, gives no secret, and asks for no special state.
    """
    if request.writes or request.returns is None:
        return False
    if any(name.lower() in _SPECIAL for name, _ in request.headers):
        return False
    return not holds_secrets(request.returns)


@functools.cache
def holds_secrets(returns: Callable[[], object]) -> bool:
    """Tell whether a type can hold a secret, however deep; what is not known can."""
    waiting = [inspect.type_info(cast("Any", returns()))]
    seen: set[type] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, (inspect.AnyType, inspect.RawType, inspect.CustomType)):
            return True
        if isinstance(found, inspect.StructType):
            if issubclass(found.cls, SecretModel):
                return True
            if found.cls not in seen:
                seen.add(found.cls)
                waiting += [field.type for field in found.fields]
        elif isinstance(found, inspect.UnionType):
            waiting += found.types
        elif isinstance(found, inspect.CollectionType):
            waiting.append(found.item_type)
        elif isinstance(found, inspect.DictType):
            waiting += [found.key_type, found.value_type]
    return False


def is_good(response: Response, asked: str) -> bool:
    """Tell whether a reply is worth keeping: whole, with an ETag, and of a media type `asked` for.

    What is no JSON is kept only where it was asked for by name, or by a range such as `image/*`: a
    page of HTML in its place is an error of some server in between.
    """
    if response.status != 200 or response.fault is not None or response.header("etag") is None:
        return False
    if not response.is_json:
        wanted = [one.partition(";")[0].strip().lower() for one in asked.split(",")]
        return any(fnmatchcase(response.media_type, one) for one in wanted)
    try:
        msgspec.json.decode(response.body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
