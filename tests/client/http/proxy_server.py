"""Forward proxies with the server behind them, as what a `ScriptedServer` does with a new connection.

They answer the request for a tunnel, well or badly, and then speak TLS as the server. Whom the
client asks for does not matter: there is only one server.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import TypeAlias

from client.faults.certificates import trusted

SERVER = "https://127.0.0.1:9"
"""What the clients ask for. Nobody listens there, so that only a tunnel leads to a server."""

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

# What is done with a connection in place of the tunnel, or of the TLS inside.
Fault: TypeAlias = Callable[[socket.socket], None]


def send(*pieces: bytes) -> Fault:
    """Make a fault that sends these bytes, one by one, and closes the connection."""

    def fault(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
        # A close with unread bytes would be a reset.
        connection.shutdown(socket.SHUT_WR)
        wait(connection)

    return fault


def close(connection: socket.socket) -> None:
    connection.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def wait(connection: socket.socket) -> None:
    """Wait silently until the client goes away."""
    while connection.recv(65_536):
        pass


class HttpProxy:
    """A proxy that is asked by CONNECT. It plays its faults, one a connection, and works then."""

    def __init__(
        self,
        *faults: Fault,
        inner: Iterable[Fault] = (),
        response: bytes = ESTABLISHED,
        outer: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[bytes] = []
        self._faults = chain(faults, repeat(None))
        self._inner = chain(inner, repeat(None))
        self._response = response
        self._outer = outer
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket, number: int) -> socket.socket:
        del number
        try:
            return self._opened(connection)
        except OSError:
            connection.close()
            raise

    def _opened(self, connection: socket.socket) -> socket.socket:
        if self._outer is not None:
            connection = self._outer.wrap_socket(connection, server_side=True)
        request = self._asked(connection)
        with self._lock:
            self.requests.append(request)
            fault = next(self._faults)
        if fault is None:
            self._answer(connection)
            with self._lock:
                fault = next(self._inner)
        if fault is not None:
            fault(connection)
            connection.close()
            raise OSError("there is no tunnel")
        if isinstance(connection, ssl.SSLSocket):
            connection = bridge(connection)
        return trusted().wrap_socket(connection, server_side=True)

    def _asked(self, connection: socket.socket) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += exactly(connection, 1)
        return head

    def _answer(self, connection: socket.socket) -> None:
        connection.sendall(self._response)


class SocksProxy(HttpProxy):
    """A proxy that is asked by SOCKS5, and answers one byte at a time."""

    def __init__(
        self,
        *faults: Fault,
        login: bytes | None = None,
        method: bytes | None = None,
        result: bytes = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x09",
    ) -> None:
        super().__init__(*faults)
        self._login = login
        self._method = method
        self._result = result

    def _asked(self, connection: socket.socket) -> bytes:
        version, count = exactly(connection, 2)
        assert version == 5
        return exactly(connection, count)

    def _answer(self, connection: socket.socket) -> None:
        method = self._method or (b"\x00" if self._login is None else b"\x02")
        slowly(connection, b"\x05" + method)
        if method == b"\xff":
            return
        if self._login is not None:
            _, size = exactly(connection, 2)
            user = exactly(connection, size)
            password = exactly(connection, exactly(connection, 1)[0])
            slowly(
                connection, b"\x01\x00" if user + b":" + password == self._login else b"\x01\x01"
            )
        head = exactly(connection, 4)
        size = {1: 4, 3: 0, 4: 16}[head[3]] or exactly(connection, 1)[0]
        self.requests.append(head + exactly(connection, size + 2))
        slowly(connection, self._result)


def exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        received = connection.recv(size - len(found))
        if not received:
            raise OSError("the client went away")
        found += received
    return found


def slowly(connection: socket.socket, data: bytes) -> None:
    for one in data:
        connection.sendall(bytes((one,)))
        time.sleep(0.002)


def bridge(outer: ssl.SSLSocket) -> socket.socket:
    """Return a plain socket whose other end is a TLS connection: Python wraps no TLS in TLS.

    What is sent within a moment travels in one record. One thread reads and writes: OpenSSL
    damages a connection that two threads use at once.
    """
    near, far = socket.socketpair()

    def inwards() -> bool:
        """Pass on what was received, and return whether the connection still has two ends."""
        outer.setblocking(False)
        try:
            while received := outer.recv(65_536):
                near.sendall(received)
        except ssl.SSLWantReadError:
            return True
        finally:
            outer.setblocking(True)
        return False

    def outwards() -> bool:
        time.sleep(0.02)
        sent = near.recv(65_536)
        outer.sendall(sent)
        return bool(sent)

    def work() -> None:
        ways = {outer: inwards, near: outwards}
        with outer, near:
            try:
                # The handshake may have read the first bytes already.
                ready: list[ssl.SSLSocket | socket.socket] = [outer]
                while all(ways[end]() for end in ready):
                    ready, _, _ = select.select([outer, near], [], [])
            except OSError:
                return

    threading.Thread(target=work, daemon=True).start()
    return far
