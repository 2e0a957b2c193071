"""Base URL of a client: its validation, and the URLs from a server that may be followed.

Pure. A request holds its target (path and query) below one fixed origin and never a URL. Therefore
no redirect and no `Link` header can select the host that receives the token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote, urljoin

import msgspec

from ..errors import InvalidArgument
from ..redaction import Secret

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_AUTHORITY = rf"(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
_ORIGIN = re.compile(rf"(?P<scheme>https?)://{_AUTHORITY}", re.ASCII | re.IGNORECASE)
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?", re.ASCII)
_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
_PARTS = re.compile(
    r"(?P<origin>[A-Za-z]+://[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.ASCII
)

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PORT = re.compile(r":([0-9]+)\Z", re.ASCII)


class RejectedUrl(msgspec.Struct, frozen=True):
    """A URL from a server that must not be followed, and why, with text of the server."""

    reason: Secret[str]


class BaseUrl(msgspec.Struct, frozen=True):
    """The configured base URL: an origin, and the path prefix of every target."""

    origin: str
    prefix: str

    def __str__(self) -> str:
        return self.origin + self.prefix

    @property
    def is_local(self) -> bool:
        """Whether the host is this machine, which can stand for any product."""
        return _is_loopback(_PORT.sub("", self.origin.partition("://")[2]))

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https:")

    @property
    def address(self) -> tuple[str, int]:
        """The host, without the brackets of an IPv6 address, and the port."""
        scheme, _, authority = self.origin.partition("://")
        found = _PORT.search(authority)
        port = int(found[1]) if found else _DEFAULT_PORTS[scheme]
        return _PORT.sub("", authority).strip("[]"), port

    def resolve(self, url: str | None, target: str) -> str | RejectedUrl:
        """Return the target of a URL from the response to the request for `target`.

        The path may differ from that of the request (`/organizations/9/…`). The origin and the
        prefix must be the base URL's, and the path must not have dot segments.
        """
        if url is None:
            return RejectedUrl(Secret("it has no URL"))
        if _URL.fullmatch(url) is None:
            return RejectedUrl(Secret("its URL is not valid"))
        try:
            absolute = urljoin(self.origin + target, url)
        except ValueError:
            return RejectedUrl(Secret("its URL is not valid"))
        parts = _PARTS.fullmatch(absolute)
        if parts is None:
            return RejectedUrl(Secret("its URL is not an HTTP URL"))
        if (origin := _normalize_origin(parts["origin"])) != self.origin:
            # As it was sent: a secret in lower case would not be recognized.
            place = parts["origin"] if origin else "another host"
            return RejectedUrl(Secret(f"it leads to {place}, not to {self.origin}"))
        path: str = parts["path"] or "/"
        if any(unquote(segment) in (".", "..") for segment in path.split("/")):
            return RejectedUrl(Secret("its path has dot segments"))
        if not path.startswith(f"{self.prefix}/"):
            return RejectedUrl(Secret(f"its path is not below {self}"))
        return path + (parts["query"] or "")


def parse_base(
    url: object,
    *,
    name: str = "base_url",
    example: str = "/PATH",
    check: Callable[[str, str], None] | None = None,
    allow_http: bool = False,
) -> BaseUrl:
    """Parse a base URL: https (http for this machine, or if allowed), a host, and a plain path.

    `name` is the argument that errors name. `example` is a path to show in a message. `check` raises
    an error for an origin and a path that cannot be the API's. It is not called for this machine,
    which can stand for any server.
    """
    hidden = Secret(url)
    del url  # it may have a password, which the traceback must not show
    base = _read(name, example, hidden)
    if isinstance(base, Exception):
        raise base
    if not base.secure and not base.is_local and not allow_http:
        raise InvalidArgument(
            f"{name} {base.origin} must use https: http would expose the token. If that is "
            "acceptable, pass allow_insecure_http=True"
        )
    if check is not None and not base.is_local:
        check(base.origin, base.prefix)
    return BaseUrl(base.origin, base.prefix.rstrip("/"))


def _read(name: str, example: str, hidden: Secret[object]) -> BaseUrl | Exception:
    """Return the address in a URL, or the error, which contains no URL: it may have a password."""
    url = hidden.reveal()
    if not isinstance(url, str):
        return TypeError(f"{name} must be a str, not {type(url).__name__}")
    origin = _ORIGIN.match(url)
    if origin is None or any(char in url for char in "@?#"):
        return InvalidArgument(
            f"{name} must be https://HOST or https://HOST{example}, with an ASCII host "
            "and without a user, query or fragment"
        )
    path = url[origin.end() :]
    normal = _normalize_origin(origin[0])
    if normal is None or _PATH.fullmatch(path) is None or {".", ".."} & set(path.split("/")):
        return InvalidArgument(f"{name} has an invalid host, port or path")
    return BaseUrl(normal, path)


def _normalize_origin(origin: str) -> str | None:
    """Return an origin in its canonical form; None if it is not valid."""
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


def _is_loopback(host: str) -> bool:
    if host.startswith("["):
        return IPv6Address(host[1:-1]).is_loopback
    return host == "localhost" or (_is_ipv4(host) and IPv4Address(host).is_loopback)
