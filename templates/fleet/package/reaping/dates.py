"""The server's time, as its responses tell it. The clock of this machine may be wrong, and jump."""

from __future__ import annotations

from math import inf
from typing import TypeVar

from ..._runtime.call.flow import CallFlow
from ..._runtime.call.steps import Flow
from ..._runtime.redaction import Secret
from ..._runtime.request.builder import Request
from ..._runtime.request.operation import Operation
from ..._runtime.response.rate_limit import parse_http_date
from ..._runtime.response.response import Response

T = TypeVar("T")


class DatedFlow(CallFlow):
    """Flows of a client that remember the `Date` header of the last response."""

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
        """Return the seconds since 1970 by that header; by this machine's clock without one."""
        date = parse_http_date(self._date)
        return self.clock.wall() if date is None else date
