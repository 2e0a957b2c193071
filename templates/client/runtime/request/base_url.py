"""Base URL of a client, and which URLs of a server may be followed.

Pure. A request is kept as its target (path and query) below one fixed origin, never as a URL, so
that no redirect and no `Link` can choose the host that gets the token.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote, urljoin

import msgspec

from ..errors import InvalidArgument

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_AUTHORITY = rf"(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
_ORIGIN = re.compile(rf"(?P<scheme>https?)://{_AUTHORITY}", re.ASCII | re.IGNORECASE)
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?", re.ASCII)
_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
_PARTS = re.compile(
    r"(?P<origin>[A-Za-z]+://[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.ASCII
)

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Elsewhere(msgspec.Struct, frozen=True):
    """A URL that is not below the base address, and why."""

    reason: str


class Base(msgspec.Struct, frozen=True):
    """The configured address: an origin, and the path prefix that every target begins with."""

    origin: str
    prefix: str

    def __str__(self) -> str:
        return self.origin + self.prefix

    @property
    def is_local(self) -> bool:
        """Whether this is an address of this machine, which may stand for any product."""
        host = self.origin.partition("://")[2]
        return _is_this_machine(host if host.endswith("]") else re.sub(r":\d+\Z", "", host))

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https:")

    def locate(self, url: str | None, target: str) -> str | Elsewhere:
        """Find the target of a URL that a server gave in its reply to `target`.

        The path may be another than ours (`/organizations/9/…`), but the origin is the same, the
        prefix too, and nothing in it climbs.
        """
        if url is None:
            return Elsewhere("the server does not say where to")
        if _URL.fullmatch(url) is None:
            return Elsewhere("what the server gave is not a URL")
        try:
            absolute = urljoin(self.origin + target, url)
        except ValueError:
            return Elsewhere("what the server gave is not a URL")
        parts = _PARTS.fullmatch(absolute)
        if parts is None:
            return Elsewhere("what the server gave is not a web address")
        if (origin := _normal_origin(parts["origin"])) != self.origin:
            return Elsewhere(f"it leads to {origin or 'another host'}, not to {self.origin}")
        path: str = parts["path"] or "/"
        if any(unquote(segment) in (".", "..") for segment in path.split("/")):
            return Elsewhere("its path climbs")
        if not path.startswith(f"{self.prefix}/"):
            return Elsewhere(f"its path is not below {self}")
        return path + (parts["query"] or "")


def parse_base(url: object, *, is_github: bool = True) -> Base:
    """Read a base URL: https (http for this machine only), a host, and a plain path.

    The API of Enterprise Server is below `/api/v3`, and a base URL that lacks it would send the
    token to its web pages, so a bare host other than github.com's and ghe.com's is refused,
    unless it ends with a slash: that says that the API is at the root, as behind a gateway.
    What is not GitHub's API may be anywhere.
    """
    if not isinstance(url, str):
        raise TypeError(f"base_url must be a str, not {type(url).__name__}")
    origin = _ORIGIN.match(url)
    # The URL itself stays out of the messages until it is known to hold no password.
    if origin is None or any(char in url for char in "@?#"):
        path = "/api/v3" if is_github else "/PATH"
        raise InvalidArgument(
            f"base_url must be https://HOST or https://HOST{path}, with an ASCII host "
            "and without user, query and fragment"
        )
    path = url[origin.end() :]
    name = _normal_origin(origin[0])
    if name is None or _PATH.fullmatch(path) is None or {".", ".."} & set(path.split("/")):
        raise InvalidArgument("base_url has a host, port or path that is not plain")
    local = _is_this_machine(origin["host"].lower())
    if not name.startswith("https:") and not local:
        raise InvalidArgument(f"base_url {name} must use https: the token would travel readable")
    if is_github and not local:
        _check_product(name, path)
    return Base(name, path.rstrip("/"))


def _normal_origin(origin: str) -> str | None:
    """Write an origin the one way it is compared in; None when it is not one."""
    parts = _ORIGIN.fullmatch(origin)
    if parts is None:
        return None
    scheme, host = parts["scheme"].lower(), parts["host"].lower()
    if host.startswith("["):
        try:
            host = f"[{IPv6Address(host[1:-1]).compressed}]"
        except AddressValueError:
            return None
    elif host.replace(".", "").isdecimal() and not _is_ipv4(host):
        return None
    port = int(parts["port"] or _DEFAULT_PORTS[scheme])
    if not 0 < port < 65536:
        return None
    return f"{scheme}://{host}" + ("" if port == _DEFAULT_PORTS[scheme] else f":{port}")


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def _is_this_machine(host: str) -> bool:
    if host.startswith("["):
        return IPv6Address(host[1:-1]).is_loopback
    return host == "localhost" or (_is_ipv4(host) and IPv4Address(host).is_loopback)


def _check_product(origin: str, path: str) -> None:
    """Refuse what is known not to be the address of a product's API, and say what is.

    A wrong path of a right host is refused too: there, everything is answered with 404, which
    reads as "it is gone".
    """
    host = origin.removeprefix("https://")
    if host in ("github.com", "www.github.com"):
        api = "https://api.github.com"
    elif host.endswith(".ghe.com") and not host.startswith("api."):
        api = f"https://api.{host}"
    elif host == "api.github.com" or host.endswith(".ghe.com"):
        if not path.rstrip("/"):
            return
        api = origin
    elif path:
        return
    else:
        api = f"{origin}/api/v3 (or {origin}/ when a gateway serves it at its root)"
    raise InvalidArgument(f"base_url {origin}{path} is not the address of an API: use {api}")
