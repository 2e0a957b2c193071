"""Setup of a client's transport: connection pool, certificates and proxy.

May read proxy and certificate settings from the environment, and the CA file that the caller names.
Only this room imports httpx2 at run time. Others import its types for type checkers.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import cast
from urllib.request import getproxies, proxy_bypass

import httpx2

from ..errors import InvalidArgument
from ..request.base_url import BaseUrl
from .pool import AsyncPool, Pool
from .transport import AsyncTransport, RequestSigner, SyncTransport


def connect(
    signer: RequestSigner, proxy: object, verify: object, transport: object, cache: object
) -> SyncTransport:
    """Return the transport of a client, over a pool or the caller's transport."""
    if transport is None:
        transport = Pool(_context(signer.base, verify), _proxy(signer.base, proxy))
    else:
        _check_own_transport(proxy, verify)
    if not isinstance(transport, httpx2.BaseTransport):
        raise TypeError("transport must be an httpx2.BaseTransport")
    if cache is False:
        return SyncTransport(signer, transport)
    from .cache import Cache

    return SyncTransport(signer, transport, Cache(cache, transport, signer.redact))


def async_connect(
    signer: RequestSigner, proxy: object, verify: object, transport: object, cache: object
) -> AsyncTransport:
    """Return the transport of an async client, over a pool or the caller's transport."""
    keeps_deadline = transport is None
    if transport is None:
        transport = AsyncPool(_context(signer.base, verify), _proxy(signer.base, proxy))
    else:
        _check_own_transport(proxy, verify)
    if not isinstance(transport, httpx2.AsyncBaseTransport):
        raise TypeError("transport must be an httpx2.AsyncBaseTransport")
    if cache is False:
        return AsyncTransport(signer, transport, keeps_deadline=keeps_deadline)
    from .cache import AsyncCache

    return AsyncTransport(
        signer,
        transport,
        AsyncCache(cache, transport, signer.redact),
        keeps_deadline=keeps_deadline,
    )


def _check_own_transport(proxy: object, verify: object) -> None:
    if proxy is not None or verify is not None:
        raise InvalidArgument(
            "proxy and verify cannot be used with transport; set them in the transport"
        )


def _context(base: BaseUrl, verify: object) -> ssl.SSLContext:
    """Return the TLS context of a client. No option disables verification."""
    if verify is None and not base.secure:
        # Loading the system's certificates takes longer than a call on this machine.
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
        raise InvalidArgument(f"verify: cannot read a CA bundle from {path}: {error}") from None


def _proxy(base: BaseUrl, proxy: object) -> httpx2.Proxy | None:
    """Return the proxy of the caller, or else of the environment.

    A proxy is used for https only, as a tunnel, so that it cannot read the token.
    """
    if not base.secure:
        if proxy is not None:
            raise InvalidArgument("a proxy could read the token over http; use https or no proxy")
        return None
    url = proxy if proxy is not None else _environment_proxy(base)
    if url is None:
        return None
    if not isinstance(url, str):
        raise TypeError(f"proxy must be a str, not {type(url).__name__}")
    try:
        parsed = httpx2.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx2.InvalidURL):
        parsed = None
    if parsed is None or not parsed.url.netloc:
        # The message does not contain the URL, which may have a password.
        raise InvalidArgument("the proxy's URL must be http://, https:// or socks5://HOST:PORT")
    return parsed


def _environment_proxy(base: BaseUrl) -> str | None:
    """Read HTTPS_PROXY, ALL_PROXY and NO_PROXY as the standard library does."""
    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all")
    return url if url and not proxy_bypass(base.origin.removeprefix("https://")) else None
