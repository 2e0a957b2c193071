"""Base classes of `Client` and `AsyncClient`.

May read the environment (proxy, certificates) when a client is created. The transport is
imported only then, so that importing the package does not load it.
"""

from __future__ import annotations

from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Literal, Self, TypeVar

from ..call.context import Options
from ..call.driver import AsyncCore, SyncCore
from ..call.observe import Hooks
from ..call.pacing import Pacer, Pacing
from ..call.retry import Retry
from ..call.timeout import Timeout
from ..http.proxy import Proxy
from ..lazy import LazyModule, load
from ..redaction import Secret
from ..response.errors.rules import ApiRules
from .common_client import CommonClient
from .config import (
    HOOKS,
    MAX_WAIT,
    RETRY,
    TIMEOUT,
    options_of,
    pacer_of,
    resolve_settings,
)
from .raw_calls import AsyncRawCalls, RawCalls

if TYPE_CHECKING:
    import ssl

    import httpx2
else:
    ssl, httpx2 = LazyModule("ssl"), LazyModule("httpx2")

Auth = TypeVar("Auth")


class BaseClient(CommonClient[SyncCore], RawCalls, Generic[Auth]):
    """A client with one connection pool and one TLS context. Thread-safe.

    Args:
        base_url: Address of the API. Default: the address in the API description. Raises
            InvalidArgument if it is neither an https address nor an http address of this machine; see
            `allow_insecure_http`.
        timeout: Time limit for a whole call, waits included, or a `Timeout` with a limit for each
            step. In seconds. Default: `Timeout()`, so 180 for a call. Raises InvalidArgument if it is
            zero, negative or not finite, TypeError if it is not a number.
        retry: Retry policy for requests that are safe to repeat. None sends every request once.
            Default: `Retry()`, so 4 attempts. Raises TypeError for another type.
        max_wait: Longest wait for a rate limit or a `Retry-After` header; 0 never waits. In seconds.
            Default: 90. If the server asks for more, the call raises `RateLimited` or the error of the
            response. Raises InvalidArgument if it is negative or not finite, TypeError if it is not a
            number.
        pacing: Whether the calls of the client share a rate limit. With `auto`, the wait that one call
            has to make holds back the others too; with `off`, each call meets the limit by itself.
            Default: `auto`. Raises InvalidArgument for any other value.
        strict: Whether a value of the wrong type in a response raises `UnexpectedResponse`. Default:
            False, which keeps the value and warns with `SchemaDrift`. Raises TypeError if it is not a
            bool.
        hooks: Functions to call before and after each attempt. Default: `Hooks()`, none. Raises
            TypeError for another type.
        user_agent: Name of the calling program, put before the package's own in the User-Agent header,
            such as `acme-fleet/1.0`. Default: None, the package's alone. Raises InvalidArgument unless
            it is visible ASCII with single spaces, TypeError if it is not a str.
        proxy: URL of an http, https or socks5 proxy, or a `Proxy`. False uses none. Default: None,
            which reads HTTPS_PROXY, ALL_PROXY and NO_PROXY. Raises InvalidArgument for another URL, for
            a socks5 proxy without the extra `socks`, with an http address, or together with
            `transport`; TypeError for another type.
        verify: Path of a CA bundle (file or folder), or an `ssl.SSLContext`. Default: None, the
            certificates that httpx2 trusts. Verification cannot be turned off. Raises InvalidArgument
            if it is empty or no bundle can be read, or together with `transport`; TypeError for another
            type.
        transport: An httpx2 transport to use instead of the client's own connection pool:
            `httpx2.BaseTransport`, or `httpx2.AsyncBaseTransport` for `AsyncClient`. The client closes
            it. At the time limit of a call, an async transport is cancelled. A sync one cannot be
            interrupted: the client checks the limit between the chunks of a body, so the transport
            must keep to the request's `timeout` extension. Default: None. Raises TypeError for another type.
        cache: Whether to keep responses to reads and revalidate them with their ETag on each use. True
            keeps them in memory, a path in that SQLite file; responses with secrets are never kept.
            While another program has locked the file, calls work without it. It needs the extra
            `cache`. Default: False. Raises ImportError without that extra.
        allow_insecure_http: Whether `base_url` may be an http address of another machine. The token and
            every response then travel in the clear, and whoever sees or changes the traffic has them.
            Default: False, which allows it only without credentials. Raises TypeError if it is not a
            bool.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        auth: Auth | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = TIMEOUT,
        retry: Retry | None = RETRY,
        max_wait: float = MAX_WAIT,
        pacing: Pacing = "auto",
        strict: bool = False,
        hooks: Hooks = HOOKS,
        user_agent: str | None = None,
        proxy: Proxy | str | Literal[False] | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        cache: bool | str | PathLike[str] = False,
        allow_insecure_http: bool = False,
    ) -> None:
        secret, address = Secret[object](auth), Secret(base_url)
        hidden = Secret[object](proxy)
        del auth, base_url, proxy  # tracebacks of later errors must not show them
        self._open(
            ApiRules(),
            pacer_of(pacing),
            options_of(timeout, retry, max_wait, strict, hooks),
            auth=secret,
            base_url=address,
            user_agent=user_agent,
            proxy=hidden,
            verify=verify,
            transport=transport,
            cache=cache,
            allow_insecure_http=allow_insecure_http,
        )

    def _open(
        self,
        rules: ApiRules,
        pacer: Pacer,
        options: Options,
        *,
        auth: Secret[object],
        base_url: Secret[str | None],
        user_agent: str | None,
        proxy: Secret[object],
        verify: ssl.SSLContext | str | PathLike[str] | None,
        transport: httpx2.BaseTransport | None,
        cache: bool | str | PathLike[str],
        allow_insecure_http: bool,
    ) -> None:
        """Create the connections, by the rules of an API."""
        load("..http.connect", __package__)
        from ..http.connect import connect

        settings = resolve_settings(
            self._defaults,
            auth=auth,
            base_url=base_url,
            rules=rules,
            options=options,
            pacer=pacer,
            user_agent=user_agent,
            allow_insecure_http=allow_insecure_http,
        )
        sender, renew = connect(settings.signer, proxy, verify, transport, cache)
        self._core = SyncCore(
            settings.base, settings.deployment, settings.options, settings.state, sender, renew
        )

    def close(self) -> None:
        """Close the connections. Later calls raise ClientClosed."""
        self._core.close()

    def __enter__(self) -> Self:
        self._core.check_open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class BaseAsyncClient(CommonClient[AsyncCore], AsyncRawCalls, Generic[Auth]):
    """The asynchronous form of `BaseClient`. Each event loop has its own connections."""

    __slots__ = ()

    def __init__(
        self,
        *,
        auth: Auth | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = TIMEOUT,
        retry: Retry | None = RETRY,
        max_wait: float = MAX_WAIT,
        pacing: Pacing = "auto",
        strict: bool = False,
        hooks: Hooks = HOOKS,
        user_agent: str | None = None,
        proxy: Proxy | str | Literal[False] | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        cache: bool | str | PathLike[str] = False,
        allow_insecure_http: bool = False,
    ) -> None:
        secret, address = Secret[object](auth), Secret(base_url)
        hidden = Secret[object](proxy)
        del auth, base_url, proxy  # tracebacks of later errors must not show them
        self._open(
            ApiRules(),
            pacer_of(pacing),
            options_of(timeout, retry, max_wait, strict, hooks),
            auth=secret,
            base_url=address,
            user_agent=user_agent,
            proxy=hidden,
            verify=verify,
            transport=transport,
            cache=cache,
            allow_insecure_http=allow_insecure_http,
        )

    def _open(
        self,
        rules: ApiRules,
        pacer: Pacer,
        options: Options,
        *,
        auth: Secret[object],
        base_url: Secret[str | None],
        user_agent: str | None,
        proxy: Secret[object],
        verify: ssl.SSLContext | str | PathLike[str] | None,
        transport: httpx2.AsyncBaseTransport | None,
        cache: bool | str | PathLike[str],
        allow_insecure_http: bool,
    ) -> None:
        """Create the connections, by the rules of an API."""
        load("..http.connect", __package__)
        from ..http.connect import async_connect

        settings = resolve_settings(
            self._defaults,
            auth=auth,
            base_url=base_url,
            rules=rules,
            options=options,
            pacer=pacer,
            user_agent=user_agent,
            allow_insecure_http=allow_insecure_http,
        )
        sender, renew = async_connect(settings.signer, proxy, verify, transport, cache)
        self._core = AsyncCore(
            settings.base, settings.deployment, settings.options, settings.state, sender, renew
        )

    async def aclose(self) -> None:
        """Close the connections. Later calls raise ClientClosed."""
        await self._core.aclose()

    async def __aenter__(self) -> Self:
        self._core.check_open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
