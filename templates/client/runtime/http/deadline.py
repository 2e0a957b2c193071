"""Deadline of a call for slow connections: timeouts that shrink with each read and write.

Reads and writes the network, through httpcore2. A timeout of httpx2 applies to a single read or
write, so a server that sends a byte now and then would never reach it. Therefore the client passes
`DeadlineTimeout`s, and its streams compute the remaining time before each read and write.
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


class DeadlineTimeout(float):
    """A timeout in seconds that also ends at a deadline. Other code can use it as a float."""

    _end: float
    _seconds: float | None

    def __new__(cls, end: float, seconds: float | None) -> DeadlineTimeout:
        left = max(0.0, end - time.monotonic())
        timeout = super().__new__(cls, left if seconds is None else min(seconds, left))
        timeout._end = end
        timeout._seconds = seconds
        return timeout

    def left(self) -> float:
        """Return the seconds for the next step; 0 or less after the deadline."""
        left = self._end - time.monotonic()
        return left if self._seconds is None else min(self._seconds, left)


def timeout_until(end: float, seconds: float | None) -> float | None:
    """Return the timeout of a step: its seconds, but not past the end of the call."""
    return seconds if end == inf else DeadlineTimeout(end, seconds)


def _left(timeout: float | None, error: type[httpcore2.TimeoutException]) -> float | None:
    if not isinstance(timeout, DeadlineTimeout):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise error("the timeout of the whole call expired")
    return left


class Stream(httpcore2.NetworkStream):
    """Network stream that keeps a deadline."""

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
    """Network backend whose connections keep a deadline."""

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
        """Connect to the first reachable address of a host, within the time left."""
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):
            try:
                left = _left(timeout, httpcore2.ConnectTimeout)
                return Stream(
                    self._inner.connect_tcp(address, port, left, local_address, socket_options)
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


class AsyncStream(httpcore2.AsyncNetworkStream):
    """The asynchronous form of `Stream`."""

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
        # The pool checks every idle connection before each request, and anyio would collect all
        # attributes of the connection each time.
        if self._socket is None:
            self._socket = self._inner.get_extra_info("socket")
        return _is_readable(self._socket)


class AsyncBackend(httpcore2.AsyncNetworkBackend):
    """The asynchronous form of `Backend`."""

    def __init__(self) -> None:
        # Without anyio, httpcore2 has another class of this name, which raises an error.
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
        stream = await self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return AsyncStream(stream)


def _addresses(host: str, port: int) -> list[str]:
    """Resolve a host. The system's DNS lookup cannot be interrupted at the deadline."""
    try:
        results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in results))


def _is_readable(sock: Any) -> bool:
    """Return whether a socket is readable. An idle connection is if the server has closed it."""
    descriptor = -1 if sock is None else sock.fileno()
    if descriptor < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
