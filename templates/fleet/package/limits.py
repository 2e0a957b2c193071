"""Call flow with one deadline for any number of calls, pages and retries."""

from __future__ import annotations

from math import inf
from typing import TypeVar

from .._runtime.call.flow import CallFlow
from .._runtime.call.steps import Flow
from .._runtime.redaction import Secret
from .._runtime.request.builder import Request
from .._runtime.request.operation import Operation
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
