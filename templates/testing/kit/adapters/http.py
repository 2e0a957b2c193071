"""HTTP server for a mock server, for clients in other processes and other languages.

It needs the extra `testing`, which installs uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from importlib.metadata import version
from math import isfinite
from typing import Any, TypeAlias

import msgspec

from ..request.received import Received
from ..response.faults import Outcome, Wire
from .transport import Receiver

_LOGGER = logging.getLogger((__package__ or "").partition(".")[0])
# The addresses at which a server that listens everywhere is reached from the same machine.
_LOOPBACK = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not opened here

_Scope: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Scope]]
_Send: TypeAlias = Callable[[_Scope], Awaitable[None]]


class Application:
    """An ASGI application that serves a mock server. Delays take real time.

    `errors` are the exceptions that functions of the test have raised, in order, and those of
    responses that cannot be sent.
    """

    def __init__(self, server: Receiver) -> None:
        self._server = server
        self.errors: list[Exception] = []

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
        outcome = self._outcome(received, f"{scope['scheme']}://{host}{path}")
        try:
            await asyncio.sleep(outcome.delay if isfinite(outcome.delay) else 3_600)
            await _respond(outcome.wire, receive, send)
        except Exception as error:  # noqa: BLE001 - it is raised at the end
            await _respond(self._failed(received, error), receive, send)
        finally:
            outcome.sent()

    def _outcome(self, received: Received, url: str) -> Outcome:
        try:
            return self._server.receive(received, url)
        except Exception as error:  # noqa: BLE001 - as above
            return Outcome(self._failed(received, error))

    def _failed(self, received: Received, error: Exception) -> Wire:
        """Record an error, which the call in another process cannot raise. Return the response."""
        self.errors.append(error)
        name = f"{received.method} {received.path}"
        _LOGGER.error("The mock server cannot respond to %s", name, exc_info=error)
        message = f"Mock server: {type(error).__name__}: {error}"
        content = msgspec.json.encode({"message": message})
        return Wire(500, [("Content-Type", "application/json")], content)


async def _respond(wire: Wire | None, receive: _Receive, send: _Send) -> None:
    """Send a response. Close the connection if it is incomplete or missing.

    Raises RuntimeError before anything is sent if the connection cannot be closed.
    """
    is_part = wire is None or wire.arriving is not None
    close = _close_of(send) if is_part else None
    # Without content, nothing of a part could arrive.
    if wire is not None and (wire.content or not is_part):
        await _send_response(wire, send)
    if close is not None:
        close()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _send_response(wire: Wire, send: _Send) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in wire.headers]
    if wire.status not in (204, 304):
        headers.append((b"content-length", str(len(wire.content)).encode()))
    await send({"type": "http.response.start", "status": wire.status, "headers": headers})
    body, is_part = wire.content[: wire.arriving], wire.arriving is not None
    await send({"type": "http.response.body", "body": body, "more_body": is_part})


def _close_of(send: Any) -> Callable[[], None]:
    """Return the function that closes the connection. ASGI has no message for it.

    uvicorn's `send` is a method of an object that has the transport, but this is not documented.
    Raises RuntimeError if the installed version is different.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, asyncio.BaseTransport):
        raise RuntimeError(
            f"uvicorn {version('uvicorn')} does not let the mock server close a connection for a "
            "fault; install an earlier version"
        )
    return transport.close


class _Loop(asyncio.SelectorEventLoop):
    """An event loop in real time, which goes on if a test freezes `time.monotonic`."""

    if sys.platform != "win32":

        def time(self) -> float:
            return time.clock_gettime(time.CLOCK_MONOTONIC)


@contextmanager
def serving(server: Receiver, host: str, port: int) -> Generator[str]:
    """Serve a mock server in a thread, and return its address: `http://127.0.0.1:8080`.

    Raises ImportError without uvicorn, ValueError if the port cannot be opened, RuntimeError if
    uvicorn does not start; at the end, the first exception of a test's function, or RuntimeError if
    a fault could not close its connection.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise ImportError(
            "a mock server over HTTP needs uvicorn, as in the extra testing: pip install 'uvicorn<1'"
        ) from error
    listener = _listener(host, port)
    application = Application(server)
    config = uvicorn.Config(
        application,
        http="h11",  # whatever else is installed
        log_config=None,  # uvicorn's closes the handlers of the process
        log_level="critical",
        access_log=False,
        date_header=False,  # the mock server has its own clock
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=0,  # a delayed response is not waited for
    )
    served = uvicorn.Server(config)

    def run() -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(served.serve(sockets=[listener]))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while not served.started and thread.is_alive():
            thread.join(0.002)  # no sleep, which tests replace
        if not served.started:
            raise RuntimeError(f"uvicorn {uvicorn.__version__} did not start")
        named = _LOOPBACK.get(host, host)
        shown = f"[{named}]" if ":" in named else named
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        served.should_exit = True
        # The thread has stopped when the interpreter ends, and would never be joined.
        if not sys.is_finalizing():
            thread.join()
            listener.close()
    if application.errors:
        raise application.errors[0]


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError, TypeError, UnicodeError) as error:
        listener.close()
        reason = _reason(error)
        raise ValueError(f"cannot listen on {host}, port {port!r}: {reason}") from None
    return listener


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "no such host" if isinstance(error, UnicodeError) else "no such port"
