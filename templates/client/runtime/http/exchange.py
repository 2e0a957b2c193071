"""Reading of a response: its whole body, within bounds, and what the cache tells of it.

Reads the network, through httpx2.
"""

from __future__ import annotations

import contextlib

import httpx2

from ..response.response import MAX_BODY, Response

# Extensions of a response by which `cache` tells what it knows.
FAULT = "reply-fault"
FROM_CACHE = "reply-from-cache"

_TOO_LARGE = f"the body is larger than {MAX_BODY // 2**20} MiB"
_DAMAGED = "the compression of the body is damaged"


def read(received: httpx2.Response) -> Response:
    """Read a reply to its end, or as far as is sensible."""
    body = bytearray()
    fault = None
    try:
        for chunk in received.iter_bytes():
            body += chunk
            if len(body) > MAX_BODY:
                return _response(received, b"", _TOO_LARGE)
    except httpx2.DecodingError:
        fault = _DAMAGED
    return _response(received, bytes(body), fault)


async def aread(received: httpx2.Response) -> Response:
    """Read a reply to its end, or as far as is sensible."""
    body = bytearray()
    fault = None
    try:
        async with contextlib.aclosing(received.aiter_bytes()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_BODY:
                    return _response(received, b"", _TOO_LARGE)
    except httpx2.DecodingError:
        fault = _DAMAGED
    return _response(received, bytes(body), fault)


def _response(received: httpx2.Response, body: bytes, fault: str | None) -> Response:
    """Make a response; the cache tells what it knows in the extensions of what httpx2 received."""
    said = received.extensions
    return Response(
        received.status_code,
        received.headers.raw,
        body,
        fault or said.get(FAULT),
        FROM_CACHE in said,
    )
