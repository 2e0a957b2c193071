"""Token sources: a fixed token, and a function of the caller.

Calls the caller's function. Every attempt gets its token from the source, so that it may change.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ..call.steps import Call
from ..errors import InvalidArgument
from ..redaction import Secret
from .github_app import App

if TYPE_CHECKING:
    from ..call.steps import Exchange, Flow, Signature
    from ..request.builder import Request
    from ..request.operation import Operation

# A client's argument `auth`: a token, a function that returns one, or an App.
TokenAuth: TypeAlias = str | Callable[[], str] | App
AsyncTokenAuth: TypeAlias = str | Callable[[], str | Awaitable[str]] | App

_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)


class FixedToken:
    """Source with the same token for the lifetime of the client."""

    __slots__ = ("_token",)

    def __init__(self, token: Secret[str]) -> None:
        self._token = token

    @property
    def known(self) -> tuple[Secret[str], ...]:
        return (self._token,)

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Do nothing: the server checks the permissions of a token."""

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
        """Do nothing: there is no other token."""

    def is_new(self, token: Signature, now: float) -> bool:
        del token, now
        return False

    def is_renewable(self, request: Request) -> bool:
        del request
        return False


class TokenFunction:
    """Source that calls a function before every attempt, for one call at a time."""

    __slots__ = ("_function",)

    known = ()

    def __init__(self, function: Callable[[], str | Awaitable[str]]) -> None:
        self._function = function

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Do nothing: the server checks the permissions of a token."""

    def account(self, request: Request) -> str:
        del request  # the function has no arguments
        return ""

    def ready(self, request: Request, now: float) -> None:
        del request, now

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Secret[str]]:
        del request, until
        result = cast("Secret[object]", (yield Call(self._function)))
        token = read_token("auth()", result)
        if isinstance(token, Exception):
            raise token
        exchange.redact.add(token)
        return token

    def invalidate(self, token: Signature) -> None:
        """Do nothing: the function is called for every attempt anyway."""

    def is_new(self, token: Signature, now: float) -> bool:
        del token, now  # the function can wait before it returns a new one
        return False

    def is_renewable(self, request: Request) -> bool:
        del request
        return True


def read_token(name: str, auth: Secret[object]) -> Secret[str] | Exception:
    """Check a token, or return the error if it cannot be the value of a header.

    The error is not raised here, since its traceback would contain the token, as `value`.
    """
    value = auth.reveal()
    if isinstance(value, Coroutine):
        cast("Coroutine[object, None, object]", value).close()
        return TypeError("auth is an async function, which needs an AsyncClient")
    if not isinstance(value, str):
        allowed = "a str" if name != "auth" else "a str, a function that returns one, or an App"
        return TypeError(f"{name} must be {allowed}, not {type(value).__name__}")
    token = value.strip()
    if not token:
        return InvalidArgument(f"the token of {name} is empty")
    if _VISIBLE.fullmatch(token) is None:
        return InvalidArgument(
            f"the token of {name} contains white space, control or non-ASCII characters"
        )
    return Secret(token)
