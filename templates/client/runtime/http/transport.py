"""Transport of one attempt over httpx2. It is imported only when a client is created.

Reads and writes the network. It uses httpx2's transports, not its clients. Those add headers, store
cookies, send the token to any absolute URL, and parse a `Location` before the client has checked it.

The error of an attempt is returned, not raised. An exception of httpx2 has the request with its
`Authorization` header, and would become the context of an error raised while it is handled.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, cast

import httpx2
import msgspec
from anyio import move_on_after

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
from ..response.response import Response
from .deadline import timeout_until
from .exchange import DEADLINE, aread, read
from .pool import FRESH, Pool
from .tunnel import CredentialsRefused

# Errors whose text quotes the peer, and where the quotation begins.
_QUOTING = (httpx2.ProtocolError, httpx2.ProxyError, httpx2.DecodingError)
# `re` compiles a pattern when it is first used, which most programs never do.
_QUOTED = r"[:'\"]|(?<=^\d{3}) "
_CONNECT_TIMEOUTS = (httpx2.PoolTimeout, httpx2.ConnectTimeout)


class RequestSigner(msgspec.Struct, frozen=True):
    """Signer of a client's requests: their base URLs and headers.

    The first of `bases` is that of the client. `trusted` are the origins that may receive
    credentials. Requests to the others are not signed.
    """

    bases: Sequence[BaseUrl]
    trusted: Collection[str]
    headers: Sequence[tuple[bytes, bytes]]
    redact: Redactor

    def sign(self, step: Send, signature: Signature, end: float) -> httpx2.Request:
        """Return the request to send, with its credentials. Its deadline is `end`.

        The credentials are added after httpx2 has parsed the URL, and only if the parsed URL is
        byte for byte a configured origin with the target of the request.
        """
        request = step.request
        signed = signature if request.base.origin in self.trusted else None
        url = _url(request.base.origin + _target(request, signed))
        if url is None or not self._is_exact(url, request.base, _target(request, signed)):
            raise InvalidArgument(f"{request.info}: the URL is not below {request.base}")
        sent = httpx2.Request(
            request.info.method,
            url,
            headers=_merged_headers(self.headers, request.headers),
            content=request.content,
            extensions={
                "timeout": _timeouts(step, end),
                DEADLINE: end,
                FRESH: request.writes,
            },
        )
        if isinstance(signed, Secret):
            sent.headers["Authorization"] = f"Bearer {signed.reveal()}"
        elif signed is not None:
            signed.sign(sent.headers)
        return sent

    def transport_error(self, step: Send, end: float, error: httpx2.RequestError) -> TransportError:
        """Convert an error of httpx2 to one of the client, with nothing of it but its text."""
        text = self.redact(_error_text(error))
        request, timeout, origin = step.request, step.timeout, step.request.base.origin
        if time.monotonic() >= end and isinstance(error, httpx2.TimeoutException):
            kind = ConnectTimedOut if isinstance(error, _CONNECT_TIMEOUTS) else TimedOut
            return self.expired(step, kind)
        match error:
            case httpx2.PoolTimeout():
                problem = f"no connection of the pool became free within {timeout.pool} s"
                return ConnectTimedOut(request.info, problem)
            case httpx2.ConnectTimeout():
                problem = f"no connection to {origin} within {timeout.connect} s"
                return ConnectTimedOut(request.info, problem)
            case httpx2.WriteTimeout():
                problem = f"the request could not be sent within {timeout.write} s"
                return TimedOut(request.info, problem)
            case httpx2.TimeoutException():
                return TimedOut(request.info, f"no response within {timeout.read} s")
            case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
                failed = ConnectFailed(request.info, f"no connection to {origin}: {text}")
                failed.permanent = isinstance(error.__cause__, CredentialsRefused)
                return failed
            case _:
                return ConnectionLost(request.info, f"the connection was lost: {text}")

    def expired(self, step: Send, kind: type[TimedOut] = TimedOut) -> TimedOut:
        """Return the error for an attempt that the deadline of its call has ended."""
        problem = f"no response within {step.timeout.total} s for the whole call"
        return kind(step.request.info, problem)

    def _is_exact(self, url: httpx2.URL, base: BaseUrl, target: str) -> bool:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        is_known = base in self.bases and origin == base.origin
        return is_known and url.raw_path.decode("ascii") == target


class Cache(Protocol):
    """Cache of responses, which sends the requests that it cannot answer."""

    def is_cacheable(self, request: Request) -> bool: ...
    def handle_request(self, request: httpx2.Request) -> httpx2.Response: ...
    def close(self) -> None: ...


class AsyncCache(Protocol):
    """The asynchronous form of `Cache`."""

    def is_cacheable(self, request: Request) -> bool: ...
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response: ...
    async def aclose(self) -> None: ...


class SyncTransport:
    """Transport of a sync client."""

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
        transport = self._inner if cache is None or not cache.is_cacheable(step.request) else cache
        try:
            received = transport.handle_request(sent)
            try:
                return read(received, sent)
            finally:
                received.close()
        except httpx2.RequestError as error:
            return self._signer.transport_error(step, end, error)

    def abandon(self) -> None:
        """Close the sockets in a child process; neither the parent nor the peer sees it."""
        if isinstance(self._inner, Pool):
            self._inner.abandon()

    def close(self) -> None:
        self._inner.close()
        if self._cache is not None:
            self._cache.close()


class AsyncTransport:
    """Transport of an async client.

    `keeps_deadline` is whether the inner transport ends at the deadline of a call itself. Any other is
    cancelled at the deadline.
    """

    def __init__(
        self,
        signer: RequestSigner,
        inner: httpx2.AsyncBaseTransport,
        cache: AsyncCache | None = None,
        *,
        keeps_deadline: bool = True,
    ) -> None:
        self._signer = signer
        self._inner = inner
        self._cache = cache
        self._cancels = cache is not None or not keeps_deadline

    async def send(self, step: Send, signature: Signature, within: float) -> Outcome:
        end = time.monotonic() + within
        sent = self._signer.sign(step, signature, end)
        cache = self._cache
        transport = self._inner if cache is None or not cache.is_cacheable(step.request) else cache
        response: Response | None = None
        try:
            with self._limit(within):
                received = await transport.handle_async_request(sent)
                try:
                    response = await aread(received, sent)
                finally:
                    await received.aclose()
        except httpx2.RequestError as error:
            return self._signer.transport_error(step, end, error)
        return self._signer.expired(step) if response is None else response

    def _limit(self, within: float) -> AbstractContextManager[object, bool]:
        limit = move_on_after(within) if self._cancels else nullcontext()
        return cast("AbstractContextManager[object, bool]", limit)

    async def aclose(self) -> None:
        await self._inner.aclose()
        if self._cache is not None:
            await self._cache.aclose()


def _timeouts(step: Send, end: float) -> dict[str, float | None]:
    """Return httpx2's timeouts of the steps, none past the end of the call.

    httpx2 applies the connect timeout to TCP and again to TLS, so both share a deadline.
    """
    timeout, now = step.timeout, time.monotonic()
    connect_end = end if timeout.connect is None else min(end, now + timeout.connect)
    return {
        "connect": timeout_until(connect_end, timeout.connect),
        "read": timeout_until(end, timeout.read),
        "write": timeout_until(end, timeout.write),
        "pool": timeout_until(end, timeout.pool),
    }


def _merged_headers(
    defaults: Sequence[tuple[bytes, bytes]], own: Sequence[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request, which replace the client's headers of the same name."""
    replaced = {name.lower() for name, _ in own}
    return [*(one for one in defaults if one[0].lower() not in replaced), *own]


def _target(request: Request, signature: Signature | None) -> str:
    """Return the target to send. It may contain credentials: do not store it in a local variable."""
    if signature is None or isinstance(signature, Secret):
        return request.target
    return signature.target(request.target)


def _url(text: str) -> httpx2.URL | None:
    try:
        return httpx2.URL(text)
    except httpx2.InvalidURL:
        return None


def _error_text(error: httpx2.RequestError) -> str:
    """Return the text of an error, or of its cause: httpx2's own text may be empty.

    Errors of a protocol quote what the peer sent, behind a colon. That can be anything, such as the
    end of a response with a secret. A proxy's phrase is left out for the same reason.
    """
    found: BaseException = error
    cause: BaseException | None = error
    while cause is not None:
        if text := str(cause):
            if isinstance(error, _QUOTING):
                text = re.split(_QUOTED, text, maxsplit=1)[0]
            return text or type(error).__name__
        found, cause = cause, cause.__cause__ or cause.__context__
    return type(found).__name__
