"""Reading of a response: its whole body, up to a maximum size and to the deadline of its call.

Reads the network, through httpx2. No local variable keeps bytes of a body while more are awaited,
since a traceback may show them.
"""

from __future__ import annotations

import contextlib
import time
from math import inf

import httpx2

from ..response.content_coding import decoded
from ..response.response import MAX_BODY, MAX_ERROR, Response

# Extensions of a response that `cache` sets.
FAULT = "response-fault"
FROM_CACHE = "response-from-cache"
# The extension of a request with the deadline of its call, by `time.monotonic`.
DEADLINE = "deadline"


def read(received: httpx2.Response, sent: httpx2.Request) -> Response:
    """Read a response to its end, or up to the maximum size.

    Raises httpx2.ReadTimeout if more of the body comes after the deadline.
    """
    body = _Body(received, sent)
    if received.is_stream_consumed:
        return body.consumed()
    for chunk in received.iter_raw():
        if not body.add(chunk):
            break
        del chunk
    return body.response()


async def aread(received: httpx2.Response, sent: httpx2.Request) -> Response:
    """Read a response as `read` does."""
    body = _Body(received, sent)
    if received.is_stream_consumed:
        return body.consumed()
    async with contextlib.aclosing(received.aiter_raw()) as chunks:
        async for chunk in chunks:
            if not body.add(chunk):
                break
            del chunk
    return body.response()


class _Body:
    """Body of a response while it is read. The repr does not contain it."""

    __slots__ = ("_chunks", "_end", "_limit", "_received", "_room")

    def __init__(self, received: httpx2.Response, sent: httpx2.Request) -> None:
        self._received = received
        self._end: float = sent.extensions.get(DEADLINE, inf)
        self._limit = MAX_BODY if received.status_code < 400 else MAX_ERROR
        self._room = self._limit
        self._chunks: list[bytes] = []

    def add(self, chunk: bytes) -> bool:
        """Add a chunk; return whether there is room for more."""
        if self._chunks and time.monotonic() >= self._end:
            raise httpx2.ReadTimeout("the timeout of the whole call expired")
        self._chunks.append(chunk)
        self._room -= len(chunk)
        return self._room >= 0

    def response(self) -> Response:
        """Return the response, decompressed."""
        return self._decoded(b"".join(self._chunks), self._received.headers)

    def consumed(self) -> Response:
        """Return the response of a transport that has read the body itself."""
        received = self._received
        if isinstance(received.stream, httpx2.ByteStream):
            return self._decoded(b"".join(received.stream), received.headers)
        # httpx2 has decompressed it, if it knows the coding.
        coding = received.headers.get("Content-Encoding", "")
        unknown = {"Content-Encoding": coding} if coding.lower() == "x-gzip" else {}
        return self._decoded(received.content, httpx2.Headers(unknown))

    def _decoded(self, raw: bytes, headers: httpx2.Headers) -> Response:
        """Return the response, with the fault and the origin that `cache` recorded."""
        received, extensions = self._received, self._received.extensions
        body, fault = decoded(raw, headers.get("Content-Encoding", ""), self._limit)
        if self._room < 0 or len(body) > self._limit:
            body, fault = b"", f"the body is larger than {self._limit // 2**20} MiB"
        return Response(
            received.status_code,
            received.headers.raw,
            body,
            fault or extensions.get(FAULT),
            FROM_CACHE in extensions,
        )
