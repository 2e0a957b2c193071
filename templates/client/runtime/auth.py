"""Where the token comes from.

May read the environment. A request asks its `TokenSource` for a token each time it is sent, so
that a source may hand out another one later; a fixed token is the only source there is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Protocol

from .errors import InvalidArgument
from .secret import Secret

_VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN")
_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)


class TokenSource(Protocol):
    """Gives the token that the next request is signed with."""

    def token(self) -> Secret[str]: ...


class FixedToken:
    """One token for the life of the client."""

    __slots__ = ("_token",)

    def __init__(self, token: Secret[str]) -> None:
        self._token = token

    def token(self) -> Secret[str]:
        return self._token


def token_source(auth: Secret[object], environment: Mapping[str, str] = os.environ) -> TokenSource:
    """Take the token of the argument, else of GITHUB_TOKEN, else of GH_TOKEN.

    White space around a token is dropped, as a file ends with a newline. A variable that is empty
    counts as not set; an empty argument does not: it is a mistake, and the environment's token
    may be somebody else's.
    """
    token: Secret[str] | Exception
    if auth.reveal() is not None:
        token = _read("auth", auth.reveal())
    else:
        name = next((name for name in _VARIABLES if environment.get(name, "").strip()), None)
        if name is None:
            raise InvalidArgument("no token: pass auth=..., or set GITHUB_TOKEN or GH_TOKEN")
        token = _read(name, environment[name])
    if isinstance(token, Exception):
        raise token
    return FixedToken(token)


def _read(name: str, value: object) -> Secret[str] | Exception:
    """Read a token, or say why it could not be a header's value.

    The error is given, not raised: its traceback would hold the token, as `value`.
    """
    if not isinstance(value, str):
        return TypeError(f"{name} must be a str, not {type(value).__name__}")
    token = value.strip()
    if not token:
        return InvalidArgument(f"the token of {name} is empty")
    if _VISIBLE.fullmatch(token) is None:
        return InvalidArgument(
            f"the token of {name} holds white space, control or non-ASCII characters"
        )
    return Secret(token)
