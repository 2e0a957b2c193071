"""Steps that a call flow yields, their results, and the protocols of senders and token sources.

`flow` yields the steps and `driver` carries them out. Token sources in `auth` yield steps as well,
to get a token. They send requests through an `Exchange`.
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
    """A request to send. `until` is the deadline of its call, by the client's clock.

    `token` signs it instead of the client's token. `attempt` counts from 1.
    """

    request: Request
    timeout: Timeout
    until: float
    attempt: int = 1
    token: Secret[str] | None = None


class Wait(msgspec.Struct, frozen=True):
    """Seconds to wait, and why. `is_rate_limit` is whether a rate limit is the reason."""

    request: Request
    seconds: float
    reason: str
    is_rate_limit: bool


class Call(msgspec.Struct, frozen=True):
    """A function of the caller to call. An awaitable result is awaited."""

    function: Callable[[], str | Awaitable[str]]


class Unsent(msgspec.Struct, frozen=True):
    """A request that was not sent because of a limit, which is no attempt.

    `error` is set if there is no time to wait for the limit. Otherwise the flow checks the limits
    again.
    """

    error: CallError | None = None


Step: TypeAlias = Send | Wait | Call
Outcome: TypeAlias = Response | CallError
StepResult: TypeAlias = Outcome | Unsent | Secret[object] | None
Flow: TypeAlias = Generator[Step, StepResult, T]


class RequestSignature(Protocol):
    """Credentials of a request that are not one bearer token."""

    def target(self, target: str) -> str:
        """Return a target with the query pairs of the credentials added."""
        ...

    def sign(self, headers: MutableMapping[str, str]) -> None:
        """Add the credentials to the headers of a request."""
        ...


# Signature of one attempt. A `Secret` is a bearer token.
Signature: TypeAlias = Secret[str] | RequestSignature


class Sender(Protocol):
    """Transport of one attempt, which returns an error of the transport instead of raising it."""

    def send(self, step: Send, signature: Signature, within: float) -> Outcome: ...
    def close(self) -> None: ...
    def abandon(self) -> None:
        """Close the sockets in a child process. The parent's connections stay as they are."""
        ...


class AsyncSender(Protocol):
    """The asynchronous form of `Sender`."""

    async def send(self, step: Send, signature: Signature, within: float) -> Outcome: ...
    async def aclose(self) -> None: ...


class Exchange(Protocol):
    """Sender of a token source's own requests, with the state that it shares with the call."""

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
        """Send a request and return the final response, after redirects and retries."""
        ...


class TokenSource(Protocol):
    """Source of signatures of requests: a token or other credentials.

    `known` are the secrets that are known before the first request.
    """

    @property
    def known(self) -> tuple[Secret[str], ...]: ...

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Raise InvalidArgument for an operation that this source cannot authenticate."""
        ...

    def account(self, request: Request) -> str:
        """Return the account whose rate limit and token a request uses."""
        ...

    def ready(self, request: Request, now: float) -> Signature | None:
        """Return the signature for a request; None if it must be renewed first."""
        ...

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Signature]:
        """Get a new signature for a request, and store it if it can be used again."""
        ...

    def invalidate(self, token: Signature) -> None:
        """Discard a token that got a 401 response."""
        ...

    def is_new(self, token: Signature, now: float) -> bool:
        """Return whether a token may not be known to every server yet."""
        ...

    def is_renewable(self, request: Request) -> bool:
        """Return whether a request can get another token after a 401 response."""
        ...
