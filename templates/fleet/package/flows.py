"""Call flows of the helpers: one with a deadline for all its calls, one with the server's time."""

from __future__ import annotations

from math import inf
from typing import TypeVar

from .._runtime.call.flow import CallFlow
from .._runtime.call.steps import Flow
from .._runtime.redaction import Secret
from .._runtime.request.builder import Request
from .._runtime.request.operation import Operation
from .._runtime.response.rate_limit import parse_http_date
from .._runtime.response.response import Response

T = TypeVar("T")


class LimitedFlow(CallFlow):
    """A call flow whose calls all end by one time of the client's clock.

    A `Timeout` limits each call separately.
    """

    __slots__ = ("_end",)

    def __init__(self, flows: CallFlow, end: float) -> None:
        super().__init__(flows.base, flows.options, flows.state)
        self._end = end

    def fetch(
        self,
        operation: Operation[T],
        request: Request,
        token: Secret[str] | None = None,
        until: float = inf,
    ) -> Flow[Response]:
        return super().fetch(operation, request, token, min(until, self._end))


class DatedFlow(CallFlow):
    """A call flow that records the server's time. The clock of this machine may be wrong."""

    __slots__ = ("_date",)

    def __init__(self, flows: CallFlow) -> None:
        super().__init__(flows.base, flows.options, flows.state)
        self._date = ""

    def fetch(
        self,
        operation: Operation[T],
        request: Request,
        token: Secret[str] | None = None,
        until: float = inf,
    ) -> Flow[Response]:
        response = yield from super().fetch(operation, request, token, until)
        self._date = response.header("date") or ""
        return response

    def time(self) -> float:
        """Return the `Date` of the last response in seconds since 1970.

        Without that header, it is the time of this machine.
        """
        date = parse_http_date(self._date)
        return self.clock.wall() if date is None else date
