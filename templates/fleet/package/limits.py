"""Flows of calls that together end by one time, however many calls, pages and retries there are."""

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
    """Flows of a client whose calls end by a time of its clock, which a `Timeout` cannot set."""

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
