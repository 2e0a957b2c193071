"""Tunnel handshakes: the exchange with a proxy before TLS with the server, without its I/O.

A handshake is a generator: it yields bytes to send, which may be empty, and receives the bytes that
came next, which are empty if the proxy has closed the connection. It ends when the tunnel is open,
and raises httpcore2's `ProxyError` if there will be none. `backend` carries it out.

No message contains bytes of the proxy, and no local variable the credentials.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Generator
from typing import TypeAlias

import httpcore2

from ..redaction import Secret
from .proxy import Credentials, ProxyAddress

Handshake: TypeAlias = Generator[bytes, bytes, None]

_MAX_HEAD = 65_536
# `re` compiles a pattern when it is first used, which most programs never do.
_STATUS_LINE = rb"HTTP/1\.[01] ([0-9]{3})(?:[ \r\n])"
_END = rb"\r?\n\r?\n"

_CLOSED = "the proxy closed the connection before the tunnel was open"
_MALFORMED = "the proxy sent no valid response to the request for a tunnel"
# Length of a SOCKS5 response by the type of its address; of a name (3), the length precedes it.
_SOCKS_SIZES = {1: 10, 4: 22}


class CredentialsRefused(httpcore2.ProxyError):
    """The proxy refused the credentials, or requires some: another attempt would fail as well."""


def handshake(proxy: ProxyAddress, host: str, port: int) -> Handshake:
    """Return the handshake for a tunnel to a host."""
    if proxy.is_socks:
        return _socks_handshake(host, port, proxy.credentials)
    return _http_handshake(
        f"[{host}]:{port}" if ":" in host else f"{host}:{port}", proxy.credentials
    )


def advance(steps: Handshake, received: bytes | None) -> Secret[bytes] | None:
    """Return what a handshake sends next; None if the tunnel is open. None starts the handshake."""
    try:
        return Secret(next(steps) if received is None else steps.send(received))
    except StopIteration:
        return None


def _http_handshake(target: str, credentials: Secret[Credentials] | None) -> Handshake:
    received = _present((yield _connect_request(target, credentials)))
    while (end := re.search(_END, received)) is None:
        if len(received) > _MAX_HEAD:
            raise httpcore2.ProxyError(_MALFORMED)
        received += _present((yield b""))
    status_line = re.match(_STATUS_LINE, received)
    if status_line is None:
        raise httpcore2.ProxyError(_MALFORMED)
    status = int(status_line[1])
    if status == 407:
        problem = "requires credentials" if credentials is None else "refused the credentials"
        raise CredentialsRefused(f"the proxy {problem} (407)")
    if not 200 <= status < 300:
        raise httpcore2.ProxyError(f"the proxy refused to open a tunnel ({status})")
    if len(received) > end.end():  # in TLS, the server waits for the client
        raise httpcore2.ProxyError(_MALFORMED)


def _connect_request(target: str, credentials: Secret[Credentials] | None) -> bytes:
    authorization = "" if credentials is None else f"Proxy-Authorization: {_basic(credentials)}\r\n"
    head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n"
    return head.encode("ascii")


def _basic(credentials: Secret[Credentials]) -> str:
    pair = f"{credentials.reveal().user}:{credentials.reveal().password}"
    return f"Basic {b64encode(pair.encode(errors='replace')).decode('ascii')}"


def _socks_handshake(host: str, port: int, credentials: Secret[Credentials] | None) -> Handshake:
    """SOCKS5 (RFC 1928, RFC 1929). The proxy looks up the host."""
    from socksio import SOCKSError, socks5

    methods = [socks5.SOCKS5AuthMethod.NO_AUTH_REQUIRED]
    if credentials is not None:
        methods.append(socks5.SOCKS5AuthMethod.USERNAME_PASSWORD)
    try:
        received = yield socks5.SOCKS5AuthMethodsRequest(methods).dumps()
        method = socks5.SOCKS5AuthReply.loads((yield from _whole(received, 5, _pair))).method
        if method not in methods:
            problem = "requires credentials" if credentials is None else "refused the credentials"
            raise CredentialsRefused(f"the proxy {problem} (SOCKS5)")
        if method is socks5.SOCKS5AuthMethod.USERNAME_PASSWORD and credentials is not None:
            received = yield _socks_login(credentials)
            login = socks5.SOCKS5UsernamePasswordReply
            if not login.loads((yield from _whole(received, 1, _pair))).success:
                raise CredentialsRefused("the proxy refused the credentials (SOCKS5)")
        request = socks5.SOCKS5CommandRequest.from_address(
            socks5.SOCKS5Command.CONNECT, (host, port)
        )
        received = yield request.dumps()
        response = socks5.SOCKS5Reply.loads((yield from _whole(received, 5, _socks_size)))
        if response.reply_code is not socks5.SOCKS5ReplyCode.SUCCEEDED:
            reason = response.reply_code.name.lower().replace("_", " ")
            raise httpcore2.ProxyError(f"the proxy refused to open a tunnel ({reason})")
    except (SOCKSError, ValueError):
        # Raised without its context, whose frames hold bytes of the proxy.
        raise httpcore2.ProxyError(_MALFORMED) from None


def _socks_login(credentials: Secret[Credentials]) -> bytes:
    user, password = (
        one.encode(errors="replace")
        for one in (credentials.reveal().user, credentials.reveal().password)
    )
    # RFC 1929, by hand: socksio's request would show both in its repr.
    return b"\x01" + bytes((len(user),)) + user + bytes((len(password),)) + password


def _whole(
    received: bytes, version: int, size: Callable[[bytes], int]
) -> Generator[bytes, bytes, bytes]:
    """Return a whole response of a SOCKS proxy, which may arrive in pieces."""
    _present(received)
    while len(received) < size(received):
        received += _present((yield b""))
    if received[0] != version or len(received) > size(received):
        raise httpcore2.ProxyError(_MALFORMED)
    return received


def _pair(received: bytes) -> int:
    del received
    return 2


def _socks_size(received: bytes) -> int:
    """Return the size of a response, or of what is needed to know it."""
    if len(received) < 5:
        return 5
    return _SOCKS_SIZES.get(received[3], 7 + received[4])


def _present(received: bytes) -> bytes:
    if not received:
        raise httpcore2.ProxyError(_CLOSED)
    return received
