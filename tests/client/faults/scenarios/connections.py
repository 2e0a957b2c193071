"""Connection faults: reset, cut short, slow, or not established."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from unittest import mock

from client.faults.certificates import HOST, trusted
from client.faults.player import FaultContext, FaultResponse, Scenario, ScenarioFactory
from client.faults.scenarios.building_blocks import ScriptFactory, tls
from client.scripted_server import ConnectionWrapper, ReceivedRequest, ScriptedResponse, closed_port
from ghrunners import Timeout

# The first of two addresses of a host. The ports of both must be the same.
_LOOPBACK = "127.0.0.1"
_OTHER_LOOPBACK = "127.0.0.2"
# Seconds until a client gives up on a server that never responds; nothing must be done in them.
SHORT = 0.02


def first_half(context: FaultContext) -> bytes:
    """Return the first half of a response whose length is announced as the whole."""
    body = context.operation.body
    return response_head(f"Content-Length: {len(body)}") + body[: len(body) // 2]


def unfinished_chunks(context: FaultContext) -> bytes:
    """Return a chunked response without its last chunk."""
    body = context.operation.body
    return response_head("Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(body), body)


def response_head(*headers: str) -> bytes:
    """Return the head of a JSON response."""
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _ending_with(end: str, *raws: Callable[[FaultContext], bytes]) -> tuple[ScriptFactory, ...]:
    def making(raw: Callable[[FaultContext], bytes]) -> ScriptFactory:
        return lambda context: FaultResponse(
            raw=raw(context), end="reset" if end == "reset" else "close"
        )

    return tuple(map(making, raws))


RESET_BEFORE_HEADERS = _ending_with("reset", lambda _: b"")
RESET_IN_BODY = _ending_with("reset", first_half, unfinished_chunks)
CUT_SHORT = _ending_with("close", first_half, unfinished_chunks)


def _no_response(_: FaultContext) -> FaultResponse:
    return FaultResponse(after=60.0)


def _half_a_response(context: FaultContext) -> FaultResponse:
    return FaultResponse(raw=first_half(context))


SILENT: tuple[ScriptFactory, ...] = (_no_response, _half_a_response)


def _dripping(context: FaultContext, start: bytes, drop: bytes, rest: bytes) -> Scenario:
    """Send a response byte by byte until after the deadline of the call, and then the rest."""
    clock, total = context.clock, Timeout().total or 0.0
    # The last one makes a client late that is still waiting.
    passing = {1: total - 1, 2: 2.0, 200: 10 * total}

    def pieces() -> Iterator[bytes]:
        for number in range(250):
            clock.advance(passing.get(number, 0.0))
            yield drop
            time.sleep(0.003)
        yield rest

    return Scenario(default=FaultResponse(raw=start, pieces=pieces))


def dripping_headers(context: FaultContext) -> Scenario:
    """Send a header byte by byte."""
    status, _, rest = context.operation.response.wire().partition(b"\r\n")
    return _dripping(context, status + b"\r\nX: ", b"x", b"\r\n" + rest)


def dripping_body(context: FaultContext) -> Scenario:
    """Send the body byte by byte."""
    body = context.operation.body
    return _dripping(context, response_head(f"Content-Length: {250 + len(body)}"), b" ", body)


def silent_handshakes(failures: int) -> ConnectionWrapper:
    """Do not respond to the TLS handshake of the first connections."""

    def wrap_connection(connection: socket.socket, number: int) -> socket.socket:
        if number >= failures:
            return trusted().wrap_socket(connection, server_side=True)
        with connection:
            while connection.recv(65_536):
                continue
        raise OSError("the client went away")

    return wrap_connection


def reset_handshakes(failures: int) -> ConnectionWrapper:
    """Reset the first connections during their TLS handshake."""

    def wrap_connection(connection: socket.socket, number: int) -> socket.socket:
        if number >= failures:
            return trusted().wrap_socket(connection, server_side=True)
        with connection:
            connection.recv(65_536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise OSError("it was reset")

    return wrap_connection


def full_backlog(context: FaultContext) -> Scenario:
    """Fill the backlog of a socket that accepts no connection."""
    listener = context.stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    _fill_backlog(listener, context)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return Scenario(default=FaultResponse(), url=url, timeout=Timeout(connect=SHORT))


def _fill_backlog(listener: socket.socket, context: FaultContext) -> None:
    for _ in range(4):
        waiting = context.stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())


def _resolving(context: FaultContext, look_up: Callable[[int], Sequence[str]]) -> Scenario:
    """Resolve our host's name with a function from its port to addresses; serve TLS."""
    system = socket.getaddrinfo

    def find(host: object, port: int, *rest: object, **options: object) -> object:
        if host not in (HOST, HOST.encode()):
            return system(host, port, *rest, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - handed on
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (address, port)) for address in look_up(port)]

    context.stack.enter_context(mock.patch("socket.getaddrinfo", find))
    url = f"https://{HOST}:{{port}}/api/v3"
    return Scenario(default=context.operation.response, wrap_connection=tls(trusted()), url=url)


