"""Fake GitHub for long runs: it logs each request, and keeps only the latest ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ...testing._kit.request.received import Received
from ...testing._kit.response.faults import Outcome
from ..github import FakeGitHub
from .clock import RunningClock

# How many calls are kept.
_KEPT = 1_000


class LiveGitHub(FakeGitHub):
    """A `FakeGitHub` for the command.

    Args:
        clock: A running clock.
        log: Receives a line for each request, and for each call of `report`.
    """

    def __init__(self, *, clock: RunningClock, log: Callable[[str], None]) -> None:
        super().__init__(clock=clock)
        self._start = clock.time
        self._log = log

    def receive(self, request: Received, url: str) -> Outcome:
        with self._lock:
            outcome = super().receive(request, url)
            call = self.calls[-1]
            del self.calls[:-_KEPT]
        query = f"?{call.query}" if call.query else ""
        reason = f" ({call.problem})" if call.problem else ""
        self.report(f"{call.method} {call.path}{query}: {call.status or 'no response'}{reason}")
        return outcome

    def report(self, line: str) -> None:
        """Log a line with the current time (UTC) of the clock."""
        moment = self._start + timedelta(seconds=self.world.timers.now)
        self._log(f"{moment:%H:%M:%S} {line}")

    def settle(self) -> None:
        """Carry out everything that is due by the clock."""
        self._settle()
