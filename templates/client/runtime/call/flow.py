"""Flow of one call, step by step, the same for sync and async.

Pure: a flow is a generator that yields what is to be done next, a request to `Send` or a `Wait`,
and is handed what became of a request: a `Response`, or the `CallError` that there was none. `driver`
drives it, once with calls and once with awaits. Whatever decides between attempts (redirects,
repeats, waits for a limit, another token after a 401) belongs here and to `attempts`; how an attempt
is made belongs to `transport`.
"""

from __future__ import annotations

from math import inf
from typing import TypeVar

from ..clock import Clock
from ..errors import CallError
from ..redaction import Redactor, Secret
from ..request.base_url import Base, Elsewhere
from ..request.builder import Request
from ..request.operation import Operation
from ..response.decode import value_of
from ..response.response import Response
from ..response.status_errors import shown_headers
from ..response_errors import RedirectRefused, UnexpectedResponse
from .attempts import AttemptPolicy, unknown
from .context import ClientState, Options
from .pacing import Hold
from .steps import Flow, Send, Wait

T = TypeVar("T")

MAX_REDIRECTS = 5
_FOLLOWED_BY_READS = frozenset({301, 302, 307, 308})
_FOLLOWED_BY_WRITES = frozenset({307, 308})


class CallFlow:
    """The flows of a client: what its calls have in common."""

    __slots__ = ("base", "options", "state")

    def __init__(self, base: Base, options: Options, state: ClientState) -> None:
        self.base: Base = base
        self.options: Options = options
        self.state: ClientState = state

    @property
    def redact(self) -> Redactor:
        return self.state.redact

    @property
    def clock(self) -> Clock:
        return self.state.clock

    @property
    def noticed(self) -> set[str]:
        return self.state.noticed

    def call(self, operation: Operation[T], request: Request) -> Flow[T]:
        """Send a request and give the value of its reply."""
        value, _ = yield from self.page(operation, request)
        return value

    def page(self, operation: Operation[T], request: Request) -> Flow[tuple[T, Response]]:
        """Send a request and give the value of its reply with the reply, for its `Link`."""
        response = yield from self.fetch(operation, request)
        try:
            value = value_of(
                operation,
                request.info,
                response,
                self.state.redact,
                self.state.noticed,
                strict=self.options.strict,
            )
            return value, response
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
    ) -> Flow[Response]:
        """Send a request and give the reply that answers it, past redirects and repeats."""
        state, timeout = self.state, self.options.timeout
        if timeout.total is not None:
            until = min(until, state.clock.now() + timeout.total)
        policy: AttemptPolicy | None = None
        redirects = 0
        while True:
            if state.pacer.holds and (held := self._held(operation, request)) is not None:
                policy = policy or AttemptPolicy(operation, self.options, state, until)
                yield Wait(request, policy.hold(request, held), "a rate limit was reached", True)
                continue
            attempt = 1 if policy is None else policy.attempt
            outcome = yield Send(request, timeout, until, attempt, token)
            if isinstance(outcome, Response) and outcome.status < 400:
                outcome.attempts = attempt
                if not outcome.status >= 300 or outcome.status == 304:
                    if policy is None:
                        state.budget.earn()
                    return outcome
                if redirects == MAX_REDIRECTS:
                    raise self._refused(request, outcome, f"it is the {redirects + 1}th in a row")
                redirects += 1
                request = request.at(self._redirected(request, outcome), state.redact)
                continue
            if not isinstance(outcome, (Response, CallError)):
                raise TypeError("a request was answered with no reply")
            policy = policy or AttemptPolicy(operation, self.options, state, until)
            step = policy.next(request, outcome, renewable=token is None)
            if step is not None:
                yield Wait(request, step.seconds, step.reason, step.limited)

    def _held(self, operation: Operation[T], request: Request) -> Hold | None:
        state = self.state
        account = state.source.account(request)
        return state.pacer.held(state.clock.now(), account, operation.id)

    def _redirected(self, request: Request, response: Response) -> str:
        """Give the target that a redirect names, or refuse it.

        A write is repeated only where the status says that method and body stay (307, 308).
        """
        if response.status not in (_FOLLOWED_BY_WRITES if request.writes else _FOLLOWED_BY_READS):
            raise self._refused(request, response, f"it does not apply to a {request.info.method}")
        # Not kept in a variable: a Location may hold a signature, and a traceback shows locals.
        target = self.base.locate(response.header("location"), request.target)
        if isinstance(target, Elsewhere):
            raise self._refused(request, response, target.reason)
        return target

    def _refused(self, request: Request, response: Response, reason: str) -> RedirectRefused:
        redact = self.state.redact
        error = RedirectRefused(
            request.info,
            f"{request.info}: redirect {response.status} is not followed: {redact(reason)}",
            status=response.status,
            headers=shown_headers(response, redact),
        )
        error.attempts = response.attempts
        return error
