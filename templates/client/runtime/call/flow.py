"""What a call does, step by step, the same for both flavours.

Pure: a flow is a generator that yields what is to be done next, a request to `Send` or a `Wait`,
and is handed what became of a request: a `Reply`, or the `CallError` that there was none. `core`
drives it, once with calls and once with awaits. Whatever decides between attempts (redirects,
repeats, waits for a limit, another token after a 401) belongs here and to `course`; how an attempt
is made belongs to `transport`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from math import inf
from typing import TypeAlias, TypeVar

import msgspec

from ..errors import CallError, RedirectRefused, UnexpectedResponse
from ..redaction import Secret
from ..request.base_url import Base, Elsewhere
from ..request.builder import Request
from ..request.operation import Operation
from ..response.decode import value_of
from ..response.response import Reply
from ..response.status_errors import shown_headers
from .attempts import Course, unknown
from .context import Shared
from .options import Options
from .pacing import Hold
from .timeout import Timeout

T = TypeVar("T")

MAX_REDIRECTS = 5
_FOLLOWED_BY_READS = frozenset({301, 302, 307, 308})
_FOLLOWED_BY_WRITES = frozenset({307, 308})


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
Outcome: TypeAlias = Reply | CallError
Answer: TypeAlias = Outcome | Secret[object] | None
Flow: TypeAlias = Generator[Step, Answer, T]


class Flows:
    """The flows of a client: what its calls have in common."""

    __slots__ = ("base", "options", "shared")

    def __init__(self, base: Base, options: Options, shared: Shared) -> None:
        self.base: Base = base
        self.options: Options = options
        self.shared: Shared = shared

    def call(self, operation: Operation[T], request: Request) -> Flow[T]:
        """Send a request and give the value of its reply."""
        value, _ = yield from self.page(operation, request)
        return value

    def page(self, operation: Operation[T], request: Request) -> Flow[tuple[T, Reply]]:
        """Send a request and give the value of its reply with the reply, for its `Link`."""
        reply = yield from self.fetch(operation, request)
        try:
            value = value_of(
                operation,
                request.info,
                reply,
                self.shared.redact,
                self.shared.noticed,
                strict=self.options.strict,
            )
            return value, reply
        except UnexpectedResponse as error:
            if operation.repeat == "unsafe":
                raise unknown(operation, error) from error
            raise

    def fetch(
        self,
        operation: Operation[T],
        request: Request,
        token: Secret[str] | None = None,
        until: float = inf,
    ) -> Flow[Reply]:
        """Send a request and give the reply that answers it, past redirects and repeats."""
        shared, timeout = self.shared, self.options.timeout
        if timeout.total is not None:
            until = min(until, shared.clock.now() + timeout.total)
        course: Course | None = None
        redirects = 0
        while True:
            if shared.pacer.holds and (held := self._held(operation, request)) is not None:
                course = course or Course(operation, self.options, shared, until)
                yield Wait(request, course.hold(request, held), "a rate limit was reached", True)
                continue
            attempt = 1 if course is None else course.attempt
            outcome = yield Send(request, timeout, until, attempt, token)
            if isinstance(outcome, Reply) and outcome.status < 400:
                outcome.attempts = attempt
                if not outcome.status >= 300 or outcome.status == 304:
                    if course is None:
                        shared.budget.earn()
                    return outcome
                if redirects == MAX_REDIRECTS:
                    raise self._refused(request, outcome, f"it is the {redirects + 1}th in a row")
                redirects += 1
                request = request.at(self._redirected(request, outcome), shared.redact)
                continue
            if not isinstance(outcome, (Reply, CallError)):
                raise TypeError("a request was answered with no reply")
            course = course or Course(operation, self.options, shared, until)
            step = course.next(request, outcome, renewable=token is None)
            if step is not None:
                yield Wait(request, step.seconds, step.reason, step.limited)

    def _held(self, operation: Operation[T], request: Request) -> Hold | None:
        shared = self.shared
        account = shared.source.account(request)
        return shared.pacer.held(shared.clock.now(), account, operation.id)

    def _redirected(self, request: Request, reply: Reply) -> str:
        """Give the target that a redirect names, or refuse it.

        A write is repeated only where the status says that method and body stay (307, 308).
        """
        if reply.status not in (_FOLLOWED_BY_WRITES if request.writes else _FOLLOWED_BY_READS):
            raise self._refused(request, reply, f"it does not apply to a {request.info.method}")
        # Not kept in a variable: a Location may hold a signature, and a traceback shows locals.
        target = self.base.locate(reply.header("location"), request.target)
        if isinstance(target, Elsewhere):
            raise self._refused(request, reply, target.reason)
        return target

    def _refused(self, request: Request, reply: Reply, reason: str) -> RedirectRefused:
        redact = self.shared.redact
        error = RedirectRefused(
            request.info,
            f"{request.info}: redirect {reply.status} is not followed: {redact(reason)}",
            status=reply.status,
            headers=shown_headers(reply, redact),
        )
        error.attempts = reply.attempts
        return error
