"""Network streams: open connections that keep the deadline of a call, sync and async.

Reads and writes the network. Every failure becomes an error of httpcore2, also an `ssl.SSLError`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import anyio
import anyio.abc
import httpcore2
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

from ..fork import await_between_forks, between_forks
from .deadline import remaining
from .nested_tls import NestedTls, has_records, shut_down

# The most that an event loop reads at once (asyncio 256 KiB, uvloop 250 kB).
_MAX_READ = 2**18

# A closed TLS socket raises a ValueError.
_FAILURES = (OSError, ValueError)
_ASYNC_FAILURES = (*_FAILURES, anyio.BrokenResourceError, anyio.ClosedResourceError)


class Stream(httpcore2.NetworkStream):
    """Network stream of a sync client.

    Another thread may close it while one reads or writes. The descriptor is then kept until that
    thread has ended: its number would go to the next file or socket that the process opens.
    """

    def __init__(self, sock: socket.socket | NestedTls) -> None:
        self._socket = sock
        # The process that reads or writes; in a child process, no thread of the parent does.
        self._user = 0
        self._is_closed = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._user = os.getpid()
            self._check_open()
            self._socket.settimeout(remaining(timeout, httpcore2.ReadTimeout))
            received = self._socket.recv(max_bytes)
            self._check_open()  # the end of file may be that of `close`
            return received
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(error) from error
        except _FAILURES as error:
            raise httpcore2.ReadError(error) from error
        finally:
            self._end_use()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        unsent = memoryview(buffer)
        del buffer  # it may hold credentials, and tracebacks show local variables
        try:
            self._user = os.getpid()
            while unsent:
                self._check_open()
                self._socket.settimeout(remaining(timeout, httpcore2.WriteTimeout))
                unsent = unsent[self._socket.send(unsent) :]
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(error) from error
        except _FAILURES as error:
            raise httpcore2.WriteError(error) from error
        finally:
            self._end_use()

    def _check_open(self) -> None:
        if self._is_closed:
            raise OSError(errno.EBADF, "the connection was closed")

    def _end_use(self) -> None:
        self._user = 0
        if self._is_closed:
            self._socket.close()

    def close(self) -> None:
        self._is_closed = True
        if self._user != os.getpid():
            self._socket.close()
            return
        with contextlib.suppress(OSError):
            sock = self._socket
            sock.shut_down() if isinstance(sock, NestedTls) else shut_down(sock)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        outer = self._socket
        try:
            outer.settimeout(remaining(timeout, httpcore2.ConnectTimeout))
            if isinstance(outer, ssl.SSLSocket):
                nested = partial(NestedTls, outer, ssl_context, server_hostname)
                return Stream(between_forks(nested))
            assert isinstance(outer, socket.socket)  # nothing wraps a nested connection again
            # After a reset, Python would make a socket without TLS.
            outer.getpeername()
            # OpenSSL has locks during a handshake, which would stay locked in a child process.
            tls = partial(ssl_context.wrap_socket, outer, server_hostname=server_hostname)
            wrapped = Stream(between_forks(tls))
            if wrapped.get_extra_info("ssl_object").version() is None:
                wrapped.close()
                raise httpcore2.ConnectError("the connection was reset before TLS")
            return wrapped
        except TimeoutError as error:
            self.close()
            raise httpcore2.ConnectTimeout(error) from error
        except _FAILURES as error:
            self.close()
            raise httpcore2.ConnectError(error) from error
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        sock = self._socket
        if info == "is_readable":
            return (isinstance(sock, NestedTls) and sock.is_readable()) or _is_readable(sock)
        if isinstance(sock, NestedTls):
            return None
        if info == "socket":
            return sock
        if info == "ssl_object":
            return sock if isinstance(sock, ssl.SSLSocket) else None
        if info == "client_addr":
            return sock.getsockname()
        return sock.getpeername() if info == "server_addr" else None


class WholeReads(anyio.abc.ByteStream):
    """Byte stream that returns everything that its event loop has read.

    anyio's keeps what exceeds the requested size, where no check of an idle connection finds it.
    """

    def __init__(self, inner: anyio.abc.ByteStream) -> None:
        self._inner = inner

    async def receive(self, max_bytes: int = _MAX_READ) -> bytes:
        return await self._inner.receive(max(max_bytes, _MAX_READ))

    async def send(self, item: bytes) -> None:
        await self._inner.send(item)

    async def send_eof(self) -> None:
        await self._inner.send_eof()

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return cast(
            "Mapping[Any, Callable[[], Any]]", self._inner.extra_attributes
        )  # pyright: ignore[reportUnknownMemberType] - a bare Callable


class AsyncStream(httpcore2.AsyncNetworkStream):
    """Network stream of an async client."""

    def __init__(self, inner: WholeReads | TLSStream) -> None:
        self._inner = inner
        # Kept, since the pool checks every idle connection before each request.
        self._socket: Any = _attribute(inner, SocketAttribute.raw_socket)
        self._layers: list[ssl.SSLObject] = []
        layer: Any = inner
        while isinstance(layer, TLSStream):
            self._layers.append(_attribute(layer, TLSAttribute.ssl_object))
            layer = layer.transport_stream

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
    ) -> bytes:
        try:
            with anyio.fail_after(remaining(timeout, httpcore2.ReadTimeout)):
                return await self._inner.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(error) from error
        except _ASYNC_FAILURES as error:
            raise httpcore2.ReadError(error) from error

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
    ) -> None:
        try:
            with anyio.fail_after(remaining(timeout, httpcore2.WriteTimeout)):
                if buffer:
                    await self._inner.send(buffer)
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(error) from error
        except (*_ASYNC_FAILURES, anyio.EndOfStream) as error:
            raise httpcore2.WriteError(error) from error

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's
    ) -> httpcore2.AsyncNetworkStream:
        try:
            with anyio.fail_after(remaining(timeout, httpcore2.ConnectTimeout)):
                tls = partial(
                    TLSStream.wrap,
                    self._inner,
                    hostname=server_hostname,
                    ssl_context=ssl_context,
                    standard_compatible=False,
                    server_side=False,
                )
                wrapped = await await_between_forks(tls)
        except TimeoutError as error:
            await anyio.aclose_forcefully(self._inner)
            raise httpcore2.ConnectTimeout(error) from error
        except (*_ASYNC_FAILURES, anyio.EndOfStream) as error:
            await anyio.aclose_forcefully(self._inner)
            raise httpcore2.ConnectError(error) from error
        except BaseException:
            await anyio.aclose_forcefully(self._inner)
            raise
        return AsyncStream(wrapped)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            layers = self._layers
            return bool(layers and any(map(has_records, layers))) or _is_readable(self._socket)
        if info == "socket":
            return self._socket
        if info == "ssl_object":
            return self._layers[0] if self._layers else None
        if info == "client_addr":
            return _attribute(self._inner, SocketAttribute.local_address)
        if info == "server_addr":
            return _attribute(self._inner, SocketAttribute.remote_address)
        return None


def _attribute(stream: anyio.abc.ByteStream, name: Any) -> Any:
    return stream.extra(name, None)  # noqa: S610 - anyio's, not Django's


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
