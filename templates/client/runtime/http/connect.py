"""Setup of a client's transport: connection pool, certificates and proxy.

May read proxy and certificate settings from the environment, and the CA file that the caller names.
Only this room imports httpx2 at run time. Others import its types for type checkers.
"""

from __future__ import annotations

import codecs
import os
import ssl
from collections.abc import Callable, Collection, Sequence
from functools import partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TypeVar, cast
from urllib.request import getproxies, proxy_bypass

import httpx2

from ..errors import InvalidArgument
from ..fork import between_forks
from ..redaction import Secret
from ..request.base_url import BaseUrl
from .backend import AsyncBackend, Backend
from .pool import AsyncPool, Pool
from .proxy import Proxy, ProxyAddress, address_of, verify_of
from .transport import AsyncTransport, RequestSigner, SyncTransport

AnyBackend = TypeVar("AnyBackend", Backend, AsyncBackend)

# Every connection encodes the name of its host. If a signal handler or a fork interrupted the
# import of the codec in a call, other threads would wait for the import for ever.
codecs.lookup("idna")


def connect(
    signer: RequestSigner, proxy: Secret[object], verify: object, transport: object, cache: object
) -> tuple[SyncTransport, Callable[[], SyncTransport] | None]:
    """Return the transport of a client, over a pool or the caller's transport.

    The function returns another one with its own pool. It is None for the caller's transport.
    """
    if transport is not None:
        _check_own_transport(proxy, verify)
        if not isinstance(transport, httpx2.BaseTransport):
            raise TypeError("transport must be an httpx2.BaseTransport")
        return _over(signer, transport, cache), None
    context = _client_context(signer.bases, verify)
    backend = _backend(Backend, signer, proxy)

    def renew() -> SyncTransport:
        return _over(signer, Pool(context, backend), cache)

    return renew(), renew


def async_connect(
    signer: RequestSigner, proxy: Secret[object], verify: object, transport: object, cache: object
) -> tuple[AsyncTransport, Callable[[], AsyncTransport] | None]:
    """Return the transport of an async client: see `connect`."""
    if transport is not None:
        _check_own_transport(proxy, verify)
        if not isinstance(transport, httpx2.AsyncBaseTransport):
            raise TypeError("transport must be an httpx2.AsyncBaseTransport")
        return _async_over(signer, transport, cache, keeps_deadline=False), None
    context = _client_context(signer.bases, verify)
    backend = _backend(AsyncBackend, signer, proxy)

    def renew() -> AsyncTransport:
        return _async_over(signer, AsyncPool(context, backend), cache)

    return renew(), renew


def _over(signer: RequestSigner, inner: httpx2.BaseTransport, cache: object) -> SyncTransport:
    if cache is False:
        return SyncTransport(signer, inner)
    from .cache.transports import Cache

    return SyncTransport(signer, inner, Cache(cache, inner, signer.redact))


def _async_over(
    signer: RequestSigner,
    inner: httpx2.AsyncBaseTransport,
    cache: object,
    *,
    keeps_deadline: bool = True,
) -> AsyncTransport:
    stored = None
    if cache is not False:
        from .cache.transports import AsyncCache

        stored = AsyncCache(cache, inner, signer.redact)
    return AsyncTransport(signer, inner, stored, keeps_deadline=keeps_deadline)


def _check_own_transport(proxy: Secret[object], verify: object) -> None:
    if proxy.reveal() is not None or verify is not None:
        raise InvalidArgument(
            "proxy and verify cannot be used with transport; set them in the transport"
        )


def _client_context(bases: Sequence[BaseUrl], verify: object) -> ssl.SSLContext:
    """Return the TLS context of a client."""
    if verify is None and not any(base.secure for base in bases):
        # Loading the system's certificates takes longer than a call on this machine.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return between_forks(partial(_context, verify))


