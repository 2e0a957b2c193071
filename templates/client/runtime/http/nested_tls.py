"""TLS over TLS, and what is common to the TLS sockets of a client.

Reads and writes the network.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_TLS_RECORD = 16_384


class NestedTls:
    """TLS over a TLS socket, with the methods of a socket: Python wraps only plain sockets."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext, host: str | None) -> None:
        self._outer = outer
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._inner = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._exchange(self._inner.do_handshake)

    def settimeout(self, seconds: float | None) -> None:
        self._outer.settimeout(seconds)

    def fileno(self) -> int:
        return self._outer.fileno()

    def recv(self, size: int) -> bytes:
        try:
            return self._exchange(lambda: self._inner.read(size))
        except ssl.SSLEOFError:  # as of a socket
            return b""

    def send(self, data: memoryview) -> int:
        return self._exchange(lambda: self._inner.write(data))

    def close(self) -> None:
        self._outer.close()

    def shut_down(self) -> None:
        """End the connection, as `shut_down` below."""
        shut_down(self._outer)

    def is_readable(self) -> bool:
        """Return whether records that have been received are still unread."""
        return has_records(self._inner)

    def _exchange(self, step: Callable[[], T]) -> T:
        """Carry out a step of TLS, with the reads and writes that it needs."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                if received := self._outer.recv(_TLS_RECORD):
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._outer.sendall(self._outgoing.read())


def shut_down(sock: socket.socket) -> None:
    """End a connection, but keep its descriptor: a thread that waits for it gets an end of file.

    The method of an `ssl.SSLSocket` would also drop its TLS state, which that thread uses.
    """
    socket.socket.shutdown(sock, socket.SHUT_RDWR)


def has_records(layer: ssl.SSLObject) -> bool:
    """Return whether an idle TLS connection has received records that are still unread.

    The socket does not show them. A connection that has some is closed, so they can be read here.
    """
    try:
        layer.read(1)
    except ssl.SSLWantReadError:
        return False
    except OSError:  # the peer has closed the connection
        return True
    return True
