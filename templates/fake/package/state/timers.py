"""Timers: what happens at a time of the clock that tests move. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count


class Timers:
    """Actions at times, in seconds of a clock. They are carried out in the order of their times."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.now: float = 0.0
        """The time of the action that is carried out, or of the last `settle`."""

    def at(self, time: float, action: Callable[[], None]) -> None:
        """Carry out an action at a time, or with the next `settle` if it has passed."""
        heapq.heappush(self._due, (time, next(self._order), action))

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Carry out an action some seconds from now."""
        self.at(self.now + seconds, action)

    def settle(self, now: float) -> None:
        """Carry out what is due, each at its time. Actions may set further timers."""
        while self._due and self._due[0][0] <= now:
            time, _, action = heapq.heappop(self._due)
            self.now = max(self.now, time)
            action()
        self.now = max(self.now, now)