def silent_first_address(context: FaultContext) -> Scenario:
    """Resolve our host's name to an address that accepts nothing, and to the server's."""
    silent = context.stack.enter_context(socket.socket())

    def look_up(port: int) -> Sequence[str]:
        if silent.getsockname()[1] == 0:
            silent.bind((_OTHER_LOOPBACK, port))
            silent.listen(0)
            _fill_backlog(silent, context)
        return (_OTHER_LOOPBACK, _LOOPBACK)

    return _resolving(context, look_up)


def silent_first_handshake(context: FaultContext) -> Scenario:
    """Resolve our host's name slowly once; its silent handshake then has a short time only.

    The time of the next handshake is not short, so that a busy machine keeps it.
    """
    timeout = Timeout()
    passing = iter((timeout.connect - SHORT if timeout.connect else 0.0,))

    def look_up(_: int) -> Sequence[str]:
        context.clock.advance(next(passing, 0.0))
        return (_LOOPBACK,)

    return replace(_resolving(context, look_up), wrap_connection=silent_handshakes(1))


def bytes_after_response(extra: Callable[[FaultContext], bytes]) -> ScenarioFactory:
    """Send more bytes than those of the response to the first of two calls."""

    def factory(context: FaultContext) -> Scenario:
        success = context.operation.response
        first = FaultResponse(status=success.status, raw=success.wire() + extra(context))
        return Scenario(script=[first], default=success, call_count=2)

    return factory


def _other_response(context: FaultContext) -> bytes:
    return context.operation.response.wire().replace(b'"id": 7', b'"id": 666')


BYTES_AFTER_RESPONSE = (
    bytes_after_response(_other_response),
    bytes_after_response(lambda _: ScriptedResponse(status=404, body=b"{}").wire()),
    bytes_after_response(lambda _: b"\r\n"),
)


def idle_close(context: FaultContext) -> Scenario:
    """Close the connection of the first call when the second one is sent on it, after 2 seconds."""
    success = context.operation.response

    def respond(received: ReceivedRequest) -> ScriptedResponse:
        return FaultResponse(raw=b"", end="close") if received.connection == 0 else success

    return Scenario(script=[success], default=respond, call_count=2, idle=2.0)


def fork(context: FaultContext) -> Scenario:
    """Fork between two calls; the connection of the first one is the parent's."""
    success = context.operation.response

    def respond(received: ReceivedRequest) -> ScriptedResponse:
        return ScriptedResponse(status=409) if received.connection == 0 else success

    return Scenario(script=[success], default=respond, call_count=2, where="child process")


def refused_connection(context: FaultContext) -> Scenario:
    """Use a port on which nothing listens."""
    port = context.stack.enter_context(closed_port())
    return Scenario(default=FaultResponse(), url=f"http://127.0.0.1:{port}")


def unresolved_name(times: int) -> ScenarioFactory:
    """Let the first lookups of our host's name fail, and resolve it to this machine afterwards."""

    def factory(context: FaultContext) -> Scenario:
        left = iter(range(times))

        def look_up(_: int) -> Sequence[str]:
            if next(left, None) is not None:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return (_LOOPBACK,)

        return _resolving(context, look_up)

    return factory
