"""Base classes of `Client` and `AsyncClient`.

May read the environment (token, proxy, certificates) when a client is created. The transport is
imported only then, so that importing the package does not load it.
"""

from __future__ import annotations

from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Literal, Self, TypeVar, Unpack, cast

from ..call.driver import AsyncCore, SyncCore
from ..call.observe import Hooks
from ..call.pacing import Pacing
from ..call.retry import Retry
from ..call.timeout import Timeout
from ..http.proxy import Proxy
from ..lazy import LazyModule, load
from ..redaction import Secret
from .common_client import CommonClient
from .config import (
    HOOKS,
    MAX_WAIT,
    RETRY,
    TIMEOUT,
    AsyncClientOptions,
    ClientOptions,
    options_of,
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
        base_url: Address of the API. Default: the address in the API description. For GitHub
            Enterprise Server it is `https://HOST/api/v3`, for GitHub Enterprise Cloud with data
            residency `https://api.SUBDOMAIN.ghe.com`. Raises InvalidArgument if it is
            neither an https address nor an http address of this machine; see
            `allow_insecure_http`.
        api_version: API version that every request asks for, one of those that the package knows.
            Default: the newest version that every release of the product supports. Raises
            InvalidArgument for any other version.
        product: Product that the server runs, if the address does not show it. It is `github.com`,
            `ghec`, `ghes` or a release of GitHub Enterprise Server such as `ghes-3.19`. Default: any
            product that can have this address. Raises InvalidArgument for any other product.
        timeout: Time limit for a whole call, waits included, or a `Timeout` with a limit for each
            step. In seconds. Default: `Timeout()`, so 180 for a call. Raises InvalidArgument if it is
            zero, negative or not finite, TypeError if it is not a number.
        retry: Retry policy for requests that are safe to repeat. None sends every request once.
            Default: `Retry()`, so 4 attempts. Raises TypeError for another type.
        max_wait: Longest wait for a rate limit or a `Retry-After` header; 0 never waits. In seconds.
            Default: 90. If the server asks for more, the call raises `RateLimited` or the error of the
            response. Raises InvalidArgument if it is negative or not finite, TypeError if it is not a
            number.
        pacing: Client-side throttling: at most 900 points a minute, of which a read takes 1 and a write
            5, and one write at a time, one second apart. GitHub documents these figures for its API.
            `strict` throttles from the start, `off` never. With `off`, calls do not share the wait
            for a rate limit either. Default: `auto`, which shares that wait. With `auto`, throttling
            begins once GitHub has refused a request for a secondary rate limit, and ends 15 minutes
            after the wait for the last one: see `throttled_until`. Raises InvalidArgument for any
            other value.
        strict: Whether a list item of the wrong type raises `UnexpectedResponse`. Default: False,
            which keeps the value and warns with `SchemaDrift`. Raises TypeError if it is not a bool.
        hooks: Functions to call before and after each attempt. Default: `Hooks()`, none. Raises
            TypeError for another type.
        page_concurrency: Number of pages of a paginated list to fetch at once, from 1 to 100. `Pages`
            documents which lists allow it. Default: 1, one page after the other. Raises
            InvalidArgument for another number, TypeError if it is not an int.
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
            While another program has locked the file, calls work without it.
            An unchanged response does not count against GitHub's rate limit. It needs the extra
            `cache`. Default: False. Raises ImportError without that extra.
        allow_insecure_http: Whether `base_url` may be an http address of another machine. The token and
            every response then travel in the clear, and whoever sees or changes the traffic has them.
            Default: False, which allows it only without credentials, to an API that is not GitHub's.
            Raises TypeError if it is not a bool.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        auth: Auth | None = None,
        base_url: str | None = None,
        api_version: str | None = None,
        product: str | None = None,
        timeout: float | Timeout = TIMEOUT,
        retry: Retry | None = RETRY,
        max_wait: float = MAX_WAIT,
        pacing: Pacing = "auto",
        strict: bool = False,
        hooks: Hooks = HOOKS,
        page_concurrency: int = 1,
        user_agent: str | None = None,
        proxy: Proxy | str | Literal[False] | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        cache: bool | str | PathLike[str] = False,
        allow_insecure_http: bool = False,
    ) -> None:
        load("..http.connect", __package__)
        from ..http.connect import connect

        secret = Secret[object](auth)
        hidden = Secret[object](proxy)
        del auth, proxy  # tracebacks of later errors must not show them
        settings = resolve_settings(
            self._defaults,
            auth=secret,
            base_url=base_url,
            api_version=api_version,
            product=product,
            options=options_of(timeout, retry, max_wait, strict, hooks, page_concurrency),
            pacing=pacing,
            user_agent=user_agent,
            allow_insecure_http=allow_insecure_http,
        )
        sender, renew = connect(settings.signer, hidden, verify, transport, cache)
        self._core = SyncCore(
            settings.base, settings.deployment, settings.options, settings.state, sender, renew
        )

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Create a client from environment variables. `options` are the constructor's other options.

        Surrounding white space is ignored, and an empty variable counts as not set. Incomplete or
        conflicting variables raise `InvalidArgument`, which names them.

        Environment:
            GITHUB_API_URL: Address of the API, as GitHub Actions sets it. Default: GH_HOST, else
                github.com.
            GH_HOST: Host of the API, as for the gh CLI: `github.com`, `SUBDOMAIN.ghe.com` or the
                host of a GitHub Enterprise Server.
            GITHUB_TOKEN: Token for github.com and ghe.com. With GITHUB_API_URL also for GitHub
                Enterprise Server.
            GH_TOKEN: The same, under the name that the gh CLI uses.
            GH_ENTERPRISE_TOKEN: Token for GitHub Enterprise Server.
            GITHUB_ENTERPRISE_TOKEN: The same, under another name.
            GITHUB_APP_CLIENT_ID: Client id of a GitHub App, used instead of a token.
            GITHUB_APP_ID: The App's numeric id, if GITHUB_APP_CLIENT_ID is not set.
            GITHUB_APP_PRIVATE_KEY: The App's private key, as PEM text. Line ends may be
                written as a backslash and an n, and the whole text may be in base64.
            GITHUB_APP_PRIVATE_KEY_PATH: Path of a file with the App's private key instead.
            GITHUB_APP_INSTALLATION_ID: The installation to use for every call. Default: look it up
                for each organization or repository.
        """
        hidden = Secret(options)
        del options  # tracebacks of later errors must not show the password of a proxy
        auth, base_url = cls._defaults.sign_in.environment()
        return cls(auth=cast("Auth", auth.reveal()), base_url=base_url, **hidden.reveal())

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
        api_version: str | None = None,
        product: str | None = None,
        timeout: float | Timeout = TIMEOUT,
        retry: Retry | None = RETRY,
        max_wait: float = MAX_WAIT,
        pacing: Pacing = "auto",
        strict: bool = False,
        hooks: Hooks = HOOKS,
        page_concurrency: int = 1,
        user_agent: str | None = None,
        proxy: Proxy | str | Literal[False] | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        cache: bool | str | PathLike[str] = False,
        allow_insecure_http: bool = False,
    ) -> None:
        load("..http.connect", __package__)
        from ..http.connect import async_connect

        secret = Secret[object](auth)
        hidden = Secret[object](proxy)
        del auth, proxy  # tracebacks of later errors must not show them
        settings = resolve_settings(
            self._defaults,
            auth=secret,
            base_url=base_url,
            api_version=api_version,
            product=product,
            options=options_of(timeout, retry, max_wait, strict, hooks, page_concurrency),
            pacing=pacing,
            user_agent=user_agent,
            allow_insecure_http=allow_insecure_http,
        )
        sender, renew = async_connect(settings.signer, hidden, verify, transport, cache)
        self._core = AsyncCore(
            settings.base, settings.deployment, settings.options, settings.state, sender, renew
        )

    @classmethod
    def from_env(cls, **options: Unpack[AsyncClientOptions]) -> Self:
        """Create a client from environment variables. See `Client.from_env`."""
        hidden = Secret(options)
        del options  # tracebacks of later errors must not show the password of a proxy
        auth, base_url = cls._defaults.sign_in.environment()
        return cls(auth=cast("Auth", auth.reveal()), base_url=base_url, **hidden.reveal())

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
