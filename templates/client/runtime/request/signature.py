"""Signature of a request by security schemes: headers, query parameters and cookies.

Pure. `prove` takes credentials by the names of their schemes, and keeps none.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Container, Iterable, Mapping, MutableMapping, Sequence
from typing import Literal, NoReturn
from urllib.parse import quote

import msgspec

from ..redaction import MASK, Secret


class Scheme(msgspec.Struct, frozen=True):
    """A way to prove who calls. `key` is the name of the header, query parameter or cookie of a key."""

    type: Literal["bearer", "basic", "header", "query", "cookie"]
    key: str = ""


class SchemeProof(msgspec.Struct, frozen=True):
    """Credentials as a request carries them. It shows none."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()

    def target(self, target: str) -> str:
        """Give a target with the pairs of the query; one that a server named may have them."""
        path, _, search = target.partition("?")
        there = search.split("&") if search else []
        missing = [pair for pair in self.query if pair not in there]
        return f"{path}?{'&'.join([*there, *missing])}" if missing else target

    def sign(self, headers: MutableMapping[str, str]) -> None:
        """Add the credentials to the headers of a request."""
        headers.update(self.headers)
        if self.cookies:
            own = headers.get("Cookie")
            headers["Cookie"] = "; ".join([*([] if own is None else [own]), *self.cookies])

    def __repr__(self) -> str:
        return f"SchemeProof({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a proof holds secrets and is not pickled")


def choose(alternatives: Iterable[Sequence[str]], given: Container[str]) -> Sequence[str] | None:
    """Choose the first of the alternatives whose schemes were all given; None where none was.

    One without schemes, which lets anybody in, is chosen only where there is no other.
    """
    fitting = [one for one in alternatives if all(name in given for name in one)]
    return next((one for one in fitting if one), fitting[0] if fitting else None)


def prove(
    schemes: Mapping[str, Scheme], chosen: Iterable[str], given: Mapping[str, Secret[str]]
) -> SchemeProof:
    """Write the credentials of the chosen schemes; those of `basic` are `user:password`."""
    headers: list[tuple[str, str]] = []
    query: list[str] = []
    cookies: list[str] = []
    for name in chosen:
        scheme, secret = schemes[name], given[name]
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
                cookies.append(f"{scheme.key}={quote(secret.reveal(), safe='')}")
    return SchemeProof(tuple(headers), tuple(query), tuple(cookies))


def basic(secret: Secret[str]) -> Secret[str]:
    """Encode `user:password` as HTTP's Basic scheme has it."""
    return Secret(b64encode(secret.reveal().encode("utf-8")).decode("ascii"))
