"""Scripted HTTP/1.1 server on a free port of 127.0.0.1 that records the requests it receives.

It uses bare sockets, so that tests see the bytes of a request, and a response can be anything: cut
short, reset, late, or not HTTP at all.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Literal, Self, TypeAlias


@dataclass(frozen=True, kw_only=True)
class ReceivedRequest:
    """A request as it was received. `connection` counts the connections from 0."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int

    def header(self, name: str) -> str | None:
        """Return a header that may occur once; fail if it occurs more often."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} was sent {len(found)} times"
        return found[0] if found else None

    @property
    def json(self) -> object:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class ScriptedResponse:
    """A response. Headers and length follow from status and body, unless `raw` has every byte.

    It is sent after `after` seconds and followed by `pieces`, one by one; `end` is what then happens
    to the connection. With `take_over`, another protocol is spoken on it instead.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None
    after: float = 0.0
    pieces: Callable[[], Iterable[bytes]] = tuple
    take_over: Callable[[socket.socket], None] | None = None
    end: Literal["keep", "close", "reset"] = "keep"

    def wire(self) -> bytes:
        """The bytes that are sent."""
        if self.raw is not None:
            return self.raw
        headers = dict(self.headers)
        if self.status not in (204, 304):
            headers.setdefault("Content-Length", str(len(self.body)))
        lines = [f"HTTP/1.1 {self.status} Reason", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def json_response(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> ScriptedResponse:
    """Build a JSON response."""
    return ScriptedResponse(
        status=status,
        body=json.dumps(content).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


@contextmanager
def closed_port() -> Generator[int]:
    """Reserve a port of 127.0.0.1 that refuses connections. No server can take it meanwhile."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


Script: TypeAlias = ScriptedResponse | Callable[[ReceivedRequest], ScriptedResponse]
ConnectionWrapper: TypeAlias = Callable[[socket.socket, int], socket.socket]


class ScriptedServer:
    """Responds to requests from its script, in order of their arrival, and records them.

    A script entry may be a function of the request. After the end of the script, `default` is the
    response; without one, it is a 500 with an explanation. `wrap_connection` receives each new
    connection with its number and returns the one to use, for example with TLS; if it raises
    OSError, there is none.
    """

    def __init__(
        self,
        *script: Script,
        default: Script | None = None,
        wrap_connection: ConnectionWrapper | None = None,
    ) -> None:
        self.requests: list[ReceivedRequest] = []
        self.default = default
        self._wrap_connection = wrap_connection
        self._script = deque(script)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def script(self, *more: Script) -> None:
        """Add to the end of the script."""
        with self._lock:
            self._script.extend(more)

    @property
    def only(self) -> ReceivedRequest:
        """The only request; fail if there were none or more."""
        assert len(self.requests) == 1, [f"{r.method} {r.target}" for r in self.requests]
        return self.requests[0]

    @property
    def targets(self) -> list[str]:
        """The targets of all requests, in order."""
        return [request.target for request in self.requests]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._stopping.set()
        # Closing a listening socket does not wake a thread in accept; a connection does.
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        with self._lock:
            for connection in self._open:
                # The other side may have reset it.
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive(), "a connection of the scripted server did not end"
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        number = 0
        while True:
            connection, _ = self._listener.accept()
            # A small piece does not wait until the one before is acknowledged.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if self._stopping.is_set():
                    connection.close()
                    return
                self._open.add(connection)
            self._start(self._serve, connection, number)
            number += 1

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._wrap_connection is not None:
                connection = self._wrapped(self._wrap_connection, connection, number)
            with connection, connection.makefile("rb") as stream:
                while (received := _read(stream, number)) is not None:
                    with self._lock:
                        self.requests.append(received)
                        answer = self._next()
                    if callable(answer):
                        answer = answer(received)
                    self._stopping.wait(answer.after)
                    connection.sendall(answer.wire())
                    for piece in answer.pieces():
                        connection.sendall(piece)
                    if answer.take_over is not None:
                        answer.take_over(connection)
                        return
                    if answer.end == "reset":
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    if answer.end != "keep":
                        return
        except OSError:
            return  # the client closed the connection, as some tests want
        finally:
            with self._lock:
                self._open.discard(connection)

    def _wrapped(
        self, wrap_connection: ConnectionWrapper, connection: socket.socket, number: int
    ) -> socket.socket:
        made = wrap_connection(connection, number)
        with self._lock:
            self._open.discard(connection)
            if self._stopping.is_set():
                made.close()
                raise OSError("the server stopped during the handshake")
            self._open.add(made)
        return made

    def _next(self) -> Script:
        if self._script:
            return self._script.popleft()
        return self.default or ScriptedResponse(status=500, body=b"the script is at its end")


def _read(stream: BufferedReader, connection: int) -> ReceivedRequest | None:
    """Read one request; None after the last one, or if it is not HTTP (a TLS handshake)."""
    start = stream.readline().decode("latin-1").rstrip("\r\n")
    if not start.endswith(" HTTP/1.1"):
        return None
    method, target, _ = start.split(" ")
    headers: list[tuple[str, str]] = []
    while line := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    return ReceivedRequest(
        method=method,
        target=target,
        headers=tuple(headers),
        body=stream.read(sum(lengths)),
        connection=connection,
    )
