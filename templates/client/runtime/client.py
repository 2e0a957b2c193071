"""The base classes of `Client` and `AsyncClient`: configuration, life and end.

May read the environment (token, proxy, certificates) when a client is made. Imports the transport
only then, so that importing the package loads none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, Self, TypeVar

from .address import parse_base
from .auth import token_source
from .core import AsyncCore, Core, SyncCore
from .secret import Redactor, Secret
from .timeout import Timeout, timeout_of

if TYPE_CHECKING:
    import ssl
    from os import PathLike
    from types import TracebackType

    import httpx2

    from .auth import TokenSource
    from .transport import Wire

AnyCore = TypeVar("AnyCore", bound=Core)

_DEFAULT_TIMEOUT = Timeout()


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the API description fixes: where the API is, and the headers of every request."""

    server: str
    media_type: str
    version_header: str | None
    version: str
    user_agent: str

    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Give the headers that every request carries, as they travel."""
        given = {
            "Accept": self.media_type,
            "Accept-Encoding": "gzip",
            "User-Agent": self.user_agent,
        }
        if self.version_header is not None:
            given[self.version_header] = self.version
        return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in given.items())


class _Common(Generic[AnyCore]):
    """What both flavours of a client are."""

    __slots__ = ("_core",)

    _defaults: ClassVar[Defaults]
    _core: AnyCore

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return str(self._core.base)

    def __repr__(self) -> str:
        # A traceback may show a client that was never finished.
        where = f"base_url={self.base_url!r}" if hasattr(self, "_core") else "…"
        return f"{type(self).__name__}({where})"

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"a {name} holds a token and connections: make one in each process")

    def _wire(self, source: TokenSource, base_url: str | None, timeout: float | Timeout) -> Wire:
        from .transport import Wire

        base = parse_base(self._defaults.server if base_url is None else base_url)
        redact = Redactor(source.token())
        return Wire(base, self._defaults.headers(), timeout_of(timeout), redact)


class BaseClient(_Common[SyncCore]):
    """Holds one pool of connections and one TLS context; may be shared by threads.

    `auth` is a token; left out, it is GITHUB_TOKEN or GH_TOKEN of the environment. `base_url` is
    `https://HOST/api/v3` for Enterprise Server and `https://api.SUBDOMAIN.ghe.com` with data
    residency. `timeout` is seconds for each step, or a `Timeout`. `proxy` is a URL; left out, the
    environment's HTTPS_PROXY, ALL_PROXY and NO_PROXY hold. `verify` is the path of a CA bundle or
    an SSL context. `transport` is an httpx2 transport of your own in place of all that; the
    client closes it.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        auth: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = _DEFAULT_TIMEOUT,
        proxy: str | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        from .connect import connect

        given = Secret[object](auth)
        del auth  # or it would show in the traceback of what fails from here on
        source = token_source(given)
        wire = self._wire(source, base_url, timeout)
        sender = connect(wire, proxy, verify, transport)
        self._core = SyncCore(wire.base, source, wire.redact, sender)

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


class BaseAsyncClient(_Common[AsyncCore]):
    """The same as `BaseClient`, with await. Belongs to one event loop."""

    __slots__ = ()

    def __init__(
        self,
        *,
        auth: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = _DEFAULT_TIMEOUT,
        proxy: str | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        from .connect import async_connect

        given = Secret[object](auth)
        del auth  # or it would show in the traceback of what fails from here on
        source = token_source(given)
        wire = self._wire(source, base_url, timeout)
        sender = async_connect(wire, proxy, verify, transport)
        self._core = AsyncCore(wire.base, source, wire.redact, sender)

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
