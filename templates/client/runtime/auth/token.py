"""Where the token comes from: given, asked for, or got by a GitHub App (`app`).

May read the environment. A request asks its `TokenSource` for what signs it each time it is sent,
so that a source may hand out another token later. `credentials` has the source for other APIs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from ..errors import InvalidArgument
from ..redaction import Secret

if TYPE_CHECKING:
    from ..call.flow import Flow, Flows
    from ..request.builder import Request
    from ..request.operation import Operation
    from ..request.signature import Signature
    from .github_app import App

# What a client takes as `auth`: a token, a function that gives one, or an App.
TokenAuth: TypeAlias = "str | Callable[[], str] | App"
AsyncTokenAuth: TypeAlias = "str | Callable[[], str | Awaitable[str]] | App"

_VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN")
VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)


class TokenSource(Protocol):
    """Gives the token that the next request is signed with, or what stands in its place.

    `known` are the secrets that are known from the start.
    """

    @property
    def known(self) -> tuple[Secret[str], ...]: ...

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Raise InvalidArgument for what no token of this source can be used for."""
        ...

    def account(self, request: Request) -> str:
        """Tell whose limits a request counts against, and so which token it needs."""
        ...

    def ready(self, request: Request, now: float) -> Signature | None:
        """Give the token for a request; None when it has to be got first."""
        ...

    def renewal(self, request: Request, flows: Flows, until: float) -> Flow[Signature]:
        """Get a token for a request, and keep it where it may be used again."""
        ...

    def refuse(self, token: Signature) -> None:
        """Note that GitHub answered 401 to a token, so that it is not given again."""
        ...

    def is_renewable(self, request: Request) -> bool:
        """Tell whether a request can get another token once its own was refused."""
        ...


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

    def renewal(self, request: Request, flows: Flows, until: float) -> Flow[Secret[str]]:
        del request, flows, until
        yield from ()
        return self._token

    def refuse(self, token: Signature) -> None:
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

    def renewal(self, request: Request, flows: Flows, until: float) -> Flow[Secret[str]]:
        from ..call.flow import Ask

        del request, until
        given = cast("Secret[object]", (yield Ask(self._function)))
        token = read_token("auth()", given)
        if isinstance(token, Exception):
            raise token
        flows.shared.redact.learn(token)
        return token

    def refuse(self, token: Signature) -> None:
        """Keep nothing: the function is asked again anyway."""

    def is_renewable(self, request: Request) -> bool:
        del request
        return True


def token_source(auth: Secret[object]) -> TokenSource:
    """Make a source of the argument; left out, of GITHUB_TOKEN, else of GH_TOKEN.

    White space around a token is dropped, as a file ends with a newline. A variable that is empty
    counts as not set; an empty argument does not: it is a mistake, and the environment's token
    may be somebody else's.
    """
    name = "auth"
    if auth.reveal() is None:
        # The environment itself is in no local: it may hold more secrets than this one.
        found = next((name for name in _VARIABLES if os.environ.get(name, "").strip()), None)
        if found is None:
            raise InvalidArgument("no token: pass auth=..., or set GITHUB_TOKEN or GH_TOKEN")
        name, auth = found, Secret[object](os.environ[found])
    elif callable(auth.reveal()):
        return AskedToken(cast("Callable[[], str]", auth.reveal()))
    elif not isinstance(auth.reveal(), str):
        from .github_app import App
        from .installation_tokens import AppTokens

        if isinstance(given := auth.reveal(), App):
            return AppTokens(given)
    token = read_token(name, auth)
    if isinstance(token, Exception):
        raise token
    return FixedToken(token)


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
    if VISIBLE.fullmatch(token) is None:
        return InvalidArgument(
            f"the token of {name} holds white space, control or non-ASCII characters"
        )
    return Secret(token)
