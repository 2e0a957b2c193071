"""The ways to prove who calls, as a description declares them, and what a request carries for each.

Pure. `prove` is handed what the caller gave by the names of schemes; nothing is kept.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote

import msgspec


class Scheme(msgspec.Struct, frozen=True):
    """A scheme. `key` is the name of the header, the query parameter or the cookie of an API key."""

    type: Literal["bearer", "basic", "header", "query", "cookie"]
    key: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What a request carries: headers, pairs to add to its query, and cookies."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()


def choose(
    alternatives: Sequence[Sequence[str]], given: Mapping[str, object]
) -> Sequence[str] | None:
    """Choose the first of the alternatives whose schemes were all given; None where none was.

    An operation without alternatives needs nothing.
    """
    if not alternatives:
        return ()
    return next((one for one in alternatives if all(name in given for name in one)), None)


def prove(schemes: Mapping[str, Scheme], chosen: Sequence[str], given: Mapping[str, str]) -> Proof:
    """Write the credentials of the chosen schemes; those of `basic` are `user:password`."""
    headers: list[tuple[str, str]] = []
    query: list[str] = []
    cookies: list[str] = []
    for name in chosen:
        scheme, secret = schemes[name], given[name]
        match scheme.type:
            case "bearer":
                headers.append(("Authorization", f"Bearer {secret}"))
            case "basic":
                encoded = b64encode(secret.encode("utf-8")).decode("ascii")
                headers.append(("Authorization", f"Basic {encoded}"))
            case "header":
                headers.append((scheme.key, secret))
            case "query":
                query.append(f"{quote(scheme.key, safe='')}={quote(secret, safe='')}")
            case "cookie":
                cookies.append(f"{scheme.key}={quote(secret, safe='')}")
    return Proof(tuple(headers), tuple(query), tuple(cookies))
