"""Deadline of a call, kept even if bytes come in slowly.

httpx2 takes a time-out for each single read and write: a server that sends a byte now and then is
never timed out. So the time-outs that we hand it are `Until`s, and the streams of our pools ask
one, before each read and write, what is left. Reads and writes the network, through httpcore2.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterable
from math import inf
from ssl import SSLContext
from typing import Any, cast

import httpcore2


class Until(float):
    """A time-out in seconds that ends at a moment at the latest: to others, a plain float."""

    _end: float
    _seconds: float | None

    def __new__(cls, end: float, seconds: float | None) -> Until:
        left = max(0.0, end - time.monotonic())
        made = super().__new__(cls, left if seconds is None else min(seconds, left))
        made._end = end
        made._seconds = seconds
        return made

    def left(self) -> float:
        """Give the seconds for one more step; 0 or less when the end has come."""
        left = self._end - time.monotonic()
        return left if self._seconds is None else min(self._seconds, left)


def until(end: float, seconds: float | None) -> float | None:
    """Make the time-out of a step: its seconds, but none past the end of the call."""
    return seconds if end == inf else Until(end, seconds)


def _left(timeout: float | None, error: type[httpcore2.TimeoutException]) -> float | None:
    if not isinstance(timeout, Until):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise error("the time of the whole call is over")
    return left


class Stream(httpcore2.NetworkStream):
    """A stream whose every step ends in time."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Makes connections whose every step ends in time."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of a host that answers, each with the time that is left."""
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):
            try:
                left = _left(timeout, httpcore2.ConnectTimeout)
                return Stream(
                    self._inner.connect_tcp(address, port, left, local_address, socket_options)
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed


class AsyncStream(httpcore2.AsyncNetworkStream):
    """A stream whose every step ends in time."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner
        self._socket: Any = None

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
    ) -> bytes:
        return await self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
    ) -> None:
        await self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable":
            return self._inner.get_extra_info(info)
        # The pool asks this of every idle connection before each request, and anyio collects all
        # that it knows of a connection each time.
        if self._socket is None:
            self._socket = self._inner.get_extra_info("socket")
        return _is_readable(self._socket)


class AsyncBackend(httpcore2.AsyncNetworkBackend):
    """Makes connections whose every step ends in time."""

    def __init__(self) -> None:
        # Where anyio is missing, httpcore2 has another class of this name, which says so.
        self._inner = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        made = await self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return AsyncStream(made)


def _addresses(host: str, port: int) -> list[str]:
    """Look a host up. The system's look-up cannot be broken off, only its result be too late."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _is_readable(sock: Any) -> bool:
    """Tell whether there is something to read: of an idle connection, that it was closed."""
    number = -1 if sock is None else sock.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
