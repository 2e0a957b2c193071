"""Core of a client: the part that both drivers share.

Records each attempt in the log, in the caller's hooks and in the shared state.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn, Self, TypeVar

from ..errors import ConnectTimedOut, SignInFailed
from ..request.availability import Deployment
from ..request.base_url import BaseUrl
from ..request.builder import PathValue, QueryValue, Request, build
from ..request.operation import Operation
from ..response.errors.by_status import error_message, without_body
from ..response.rate_limit import refusal
from ..response.response import Response
from ..response.warnings import warn_of_deprecation
from . import observe
from .context import ClientState, Options
from .flow import CallFlow
from .pacing import AT_ONCE
from .steps import Outcome, Send, Signature, Unsent

T = TypeVar("T")

# Reasons for a timeout before an attempt.
NO_TIME = "the timeout of the whole call expired"
POOL_FULL = f"{AT_ONCE} other requests of the client were in progress until the timeout"
RENEWAL_PENDING = "another call did not get a token before the timeout"
PACE = "the wait for throttling exceeds the timeout"


class Turn:
    """A call that waits for its turn to renew a token, and the failure that it shares.

    Calls that wait while a renewal fails get its failure, or each would ask in turn for a token that
    cannot be had. A call that comes later asks again. `waiting` has the turns of all calls that wait.
    A call adds its own, and removes it in a `finally` block: see `places`.
    """

    __slots__ = ("_core", "_failure", "_step", "_traceback", "waiting")

    def __init__(self, core: Core, step: Send, waiting: set[Turn]) -> None:
        self._core = core
        self._step = step
        self.waiting: set[Turn] = waiting
        self._failure: Exception | None = None
        self._traceback: TracebackType | None = None

    @contextmanager
    def renewal(self) -> Generator[None]:
        """Raise the failure of a renewal during the wait; otherwise share that of this one."""
        failure = self._failure
        if isinstance(failure, SignInFailed):
            info = self._step.request.info
            raise SignInFailed(info, failure.problem, failure.error) from failure.error
        if failure is not None:
            # Each turn that raises it would otherwise add its frames to those of all the others.
            raise failure.with_traceback(self._traceback)
        try:
            yield
        except Exception as error:
            # Others have more time than a call whose time is over.
            if self._core.seconds_left(self._step) > 0:
                self._share(error)
            raise
        # A token that could be had makes earlier failures obsolete.
        for turn in tuple(self.waiting):
            turn._failure = None

    def _share(self, failure: Exception) -> None:
        options = self._core.flows.options
        for turn in tuple(self.waiting):
            # With other options, a call may be allowed to wait for what this one was not.
            if turn is not self and turn._core.flows.options == options:
                turn._traceback = failure.__traceback__
                turn._failure = failure


class Core:
    """Base class of the drivers. `owner` is whether it closes the connections."""

    __slots__ = ("_turns", "base", "deployment", "flows", "owner", "state")

    def __init__(
        self, base: BaseUrl, deployment: Deployment, options: Options, state: ClientState
    ) -> None:
        self.base: BaseUrl = base
        self.deployment: Deployment = deployment
        self.state: ClientState = state
        self.flows: CallFlow = CallFlow(base, options, state)
        self.owner: bool = True
        self._turns: dict[str, set[Turn]] = {}

    def request(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue],
        query: Mapping[str, QueryValue],
        body: Mapping[str, object] | None = None,
    ) -> Request:
        """Build a request and check its arguments. Nothing is sent."""
        base, servers = self.base, self.state.servers
        if operation.server and servers is not None:
            base, operation = servers.place(operation)
        request = build(operation, base, self.deployment, path=path, query=query, body=body)
        self.state.source.check(operation, request)
        return request

    def with_options(self, options: Options) -> Self:
        """Return a core with other options that shares everything else."""
        return self.with_flows(CallFlow(self.base, options, self.state))

    def with_flows(self, flows: CallFlow) -> Self:
        """Return a core with other flows that shares everything else."""
        core = object.__new__(type(self))
        for kind in type(self).__mro__:
            for name in getattr(kind, "__slots__", ()):
                setattr(core, name, getattr(self, name))
        core.flows = flows
        core.owner = False
        return core

    def check_open(self) -> None:
        self.state.check_open()

    def seconds_left(self, step: Send) -> float:
        """Return the seconds left for the call."""
        return step.until - self.state.clock.now()

    def place_timeout(self, step: Send) -> float:
        """Return the seconds for which a call may wait for a place."""
        left, allowed = self.seconds_left(step), step.timeout.pool
        return left if allowed is None else min(left, allowed)

    def is_paced(self, step: Send) -> bool:
        """Return whether pacing applies to an attempt. It does not apply to token requests."""
        return step.token is None and self.state.pacer.is_active(self.state.clock.now())

    def pacing_delay(self, step: Send) -> float:
        """Return the seconds to wait for pacing."""
        if not self.is_paced(step):
            return 0.0
        return self.state.pacer.delay(self.state.clock.now(), write=step.request.writes)

    def obstacle(self, step: Send, *, has_turn: bool) -> Unsent | ConnectTimedOut | float | None:
        """Return why a request cannot be sent now, after its waits; None if it can.

        The driver calls it immediately before it sends. A float is another wait for pacing.
        """
        self.check_open()
        state, request = self.state, step.request
        now, pacer = state.clock.now(), state.pacer
        if now >= step.until:
            return self.not_sent(step, NO_TIME)
        if pacer.holds:
            account = state.source.account(request)
            if pacer.hold_for(now, account, request.info.operation) is not None:
                return Unsent()
        if step.token is None and pacer.is_active(now):
            if request.writes and not has_turn:
                return Unsent()
            wait = pacer.spend(now, write=request.writes)
            return wait if wait > 0 else None
        return None

    def turn(self, step: Send) -> Turn:
        """Return the turn of a call to renew the token that its request needs."""
        account = self.state.source.account(step.request)
        return Turn(self, step, self._turns.setdefault(account, set()))

    def not_sent(self, step: Send, reason: str) -> ConnectTimedOut:
        """Return the error for an attempt that could not be sent in time."""
        return ConnectTimedOut(step.request.info, f"not sent: {reason}")

    def paced_out(self, step: Send, wait: float | None = None) -> Unsent:
        """Return that pacing leaves no time for a request."""
        reason = PACE if wait is None else f"{PACE}; it is {wait:.1f} s"
        return Unsent(self.not_sent(step, reason))

    def note_limit(self, step: Send, outcome: Outcome) -> None:
        """Share the rate limit that a response reports, before another call takes the place."""
        state = self.state
        if step.request.writes and step.token is None:
            state.pacer.write_ended(state.clock.now())
        if not isinstance(outcome, Response) or outcome.status not in (403, 429):
            return
        limit = refusal(outcome, error_message(outcome), state.clock.wall())
        if limit is not None:
            request = step.request
            outcome.wait = state.pacer.refused(
                state.clock.now(),
                limit,
                without_body(outcome, state.redact),
                state.source.account(request),
                request.info.operation,
            )

    def record(self, step: Send, signature: Signature, outcome: Outcome, began: float) -> Outcome:
        """Record the outcome of an attempt, and return it."""
        state = self.state
        if isinstance(outcome, Response):
            if outcome.status in (401, 403):
                outcome.token_is_new = state.source.is_new(signature, state.clock.now())
                if outcome.status == 401 and not outcome.token_is_new:
                    state.source.invalidate(signature)
            # Token requests count against another rate limit.
            if outcome.status not in (403, 429) and step.token is None:
                state.pacer.accepted(outcome)
        seconds = state.clock.now() - began
        hooks = self.flows.options.hooks
        observe.attempt_ended(hooks, step, outcome, seconds, state.redact)
        if isinstance(outcome, Response) and outcome.is_deprecated:
            version = self.deployment.version
            warn_of_deprecation(
                step.request.info,
                outcome,
                version,
                state.warned,
                state.redact,
                state.rules.page_hosts,
            )
        return outcome

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a token and connections and cannot be pickled")
