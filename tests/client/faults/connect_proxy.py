"""Forward proxy: responses of a scripted server that open CONNECT tunnels to loopback servers."""

from __future__ import annotations

import errno
import select
import socket
import struct

from client.scripted_server import ReceivedRequest, ScriptedResponse

_OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def open_tunnel(received: ReceivedRequest) -> ScriptedResponse:
    """Open the tunnel that a CONNECT asks for; respond with 502 if nothing accepts the connection."""
    assert received.method == "CONNECT", received.method
    host, _, port = received.target.rpartition(":")

    def take_over(client: socket.socket) -> None:
        with socket.socket() as server:
            if _connect(server, host, int(port), client):
                client.sendall(_OPENED)
                _relay(client, server)
            else:
                client.sendall(_REFUSED)

    return ScriptedResponse(raw=b"", take_over=take_over)


def _connect(server: socket.socket, host: str, port: int, client: socket.socket) -> bool:
    """Connect to a server while the client is there; return whether it accepts."""
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4]
    except OSError:
        return False
    server.setblocking(False)
    if server.connect_ex(address) not in (0, errno.EINPROGRESS):
        return False
    gone, _, _ = select.select([client], [server], [])
    if gone or server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        return False
    server.setblocking(True)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return True


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Pass on bytes, ends and resets in both directions until both sides have ended."""
    targets = {client: server, server: client}
    reading = [client, server]
    while reading:
        for source in select.select(reading, [], [])[0]:
            target = targets[source]
            try:
                data = source.recv(65_536)
            except OSError:
                linger = struct.pack("ii", 1, 0)  # a reset when it is closed
                target.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            if data:
                target.sendall(data)
            else:
                reading.remove(source)
                target.shutdown(socket.SHUT_WR)
