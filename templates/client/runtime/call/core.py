"""Core of a client: the part that both drivers share.

Records each attempt in the log, in the caller's hooks and in the shared state.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn, Self, TypeVar

from ..errors import ClientClosed, ConnectTimedOut, SignInFailed
from ..request.availability import Deployment
from ..request.base_url import BaseUrl
from ..request.builder import PathValue, QueryValue, Request, build
from ..request.operation import Operation
from ..response.response import Response
from ..response.warnings import warn_of_deprecation
from . import observe
from .context import ClientState, Options
from .flow import CallFlow
from .pacing import AT_ONCE
from .steps import Outcome, Send, Signature

T = TypeVar("T")

# Reasons for a timeout before an attempt.
NO_TIME = "the timeout of the whole call expired"
POOL_FULL = f"{AT_ONCE} other requests of the client were in progress until the timeout"
RENEWAL_PENDING = "another call did not get a token before the timeout"
PACE = "the wait for GitHub's limits on writes exceeds the timeout"


class Turn:
    """A call that waits for its turn to renew a token, and the failure that it shares.

    Calls that wait while a renewal fails get its failure, or each would ask in turn for a token that
    cannot be had. A call that comes later asks again.
    """

    __slots__ = ("_core", "_failure", "_step", "_traceback", "_waiting")

    def __init__(self, core: Core, step: Send, waiting: set[Turn]) -> None:
        self._core = core
        self._step = step
        self._waiting = waiting
        self._failure: Exception | None = None
        self._traceback: TracebackType | None = None

    def __enter__(self) -> Self:
        self._waiting.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.discard(self)

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
            self._share(error if self._core.seconds_left(self._step) > 0 else None)
            raise
        self._share(None)

    def _share(self, failure: Exception | None) -> None:
        options = self._core.flows.options
        for turn in tuple(self._waiting):
            # With other options, a call may be allowed to wait for what this one was not.
            if turn is not self and turn._core.flows.options == options:
                turn._failure = failure
                turn._traceback = None if failure is None else failure.__traceback__


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
        request = build(operation, self.base, self.deployment, path=path, query=query, body=body)
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
        if self.state.closed:
            raise ClientClosed("this client is closed: create another one")

    def seconds_left(self, step: Send) -> float:
        """Return the seconds left for the call."""
        return step.until - self.state.clock.now()

    def pacing_delay(self, step: Send) -> float:
        """Return the seconds to wait for pacing."""
        return self.state.pacer.delay(self.state.clock.now(), write=step.request.writes)

    def is_paced(self, step: Send) -> bool:
        """Return whether pacing applies to an attempt. It does not apply to token requests."""
        return self.state.pacer.is_active and step.token is None

    def turn(self, step: Send) -> Turn:
        """Return the turn of a call to renew the token that its request needs."""
        account = self.state.source.account(step.request)
        return Turn(self, step, self._turns.setdefault(account, set()))

    def not_sent(self, step: Send, reason: str) -> ConnectTimedOut:
        """Return the error for an attempt that could not be sent in time."""
        return ConnectTimedOut(step.request.info, f"not sent: {reason}")

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
        observe.attempt_ended(hooks, step, outcome, seconds, state.redact, self.base.origin)
        if isinstance(outcome, Response) and outcome.is_deprecated:
            version = self.deployment.version
            warn_of_deprecation(step.request.info, outcome, version, state.warned, state.redact)
        return outcome

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a token and connections and cannot be pickled")
