"""Core of a client: the part of a driver that neither calls nor awaits.

Takes notice of each attempt: in the log, by hooks, and in the state that all calls share.
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

# Why an attempt was not made.
NO_TIME = "the time of the whole call was over"
FULL = f"{AT_ONCE} other requests of the client did not end in time"
UNSIGNED = "another call did not get a token in time"
PACE = "the pace that GitHub asks for left no time for it"


class Core:
    """The part that neither calls nor awaits. `owner` is whether it closes the connections."""

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
        """Build a request, or refuse it; nothing is sent."""
        request = build(operation, self.base, self.deployment, path=path, query=query, body=body)
        self.state.source.check(operation, request)
        return request

    def with_options(self, options: Options) -> Self:
        """Make a core that differs in its options and shares all else."""
        return self.with_flows(CallFlow(self.base, options, self.state))

    def with_flows(self, flows: CallFlow) -> Self:
        """Make a core that differs in its flows and shares all else."""
        made = object.__new__(type(self))
        for kind in type(self).__mro__:
            for name in getattr(kind, "__slots__", ()):
                setattr(made, name, getattr(self, name))
        made.flows = flows
        made.owner = False
        return made

    def check_open(self) -> None:
        if self.state.closed:
            raise ClientClosed("this client is closed: make another one")

    def left(self, step: Send) -> float:
        """Give the seconds that a call has left."""
        return step.until - self.state.clock.now()

    def pause(self, step: Send) -> float:
        """Give the seconds to wait for the pace."""
        return self.state.pacer.pause(self.state.clock.now(), write=step.request.writes)

    def is_paced(self, step: Send) -> bool:
        """Tell whether an attempt keeps the pace; getting a token does not wait for other calls."""
        return self.state.pacer.engaged and step.token is None

    def too_late(self, step: Send, problem: str) -> ConnectTimedOut:
        return ConnectTimedOut(step.request.info, f"not sent: {problem}")

    def note(self, step: Send, signature: Signature, outcome: Outcome, began: float) -> Outcome:
        """Take notice of what became of an attempt."""
        state = self.state
        if isinstance(outcome, Response):
            if outcome.status == 401:
                state.source.refuse(signature)
            # What gets a token counts against another budget.
            if outcome.status not in (403, 429) and step.token is None:
                state.pacer.accepted(outcome)
        seconds = state.clock.now() - began
        observe.ended(self.flows.options.hooks, step, outcome, seconds, state.redact)
        if isinstance(outcome, Response) and outcome.is_deprecated:
            version = self.deployment.version
            warn_of_deprecation(step.request.info, outcome, version, state.warned, state.redact)
        return outcome

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a token and connections, and is not pickled")
