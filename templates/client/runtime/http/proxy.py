"""Proxies: the value that a caller passes, and where a client connects to it.

Imports nothing heavy, so that `import` of the package does not either.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from os import PathLike
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote

import msgspec

from ..errors import InvalidArgument
from ..lazy import LazyModule, publish
from ..redaction import MASK, Secret

if TYPE_CHECKING:
    import ssl
else:
    ssl = LazyModule("ssl")

_PACKAGE = __name__.partition(".")[0]
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
# `re` compiles a pattern when it is first used, which most programs never do.
_URL = (
    r"(?a)(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?P<user>.*)@)?"
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?/?"
)
_MAX_SOCKS_CREDENTIAL = 255  # bytes


class Credentials(msgspec.Struct, frozen=True):
    """User name and password for a proxy."""

    user: str
    password: str


class ProxyAddress(msgspec.Struct, frozen=True):
    """Address of a proxy, from its URL."""

    scheme: str
    host: str
    port: int
    credentials: Secret[Credentials] | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = "" if self.credentials is None else f"{MASK}@"
        return f"{self.scheme}://{user}{host}:{self.port}"

    @property
    def is_socks(self) -> bool:
        return self.scheme.startswith("socks5")


class Proxy:
    """A proxy that needs more than a URL: `Client(proxy=Proxy("https://proxy.corp:3129", verify=...))`.

    The client asks the proxy for a tunnel to the server and speaks TLS through it, so the proxy sees
    the name of the server and nothing else. A socks5 proxy needs the extra `socks` of this package,
    and looks up the name of the server itself, as for socks5h.

    Args:
        url: URL of an http, https, socks5 or socks5h proxy, with a percent-encoded user and password
            if it requires them. Without a scheme it is an http proxy. Required.
        verify: Path of a CA bundle (file or folder) for the certificate of an https proxy, or an
            `ssl.SSLContext`. Default: None, the certificates that httpx2 trusts, whatever the option
            `verify` of the client is. `Client` reads the bundle.

    Raises:
        InvalidArgument: The URL is not valid, a socks5 proxy lacks the extra `socks`, or `verify` is
            given for a proxy that is not an https proxy.
        TypeError: The URL is not a str.
    """

    __slots__ = ("_address", "_verify")

    def __init__(
        self, url: str, *, verify: ssl.SSLContext | str | PathLike[str] | None = None
    ) -> None:
        hidden = Secret[object](url)
        del url  # tracebacks of later errors must not show it
        if not isinstance(hidden.reveal(), str):
            kind = type(hidden.reveal()).__name__
            raise TypeError(f"proxy must be a str, a Proxy or False, not {kind}")
        address = _parse(hidden)
        if address is None:
            # The message does not contain the URL, which may have a password.
            raise InvalidArgument(
                "the proxy's URL must be http://, https:// or socks5://HOST:PORT, with an ASCII host"
            )
        if verify is not None and address.scheme != "https":
            raise InvalidArgument("verify of a Proxy is for https proxies; this one has no TLS")
        if address.is_socks and find_spec("socksio") is None:
            raise InvalidArgument(f"a socks5 proxy needs socksio: pip install '{_PACKAGE}[socks]'")
        self._address: ProxyAddress = address
        self._verify: object = verify

    def __repr__(self) -> str:
        address = getattr(self, "_address", "…")  # in a traceback of a failed `__init__`
        return f"Proxy({str(address)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Proxy may hold a password and cannot be pickled")


def address_of(proxy: Proxy) -> ProxyAddress:
    """Return the address of a proxy. A function, since a method would be public."""
    return proxy._address  # pyright: ignore[reportPrivateUsage] - of this module


def verify_of(proxy: Proxy) -> object:
    """Return what a proxy's certificate is verified with. A function as `address_of` is."""
    return proxy._verify  # pyright: ignore[reportPrivateUsage] - of this module


def _parse(url: Secret[object]) -> ProxyAddress | None:
    """Return the address in a URL; None if it is not valid. Raises nothing: its locals are secret."""
    parts = re.fullmatch(_URL, str(url.reveal()))
    if parts is None:
        return None
    scheme, host = (parts["scheme"] or "http").lower(), parts["host"].strip("[]")
    port = int(parts["port"] or _PORTS.get(scheme, 0))
    if scheme not in _PORTS or not 0 < port < 65536:
        return None
    if parts["user"] is None:
        return ProxyAddress(scheme, host, port, None)
    user, _, password = parts["user"].partition(":")
    credentials = Credentials(unquote(user), unquote(password))
    sizes = [len(one.encode(errors="replace")) for one in (credentials.user, credentials.password)]
    if scheme.startswith("socks5") and not (sizes[0] and max(sizes) <= _MAX_SOCKS_CREDENTIAL):
        return None
    return ProxyAddress(scheme, host, port, Secret(credentials))


publish(__name__)
