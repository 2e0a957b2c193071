"""One attempt over httpx2. Nothing imports this module before a client is made.

Reads and writes the network. It uses httpx2's transports, not its clients: those add headers of
their own, keep cookies, send a client's token to any absolute URL, and parse a `Location` before
we have judged it.

A failed attempt is returned, not raised: an exception of httpx2 holds the request with its
`Authorization`, and raising while it is handled would keep it as the context of ours.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import httpx2
import msgspec

from ..call.flow import Outcome, Send
from ..errors import (
    ConnectFailed,
    ConnectionLost,
    ConnectTimedOut,
    InvalidArgument,
    TimedOut,
    TransportError,
)
from ..redaction import Redactor
from ..request.base_url import Base
from ..request.signature import Signature, proof_of
from ..response.response import MAX_BODY, Reply
from .deadline import until

if TYPE_CHECKING:
    from .cache import AsyncCache, Cache

# Extensions of a response by which `cache` tells what it knows.
FAULT = "reply-fault"
FROM_CACHE = "reply-from-cache"

_TOO_LARGE = f"the body is larger than {MAX_BODY // 2**20} MiB"
_BEFORE = (httpx2.PoolTimeout, httpx2.ConnectTimeout)
_DAMAGED = "the compression of the body is damaged"


class Wire(msgspec.Struct, frozen=True):
    """How requests travel: what every attempt of a client has in common."""

    base: Base
    headers: Sequence[tuple[bytes, bytes]]
    redact: Redactor

    def sign(self, step: Send, signature: Signature, end: float) -> httpx2.Request:
        """Make the request that is sent, token included. It has to be over at `end`.

        The token is added only after httpx2 has parsed the URL, and only when what it would send
        is, byte for byte, the configured origin and the target as it was built.
        """
        request, proof = step.request, proof_of(signature)
        url = _url(self.base.origin + proof.target(request.target))
        if url is None or not self._is_exact(url, proof.target(request.target)):
            raise InvalidArgument(f"{request.info}: not an address below {self.base}")
        sent = httpx2.Request(
            request.info.method,
            url,
            headers=_together(self.headers, request.headers),
            content=request.content,
            extensions={"timeout": _timeouts(step, end)},
        )
        for name, value in proof.headers:
            sent.headers[name] = value
        if proof.cookies:
            cookies = [*sent.headers.get_list("Cookie"), *proof.cookies]
            sent.headers["Cookie"] = "; ".join(cookies)
        return sent

    def explain(self, step: Send, end: float, error: httpx2.RequestError) -> TransportError:
        """Make our error of httpx2's, keeping nothing of it but its text."""
        text = self.redact(_words(error))
        request, allowed, origin = step.request, step.timeout, self.base.origin
        if time.monotonic() >= end and isinstance(error, httpx2.TimeoutException):
            kind = ConnectTimedOut if isinstance(error, _BEFORE) else TimedOut
            return kind(request.info, f"not answered within {allowed.total} s for the whole call")
        match error:
            case httpx2.PoolTimeout():
                problem = f"no connection of the client became free within {allowed.pool} s"
                return ConnectTimedOut(request.info, problem)
            case httpx2.ConnectTimeout():
                problem = f"no connection to {origin} within {allowed.connect} s"
                return ConnectTimedOut(request.info, problem)
            case httpx2.WriteTimeout():
                return TimedOut(request.info, f"could not be sent within {allowed.write} s")
            case httpx2.TimeoutException():
                return TimedOut(request.info, f"no answer within {allowed.read} s")
            case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
                return ConnectFailed(request.info, f"no connection to {origin}: {text}")
            case _:
                return ConnectionLost(request.info, f"the connection was lost: {text}")

    def _is_exact(self, url: httpx2.URL, target: str) -> bool:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        return origin == self.base.origin and url.raw_path.decode("ascii") == target


