"""Base classes of `Client` and `AsyncClient`.

May read the environment (token, proxy, certificates) when a client is created. The transport is
imported only then, so that importing the package does not load it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, Self, TypeVar, Unpack, cast

from ..call.core import Core
from ..call.driver import AsyncCore, SyncCore
from ..call.observe import Hooks
from ..call.pacing import Pacing
from ..call.retry import Retry
from ..call.timeout import Timeout
from ..errors import InvalidArgument
from ..redaction import Secret
from ..request.operation import Operation
from ..response.rate_limit import RateLimit
from ..types import UNSET, Unset
from .config import (
    HOOKS,
    MAX_WAIT,
    RETRY,
    TIMEOUT,
    AsyncClientOptions,
    ClientOptions,
    Defaults,
    changed_options,
    options_of,
    resolve_settings,
)
from .raw_calls import AsyncRawCalls, RawCalls

if TYPE_CHECKING:
    import ssl
    from os import PathLike
    from types import TracebackType

    import httpx2

AnyCore = TypeVar("AnyCore", bound=Core)
Auth = TypeVar("Auth")


class _Common(Generic[AnyCore]):
    """Base class of sync and async clients."""

    __slots__ = ("_core",)

    _defaults: ClassVar[Defaults]
    # Scope and resource, such as `org.runners`, -> the module of its operations.
    _operations: ClassVar[Mapping[str, str]] = MappingProxyType({})
    _core: AnyCore

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return str(self._core.base)

    def __repr__(self) -> str:
        # A traceback may show a client whose `__init__` failed.
        arguments = f"base_url={self.base_url!r}" if hasattr(self, "_core") else "…"
        return f"{type(self).__name__}({arguments})"

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"{name} has a token and connections: create one in each process")

    @property
    def api_version(self) -> str:
        """The API version that every request asks for."""
        return self._core.deployment.version

    def supports(self, name: str) -> bool:
        """Tell whether an operation exists where this client talks to, as far as is known.

        `name` is scope, resource and method, as in `org.hosted_runners.list`. Without `product=`,
        an address that can be of several products supports what any of them does, and Enterprise
        Server what any release does. Raises InvalidArgument when there is no such operation.
        """
        scope, _, method = (
            name.rpartition(".") if isinstance(cast("object", name), str) else ("", "", "")
        )
        module = self._operations.get(scope)
        operation = (
            getattr(import_module(module), method.upper(), None) if module is not None else None
        )
        if not isinstance(operation, Operation) or not method.islower():
            raise InvalidArgument(f"no operation {name!r}; use a name such as org.runners.list")
        available = cast("Operation[object]", operation).available
        return (
            self._core.deployment.missing_in_version(available) is None
            and self._core.deployment.missing_on_product(available) is None
        )

    @property
    def rate_limit(self) -> RateLimit | None:
        """The budget of requests, as the last reply told it; None before one did."""
        return self._core.state.pacer.rate_limit

    def with_options(
        self,
        *,
        timeout: float | Timeout | Unset = UNSET,
        retry: Retry | Unset | None = UNSET,
        max_wait: float | Unset = UNSET,
        strict: bool | Unset = UNSET,
        hooks: Hooks | Unset = UNSET,
    ) -> Self:
        """Give a client that differs in these options and shares all else.

        It has the same connections, token, pace and budget of repeats; closing it closes nothing.
        """
        options = changed_options(self._core.flows.options, timeout, retry, max_wait, strict, hooks)
        client = object.__new__(type(self))
        client._core = self._core.with_options(options)
        return client


class BaseClient(_Common[SyncCore], RawCalls, Generic[Auth]):
    """Holds one pool of connections and one TLS context; may be shared by threads.

    `auth` is a token, an `App`, or a function that gives a token: it is asked before every attempt,
    by one call at a time. Left out, it is GITHUB_TOKEN or GH_TOKEN of the environment. `base_url` is
    `https://HOST/api/v3` for Enterprise Server and `https://api.SUBDOMAIN.ghe.com` with data
    residency. `api_version` is one that the package knows; left out, the newest that the product
    is sure to know. `product` tells what the address does not: `ghec`, or a release such as
    `ghes-3.19`.

    `timeout` is seconds for a whole call, waits included, or a `Timeout`. `retry` says how often
    and how soon a call is tried again where that is safe, None never. `max_wait` is the longest
    wait, in seconds, that a rate limit may ask for; 0 never waits. `pacing` is `auto` (GitHub's
    rules for writes hold once it has signalled a secondary limit), `strict` (they hold always) or
    `off`. `strict` raises where one odd value in a list would be warned of. `hooks` are called
    before and after each attempt. `user_agent` is named before the package's own.

    `proxy` is a URL; left out, the environment's HTTPS_PROXY, ALL_PROXY and NO_PROXY hold.
    `verify` is the path of a CA bundle or an SSL context. `transport` is an httpx2 transport of
    your own in place of all that; the client closes it.

    `cache` keeps what is read, in memory or in the SQLite file of a path, and asks for it anew
    with its ETag: what has not changed costs nothing of the rate limit. Replies with secrets are
    not kept, nor is any token. It needs the extra `cache`.
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
        user_agent: str | None = None,
        proxy: str | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        cache: bool | str | PathLike[str] = False,
    ) -> None:
        from ..http.connect import connect

        secret = Secret[object](auth)
        del auth  # tracebacks of later errors must not show it
        settings = resolve_settings(
            self._defaults,
            auth=secret,
            base_url=base_url,
            api_version=api_version,
            product=product,
            options=options_of(timeout, retry, max_wait, strict, hooks),
            pacing=pacing,
            user_agent=user_agent,
        )
        sender = connect(settings.signer, proxy, verify, transport, cache)
        self._core = SyncCore(
            settings.base, settings.deployment, settings.options, settings.state, sender
        )

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Make a client from what the environment says of GitHub; `options` are the other arguments.

        The API is at GITHUB_API_URL, as Actions sets it, or at the host GH_HOST. The token is
        GITHUB_TOKEN or GH_TOKEN; for a GH_HOST with Enterprise Server it is GH_ENTERPRISE_TOKEN or
        GITHUB_ENTERPRISE_TOKEN. A GitHub App is GITHUB_APP_CLIENT_ID or GITHUB_APP_ID, with
        GITHUB_APP_PRIVATE_KEY or GITHUB_APP_PRIVATE_KEY_PATH, and GITHUB_APP_INSTALLATION_ID where
        it shall use that one only. Raises InvalidArgument when they are missing or contradict each
        other.
        """
        auth, base_url = cls._defaults.sign_in.environment()
        return cls(auth=cast("Auth", auth.reveal()), base_url=base_url, **options)

    def close(self) -> None:
        """Close the connections. A closed client refuses calls."""
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


class BaseAsyncClient(_Common[AsyncCore], AsyncRawCalls, Generic[Auth]):
    """The same as `BaseClient`, with await. Belongs to one event loop."""

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
        user_agent: str | None = None,
        proxy: str | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        cache: bool | str | PathLike[str] = False,
    ) -> None:
        from ..http.connect import async_connect

        secret = Secret[object](auth)
        del auth  # tracebacks of later errors must not show it
        settings = resolve_settings(
            self._defaults,
            auth=secret,
            base_url=base_url,
            api_version=api_version,
            product=product,
            options=options_of(timeout, retry, max_wait, strict, hooks),
            pacing=pacing,
            user_agent=user_agent,
        )
        sender = async_connect(settings.signer, proxy, verify, transport, cache)
        self._core = AsyncCore(
            settings.base, settings.deployment, settings.options, settings.state, sender
        )

    @classmethod
    def from_env(cls, **options: Unpack[AsyncClientOptions]) -> Self:
        """Make a client from what the environment says: see `Client.from_env`."""
        auth, base_url = cls._defaults.sign_in.environment()
        return cls(auth=cast("Auth", auth.reveal()), base_url=base_url, **options)

    async def aclose(self) -> None:
        """Close the connections. A closed client refuses calls."""
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
