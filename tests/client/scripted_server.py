"""A real HTTP/1.1 server on a free port of 127.0.0.1 that plays a script and records what it got.

It speaks over bare sockets, so that a request is seen as it travelled and a reply can be anything:
cut short, reset, late, or no HTTP at all.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Literal, Self, TypeAlias


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request as it came over the wire. `connection` counts the connections from 0."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int

    def header(self, name: str) -> str | None:
        """Give a header that may come once; fail when it came more often."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} was sent {len(found)} times"
        return found[0] if found else None

    @property
    def json(self) -> object:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A reply. Headers and length are made from status and body, unless `raw` gives every byte.

    `after` seconds pass before it is sent; `pieces` are sent behind it, one by one; `end` says what
    becomes of the connection then.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None
    after: float = 0.0
    pieces: Callable[[], Iterable[bytes]] = tuple
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


def reply(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Make a reply of JSON."""
    return Answer(
        status=status,
        body=json.dumps(content).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


Script: TypeAlias = Answer | Callable[[Received], Answer]
Enter: TypeAlias = Callable[[socket.socket, int], socket.socket]


class Loopback:
    """Answers requests from its script, in order of their arrival, and records them.

    A script entry may be a function of the request. `default` answers when the script is at its
    end; without one, that is a 500 which says so. `enter` makes of each new connection, and of its
    number, what is then spoken over, TLS for one; where it raises OSError, nothing is.
    """

    def __init__(
        self,
        *script: Script,
        default: Script | None = None,
        enter: Enter | None = None,
    ) -> None:
        self.requests: list[Received] = []
        self.default = default
        self._enter = enter
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
    def only(self) -> Received:
        """The one request that came; fail when there were none or more."""
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
        self._stopping.set()
        # Closing a listening socket does not wake who waits in accept; a connection does.
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
            assert not thread.is_alive(), "a connection of the loopback server did not end"
        self._listener.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        number = 0
        while True:
            connection, _ = self._listener.accept()
            if self._stopping.is_set():
                connection.close()
                return
            with self._lock:
                self._open.add(connection)
            self._start(self._serve, connection, number)
            number += 1

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._enter is not None:
                connection = self._entered(self._enter, connection, number)
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
                    if answer.end == "reset":
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    if answer.end != "keep":
                        return
        except OSError:
            return  # the client went away, which tests provoke
        finally:
            with self._lock:
                self._open.discard(connection)

    def _entered(self, enter: Enter, connection: socket.socket, number: int) -> socket.socket:
        made = enter(connection, number)
        with self._lock:
            self._open.discard(connection)
            self._open.add(made)
        return made

    def _next(self) -> Script:
        if self._script:
            return self._script.popleft()
        return self.default or Answer(status=500, body=b"the script is at its end")


def _read(stream: BufferedReader, connection: int) -> Received | None:
    """Read one request; None when the client sends no more, or no HTTP (a TLS handshake, say)."""
    start = stream.readline().decode("latin-1").rstrip("\r\n")
    if not start.endswith(" HTTP/1.1"):
        return None
    method, target, _ = start.split(" ")
    headers: list[tuple[str, str]] = []
    while line := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    return Received(
        method=method,
        target=target,
        headers=tuple(headers),
        body=stream.read(sum(lengths)),
        connection=connection,
    )
