"""Core of a client: the part that both drivers share.

Records each attempt in the log, in the caller's hooks and in the shared state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Self, TypeVar

from ..errors import ClientClosed, ConnectTimedOut
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


class Core:
    """Base class of the drivers. `owner` is whether it closes the connections."""

    __slots__ = ("base", "deployment", "flows", "owner", "state")

    def __init__(
        self, base: BaseUrl, deployment: Deployment, options: Options, state: ClientState
    ) -> None:
        self.base: BaseUrl = base
        self.deployment: Deployment = deployment
        self.state: ClientState = state
        self.flows: CallFlow = CallFlow(base, options, state)
        self.owner: bool = True

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
        observe.attempt_ended(self.flows.options.hooks, step, outcome, seconds, state.redact)
        if isinstance(outcome, Response) and outcome.is_deprecated:
            version = self.deployment.version
            warn_of_deprecation(step.request.info, outcome, version, state.warned, state.redact)
        return outcome

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a token and connections and cannot be pickled")
