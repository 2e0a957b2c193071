"""Steps of a call: what a flow yields, what answers it, and the seams between a call and its token.

Pure. `flow` yields the steps, `driver` takes them, and each source of tokens in `auth` yields some
of its own to get a token. No source names `flow`: it is handed an `Exchange`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, MutableMapping
from math import inf
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec

from ..clock import Clock
from ..errors import CallError
from ..redaction import Redactor, Secret
from ..request.base_url import BaseUrl
from ..request.builder import Request
from ..request.operation import Operation
from ..response.response import Response
from .timeout import Timeout

T = TypeVar("T")


class Send(msgspec.Struct, frozen=True):
    """A request to send. `until` is when its call must be over, by the client's clock.

    `token` signs it in place of the client's own. `attempt` counts from 1.
    """

    request: Request
    timeout: Timeout
    until: float
    attempt: int = 1
    token: Secret[str] | None = None


class Wait(msgspec.Struct, frozen=True):
    """Seconds to let pass, and why; `limited` says that a rate limit asks for them."""

    request: Request
    seconds: float
    reason: str
    limited: bool


class Ask(msgspec.Struct, frozen=True):
    """A function of the caller's to call; what it gives is awaited where it can be."""

    function: Callable[[], str | Awaitable[str]]


Step: TypeAlias = Send | Wait | Ask
Outcome: TypeAlias = Response | CallError
Answer: TypeAlias = Outcome | Secret[object] | None
Flow: TypeAlias = Generator[Step, Answer, T]


class Proof(Protocol):
    """Credentials of a request that are not one bearer token."""

    def target(self, target: str) -> str:
        """Return a target with what the credentials add to its query."""
        ...

    def sign(self, headers: MutableMapping[str, str]) -> None:
        """Add the credentials to the headers of a request."""
        ...


# What signs one attempt; a token alone is a bearer token.
Signature: TypeAlias = Secret[str] | Proof


class Exchange(Protocol):
    """Requests that a source of tokens sends of its own, and what it shares with the call."""

    @property
    def base(self) -> BaseUrl: ...
    @property
    def redact(self) -> Redactor: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def warned(self) -> set[str]: ...

    def fetch(
        self,
        operation: Operation[T],
        request: Request,
        token: Secret[str] | None = None,
        until: float = inf,
    ) -> Flow[Response]:
        """Send a request and return the response that answers it, past redirects and retries."""
        ...


class TokenSource(Protocol):
    """Source of what signs a request: a token, or a proof of other credentials.

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

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Signature]:
        """Get a token for a request, and keep it where it may be used again."""
        ...

    def refuse(self, token: Signature) -> None:
        """Note that GitHub answered 401 to a token, so that it is not given again."""
        ...

    def is_renewable(self, request: Request) -> bool:
        """Tell whether a request can get another token once its own was refused."""
        ...
