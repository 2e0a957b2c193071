"""Base classes of clients whose API has operations on several servers.

See `client`, which has every other option.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar, Unpack, cast

import msgspec

from ..redaction import Secret
from ..request.servers import OperationServers
from .client import BaseAsyncClient, BaseClient
from .config import AsyncClientOptions, ClientOptions, Defaults

Auth = TypeVar("Auth")
Urls = TypeVar("Urls", bound=Mapping[str, object])


class BaseServersClient(BaseClient[Auth], Generic[Auth, Urls]):
    """A client with the option `servers`: the addresses of servers by their names."""

    # Without `__slots__`, since `_defaults` is that of the instance.

    def __init__(
        self,
        *,
        auth: Auth | None = None,
        base_url: str | None = None,
        servers: Urls | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        credentials, address = Secret(auth), Secret(base_url)
        urls, hidden = Secret[object](servers), Secret(options)
        del auth, base_url, servers, options  # tracebacks of later errors must not show them
        self._defaults = _with_servers(self._defaults, urls)
        super().__init__(auth=credentials.reveal(), base_url=address.reveal(), **hidden.reveal())


class BaseAsyncServersClient(BaseAsyncClient[Auth], Generic[Auth, Urls]):
    """The asynchronous form of `BaseServersClient`."""

    def __init__(
        self,
        *,
        auth: Auth | None = None,
        base_url: str | None = None,
        servers: Urls | None = None,
        **options: Unpack[AsyncClientOptions],
    ) -> None:
        credentials, address = Secret(auth), Secret(base_url)
        urls, hidden = Secret[object](servers), Secret(options)
        del auth, base_url, servers, options  # tracebacks of later errors must not show them
        self._defaults = _with_servers(self._defaults, urls)
        super().__init__(auth=credentials.reveal(), base_url=address.reveal(), **hidden.reveal())


def _with_servers(defaults: Defaults, urls: Secret[object]) -> Defaults:
    """Return defaults with the addresses that the caller names."""
    servers = cast("OperationServers", defaults.servers)
    return msgspec.structs.replace(defaults, servers=servers.with_given(urls))
