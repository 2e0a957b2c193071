"""A fake GitHub in which something goes wrong at one point of a run.

A point is a request, by its number, or a moment at which a task waits. A test runs a helper once to
count them, and then once for each of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from typing import Any

import anyio
import msgspec

from ghrunners.fake import FakeGitHub
from ghrunners.testing import Call, Delay, Reset, Response
from ghrunners.testing._kit.request.received import Received
from ghrunners.testing._kit.response.faults import Outcome

# What is done in place of a response: it gets a function that carries the request out.
Fault = Callable[[Callable[[], Any]], Any]


class PointGitHub(FakeGitHub):
    """A fake GitHub whose runners move between pages of four with every request."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: int = 0
        """How many requests it has handled."""
        self.deleted: set[int] = set()
        """The ids of the runners that clients have deleted in this run."""
        self._at: range = range(0)
        self._fault: Fault | None = None
        self.move_between_pages()

    def fail_at(self, points: range, fault: Fault | None) -> None:
        """Begin a run whose requests of these numbers go wrong."""
        self.requests, self._at, self._fault = 0, points, fault
        self.deleted.clear()

    def receive(self, request: Received, url: str) -> Outcome:
        query = request.query.replace("per_page=100", "per_page=4")
        return super().receive(msgspec.structs.replace(request, query=query), url)

    def handle(self, call: Call) -> Any:
        self.requests += 1
        if self._fault is None or self.requests not in self._at:
            return self._carried_out(call)
        return self._fault(lambda: self._carried_out(call))

    def _carried_out(self, call: Call) -> Any:
        response = super().handle(call)
        if call.operation.endswith(".runners.delete"):
            self.deleted.add(call.arguments["runner_id"])
        return response


class Interruption:
    """Work that is cancelled at one of the moments at which it waits.

    Attributes:
        moments: How often it has waited.
    """

    def __init__(self, work: Awaitable[Any], scope: anyio.CancelScope, at: int) -> None:
        self.moments = 0
        self._work = work
        self._scope = scope
        self._at = at

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        sent: Any = None
        error: BaseException | None = None
        while True:
            try:
                waited_for = steps.send(sent) if error is None else steps.throw(error)
            except StopIteration as done:
                return done.value
            self.moments += 1
            if self.moments == self._at:
                self._scope.cancel()
            sent, error = None, None
            try:
                sent = yield waited_for
            except BaseException as thrown:  # noqa: BLE001 - passed on
                error = thrown


def respond(response: Any) -> Fault:
    """A fault: the request is not carried out."""
    return lambda _: response


def respond_after(response: Any) -> Fault:
    """A fault: the request is carried out, and its response is replaced."""

    def fault(carry_out: Callable[[], Any]) -> Any:
        carry_out()
        return response

    return fault


def respond_late(carry_out: Callable[[], Any]) -> Any:
    """A fault: the response takes 20 seconds."""
    return Delay(20, carry_out())


def interrupt(_: Callable[[], Any]) -> Any:
    """A fault: Ctrl-C before the request is carried out."""
    raise KeyboardInterrupt


def interrupt_after(carry_out: Callable[[], Any]) -> Any:
    """A fault: Ctrl-C when the request was carried out, and before its response is read."""
    carry_out()
    raise KeyboardInterrupt


def _limited(seconds: int) -> Response:
    message = "You have exceeded a secondary rate limit"
    return Response(429, json={"message": message}, headers={"retry-after": str(seconds)})


FAULTS: Mapping[str, Fault] = {
    "502": respond(502),
    "502 after success": respond_after(502),
    "no response": respond(Reset(carried_out=False)),
    "no response after success": respond_after(Reset(carried_out=False)),
    "short rate limit": respond(_limited(5)),
    "long rate limit": respond(_limited(5000)),
    "slow response": respond_late,
}
INTERRUPTS: Mapping[str, Fault] = {"before": interrupt, "after": interrupt_after}


def windows(points: int, widths: Iterable[int]) -> Iterable[range]:
    """The requests that go wrong, from each of the points on."""
    return [range(first, first + width) for first in range(1, points + 1) for width in widths]
