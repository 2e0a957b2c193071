"""Set-up of connections: pool, certificates, proxy.

May read proxy and certificate settings from the environment, and the CA file that the caller names.
Only this room imports httpx2 when it runs; others name its types for type checkers.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import cast
from urllib.request import getproxies, proxy_bypass

import httpx2

from ..errors import InvalidArgument
from ..request.base_url import Base
from .pool import AsyncPool, Pool
from .transport import AsyncTransport, RequestSigner, SyncTransport


def connect(
    signer: RequestSigner, proxy: object, verify: object, transport: object, cache: object
) -> SyncTransport:
    """Make the transport of a client: the caller's own, or a pool."""
    if transport is None:
        transport = Pool(_context(signer.base, verify), _proxy(signer.base, proxy))
    else:
        _refuse_beside_transport(proxy, verify)
    if not isinstance(transport, httpx2.BaseTransport):
        raise TypeError("transport must be an httpx2.BaseTransport")
    if cache is False:
        return SyncTransport(signer, transport)
    from .cache import Cache

    return SyncTransport(signer, transport, Cache(cache, transport))


def async_connect(
    signer: RequestSigner, proxy: object, verify: object, transport: object, cache: object
) -> AsyncTransport:
    """Make the transport of an async client: the caller's own, or a pool."""
    if transport is None:
        transport = AsyncPool(_context(signer.base, verify), _proxy(signer.base, proxy))
    else:
        _refuse_beside_transport(proxy, verify)
    if not isinstance(transport, httpx2.AsyncBaseTransport):
        raise TypeError("transport must be an httpx2.AsyncBaseTransport")
    if cache is False:
        return AsyncTransport(signer, transport)
    from .cache import AsyncCache

    return AsyncTransport(signer, transport, AsyncCache(cache, transport))


def _refuse_beside_transport(proxy: object, verify: object) -> None:
    if proxy is not None or verify is not None:
        raise InvalidArgument("proxy and verify belong to the transport that was passed")


def _context(base: Base, verify: object) -> ssl.SSLContext:
    """Make the one TLS context of a client; there is no switch that turns verification off."""
    if verify is None and not base.secure:
        # Reading the system's certificates takes longer than a call on this machine.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify is None:
        return httpx2.create_ssl_context()
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not isinstance(verify, (str, os.PathLike)):
        raise TypeError("verify must be the path of a CA bundle, or an ssl.SSLContext")
    path = Path(cast("str | os.PathLike[str]", verify))
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        raise InvalidArgument(f"verify: no CA bundle can be read from {path}: {error}") from None


def _proxy(base: Base, given: object) -> httpx2.Proxy | None:
    """Find the proxy: the caller's, else the environment's, which never gets a plain request.

    As an address is https everywhere but on this machine, a proxy sees a tunnel and no token.
    """
    if not base.secure:
        if given is not None:
            raise InvalidArgument("a proxy would read the token: use https, or no proxy")
        return None
    url = given if given is not None else _environment_proxy(base)
    if url is None:
        return None
    if not isinstance(url, str):
        raise TypeError(f"proxy must be a str, not {type(url).__name__}")
    try:
        found = httpx2.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx2.InvalidURL):
        found = None
    if found is None or not found.url.netloc:
        # The URL can hold a password and stays out of the message.
        raise InvalidArgument("the proxy's URL is not http://, https:// or socks5://HOST:PORT")
    return found


def _environment_proxy(base: Base) -> str | None:
    """Read HTTPS_PROXY, ALL_PROXY and NO_PROXY as the standard library does."""
    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all")
    return url if url and not proxy_bypass(base.origin.removeprefix("https://")) else None
