"""Servers of single operations: their addresses, and which of them may receive credentials.

Pure. Used for APIs with operations that are not sent to the base URL. Credentials go to the origins
that the caller names, which are those of `base_url` and of `servers`, and to no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

import msgspec

from ..errors import InvalidArgument
from ..redaction import Secret
from .base_url import BaseUrl, parse_base
from .operation import Operation

T = TypeVar("T")


class OperationServers(msgspec.Struct, frozen=True):
    """Servers by name, with their addresses in the API description and those of the caller.

    An address that is a path, or has the origin of the API's server, follows `base_url`.
    """

    described: Mapping[str, str]
    given: Mapping[str, Secret[object]] = msgspec.field(default_factory=dict[str, Secret[object]])

    def with_given(self, urls: Secret[object]) -> OperationServers:
        """Return the servers with the addresses of the caller's argument `servers`."""
        if urls.reveal() is None:
            return self
        if not isinstance(urls.reveal(), Mapping):
            raise TypeError(f"servers must be a mapping, not {type(urls.reveal()).__name__}")
        # Neither a key nor a URL is in a local variable: a URL may have a password.
        if not cast("Mapping[str, object]", urls.reveal()).keys() <= self.described.keys():
            listed = ", ".join(map(repr, self.described))
            raise InvalidArgument(f"servers has a key that is no server's name; use {listed}")
        return OperationServers(
            self.described,
            {
                name: Secret(url)
                for name, url in cast("Mapping[str, object]", urls.reveal()).items()
            },
        )

    def resolve(self, base: BaseUrl, server: str, *, allow_http: bool) -> ResolvedServers:
        """Return the servers of a client with a base URL. `server` is that of the description."""
        usual = BaseUrl("", server.rstrip("/")) if server.startswith("/") else _parse(server)
        found: dict[str, BaseUrl | None] = {}
        for name, url in self.described.items():
            if name in self.given:
                argument = f"servers[{name!r}]"
                found[name] = parse_base(
                    self.given[name].reveal(), name=argument, allow_http=allow_http
                )
            else:
                found[name] = _follow(base, usual, url)
        named = {name: url for name, url in found.items() if name in self.given and url is not None}
        trusted = frozenset({base.origin, *(url.origin for url in named.values())})
        return ResolvedServers(found, base.origin, trusted)


class ResolvedServers(msgspec.Struct, frozen=True):
    """Base URLs of servers by name: None if the description has no address that can be used.

    `origin` is that of the client's base URL, `trusted` are all that may receive credentials.
    """

    urls: Mapping[str, BaseUrl | None]
    origin: str
    trusted: frozenset[str]

    @property
    def bases(self) -> tuple[BaseUrl, ...]:
        return tuple(dict.fromkeys(url for url in self.urls.values() if url is not None))

    def place(self, operation: Operation[T]) -> tuple[BaseUrl, Operation[T]]:
        """Return the base URL of an operation, and the operation with its security there.

        On the origin of the base URL, an operation that declares no security is sent with all
        credentials, as on the base URL. Another server receives only what is declared.
        """
        name, security = operation.server, operation.security
        base = self.urls[name]
        if base is None:
            raise InvalidArgument(
                f"{operation.id}: the API description has no address for its server; "
                f"create the client with servers={{{name!r}: 'https://...'}}"
            )
        if base.origin == self.origin:
            return base, operation
        if base.origin in self.trusted:
            return base, msgspec.structs.replace(operation, security=security or ((),))
        if security and () not in security:
            raise InvalidArgument(
                f"{operation.id} requires credentials, which go to {base.origin} only if you name "
                f"that server; create the client with servers={{{name!r}: {str(base)!r}}}"
            )
        return base, msgspec.structs.replace(operation, security=((),))


def _parse(url: str) -> BaseUrl | None:
    """Return an address of the description; None if it cannot be used."""
    try:
        return parse_base(url, allow_http=True)
    except InvalidArgument:
        return None


def _follow(base: BaseUrl, usual: BaseUrl | None, url: str) -> BaseUrl | None:
    """Return the address of a server that the caller did not name.

    One on the origin of the API's server, `usual`, is on that of `base`. What `base` has in front
    of the API's path, as behind a gateway, stays in front.
    """
    if not url.startswith("/"):
        found = _parse(url)
        if found is None or usual is None or found.origin != usual.origin:
            return found
        path = found.prefix
    else:
        path = url.rstrip("/")
    prefix = "" if usual is None else usual.prefix
    front = base.prefix.removesuffix(prefix) if base.prefix.endswith(prefix) else ""
    return _parse(f"{base.origin}{front}{path}")
