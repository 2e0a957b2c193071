"""Connection pools: httpx2 transports over httpcore2 that keep the deadline of a call.

Reads and writes the network. httpx2's `HTTPTransport` does the same but does not accept a network
backend, which `deadline` needs.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Iterator

import httpcore2
import httpx2

from ..call.pacing import AT_ONCE
from .deadline import AsyncBackend, Backend

_KEEPALIVE = 5.0  # seconds until an idle connection is closed


class Pool(httpx2.BaseTransport):
    """Connection pool of a sync client."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx2.Proxy | None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            proxy=_proxy(proxy),
            max_connections=AT_ONCE,
            max_keepalive_connections=AT_ONCE,
            keepalive_expiry=_KEEPALIVE,
            network_backend=Backend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        with _converted_errors():
            response = self._pool.handle_request(_request(request))
        assert isinstance(response.stream, Iterable)
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Body(response.stream)
        )

    def close(self) -> None:
        self._pool.close()


class AsyncPool(httpx2.AsyncBaseTransport):
    """Connection pool of an async client."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx2.Proxy | None) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            proxy=_proxy(proxy),
            max_connections=AT_ONCE,
            max_keepalive_connections=AT_ONCE,
            keepalive_expiry=_KEEPALIVE,
            network_backend=AsyncBackend(),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        with _converted_errors():
            response = await self._pool.handle_async_request(_request(request))
        assert isinstance(response.stream, AsyncIterable)
        return httpx2.Response(
            response.status, headers=response.headers, stream=_AsyncBody(response.stream)
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.SyncByteStream):
    """Stream of the body of a response."""

    def __init__(self, inner: Iterable[bytes]) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        with _converted_errors():
            yield from self._inner

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()


class _AsyncBody(httpx2.AsyncByteStream):
    """The asynchronous form of `_Body`."""

    def __init__(self, inner: AsyncIterable[bytes]) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _converted_errors():
            async for part in self._inner:
                yield part

    async def aclose(self) -> None:
        aclose = getattr(self._inner, "aclose", None)
        if aclose is not None:
            await aclose()


def _request(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    assert isinstance(request.stream, (httpx2.SyncByteStream, httpx2.AsyncByteStream))
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _proxy(proxy: httpx2.Proxy | None) -> httpcore2.Proxy | None:
    if proxy is None:
        return None
    url = proxy.url
    return httpcore2.Proxy(
        httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        auth=proxy.raw_auth,
        headers=proxy.headers.raw,
        ssl_context=proxy.ssl_context,
    )


@contextlib.contextmanager
def _converted_errors() -> Generator[None]:
    """Convert an error of httpcore2 to the error of httpx2 with the same name."""
    try:
        yield
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        kind: type[httpx2.RequestError] = getattr(httpx2, type(error).__name__)
        raise kind(str(error)) from error
    except (httpcore2.ProxyError, httpcore2.UnsupportedProtocol) as error:
        kind = getattr(httpx2, type(error).__name__)
        raise kind(str(error)) from error
