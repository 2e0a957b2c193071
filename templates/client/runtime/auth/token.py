"""Sources of a token: one that the caller gives, and a function of the caller's.

Pure. A request asks its source for a token each time it is sent, so that a source may hand out
another one later.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ..call.steps import Call
from ..errors import InvalidArgument
from ..redaction import Secret

if TYPE_CHECKING:
    from ..call.steps import Exchange, Flow, Signature
    from ..request.builder import Request
    from ..request.operation import Operation
    from .github_app import App

# What a client takes as `auth`: a token, a function that gives one, or an App.
TokenAuth: TypeAlias = "str | Callable[[], str] | App"
AsyncTokenAuth: TypeAlias = "str | Callable[[], str | Awaitable[str]] | App"

_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)


class FixedToken:
    """One token for the life of the client."""

    __slots__ = ("_token",)

    def __init__(self, token: Secret[str]) -> None:
        self._token = token

    @property
    def known(self) -> tuple[Secret[str], ...]:
        return (self._token,)

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Refuse nothing: what a token may do shows when it is used."""

    def account(self, request: Request) -> str:
        del request  # there is one token for all of them
        return ""

    def ready(self, request: Request, now: float) -> Secret[str]:
        del request, now
        return self._token

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Secret[str]]:
        del request, exchange, until
        yield from ()
        return self._token

    def invalidate(self, token: Signature) -> None:
        """Keep it: there is no other."""

    def is_renewable(self, request: Request) -> bool:
        del request
        return False


class AskedToken:
    """A function of the caller's that is asked before every attempt, one call at a time."""

    __slots__ = ("_function",)

    known = ()

    def __init__(self, function: Callable[[], str | Awaitable[str]]) -> None:
        self._function = function

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Refuse nothing: what a token may do shows when it is used."""

    def account(self, request: Request) -> str:
        del request  # what the function gives is not known before
        return ""

    def ready(self, request: Request, now: float) -> None:
        del request, now

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Secret[str]]:
        del request, until
        given = cast("Secret[object]", (yield Call(self._function)))
        token = read_token("auth()", given)
        if isinstance(token, Exception):
            raise token
        exchange.redact.add(token)
        return token

    def invalidate(self, token: Signature) -> None:
        """Keep nothing: the function is asked again anyway."""

    def is_renewable(self, request: Request) -> bool:
        del request
        return True


def read_token(name: str, given: Secret[object]) -> Secret[str] | Exception:
    """Read a token, or say why it could not be a header's value.

    The error is given, not raised: its traceback would hold the token, as `value`.
    """
    value = given.reveal()
    if isinstance(value, Coroutine):
        cast("Coroutine[object, None, object]", value).close()
        return TypeError("auth is an async function, which only an AsyncClient can ask")
    if not isinstance(value, str):
        allowed = "a str" if name != "auth" else "a str, a function that gives one, or an App"
        return TypeError(f"{name} must be {allowed}, not {type(value).__name__}")
    token = value.strip()
    if not token:
        return InvalidArgument(f"the token of {name} is empty")
    if _VISIBLE.fullmatch(token) is None:
        return InvalidArgument(
            f"the token of {name} holds white space, control or non-ASCII characters"
        )
    return Secret(token)
