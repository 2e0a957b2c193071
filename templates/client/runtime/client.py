"""The base classes of `Client` and `AsyncClient`: configuration, life and end.

May read the environment (token, proxy, certificates) when a client is made. Imports the transport
only then, so that importing the package loads none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, Self, TypeVar, cast

from .address import Base, parse_base
from .auth import token_source
from .availability import Where, where
from .core import AsyncCore, Core, SyncCore
from .errors import InvalidArgument
from .operation import Operation
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
    """What the API description fixes: where the API is, and the headers of every request.

    `versions` are the API versions, the newest first; `introduced` says from which release of a
    product on a version is known, where not every release knows it.
    """

    server: str
    media_type: str
    version_header: str | None
    versions: tuple[str, ...]
    user_agent: str
    introduced: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]]
    )

    def headers(self, version: str) -> tuple[tuple[bytes, bytes], ...]:
        """Give the headers that every request of an API version carries, as they travel."""
        given = {
            "Accept": self.media_type,
            "Accept-Encoding": "gzip",
            "User-Agent": self.user_agent,
        }
        if self.version_header is not None:
            given[self.version_header] = version
        return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in given.items())


class _Common(Generic[AnyCore]):
    """What both flavours of a client are."""

    __slots__ = ("_core",)

    _defaults: ClassVar[Defaults]
    # Scope and resource, as in `org.runners`, -> the module of its operations.
    _operations: ClassVar[Mapping[str, str]] = MappingProxyType({})
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

    @property
    def api_version(self) -> str:
        """The API version that every request asks for."""
        return self._core.where.version

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
        found = getattr(import_module(module), method.upper(), None) if module is not None else None
        if not isinstance(found, Operation) or not method.islower():
            raise InvalidArgument(
                f"there is no operation {name!r}; write one such as org.runners.list"
            )
        available = cast("Operation[object]", found).available
        return (
            self._core.where.outdated(available) is None
            and self._core.where.lacking(available) is None
        )

    def _where(self, base: Base, api_version: str | None, product: str | None) -> Where:
        given = self._defaults
        return where(base, api_version, product, given.versions, given.introduced)

    def _wire(
        self, source: TokenSource, base: Base, version: str, timeout: float | Timeout
    ) -> Wire:
        from .transport import Wire

        headers = self._defaults.headers(version)
        return Wire(base, headers, timeout_of(timeout), Redactor(source.token()))

    def _base(self, base_url: str | None) -> Base:
        return parse_base(self._defaults.server if base_url is None else base_url)


class BaseClient(_Common[SyncCore]):
    """Holds one pool of connections and one TLS context; may be shared by threads.

    `auth` is a token; left out, it is GITHUB_TOKEN or GH_TOKEN of the environment. `base_url` is
    `https://HOST/api/v3` for Enterprise Server and `https://api.SUBDOMAIN.ghe.com` with data
    residency. `api_version` is one that the package knows; left out, the newest that the product
    is sure to know. `product` tells what the address does not: `ghec`, or a release such as
    `ghes-3.19`. `timeout` is seconds for each step, or a `Timeout`. `proxy` is a URL; left out, the
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
        api_version: str | None = None,
        product: str | None = None,
        timeout: float | Timeout = _DEFAULT_TIMEOUT,
        proxy: str | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        from .connect import connect

        given = Secret[object](auth)
        del auth  # or it would show in the traceback of what fails from here on
        source = token_source(given)
        base = self._base(base_url)
        place = self._where(base, api_version, product)
        wire = self._wire(source, base, place.version, timeout)
        sender = connect(wire, proxy, verify, transport)
        self._core = SyncCore(base, place, source, wire.redact, sender)

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
        api_version: str | None = None,
        product: str | None = None,
        timeout: float | Timeout = _DEFAULT_TIMEOUT,
        proxy: str | None = None,
        verify: ssl.SSLContext | str | PathLike[str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        from .connect import async_connect

        given = Secret[object](auth)
        del auth  # or it would show in the traceback of what fails from here on
        source = token_source(given)
        base = self._base(base_url)
        place = self._where(base, api_version, product)
        wire = self._wire(source, base, place.version, timeout)
        sender = async_connect(wire, proxy, verify, transport)
        self._core = AsyncCore(base, place, source, wire.redact, sender)

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
