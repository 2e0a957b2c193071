"""Signature of a request by security schemes: headers, query parameters and cookies.

Pure.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Container, Iterable, Mapping, MutableMapping, Sequence
from typing import Literal, NoReturn
from urllib.parse import quote

import msgspec

from ..redaction import MASK, Secret

# A value that a cookie can have as it is (RFC 6265). A percent sign is one of its characters.
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]+", re.ASCII)


class Scheme(msgspec.Struct, frozen=True):
    """A security scheme. `key` is the name of the header, query parameter or cookie of an API key."""

    type: Literal["bearer", "basic", "header", "query", "cookie"]
    key: str = ""


class SchemeSignature(msgspec.Struct, frozen=True):
    """Credentials as they are sent with a request. No repr or pickle contains them."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()

    def target(self, target: str) -> str:
        """Return a target with the query pairs added. A target from a server may have them."""
        path, _, search = target.partition("?")
        present = search.split("&") if search else []
        missing = [pair for pair in self.query if pair not in present]
        return f"{path}?{'&'.join([*present, *missing])}" if missing else target

    def sign(self, headers: MutableMapping[str, str]) -> None:
        """Add the credentials to the headers of a request."""
        headers.update(self.headers)
        if self.cookies:
            present = headers.get("Cookie")
            headers["Cookie"] = "; ".join([*([] if present is None else [present]), *self.cookies])

    def __repr__(self) -> str:
        return f"SchemeSignature({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signature contains secrets and cannot be pickled")


def choose_schemes(
    alternatives: Iterable[Sequence[str]], available: Container[str]
) -> Sequence[str] | None:
    """Return the first alternative whose schemes are all available; None if there is none.

    An alternative without schemes, which allows anonymous access, is the last choice.
    """
    possible = [one for one in alternatives if all(name in available for name in one)]
    return next((one for one in possible if one), possible[0] if possible else None)


def sign_by_schemes(
    schemes: Mapping[str, Scheme], chosen: Iterable[str], credentials: Mapping[str, Secret[str]]
) -> SchemeSignature:
    """Return the signature by the chosen schemes. Credentials of `basic` are `user:password`."""
    headers: list[tuple[str, str]] = []
    query: list[str] = []
    cookies: list[str] = []
    for name in chosen:
        scheme, secret = schemes[name], credentials[name]
        match scheme.type:
            case "bearer":
                headers.append(("Authorization", f"Bearer {secret.reveal()}"))
            case "basic":
                headers.append(("Authorization", f"Basic {basic(secret).reveal()}"))
            case "header":
                headers.append((scheme.key, secret.reveal()))
            case "query":
                query.append(f"{quote(scheme.key, safe='')}={quote(secret.reveal(), safe='')}")
            case "cookie":
                cookies.append(f"{scheme.key}={cookie(secret).reveal()}")
    return SchemeSignature(tuple(headers), tuple(query), tuple(cookies))


def basic(secret: Secret[str]) -> Secret[str]:
    """Encode `user:password` for HTTP's Basic scheme."""
    return Secret(b64encode(secret.reveal().encode("utf-8")).decode("ascii"))


def cookie(secret: Secret[str]) -> Secret[str]:
    """Return a key as the value of a cookie: percent-encoded only if it cannot stand there as it is.

    Servers compare a session's cookie with what they have set, and few of them decode it.
    """
    if _COOKIE.fullmatch(secret.reveal()):
        return secret
    return Secret(quote(secret.reveal(), safe=""))
