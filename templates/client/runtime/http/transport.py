"""Transport of one attempt over httpx2. Nothing imports this module before a client is made.

Reads and writes the network. It uses httpx2's transports, not its clients: those add headers of
their own, keep cookies, send a client's token to any absolute URL, and parse a `Location` before
we have judged it.

A failed attempt is returned, not raised: an exception of httpx2 holds the request with its
`Authorization`, and raising while it is handled would keep it as the context of ours.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import httpx2
import msgspec

from ..call.steps import Outcome, Send, Signature
from ..errors import (
    ConnectFailed,
    ConnectionLost,
    ConnectTimedOut,
    InvalidArgument,
    TimedOut,
    TransportError,
)
from ..redaction import Redactor, Secret
from ..request.base_url import BaseUrl
from ..request.builder import Request
from .deadline import until
from .exchange import aread, read

_BEFORE = (httpx2.PoolTimeout, httpx2.ConnectTimeout)


class RequestSigner(msgspec.Struct, frozen=True):
    """Signer of requests: what every attempt of a client has in common."""

    base: BaseUrl
    headers: Sequence[tuple[bytes, bytes]]
    redact: Redactor

    def sign(self, step: Send, signature: Signature, end: float) -> httpx2.Request:
        """Make the request that is sent, token included. It has to be over at `end`.

        The token is added only after httpx2 has parsed the URL, and only when what it would send
        is, byte for byte, the configured origin and the target as it was built.
        """
        request = step.request
        url = _url(self.base.origin + _target(request, signature))
        if url is None or not self._is_exact(url, _target(request, signature)):
            raise InvalidArgument(f"{request.info}: not an address below {self.base}")
        sent = httpx2.Request(
            request.info.method,
            url,
            headers=_together(self.headers, request.headers),
            content=request.content,
            extensions={"timeout": _timeouts(step, end)},
        )
        if isinstance(signature, Secret):
            sent.headers["Authorization"] = f"Bearer {signature.reveal()}"
        else:
            signature.sign(sent.headers)
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


class Cache(Protocol):
    """A cache of responses, which sends on what it cannot answer."""

    def takes(self, request: Request) -> bool: ...
    def handle_request(self, request: httpx2.Request) -> httpx2.Response: ...
    def close(self) -> None: ...


class AsyncCache(Protocol):
    """The same, with await."""

    def takes(self, request: Request) -> bool: ...
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response: ...
    async def aclose(self) -> None: ...


class SyncTransport:
    """Makes attempts with calls."""

    def __init__(
        self, signer: RequestSigner, inner: httpx2.BaseTransport, cache: Cache | None = None
    ) -> None:
        self._signer = signer
        self._inner = inner
        self._cache = cache

    def send(self, step: Send, signature: Signature, within: float) -> Outcome:
        end = time.monotonic() + within
        sent = self._signer.sign(step, signature, end)
        cache = self._cache
        by = self._inner if cache is None or not cache.takes(step.request) else cache
        try:
            received = by.handle_request(sent)
            try:
                return read(received)
            finally:
                received.close()
        except httpx2.RequestError as error:
            return self._signer.explain(step, end, error)

    def close(self) -> None:
        self._inner.close()
        if self._cache is not None:
            self._cache.close()


class AsyncTransport:
    """Makes attempts with awaits."""

    def __init__(
        self,
        signer: RequestSigner,
        inner: httpx2.AsyncBaseTransport,
        cache: AsyncCache | None = None,
    ) -> None:
        self._signer = signer
        self._inner = inner
        self._cache = cache

    async def send(self, step: Send, signature: Signature, within: float) -> Outcome:
        end = time.monotonic() + within
        sent = self._signer.sign(step, signature, end)
        cache = self._cache
        by = self._inner if cache is None or not cache.takes(step.request) else cache
        try:
            received = await by.handle_async_request(sent)
            try:
                return await aread(received)
            finally:
                await received.aclose()
        except httpx2.RequestError as error:
            return self._signer.explain(step, end, error)

    async def aclose(self) -> None:
        await self._inner.aclose()
        if self._cache is not None:
            await self._cache.aclose()


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


def _target(request: Request, signature: Signature) -> str:
    """Return the target that is sent. It may hold credentials, so it is kept in no local."""
    return request.target if isinstance(signature, Secret) else signature.target(request.target)


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
