"""What a call does, step by step, the same for both flavours.

Pure: a flow is a generator that yields each request to send and is handed what became of it, a
`Reply` or the `CallError` that there was none. `core` drives it, once with calls and once with
awaits. Whatever decides between attempts (redirects now; retries, waiting for a limit, another
token after a 401) belongs here; how an attempt is made belongs to `transport`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

from .address import Base, Elsewhere
from .decode import value_of
from .errors import CallError, RedirectRefused
from .failures import shown_headers
from .operation import Operation
from .reply import Reply
from .request import Request
from .secret import Redactor

T = TypeVar("T")

Outcome: TypeAlias = Reply | CallError
Flow: TypeAlias = Generator[Request, Outcome, T]

MAX_REDIRECTS = 5
_FOLLOWED_BY_READS = frozenset({301, 302, 307, 308})
_FOLLOWED_BY_WRITES = frozenset({307, 308})


class Flows:
    """The flows of a client: what its calls have in common."""

    __slots__ = ("base", "redact")

    def __init__(self, base: Base, redact: Redactor) -> None:
        self.base: Base = base
        self.redact: Redactor = redact

    def call(self, operation: Operation[T], request: Request) -> Flow[T]:
        """Send a request and give the value of its reply."""
        reply = yield from self.fetch(request)
        return value_of(operation, request.info, reply, self.redact)

    def page(self, operation: Operation[T], request: Request) -> Flow[tuple[T, Reply]]:
        """Send a request and give the value of its reply with the reply, for its `Link`."""
        reply = yield from self.fetch(request)
        return value_of(operation, request.info, reply, self.redact), reply

    def fetch(self, request: Request) -> Flow[Reply]:
        """Send a request and give the reply that answers it, past redirects."""
        redirects = 0
        while True:
            outcome = yield request
            if isinstance(outcome, CallError):
                raise outcome
            if not 300 <= outcome.status < 400 or outcome.status == 304:
                return outcome
            if redirects == MAX_REDIRECTS:
                raise self._refused(request, outcome, f"it is the {redirects + 1}th in a row")
            redirects += 1
            request = request.at(self._redirected(request, outcome))

    def _redirected(self, request: Request, reply: Reply) -> str:
        """Give the target that a redirect names, or refuse it.

        A write is repeated only where the status says that method and body stay (307, 308).
        """
        method = request.info.method
        if reply.status not in (_FOLLOWED_BY_READS if method == "GET" else _FOLLOWED_BY_WRITES):
            raise self._refused(request, reply, f"it does not apply to a {method}")
        # Not kept in a variable: a Location may hold a signature, and a traceback shows locals.
        target = self.base.locate(reply.header("location"), request.target)
        if isinstance(target, Elsewhere):
            raise self._refused(request, reply, target.reason)
        return target

    def _refused(self, request: Request, reply: Reply, reason: str) -> RedirectRefused:
        return RedirectRefused(
            request.info,
            f"{request.info}: redirect {reply.status} is not followed: {self.redact(reason)}",
            status=reply.status,
            headers=shown_headers(reply, self.redact),
        )
