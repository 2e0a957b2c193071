"""Replies that are kept, and asked for anew with their ETag: hishel over another transport.

Reads and writes one SQLite database, in memory or in a file that the caller names. Imported only
when a client has a cache; hishel is an extra.

    transport ─▶ Cache ──▶ hishel ──▶ _Upstream ─▶ the pool, or the caller's transport
                 hides the token      puts it back
                 asks to revalidate   lets only whole JSON with an ETag be kept

What hishel sees it may write to disk, and by itself it writes request headers as they are. So it
never sees a token: the key of an entry is a digest of the address and all headers, token included,
which keeps the replies to one token from another. Replies that hold secrets do not come here.

GitHub lets a reply be used for a minute without asking again. In a minute a runner takes a job, so
every use is asked for: a 304 gives the kept body, and costs nothing of the rate limit.
"""

from __future__ import annotations

import functools
import logging
import os
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx2
import msgspec
from msgspec import inspect

from .errors import InvalidArgument
from .models import SecretModel
from .reply import Reply
from .secret import Secret
from .security import Proof
from .transport import FAULT, FROM_CACHE, PROOF, aread, read

_PACKAGE = __name__.partition(".")[0]

try:
    import anysqlite
    import hishel
    from hishel.httpx2 import AsyncCacheTransport, CacheTransport
except ImportError as error:
    raise ImportError(f"a cache needs hishel 2: pip install '{_PACKAGE}[cache]'") from error

if TYPE_CHECKING:
    from .request import Request

_log = logging.getLogger(_PACKAGE)

# A private cache: one client is one user.
_OPTIONS = hishel.CacheOptions(shared=False, supported_methods=["GET"])
_IDLE = 86_400.0  # seconds that an entry is kept without being asked for
_MOST = 64 * 2**20  # bytes of all entries
_LARGEST = 8 * 2**20  # bytes of one; a page of 100 runners has about 100,000

_HIDDEN = "hidden"  # the name of an extension
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

    def takes(self, request: Request, sent: httpx2.Request) -> bool:
        return _takes(request, sent)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        _hide(request)
        response = self._transport.handle_request(request)
        if _is_kept(response):
            try:
                response.read()
            except (RuntimeError, sqlite3.Error) as error:
                _log.warning("a kept reply cannot be read, it is asked for again: %s", error)
                response = self._upstream.handle_request(request)
        return response

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

    def takes(self, request: Request, sent: httpx2.Request) -> bool:
        return _takes(request, sent)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        _hide(request)
        response = await self._transport.handle_async_request(request)
        if _is_kept(response):
            try:
                await response.aread()
            except (RuntimeError, sqlite3.Error) as error:
                _log.warning("a kept reply cannot be read, it is asked for again: %s", error)
                response = await self._upstream.handle_async_request(request)
        return response

    async def aclose(self) -> None:
        await self._storage.close()


class _Upstream(httpx2.BaseTransport):
    """What hishel sends by."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        _reveal(request)
        response = self._inner.handle_request(request)
        try:
            return _handed_on(response, read(response))
        finally:
            response.close()


class _AsyncUpstream(httpx2.AsyncBaseTransport):
    """What hishel sends by, with await."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        _reveal(request)
        response = await self._inner.handle_async_request(request)
        try:
            return _handed_on(response, await aread(response))
        finally:
            await response.aclose()


def _takes(request: Request, sent: httpx2.Request) -> bool:
    """Tell whether a request may be answered from the cache, and its reply be kept.

    It may when it only reads, gives no secret, and asks for no special state. An address that has
    a key in it would be written down.
    """
    proof: Proof = sent.extensions[PROOF]
    if request.writes or request.headers or request.returns is None or proof.query:
        return False
    return not _holds_secrets(request.returns)


@functools.cache
def _holds_secrets(returns: Callable[[], object]) -> bool:
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


def _hide(request: httpx2.Request) -> None:
    """Take the token away, name the entry, and have it revalidated whatever its age."""
    headers = request.headers
    said = b"\n".join(sorted(b": ".join(pair) for pair in headers.raw))
    key = sha256(b"\n".join((str(request.url).encode(), said))).hexdigest()
    hidden = {name: Secret(headers.pop(name)) for name in _signed(request)}
    headers["Cache-Control"] = "no-cache"
    request.extensions = {**request.extensions, _HIDDEN: hidden, "caching": {"key": key}}


def _reveal(request: httpx2.Request) -> None:
    """Make a request again what it was; what hishel added, such as an ETag, stays."""
    hidden: dict[str, Secret[str]] = request.extensions[_HIDDEN]
    for name, value in hidden.items():
        request.headers[name] = value.reveal()
    del request.headers["Cache-Control"]


def _signed(request: httpx2.Request) -> set[str]:
    """Name the headers that hold what a request was signed with."""
    proof: Proof = request.extensions[PROOF]
    names = {name.lower() for name, _ in proof.headers}
    return names | {"cookie"} if proof.cookies else names


def _is_kept(response: httpx2.Response) -> bool:
    """Tell whether the body is a kept one, and say so to who reads it."""
    status: hishel.CacheStatus = response.extensions["caching"]
    if status["from_cache"]:
        response.extensions[FROM_CACHE] = True
    return status["from_cache"]


def _handed_on(response: httpx2.Response, reply: Reply) -> httpx2.Response:
    """Give hishel a reply that is read and decoded; what shall not be kept says so."""
    headers = [pair for pair in response.headers.raw if pair[0].lower() not in _DROPPED]
    if reply.status != 304 and not _is_good(reply):
        headers.append((b"Cache-Control", b"no-store"))
    return httpx2.Response(
        reply.status, headers=headers, content=reply.body, extensions={FAULT: reply.fault}
    )


def _is_good(reply: Reply) -> bool:
    """Tell whether a reply is worth keeping: a damaged one would be there for as long as its ETag."""
    if reply.status != 200 or reply.fault is not None or not reply.is_json:
        return False
    try:
        msgspec.json.decode(reply.body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return reply.header("etag") is not None


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
    connection.execute("SELECT name FROM sqlite_master").fetchall()  # fails for any other file
    return connection
