"""Connection pools: httpx2's transports, with connections that are safe to use again.

Reads and writes the network. A pool is an `httpx2.HTTPTransport`, so that what patches or wraps
those sees the requests of a client. httpx2 has no option for a network backend, nor for a check of
idle connections. Therefore a pool replaces httpx2's attribute `_pool`, and its connections read
httpcore2's `_connection` and `_h11_state`. If one of these is renamed, every call fails.

httpcore2 forgets a connection that is being opened when its pool is closed. It is closed here as
soon as it is open, by `_connection` or, in the asynchronous form, by `_connect`.

The locks of a sync pool and of its connections are in C. An exception of a signal handler could
leave httpcore2's own locks, which are in Python, locked for ever, and other threads wait for them.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Mapping
from math import inf
from typing import Any, cast

import anyio
import httpcore2
import httpx2

from ..call.pacing import AT_ONCE
from .backend import AsyncBackend, Backend

_KEEPALIVE = 5.0  # seconds until an idle connection is closed

# Extension of a request that needs a connection which the server has not closed: a write, since its
# outcome would be unknown. Many servers close a connection that was idle for some seconds.
FRESH = "fresh"
_FRESH = 1.0  # seconds that such a connection may have been idle

_CLOSED = "the client was closed while it connected"


class Pool(httpx2.HTTPTransport):
    """Connection pool of a sync client."""

    def __init__(self, context: ssl.SSLContext, backend: Backend) -> None:
        self._pool = _ConnectionPool(
            ssl_context=context,
            max_connections=AT_ONCE,
            max_keepalive_connections=AT_ONCE,
            keepalive_expiry=_KEEPALIVE,
            network_backend=backend,
        )
        pool: Any = self._pool  # the attribute is private, and there is no other way
        pool._optional_thread_lock = threading.RLock()  # see the module

    def abandon(self) -> None:
        """Close the sockets in a child process, without a lock that a thread of the parent has.

        A TLS connection is closed without a message to its peer.
        """
        for connection in self._pool.connections:
            connection.close()


class AsyncPool(httpx2.AsyncHTTPTransport):
    """Connection pool of an async client."""

    def __init__(self, context: ssl.SSLContext, backend: AsyncBackend) -> None:
        self._pool = _AsyncConnectionPool(
            ssl_context=context,
            max_connections=AT_ONCE,
            max_keepalive_connections=AT_ONCE,
            keepalive_expiry=_KEEPALIVE,
            network_backend=backend,
        )


class _Connection(httpcore2.HTTPConnection):
    """Connection that is closed if bytes follow a response, or if a request needs a fresher one."""

    _used = inf  # a new connection is fresh
    _checked = False  # only a request leaves unread bytes; the pool then closes the connection
    _made: httpcore2.ConnectionInterface | None = None
    _is_closed = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._request_lock: Any = threading.Lock()  # see the module

    @property
    def _connection(self) -> httpcore2.ConnectionInterface | None:
        return self._made

    @_connection.setter
    def _connection(  # pyright: ignore[reportIncompatibleVariableOverride] - httpcore2 sets it
        self, made: Any
    ) -> None:
        if made is not None:
            made._state_lock = threading.Lock()
        self._made = made
        if self._is_closed and made is not None:  # by another thread, before or after that line
            made.close()
            raise httpcore2.ConnectError(_CLOSED)

    def close(self) -> None:
        self._is_closed = True
        super().close()

    def handle_request(self, request: httpcore2.Request) -> httpcore2.Response:
        if _is_stale(request, self._used):
            self.close()
            raise httpcore2.ConnectionNotAvailable  # the pool takes another one
        try:
            return super().handle_request(request)
        finally:
            self._used, self._checked = time.monotonic(), False

    def has_expired(self) -> bool:
        if not self._checked:
            self._checked = True
            if _has_unread_bytes(self._connection):
                return True
        return super().has_expired()


class _AsyncConnection(httpcore2.AsyncHTTPConnection):
    """The asynchronous form of `_Connection`."""

    _used = inf
    _checked = False
    _is_closed = False

    async def _connect(self, request: httpcore2.Request) -> httpcore2.AsyncNetworkStream:
        stream = await super()._connect(request)
        if self._is_closed:
            with anyio.CancelScope(shield=True):
                await stream.aclose()
            raise httpcore2.ConnectError(_CLOSED)
        return stream

    async def aclose(self) -> None:
        self._is_closed = True
        await super().aclose()

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        if _is_stale(request, self._used):
            await self.aclose()
            raise httpcore2.ConnectionNotAvailable
        try:
            return await super().handle_async_request(request)
        finally:
            self._used, self._checked = time.monotonic(), False

    def has_expired(self) -> bool:
        if not self._checked:
            self._checked = True
            if _has_unread_bytes(self._connection):
                return True
        return super().has_expired()


class _ConnectionPool(httpcore2.ConnectionPool):
    """Pool of `_Connection`s."""

    def create_connection(self, origin: httpcore2.Origin) -> httpcore2.ConnectionInterface:
        return _Connection(
            origin=origin,
            ssl_context=self._ssl_context,
            keepalive_expiry=self._keepalive_expiry,
            network_backend=self._network_backend,
        )


class _AsyncConnectionPool(httpcore2.AsyncConnectionPool):
    """Pool of `_AsyncConnection`s."""

    def create_connection(self, origin: httpcore2.Origin) -> httpcore2.AsyncConnectionInterface:
        return _AsyncConnection(
            origin=origin,
            ssl_context=self._ssl_context,
            keepalive_expiry=self._keepalive_expiry,
            network_backend=self._network_backend,
        )


def _is_stale(request: httpcore2.Request, used: float) -> bool:
    """Return whether a request needs a fresher connection than one that was used at this time."""
    extensions = cast(
        "Mapping[str, object]", request.extensions
    )  # pyright: ignore[reportUnknownMemberType] - a bare dict
    return extensions.get(FRESH) is True and time.monotonic() - used > _FRESH


def _has_unread_bytes(
    connection: httpcore2.ConnectionInterface | httpcore2.AsyncConnectionInterface | None,
) -> bool:
    """Return whether bytes followed the last response of a connection.

    httpcore2 would take them for the response to the next request. The pool asks this of idle
    connections only.
    """
    if connection is None:
        return False
    assert isinstance(connection, (httpcore2.HTTP11Connection, httpcore2.AsyncHTTP11Connection))
    state = connection._h11_state  # pyright: ignore[reportPrivateUsage] - see the module
    return bool(state.trailing_data[0])
