"""Cache of responses, revalidated by their ETag on every use: hishel between two transports.

Reads and writes the SQLite database of `storage`. Imported only for a client with a cache.

    transport ─▶ Cache ───▶ hishel ──▶ _Upstream ─▶ the pool, or the caller's transport
                 replaces the          sends the original request
                 request by a key      marks what must not be stored, by `policy`

hishel may write whatever it receives to disk, including URLs and headers. Therefore it receives
neither, and no credentials: only the key of an entry, which is a digest of the URL and of all
headers. Requests with different tokens, media types or other headers have different keys.
Responses with secrets are never cached, and headers that echo the token are left out.

A cache that cannot be used costs no call its result, nor its time. hishel handles errors of the
database as a miss, and the client never waits for a lock that another process holds.

A server may allow a response to be used for a minute without revalidation. An object can change
within that minute, so the cache revalidates every use.
"""

from __future__ import annotations

import logging
import sqlite3
from hashlib import sha256
from typing import TYPE_CHECKING

import hishel
import httpx2
from hishel.httpx2 import AsyncCacheTransport, CacheTransport

from ...redaction import Redactor, Secret
from ...response.response import Response
from ..exchange import FAULT, FROM_CACHE, aread, read
from .policy import is_cacheable, is_storable
from .storage import open_async_storage, open_storage

if TYPE_CHECKING:
    from ...request.builder import Request

_log = logging.getLogger(__name__.partition(".")[0])

# A private cache, since a client has one user.
_OPTIONS = hishel.CacheOptions(shared=False, supported_methods=["GET"])

_ORIGINAL = "original-request"
# The body is decoded. Cookies are never sent back. Only an ETag identifies a state: two states of
# the same second have the same date, and hishel 2.0 then uses the older one.
_DROPPED = frozenset(
    (b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"last-modified")
)


class Cache:
    """Transport with a cache: it uses a stored body if the server confirms its ETag."""

    def __init__(self, location: object, inner: httpx2.BaseTransport, redact: Redactor) -> None:
        self._storage = open_storage(location)
        self._upstream = _Upstream(inner, redact)
        self._transport = CacheTransport(self._upstream, self._storage, _OPTIONS)

    def is_cacheable(self, request: Request) -> bool:
        return is_cacheable(request)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        received = self._transport.handle_request(opaque := _opaque_request(request))
        if _is_from_cache(received):
            try:
                received.read()
            except (RuntimeError, sqlite3.Error) as error:
                _log.warning("cannot read a cached response, requesting it again: %s", error)
                received = self._upstream.handle_request(opaque)
        return received

    def close(self) -> None:
        self._storage.close()


class AsyncCache:
    """The asynchronous form of `Cache`."""

    def __init__(
        self, location: object, inner: httpx2.AsyncBaseTransport, redact: Redactor
    ) -> None:
        self._storage = open_async_storage(location)
        self._upstream = _AsyncUpstream(inner, redact)
        self._transport = AsyncCacheTransport(self._upstream, self._storage, _OPTIONS)

    def is_cacheable(self, request: Request) -> bool:
        return is_cacheable(request)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        received = await self._transport.handle_async_request(opaque := _opaque_request(request))
        if _is_from_cache(received):
            try:
                await received.aread()
            except (RuntimeError, sqlite3.Error) as error:
                _log.warning("cannot read a cached response, requesting it again: %s", error)
                received = await self._upstream.handle_async_request(opaque)
        return received

    async def aclose(self) -> None:
        await self._storage.close()


class _Upstream(httpx2.BaseTransport):
    """Transport below hishel, which sends the original request."""

    def __init__(self, inner: httpx2.BaseTransport, redact: Redactor) -> None:
        self._inner = inner
        self._redact = redact

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = _original_request(request)
        received = self._inner.handle_request(sent)
        try:
            return _for_storage(sent, received, read(received, sent), self._redact)
        finally:
            received.close()


class _AsyncUpstream(httpx2.AsyncBaseTransport):
    """The asynchronous form of `_Upstream`."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, redact: Redactor) -> None:
        self._inner = inner
        self._redact = redact

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = _original_request(request)
        received = await self._inner.handle_async_request(sent)
        try:
            return _for_storage(sent, received, await aread(received, sent), self._redact)
        finally:
            await received.aclose()


def _opaque_request(request: httpx2.Request) -> httpx2.Request:
    """Return a request with only the key of an entry, which is revalidated at any age."""
    headers = b"\n".join(sorted(b": ".join(pair) for pair in request.headers.raw))
    key = sha256(b"\n".join((str(request.url).encode(), headers))).hexdigest()
    return httpx2.Request(
        request.method,
        f"https://cache.invalid/{key}",
        headers={"Cache-Control": "no-cache"},
        extensions={_ORIGINAL: Secret(request), "caching": {"key": key}},
    )


def _original_request(opaque: httpx2.Request) -> httpx2.Request:
    """Return the original request, with the `If-None-Match` that hishel added."""
    original: Secret[httpx2.Request] = opaque.extensions[_ORIGINAL]
    request = original.reveal()
    condition = [pair for pair in opaque.headers.raw if pair[0].lower() == b"if-none-match"]
    return httpx2.Request(
        request.method,
        request.url,
        headers=[*request.headers.raw, *condition],
        extensions=request.extensions,
    )


def _is_from_cache(received: httpx2.Response) -> bool:
    """Return whether the body comes from the cache, and record it for `exchange`."""
    status: hishel.CacheStatus = received.extensions["caching"]
    if status["from_cache"]:
        received.extensions[FROM_CACHE] = True
    return status["from_cache"]


def _for_storage(
    request: httpx2.Request, received: httpx2.Response, response: Response, redact: Redactor
) -> httpx2.Response:
    """Return a decoded response for hishel, with `no-store` if it must not be stored."""
    headers = [
        (name, value)
        for name, value in received.headers.raw
        if name.lower() not in _DROPPED and not redact.reveals(value)
    ]
    if response.status != 304 and (
        redact.reveals(response.body)
        or not is_storable(response, request.headers.get("Accept", ""))
    ):
        headers.append((b"Cache-Control", b"no-store"))
    return httpx2.Response(
        response.status, headers=headers, content=response.body, extensions={FAULT: response.fault}
    )
