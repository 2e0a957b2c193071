"""Cache of responses, revalidated by their ETag on every use: hishel between two transports.

Reads and writes one SQLite database, in memory or in a file that the caller names. Imported only
for a client with a cache; hishel is an extra.

    transport ─▶ Cache ───▶ hishel ──▶ _Upstream ─▶ the pool, or the caller's transport
                 replaces the          sends the original request
                 request by a key      marks what must not be stored, by `cache_policy`

hishel may write whatever it receives to disk, including URLs and headers. Therefore it receives
neither, and no credentials: only the key of an entry, which is a digest of the URL and of all
headers. Requests with different tokens, media types or other headers have different keys.
Responses with secrets are never cached, and headers that echo the token are left out.

A cache that cannot be used costs no call its result, nor its time. hishel handles errors of the
database as a miss, and the client never waits for a lock that another process holds.

GitHub allows a response to be used for a minute without revalidation. A runner can take a job within
that minute, so the cache revalidates every use. A 304 response does not count against the rate
limit.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx2

from ..errors import InvalidArgument
from ..redaction import Redactor, Secret
from ..response.response import Response
from .cache_policy import is_cacheable, is_storable
from .exchange import FAULT, FROM_CACHE, aread, read

_PACKAGE = __name__.partition(".")[0]

try:
    import anysqlite
    import hishel
    from hishel.httpx2 import AsyncCacheTransport, CacheTransport
except ImportError as error:
    raise ImportError(f"a cache needs hishel 2: pip install '{_PACKAGE}[cache]'") from error

if TYPE_CHECKING:
    from ..request.builder import Request

_log = logging.getLogger(_PACKAGE)

# A private cache, since a client has one user.
_OPTIONS = hishel.CacheOptions(shared=False, supported_methods=["GET"])
_MAX_IDLE = 86_400.0  # seconds until an unused entry is removed
_MAX_SIZE = 64 * 2**20  # bytes of all entries
_LOCK_WAIT = 1.0  # seconds that a new client waits for a locked file
_MAX_ENTRY = 8 * 2**20  # bytes of one entry; a page of 100 runners has about 100,000

_DO_NOT_WAIT = "PRAGMA busy_timeout = 0"

_ORIGINAL = "original-request"
# The body is decoded. Cookies are never sent back. Only an ETag identifies a state: two states of
# the same second have the same date, and hishel 2.0 then uses the older one.
_DROPPED = frozenset(
    (b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"last-modified")
)


# hishel logs each error of the database. Without a handler, Python would print the tracebacks.
logging.getLogger("hishel").addHandler(logging.NullHandler())


class _Storage(hishel.SqliteStorage):
    """Storage with one entry for each key, which does not wait for locks.

    hishel 2.0 keeps old entries, and then matches none. It waits five seconds for each statement.
    """

    def _initialize_database(self) -> None:
        super()._initialize_database()
        assert self.connection is not None
        self.connection.execute(_DO_NOT_WAIT)

    def create_entry(
        self, request: hishel.Request, response: hishel.Response, key: str, **limits: float | None
    ) -> hishel.Entry:
        for entry in self.get_entries(key):
            self.remove_entry(entry.id)
        return super().create_entry(request, response, key, **limits)


class _AsyncStorage(hishel.AsyncSqliteStorage):
    """The asynchronous form of `_Storage`."""

    async def _initialize_database(self) -> None:
        await super()._initialize_database()
        assert self.connection is not None
        await (await self.connection.cursor()).execute(_DO_NOT_WAIT)

    async def create_entry(
        self, request: hishel.Request, response: hishel.Response, key: str, **limits: float | None
    ) -> hishel.Entry:
        for entry in await self.get_entries(key):
            await self.remove_entry(entry.id)
        return await super().create_entry(request, response, key, **limits)


class Cache:
    """Transport with a cache: it uses a stored body if the server confirms its ETag."""

    def __init__(self, location: object, inner: httpx2.BaseTransport, redact: Redactor) -> None:
        self._storage = _Storage(
            connection=_open_database(location),
            default_tti=_MAX_IDLE,
            max_size=_MAX_SIZE,
            max_stream_size=_MAX_ENTRY,
        )
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
        self._storage = _AsyncStorage(
            connection=anysqlite.Connection(_open_database(location)),
            default_tti=_MAX_IDLE,
            max_size=_MAX_SIZE,
            max_stream_size=_MAX_ENTRY,
        )
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


def _open_database(location: object) -> sqlite3.Connection:
    """Open the database. Only the owner can read a new file.

    While another program has locked the file, a new client caches in memory.
    """
    if location is True:
        return _connect(":memory:")
    if not isinstance(location, (str, os.PathLike)):
        kind = type(location).__name__
        raise TypeError(f"cache must be a bool or the path of a file, not {kind}")
    path = Path(cast("str | os.PathLike[str]", location))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _connect(path)
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            _log.warning("cache: %s is locked; this client caches in memory", path)
            return _connect(":memory:")
        raise InvalidArgument(f"cache: {path} cannot be opened as a database: {error}") from None
    try:
        # Checked here, since hishel checks it only during the first call.
        _Storage(connection=connection).get_entries("")
    except RuntimeError:
        connection.close()
        raise InvalidArgument(f"cache: {path} is another program's database") from None
    connection.execute(_DO_NOT_WAIT)
    return connection


def _connect(location: str | Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        location, timeout=_LOCK_WAIT, check_same_thread=False, isolation_level=None
    )
    try:
        connection.execute("SELECT name FROM sqlite_master").fetchall()  # fails for any other file
    except sqlite3.Error:
        connection.close()
        raise
    return connection
