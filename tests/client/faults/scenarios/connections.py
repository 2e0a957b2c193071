"""Faults of the connection: it is cut, drips, or does not come about."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from unittest import mock

from client.faults.certificates import HOST, trusted
from client.faults.player import Act, Form, Setting, Stage
from client.faults.scenarios.building_blocks import Make, tls
from client.scripted_server import Enter
from ghrunners import Timeout


def cut(stage: Stage) -> bytes:
    """Give the first half of the reply to a call, announced as a whole."""
    body = stage.work.body
    return head(f"Content-Length: {len(body)}") + body[: len(body) // 2]


def cut_chunk(stage: Stage) -> bytes:
    """Give a reply in chunks of which the last one does not come."""
    body = stage.work.body
    return head("Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(body), body)


def head(*headers: str) -> bytes:
    """Give the head of a reply of JSON."""
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _ended(end: str, *raws: Callable[[Stage], bytes]) -> tuple[Make, ...]:
    def making(raw: Callable[[Stage], bytes]) -> Make:
        return lambda stage: Act(raw=raw(stage), end="reset" if end == "reset" else "close")

    return tuple(map(making, raws))


BEFORE = _ended("reset", lambda _: b"")
WITHIN = _ended("reset", cut, cut_chunk)
SHORT = _ended("close", cut, cut_chunk)


def _mute(_: Stage) -> Act:
    return Act(after=60.0)


def _stalled(stage: Stage) -> Act:
    return Act(raw=cut(stage))


SILENT: tuple[Make, ...] = (_mute, _stalled)


def dripping(stage: Stage, start: bytes, drop: bytes, rest: bytes) -> Setting:
    """Let a reply come drop by drop, past the end of the call, and the rest of it at once."""
    clock, total = stage.clock, Timeout().total or 0.0
    # At the last, long enough for a client that stays to be late.
    passing = {1: total - 1, 2: 2.0, 200: 10 * total}

    def pieces() -> Iterator[bytes]:
        for number in range(250):
            clock.advance(passing.get(number, 0.0))
            yield drop
            time.sleep(0.003)
        yield rest

    return Setting(default=Act(raw=start, pieces=pieces))


def headers_drip(stage: Stage) -> Setting:
    """Drip within a header."""
    status, _, rest = stage.work.answer.wire().partition(b"\r\n")
    return dripping(stage, status + b"\r\nX: ", b"x", b"\r\n" + rest)


def body_drips(stage: Stage) -> Setting:
    """Drip within the body."""
    body = stage.work.body
    return dripping(stage, head(f"Content-Length: {250 + len(body)}"), b" ", body)


def silent(enough: int) -> Enter:
    """Leave the first connections without an answer to their handshake."""

    def enter(connection: socket.socket, number: int) -> socket.socket:
        if number >= enough:
            return trusted().wrap_socket(connection, server_side=True)
        with connection:
            while connection.recv(65_536):
                continue
        raise OSError("the client went away")

    return enter


def resetting(enough: int) -> Enter:
    """Reset the first connections in their handshake."""

    def enter(connection: socket.socket, number: int) -> socket.socket:
        if number >= enough:
            return trusted().wrap_socket(connection, server_side=True)
        with connection:
            connection.recv(65_536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise OSError("it was reset")

    return enter


def deaf(stage: Stage) -> Setting:
    """Fill the queue of a socket that nobody accepts from, so that it takes no connection."""
    listener = stage.stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(4):
        waiting = stage.stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return Setting(default=Act(), url=url, timeout=Timeout(connect=0.05))


def closed(_: Stage) -> Setting:
    """Find a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return Setting(default=Act(), url=url)


def unnamed(times: int) -> Form:
    """Let the name of our host not be found some times, and then be this machine."""

    def form(stage: Stage) -> Setting:
        left = iter(range(times))
        look_up = socket.getaddrinfo

        def find(host: object, *rest: object, **options: object) -> object:
            if host not in (HOST, HOST.encode()):
                return look_up(host, *rest, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - handed on
            if next(left, None) is not None:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return look_up("127.0.0.1", *rest, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - handed on

        stage.stack.enter_context(mock.patch("socket.getaddrinfo", find))
        url = f"https://{HOST}:{{port}}/api/v3"
        return Setting(default=stage.work.answer, enter=tls(trusted()), url=url)

    return form
