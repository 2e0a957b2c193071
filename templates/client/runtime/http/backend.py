"""Network backends: how a connection to a server is opened, directly or through a proxy.

Reads and writes the network. The tunnel of a proxy is opened here, so the connection pool sees a
plain connection, whose failures it handles without losing a place. Nothing of a call is sent before
the tunnel is open.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from itertools import chain, zip_longest
from math import inf
from typing import Any, TypeAlias

import anyio
import httpcore2

from .deadline import remaining
from .proxy import ProxyAddress
from .streams import AsyncStream, Stream, WholeReads
from .tunnel import advance, handshake

# Family, type, protocol and address of a socket.
Address: TypeAlias = tuple[int, int, int, Any]

_READ = 65_536
# Seconds until the next address is tried as well: the delay that RFC 8305 recommends.
_STAGGER = 0.25
_FAILURES = (
    httpcore2.ReadTimeout,
    httpcore2.WriteTimeout,
    httpcore2.ReadError,
    httpcore2.WriteError,
)
_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK})


class Backend(httpcore2.NetworkBackend):
    """Network backend of a sync client.

    `context` verifies the certificate of an https proxy. The hosts and ports in `direct` are
    connected to without the proxy.
    """

    def __init__(
        self,
        proxy: ProxyAddress | None = None,
        context: ssl.SSLContext | None = None,
        direct: Collection[tuple[str, int]] = (),
    ) -> None:
        self._proxy = proxy
        self._context = context
        self._direct = direct

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore2's
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - as above
    ) -> httpcore2.NetworkStream:
        proxy = self._proxy
        if proxy is None or (host, port) in self._direct:
            return Stream(_open_socket(host, port, timeout))
        with _named(proxy):
            stream: httpcore2.NetworkStream = Stream(_open_socket(proxy.host, proxy.port, timeout))
            if self._context is not None:
                stream = stream.start_tls(self._context, proxy.host, timeout)
        try:
            steps, received = handshake(proxy, host, port), None
            while (outgoing := advance(steps, received)) is not None:
                stream.write(outgoing.reveal(), timeout)
                received = stream.read(_READ, timeout)
        except _FAILURES as error:
            stream.close()
            raise _tunnel_error(error) from error
        except BaseException:
            stream.close()
            raise
        return stream


class AsyncBackend(httpcore2.AsyncNetworkBackend):
    """The asynchronous form of `Backend`."""

    def __init__(
        self,
        proxy: ProxyAddress | None = None,
        context: ssl.SSLContext | None = None,
        direct: Collection[tuple[str, int]] = (),
    ) -> None:
        self._proxy = proxy
        self._context = context
        self._direct = direct

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
        local_address: str | None = None,  # noqa: ARG002 - httpcore2's
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - as above
    ) -> httpcore2.AsyncNetworkStream:
        proxy = self._proxy
        if proxy is None or (host, port) in self._direct:
            return await _open_stream(host, port, timeout)
        stream: httpcore2.AsyncNetworkStream
        with _named(proxy):
            stream = await _open_stream(proxy.host, proxy.port, timeout)
            if self._context is not None:
                stream = await stream.start_tls(self._context, proxy.host, timeout)
        try:
            steps, received = handshake(proxy, host, port), None
            while (outgoing := advance(steps, received)) is not None:
                await stream.write(outgoing.reveal(), timeout)
                received = await stream.read(_READ, timeout)
        except _FAILURES as error:
            await stream.aclose()
            raise _tunnel_error(error) from error
        except BaseException:
            with anyio.CancelScope(shield=True):
                await stream.aclose()
            raise
        return stream


@contextmanager
def _named(proxy: ProxyAddress) -> Generator[None]:
    """Name the proxy in the error if it cannot be reached: its address may be the environment's."""
    try:
        yield
    except httpcore2.ConnectError as error:
        raise httpcore2.ConnectError(f"the proxy {proxy}: {error}") from error


def _tunnel_error(error: Exception) -> Exception:
    """Convert an error of a read or write to one that proves that no request was sent."""
    if isinstance(error, httpcore2.TimeoutException):
        return httpcore2.ConnectTimeout("the proxy did not open a tunnel in time")
    return httpcore2.ConnectError(f"the connection to the proxy was lost: {error}")


def _open_socket(host: str, port: int, timeout: float | None) -> socket.socket:
    """Connect to the first address of a host that answers.

    The system's DNS lookup cannot be interrupted at the deadline.
    """
    try:
        return _race(_addresses(host, port), timeout)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(error) from error


def _addresses(host: str, port: int) -> deque[Address]:
    """Resolve a host. The families alternate, beginning with the system's first choice."""
    families: dict[int, list[Address]] = {}
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        families.setdefault(family, []).append((family, kind, protocol, address))
    alternating = chain.from_iterable(zip_longest(*families.values()))
    return deque(one for one in alternating if one is not None)


def _race(addresses: deque[Address], timeout: float | None) -> socket.socket:
    """Connect to addresses until one answers, as RFC 8305 describes (Happy Eyeballs).

    Another attempt starts when one fails, and 250 ms after the one before.
    """
    left = remaining(timeout, httpcore2.ConnectTimeout)
    end = inf if left is None else time.monotonic() + left
    failure = OSError("the host has no address")
    start_next = 0.0
    with selectors.DefaultSelector() as selector:
        try:
            while addresses or selector.get_map():
                now = time.monotonic()
                if now >= end:
                    raise httpcore2.ConnectTimeout("no address of the host answered in time")
                if addresses and (now >= start_next or not selector.get_map()):
                    failure = _start(addresses.popleft(), selector) or failure
                    start_next = now + _STAGGER
                wait_until = min(end, start_next) if addresses else end
                wait = None if wait_until == inf else max(0.0, wait_until - time.monotonic())
                for key, _ in selector.select(wait) if selector.get_map() else ():
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    selector.unregister(sock)
                    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if code == 0:
                        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        return sock
                    sock.close()
                    failure, start_next = OSError(code, os.strerror(code)), 0.0
        finally:
            for key in tuple(selector.get_map().values()):
                assert isinstance(key.fileobj, socket.socket)
                key.fileobj.close()
    raise failure


def _start(address: Address, selector: selectors.BaseSelector) -> OSError | None:
    """Begin to connect to an address. Return the error if that fails at once."""
    family, kind, protocol, target = address
    try:
        sock = socket.socket(family, kind, protocol)
    except OSError as error:  # no support for the family, or no descriptor is left
        return error
    try:
        sock.setblocking(False)
        code = sock.connect_ex(target)
        if code not in _UNDER_WAY:
            raise OSError(code, os.strerror(code))
        selector.register(sock, selectors.EVENT_WRITE)
    except OSError as error:
        sock.close()
        return error
    except BaseException:
        sock.close()
        raise
    return None


async def _open_stream(host: str, port: int, limit: float | None) -> AsyncStream:
    """Connect to the first address of a host that answers; anyio does what `_race` does."""
    try:
        with anyio.fail_after(remaining(limit, httpcore2.ConnectTimeout)):
            return AsyncStream(WholeReads(await anyio.connect_tcp(host, port)))
    except TimeoutError as error:
        raise httpcore2.ConnectTimeout(error) from error
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(error) from error
