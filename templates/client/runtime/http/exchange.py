"""Reading of a response: its whole body, up to a maximum size.

Reads the network, through httpx2.
"""

from __future__ import annotations

import contextlib

import httpx2

from ..response.response import MAX_BODY, Response

# Extensions of a response that `cache` sets.
FAULT = "response-fault"
FROM_CACHE = "response-from-cache"

_TOO_LARGE = f"the body is larger than {MAX_BODY // 2**20} MiB"
_CORRUPT = "the compression of the body is corrupt"


def read(received: httpx2.Response) -> Response:
    """Read a response to its end, or up to the maximum size."""
    body = bytearray()
    fault = None
    try:
        for chunk in received.iter_bytes():
            body += chunk
            if len(body) > MAX_BODY:
                return _response(received, b"", _TOO_LARGE)
    except httpx2.DecodingError:
        fault = _CORRUPT
    return _response(received, bytes(body), fault)


async def aread(received: httpx2.Response) -> Response:
    """Read a response to its end, or up to the maximum size."""
    body = bytearray()
    fault = None
    try:
        async with contextlib.aclosing(received.aiter_bytes()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_BODY:
                    return _response(received, b"", _TOO_LARGE)
    except httpx2.DecodingError:
        fault = _CORRUPT
    return _response(received, bytes(body), fault)


def _response(received: httpx2.Response, body: bytes, fault: str | None) -> Response:
    """Return a response, with the fault and the origin that `cache` recorded in its extensions."""
    extensions = received.extensions
    return Response(
        received.status_code,
        received.headers.raw,
        body,
        fault or extensions.get(FAULT),
        FROM_CACHE in extensions,
    )