class SyncTransport:
    """Makes attempts with calls."""

    def __init__(self, wire: Wire, inner: httpx2.BaseTransport, cache: Cache | None = None) -> None:
        self._wire = wire
        self._inner = inner
        self._cache = cache

    def send(self, step: Send, signature: Signature, within: float) -> Outcome:
        end = time.monotonic() + within
        sent = self._wire.sign(step, signature, end)
        cache = self._cache
        by = self._inner if cache is None or not cache.takes(step.request) else cache
        try:
            response = by.handle_request(sent)
            try:
                return read(response)
            finally:
                response.close()
        except httpx2.RequestError as error:
            return self._wire.explain(step, end, error)

    def close(self) -> None:
        self._inner.close()
        if self._cache is not None:
            self._cache.close()


class AsyncTransport:
    """Makes attempts with awaits."""

    def __init__(
        self, wire: Wire, inner: httpx2.AsyncBaseTransport, cache: AsyncCache | None = None
    ) -> None:
        self._wire = wire
        self._inner = inner
        self._cache = cache

    async def send(self, step: Send, signature: Signature, within: float) -> Outcome:
        end = time.monotonic() + within
        sent = self._wire.sign(step, signature, end)
        cache = self._cache
        by = self._inner if cache is None or not cache.takes(step.request) else cache
        try:
            response = await by.handle_async_request(sent)
            try:
                return await aread(response)
            finally:
                await response.aclose()
        except httpx2.RequestError as error:
            return self._wire.explain(step, end, error)

    async def aclose(self) -> None:
        await self._inner.aclose()
        if self._cache is not None:
            await self._cache.aclose()


def read(response: httpx2.Response) -> Reply:
    """Read a reply to its end, or as far as is sensible."""
    body = bytearray()
    fault = None
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BODY:
                return _reply(response, b"", _TOO_LARGE)
    except httpx2.DecodingError:
        fault = _DAMAGED
    return _reply(response, bytes(body), fault)


async def aread(response: httpx2.Response) -> Reply:
    """Read a reply to its end, or as far as is sensible."""
    body = bytearray()
    fault = None
    try:
        async with contextlib.aclosing(response.aiter_bytes()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_BODY:
                    return _reply(response, b"", _TOO_LARGE)
    except httpx2.DecodingError:
        fault = _DAMAGED
    return _reply(response, bytes(body), fault)


def _timeouts(step: Send, end: float) -> dict[str, float | None]:
    """Give the seconds of each step as httpx2 takes them, none past the end of the call.

    httpx2 counts the time to connect once for TCP and once more for TLS.
    """
    allowed, now = step.timeout, time.monotonic()
    connected = end if allowed.connect is None else min(end, now + allowed.connect)
    return {
        "connect": until(connected, allowed.connect),
        "read": until(end, allowed.read),
        "write": until(end, allowed.write),
        "pool": until(end, allowed.pool),
    }


def _together(
    usual: Sequence[tuple[bytes, bytes]], own: Sequence[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """The headers of a request: its own replace the usual ones of the same name."""
    named = {name.lower() for name, _ in own}
    return [*(one for one in usual if one[0].lower() not in named), *own]


def _url(text: str) -> httpx2.URL | None:
    try:
        return httpx2.URL(text)
    except httpx2.InvalidURL:
        return None


def _words(error: BaseException) -> str:
    """Find the words for a failure: httpx2's own are empty where the cause has all of them."""
    cause: BaseException | None = error
    while cause is not None:
        if text := str(cause):
            return text
        error, cause = cause, cause.__cause__ or cause.__context__
    return type(error).__name__


def _reply(response: httpx2.Response, body: bytes, fault: str | None) -> Reply:
    """Make a reply; what the cache knows of it, it says in the response's extensions."""
    said = response.extensions
    return Reply(
        response.status_code,
        response.headers.raw,
        body,
        fault or said.get(FAULT),
        FROM_CACHE in said,
    )
