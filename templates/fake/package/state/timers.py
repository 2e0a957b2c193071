"""Timers: actions at times of the clock. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from ..checks.checked import Checked
from ..checks.values import Seconds


class Timers(Checked):
    """Actions at times, in seconds of a clock. They are carried out in the order of their times."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._now = 0.0

    @property
    def now(self) -> float:
        """The time of the current action, or of the last `settle`."""
        return self._now

    def at(self, time: Seconds, action: Callable[[], None]) -> None:
        """Carry out an action at a time, or with the next `settle` if it has passed."""
        heapq.heappush(self._due, (time, next(self._order), action))

    def after(self, seconds: Seconds, action: Callable[[], None]) -> None:
        """Carry out an action some seconds from now."""
        self.at(self._now + seconds, action)

    def settle(self, now: float) -> None:
        """Carry out what is due, each at its time. Actions may set further timers."""
        while self._due and self._due[0][0] <= now:
            time, _, action = heapq.heappop(self._due)
            self._now = max(self._now, time)
            action()
        self._now = max(self._now, now)
