"""Flow of one call, the same for sync and async: redirects, retries and waits.

A flow is a generator. It yields the next step, a request to `Send` or a `Wait`, and receives the
outcome of a request: a `Response`, a `CallError` if there is none, or `Unsent`. `driver` runs it, sync or
async. Decisions between attempts belong here and in `attempts`; the transport makes each attempt.
Reads the client's clock, and sends nothing itself.
"""

from __future__ import annotations

from math import inf
from typing import TypeVar

from ..clock import Clock
from ..errors import CallError
from ..redaction import Redactor, Secret
from ..request.base_url import BaseUrl, RejectedUrl
from ..request.builder import Request
from ..request.operation import Operation
from ..response.decode import decode_response
from ..response.errors.by_status import content_of
from ..response.errors.headers import request_id, shown_headers
from ..response.response import Response
from ..response_errors import RedirectRefused, UnexpectedResponse
from .attempts import AttemptPolicy, outcome_unknown
from .context import ClientState, Options
from .pacing import Hold
from .steps import Flow, Send, Unsent, Wait

T = TypeVar("T")

MAX_REDIRECTS = 5
_FOLLOWED_BY_READS = frozenset({301, 302, 307, 308})
_FOLLOWED_BY_WRITES = frozenset({307, 308})


class CallFlow:
    """Flows of a client, with its options and its shared state."""

    __slots__ = ("base", "options", "state")

    def __init__(self, base: BaseUrl, options: Options, state: ClientState) -> None:
        self.base: BaseUrl = base
        self.options: Options = options
        self.state: ClientState = state

    @property
    def redact(self) -> Redactor:
        return self.state.redact

    @property
    def clock(self) -> Clock:
        return self.state.clock

    @property
    def warned(self) -> set[str]:
        return self.state.warned

    def call(self, operation: Operation[T], request: Request) -> Flow[T]:
        """Send a request and return its result."""
        value, _ = yield from self.page(operation, request)
        return value

    def page(self, operation: Operation[T], request: Request) -> Flow[tuple[T, Response]]:
        """Send a request and return its result and the response, which has the `Link` header."""
        response = yield from self.fetch(operation, request)
        return self.decode(operation, request, response), response

    def decode(self, operation: Operation[T], request: Request, response: Response) -> T:
        """Return the result in a response."""
        try:
            return decode_response(
                operation,
                request.info,
                response,
                self.state.redact,
                self.state.warned,
                strict=self.options.strict,
            )
        except UnexpectedResponse as error:
            if operation.repeat == "unsafe":
                raise outcome_unknown(operation, error) from error
            raise

    def fetch(
        self,
        operation: Operation[T],
        request: Request,
        token: Secret[str] | None = None,
        until: float = inf,
    ) -> Flow[Response]:
        """Send a request and return the final response, after redirects and retries."""
        state, timeout = self.state, self.options.timeout
        if timeout.total is not None:
            until = min(until, state.clock.now() + timeout.total)
        if self.options.headers.pairs and token is None and self._is_named(request.base):
            request = request.with_headers(self.options.headers)
        policy: AttemptPolicy | None = None
        redirects = 0
        while True:
            if state.pacer.holds and (held := self._hold_for(operation, request)) is not None:
                policy = policy or AttemptPolicy(operation, self.options, state, until)
                yield Wait(
                    request, policy.wait_for(held, request), "a rate limit was reached", True
                )
                continue
            attempt = 1 if policy is None else policy.attempt
            outcome = yield Send(request, timeout, until, attempt, token)
            if isinstance(outcome, Unsent):
                if outcome.error is None:
                    continue
                policy = policy or AttemptPolicy(operation, self.options, state, until)
                raise policy.without_attempt(outcome.error)
            if isinstance(outcome, Response) and outcome.status < 400:
                outcome.attempts = attempt
                status = outcome.status
                if not status >= 300 or status == 304 or status in operation.success:
                    if policy is None:
                        state.budget.earn()
                    return outcome
                if redirects == MAX_REDIRECTS:
                    raise self._refused(
                        request, outcome, f"it is redirect number {redirects + 1} in a row"
                    )
                redirects += 1
                request = request.with_target(self._redirect_target(request, outcome), state.redact)
                continue
            if not isinstance(outcome, (Response, CallError)):
                raise TypeError("the outcome of a request must be a response or an error")
            policy = policy or AttemptPolicy(operation, self.options, state, until)
            pause = policy.next(request, outcome, renewable=token is None)
            if pause is not None:
                yield Wait(request, pause.seconds, pause.reason, pause.is_rate_limit)

    def _is_named(self, base: BaseUrl) -> bool:
        """Return whether the caller named a server, and not only the API description did."""
        servers = self.state.servers
        return servers is None or base.origin in servers.trusted

    def _hold_for(self, operation: Operation[T], request: Request) -> Hold | None:
        state = self.state
        account = state.source.account(request)
        return state.pacer.hold_for(state.clock.now(), account, operation.id)

    def _redirect_target(self, request: Request, response: Response) -> str:
        """Return the target of a redirect. Raises RedirectRefused if it must not be followed.

        A write is sent again only if the status keeps its method and body (307, 308).
        """
        if response.status not in (_FOLLOWED_BY_WRITES if request.writes else _FOLLOWED_BY_READS):
            raise self._refused(request, response, f"it does not apply to {request.info.method}")
        # Not in a local variable: a Location may contain a signature, and tracebacks show locals.
        target = request.base.resolve(response.header("location"), request.target)
        if isinstance(target, RejectedUrl):
            reason = self.state.redact(target.reason.reveal())
            raise self._refused(request, response, reason)
        return target

    def _refused(self, request: Request, response: Response, reason: str) -> RedirectRefused:
        redact = self.state.redact
        error = RedirectRefused(
            request.info,
            f"{request.info}: redirect {response.status} is not followed: {reason}",
            status=response.status,
            headers=shown_headers(response, redact),
            request_id=request_id(response, redact),
            content=content_of(response),
        )
        error.attempts = response.attempts
        return error
