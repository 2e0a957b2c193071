"""Transport of a client to a mock server in the same process, without a socket."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from math import inf
from typing import Any, Protocol

import anyio.lowlevel
import httpx2
import msgspec

from ...._runtime.http.exchange import DEADLINE
from ..clock import ManualClock
from ..request.received import Received
from ..response.faults import Outcome, Wire


class Receiver(Protocol):
    """A mock server."""

    @property
    def clock(self) -> ManualClock: ...
    def receive(self, request: Received, url: str) -> Outcome: ...


class MockTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """An httpx2 transport, sync and async, that passes requests to a mock server."""

    def __init__(self, server: Receiver) -> None:
        self._server = server

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._response(request, request.read())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        # As with a socket, other tasks run meanwhile, and a call can be cancelled at either moment.
        await anyio.lowlevel.checkpoint()
        response = self._response(request, content)
        await anyio.lowlevel.checkpoint()
        return response

    def _response(self, request: httpx2.Request, content: bytes) -> httpx2.Response:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers = [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw]
        received = Received(request.method, path, query, headers, content)
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        outcome = self._server.receive(received, f"{origin}{path}")
        try:
            self._wait(request, outcome.delay)
        finally:
            outcome.sent()
        if outcome.broken == "connect":
            raise httpx2.ConnectError("the mock server has no connection", request=request)
        if outcome.broken == "connect in time":
            limit = _time_limit(request, "connect")
            self._server.clock.advance(limit if limit < inf else 0.0)
            raise httpx2.ConnectTimeout("the mock server has no connection", request=request)
        if outcome.wire is None:
            raise httpx2.ReadError("the mock server closed the connection", request=request)
        wire = outcome.wire
        return httpx2.Response(
            wire.status,
            headers=[*wire.headers, ("Content-Length", str(len(wire.content)))],
            stream=_Content(_without_content(wire) if request.method == "HEAD" else wire, request),
            request=request,
        )

    def _wait(self, request: httpx2.Request, delay: float) -> None:
        """Let the delay of a response pass, or the time limit of the client if it is shorter."""
        limit = _time_limit(request, "read")
        if delay > limit:
            self._server.clock.advance(limit)
            raise httpx2.ReadTimeout("the response of the mock server is late", request=request)
        self._server.clock.advance(delay)


def _time_limit(request: httpx2.Request, of: str) -> float:
    """Return the seconds that a client waits to `connect` or `read`, or until its deadline."""
    extensions: dict[str, Any] = dict(request.extensions)
    limit: float | None = extensions.get("timeout", {}).get(of)
    left: float = extensions.get(DEADLINE, inf) - time.monotonic()
    return min(inf if limit is None else limit, max(0.0, left))


def _without_content(wire: Wire) -> Wire:
    return msgspec.structs.replace(wire, content=b"")


class _Content(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    def __init__(self, wire: Wire, request: httpx2.Request) -> None:
        self._wire = wire
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._wire.content[: self._wire.arriving]
        if self._wire.arriving is not None:
            problem = "the mock server closed the connection"
            raise httpx2.RemoteProtocolError(problem, request=self._request)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk
