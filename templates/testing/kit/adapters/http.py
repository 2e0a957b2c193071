"""HTTP server for a mock server, for clients in other processes and other languages.

It needs the extra `testing`, which installs uvicorn.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from math import isfinite
from typing import Any, TypeAlias

from ..request.received import Received
from ..response.faults import Outcome
from .transport import Receiver

_Scope: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Scope]]
_Send: TypeAlias = Callable[[_Scope], Awaitable[None]]


class Application:
    """An ASGI application that serves a mock server. Delays take real time."""

    def __init__(self, server: Receiver) -> None:
        self._server = server

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        content = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            content += message.get("body", b"")
            more = message.get("more_body", False)
        headers = [(name.decode("latin-1"), it.decode("latin-1")) for name, it in scope["headers"]]
        path, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")
        received = Received(scope["method"], path, query, headers, bytes(content))
        host = received.header("host") or "127.0.0.1"
        outcome = self._server.receive(received, f"{scope['scheme']}://{host}{path}")
        try:
            await asyncio.sleep(outcome.delay if isfinite(outcome.delay) else 3_600)
            await _respond(outcome, send)
        finally:
            outcome.sent()


async def _respond(outcome: Outcome, send: _Send) -> None:
    """Send a response. If its content is shorter than its length, uvicorn closes the connection."""
    wire = outcome.wire
    if wire is not None and wire.arriving is not None and not wire.content:
        wire = None  # nothing of it could arrive
    status = 200 if wire is None else wire.status
    content = b"" if wire is None else wire.content[: wire.arriving]
    length = 1 if wire is None else len(wire.content)
    listed = [] if wire is None else wire.headers
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in listed]
    if status not in (204, 304):
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@contextmanager
def serving(server: Receiver, host: str, port: int) -> Generator[str]:
    """Serve a mock server in a thread, and return its address: `http://127.0.0.1:8080`.

    Raises ImportError without uvicorn, ValueError if the port cannot be opened, RuntimeError if
    uvicorn does not start.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise ImportError(
            "a mock server over HTTP needs uvicorn, as in the extra testing: pip install 'uvicorn<1'"
        ) from error
    listener = _listener(host, port)
    config = uvicorn.Config(
        Application(server),
        log_level="critical",
        access_log=False,
        date_header=False,  # the mock server has its own clock
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=0,  # a delayed response is not waited for
    )
    served = uvicorn.Server(config)
    thread = threading.Thread(target=served.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not served.started and thread.is_alive():
            time.sleep(0.002)
        if not served.started:
            raise RuntimeError(f"uvicorn {uvicorn.__version__} did not start")
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        served.should_exit = True
        thread.join()
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError, UnicodeError) as error:
        listener.close()
        reason = _reason(error)
        raise ValueError(f"cannot listen on {host}, port {port}: {reason}") from None
    return listener


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "no such port" if isinstance(error, OverflowError) else "no such host"
