"""Cache of responses, revalidated by their ETag: hishel over another transport.

Reads and writes one SQLite database, in memory or in a file that the caller names. Imported only
when a client has a cache; hishel is an extra.

    transport ─▶ Cache ───▶ hishel ──▶ _Upstream ─▶ the pool, or the caller's transport
                 hides the             sends the request that is meant
                 request in a name     lets only be kept what `cache_policy` finds good

What hishel sees it may write to disk, and by itself it writes addresses and headers as they are. So
it sees neither, nor a credential in either: all that it gets is the key of an entry, a digest of
the address and of every header, which keeps the replies to one token, to one media type or to one
caller's header from another's. Replies that hold secrets do not come here.

GitHub lets a reply be used for a minute without asking again. In a minute a runner takes a job, so
every use is asked for: a 304 gives the kept body, and costs nothing of the rate limit.
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
from ..redaction import Secret
from ..response.response import Response
from .cache_policy import is_good, takes
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

# A private cache: one client is one user.
_OPTIONS = hishel.CacheOptions(shared=False, supported_methods=["GET"])
_IDLE = 86_400.0  # seconds that an entry is kept without being asked for
_MOST = 64 * 2**20  # bytes of all entries
_LARGEST = 8 * 2**20  # bytes of one; a page of 100 runners has about 100,000

_MEANT = "meant"
# The body is handed on decoded. Cookies are never sent back. Only an ETag tells states apart: two
# within a second have the same date, and hishel 2.0 then takes the older one.
_DROPPED = frozenset(
    (b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"last-modified")
)


class _Storage(hishel.SqliteStorage):
    """Keeps one entry a key: hishel 2.0 leaves the one before beside it, and never matches two."""

    def create_entry(
        self, request: hishel.Request, response: hishel.Response, key: str, **limits: float | None
    ) -> hishel.Entry:
        for entry in self.get_entries(key):
            self.remove_entry(entry.id)
        return super().create_entry(request, response, key, **limits)


class _AsyncStorage(hishel.AsyncSqliteStorage):
    """The same, with await."""

    async def create_entry(
        self, request: hishel.Request, response: hishel.Response, key: str, **limits: float | None
    ) -> hishel.Entry:
        for entry in await self.get_entries(key):
            await self.remove_entry(entry.id)
        return await super().create_entry(request, response, key, **limits)


class Cache:
    """Answers reads from what was kept, when the server says that it is still good."""

    def __init__(self, where: object, inner: httpx2.BaseTransport) -> None:
        self._storage = _Storage(
            connection=_database(where),
            default_tti=_IDLE,
            max_size=_MOST,
            max_stream_size=_LARGEST,
        )
        self._upstream = _Upstream(inner)
        self._transport = CacheTransport(self._upstream, self._storage, _OPTIONS)

    def takes(self, request: Request) -> bool:
        return takes(request)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        received = self._transport.handle_request(hidden := _hidden(request))
        if _is_kept(received):
            try:
                received.read()
            except (RuntimeError, sqlite3.Error) as error:
                _log.warning("a kept reply cannot be read, it is asked for again: %s", error)
                received = self._upstream.handle_request(hidden)
        return received

    def close(self) -> None:
        self._storage.close()


class AsyncCache:
    """The same, with await."""

    def __init__(self, where: object, inner: httpx2.AsyncBaseTransport) -> None:
        self._storage = _AsyncStorage(
            connection=anysqlite.Connection(_database(where)),
            default_tti=_IDLE,
            max_size=_MOST,
            max_stream_size=_LARGEST,
        )
        self._upstream = _AsyncUpstream(inner)
        self._transport = AsyncCacheTransport(self._upstream, self._storage, _OPTIONS)

    def takes(self, request: Request) -> bool:
        return takes(request)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        received = await self._transport.handle_async_request(hidden := _hidden(request))
        if _is_kept(received):
            try:
                await received.aread()
            except (RuntimeError, sqlite3.Error) as error:
                _log.warning("a kept reply cannot be read, it is asked for again: %s", error)
                received = await self._upstream.handle_async_request(hidden)
        return received

    async def aclose(self) -> None:
        await self._storage.close()


class _Upstream(httpx2.BaseTransport):
    """What hishel sends by."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = _meant(request)
        received = self._inner.handle_request(sent)
        try:
            return _handed_on(sent, received, read(received))
        finally:
            received.close()


class _AsyncUpstream(httpx2.AsyncBaseTransport):
    """What hishel sends by, with await."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = _meant(request)
        received = await self._inner.handle_async_request(sent)
        try:
            return _handed_on(sent, received, await aread(received))
        finally:
            await received.aclose()


def _hidden(request: httpx2.Request) -> httpx2.Request:
    """A request that says nothing but which entry is meant, to be revalidated whatever its age."""
    said = b"\n".join(sorted(b": ".join(pair) for pair in request.headers.raw))
    key = sha256(b"\n".join((str(request.url).encode(), said))).hexdigest()
    return httpx2.Request(
        request.method,
        f"https://kept.invalid/{key}",
        headers={"Cache-Control": "no-cache"},
        extensions={_MEANT: Secret(request), "caching": {"key": key}},
    )


def _meant(hidden: httpx2.Request) -> httpx2.Request:
    """The request that is hidden in another, with the condition that hishel added to that."""
    meant: Secret[httpx2.Request] = hidden.extensions[_MEANT]
    request = meant.reveal()
    condition = [pair for pair in hidden.headers.raw if pair[0].lower() == b"if-none-match"]
    return httpx2.Request(
        request.method,
        request.url,
        headers=[*request.headers.raw, *condition],
        extensions=request.extensions,
    )


def _is_kept(received: httpx2.Response) -> bool:
    """Tell whether the body is a kept one, and say so to who reads it."""
    status: hishel.CacheStatus = received.extensions["caching"]
    if status["from_cache"]:
        received.extensions[FROM_CACHE] = True
    return status["from_cache"]


def _handed_on(
    request: httpx2.Request, received: httpx2.Response, response: Response
) -> httpx2.Response:
    """Give hishel a reply that is read and decoded; what shall not be kept says so."""
    headers = [pair for pair in received.headers.raw if pair[0].lower() not in _DROPPED]
    if response.status != 304 and not is_good(response, request.headers.get("Accept", "")):
        headers.append((b"Cache-Control", b"no-store"))
    return httpx2.Response(
        response.status, headers=headers, content=response.body, extensions={FAULT: response.fault}
    )


def _database(where: object) -> sqlite3.Connection:
    """Open the database, or refuse what cannot be one; a new file is for its owner alone."""
    if where is True:
        return _connected(":memory:")
    if not isinstance(where, (str, os.PathLike)):
        raise TypeError(f"cache must be a bool or the path of a file, not {type(where).__name__}")
    path = Path(cast("str | os.PathLike[str]", where))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _connected(path)
    except (OSError, sqlite3.Error) as error:
        raise InvalidArgument(f"cache: {path} cannot be opened as a database: {error}") from None
    try:
        # hishel looks only when it is first used, and a call is no place to fail.
        hishel.SqliteStorage(connection=connection).get_entries("")
    except RuntimeError:
        connection.close()
        raise InvalidArgument(f"cache: {path} is another program's database") from None
    return connection


def _connected(where: str | Path) -> sqlite3.Connection:
    connection = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("SELECT name FROM sqlite_master").fetchall()  # fails for any other file
    except sqlite3.Error:
        connection.close()
        raise
    return connection