def _context(verify: object) -> ssl.SSLContext:
    """Return the TLS context for an option `verify`. No value disables verification."""
    if verify is None:
        return httpx2.create_ssl_context()
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not isinstance(verify, (str, os.PathLike)):
        raise TypeError("verify must be the path of a CA bundle, or an ssl.SSLContext")
    path = Path(cast("str | os.PathLike[str]", verify))
    if not os.fspath(cast("str | os.PathLike[str]", verify)):
        # It would be the working directory, as for a variable that is not set.
        raise InvalidArgument("verify is empty: it must be the path of a CA bundle")
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        raise InvalidArgument(f"verify: cannot read a CA bundle from {path}: {error}") from None


def _backend(
    kind: Callable[
        [ProxyAddress | None, ssl.SSLContext | None, Collection[tuple[str, int]]], AnyBackend
    ],
    signer: RequestSigner,
    option: Secret[object],
) -> AnyBackend:
    """Return a network backend that connects through the proxy of the caller or the environment.

    The environment's is for some hosts only.
    """
    direct: frozenset[tuple[str, int]] = frozenset()
    if option.reveal() is None:
        direct = frozenset(base.address for base in signer.bases if not _is_proxied(base))
        option = _environment_proxy(signer.bases, direct)
    proxy = _proxy(signer, option)
    if proxy is None:
        return kind(None, None, ())
    address = address_of(proxy)
    if address.scheme != "https":
        return kind(address, None, direct)
    context = between_forks(partial(_context, verify_of(proxy)))
    context.set_alpn_protocols(["http/1.1"])
    return kind(address, context, direct)


def _proxy(signer: RequestSigner, option: Secret[object]) -> Proxy | None:
    """Return the proxy of an option. Raises InvalidArgument if it could read credentials.

    It is used as a tunnel, in which only https is encrypted.
    """
    if option.reveal() is None or option.reveal() is False:
        return None
    is_proxy = isinstance(option.reveal(), Proxy)
    proxy = cast("Proxy", option.reveal()) if is_proxy else Proxy(cast("str", option.reveal()))
    if any(not base.secure and base.origin in signer.trusted for base in signer.bases):
        raise InvalidArgument("a proxy could read the token over http; use https or no proxy")
    return proxy


def _is_proxied(base: BaseUrl) -> bool:
    """Return whether a proxy of the environment is for a server: https, and not in NO_PROXY."""
    host = base.origin.removeprefix("https://")
    return base.secure and not (
        proxy_bypass(host) or _is_in_no_proxy(host, getproxies().get("no", ""))
    )


def _environment_proxy(
    bases: Sequence[BaseUrl], direct: Collection[tuple[str, int]]
) -> Secret[object]:
    """Return HTTPS_PROXY or ALL_PROXY; None if there is none, or no server uses it.

    Raises nothing: its local variables may have a password.
    """
    if all(base.address in direct for base in bases):
        return Secret(None)
    proxies = getproxies()
    return Secret(proxies.get("https") or proxies.get("all"))


def _is_in_no_proxy(authority: str, no_proxy: str) -> bool:
    """Return whether NO_PROXY names a host: by name, domain, address, network or `*`, with a port."""
    host, _, port = authority.rpartition(":") if _has_port(authority) else (authority, "", "443")
    host = host.strip("[]")
    for entry in no_proxy.replace(",", " ").lower().split():
        name = entry
        if _has_port(entry):
            name, _, entry_port = entry.rpartition(":")
            if entry_port != port:
                continue
        name = name.strip("[]")
        if name == "*" or _is_in_network(host, name):
            return True
        domain = name.removeprefix("*").removeprefix(".")
        if domain and f".{host}".endswith(f".{domain}"):
            return True
    return False


def _has_port(authority: str) -> bool:
    """Return whether a port follows a host. A bare IPv6 address or network has several colons."""
    host, _, port = authority.rpartition(":")
    return port.isdecimal() and (":" not in host or host.endswith("]"))


def _is_in_network(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False
