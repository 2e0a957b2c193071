"""Base classes of the clients for GitHub: with its products, tokens and environment variables.

May read the environment when a client is created.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Generic, Literal, Self, TypeVar, Unpack, cast

from ...call.driver import AsyncCore, SyncCore
from ...call.observe import Hooks
from ...call.retry import Retry
from ...call.timeout import Timeout
from ...http.proxy import Proxy
from ...lazy import LazyModule, publish
from ...redaction import Secret
from ..client import BaseAsyncClient, BaseClient
from ..config import HOOKS, MAX_WAIT, RETRY, TIMEOUT, CommonOptions, options_of
from ..paging import check_concurrency
from .common_client import GitHubCommonClient
from .pacing import Pacing, ThrottlingPacer
from .paged_calls import AsyncPagedRawCalls, PagedRawCalls
from .rules import GitHubRules
from .sign_in import environment_arguments

if TYPE_CHECKING:
    import ssl

    import httpx2
else:
    ssl, httpx2 = LazyModule("ssl"), LazyModule("httpx2")

Auth = TypeVar("Auth")


class _GitHubOptions(CommonOptions, total=False):
    """The options that both flavours share."""

    api_version: str | None
    product: str | None
    pacing: Pacing
    page_concurrency: int


class ClientOptions(_GitHubOptions, total=False):
    """The options of `Client.from_env`: those of `Client`, without `auth` and `base_url`."""

    transport: httpx2.BaseTransport | None


class AsyncClientOptions(_GitHubOptions, total=False):
    """The options of `AsyncClient.from_env`: those of `AsyncClient`, without `auth` and `base_url`."""

    transport: httpx2.AsyncBaseTransport | None


class GitHubClient(GitHubCommonClient[SyncCore], PagedRawCalls, BaseClient[Auth], Generic[Auth]):
    """A client for GitHub.

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
        pacing: Client-side throttling: at most 900 points a minute, of which a read takes 1 and a write
            5, and one write at a time, one second apart. GitHub documents these figures for its API.
            `strict` throttles from the start, `off` never. With `off`, calls do not share the wait
            for a rate limit either. Default: `auto`, which shares that wait. With `auto`, throttling
            begins once GitHub has refused a request for a secondary rate limit, and ends 15 minutes
            after the wait for the last one: see `throttled_until`. Raises InvalidArgument for any
            other value.
        page_concurrency: Number of pages of a paginated list to fetch at once, from 1 to 100. `Pages`
            documents which lists allow it. Default: 1, one page after the other. Raises
            InvalidArgument for another number, TypeError if it is not an int.
        cache: Whether to keep responses to reads and revalidate them with their ETag on each use. True
            keeps them in memory, a path in that SQLite file; responses with secrets are never kept.
            While another program has locked the file, calls work without it.
            An unchanged response does not count against GitHub's rate limit. It needs the extra
            `cache`. Default: False. Raises ImportError without that extra.
        allow_insecure_http: Whether `base_url` may be an http address of another machine. The token and
            every response then travel in the clear, and whoever sees or changes the traffic has them.
            Default: False. Raises TypeError if it is not a bool.
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
        secret, address = Secret[object](auth), Secret(base_url)
        hidden = Secret[object](proxy)
        del auth, base_url, proxy  # tracebacks of later errors must not show them
        self._open(
            GitHubRules(product, api_version),
            ThrottlingPacer(pacing),
            options_of(
                timeout,
                retry,
                max_wait,
                strict,
                hooks,
                page_concurrency=check_concurrency(page_concurrency),
            ),
            auth=secret,
            base_url=address,
            user_agent=user_agent,
            proxy=hidden,
            verify=verify,
            transport=transport,
            cache=cache,
            allow_insecure_http=allow_insecure_http,
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
        auth, base_url = environment_arguments()
        return cls(auth=cast("Auth", auth.reveal()), base_url=base_url, **hidden.reveal())


class GitHubAsyncClient(
    GitHubCommonClient[AsyncCore], AsyncPagedRawCalls, BaseAsyncClient[Auth], Generic[Auth]
):
    """The asynchronous form of `GitHubClient`."""

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
        secret, address = Secret[object](auth), Secret(base_url)
        hidden = Secret[object](proxy)
        del auth, base_url, proxy  # tracebacks of later errors must not show them
        self._open(
            GitHubRules(product, api_version),
            ThrottlingPacer(pacing),
            options_of(
                timeout,
                retry,
                max_wait,
                strict,
                hooks,
                page_concurrency=check_concurrency(page_concurrency),
            ),
            auth=secret,
            base_url=address,
            user_agent=user_agent,
            proxy=hidden,
            verify=verify,
            transport=transport,
            cache=cache,
            allow_insecure_http=allow_insecure_http,
        )

    @classmethod
    def from_env(cls, **options: Unpack[AsyncClientOptions]) -> Self:
        """Create a client from environment variables. See `Client.from_env`."""
        hidden = Secret(options)
        del options  # tracebacks of later errors must not show the password of a proxy
        auth, base_url = environment_arguments()
        return cls(auth=cast("Auth", auth.reveal()), base_url=base_url, **hidden.reveal())


publish(__name__)
