"""Clock of a mock server and its clients: tests advance it, and sleeps return at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf

from ..._runtime.clock import Clock
from ..._runtime.lazy import publish

_START = datetime(2026, 1, 31, 12, tzinfo=UTC)


class ManualClock(Clock):
    """A clock that stands still until it is advanced. A sleep advances it at once.

    Args:
        start: The time at which it begins, with its time zone. Default: noon of 31 January 2026, UTC.
    """

    def __init__(self, start: datetime = _START) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._passed = 0.0
        self.sleeps: list[float] = []
        """The seconds of each sleep, in order: waits for retries, rate limits and pacing."""
        self.listeners: list[Callable[[], None]] = []
        """Functions that are called each time the clock is advanced."""

    def advance(self, seconds: float) -> None:
        """Advance the clock. Raises ValueError if `seconds` is negative or not finite."""
        if not 0 <= seconds < inf:
            raise ValueError(
                f"a clock is advanced by a finite number of seconds, 0 or more, not {seconds}"
            )
        with self._lock:
            self._passed += seconds
        for listener in self.listeners:
            listener()

    @property
    def time(self) -> datetime:
        """The current time."""
        return self._start + timedelta(seconds=self.now())

    def now(self) -> float:
        return self._passed

    def wall(self) -> float:
        return self._start.timestamp() + self.now()

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.advance(max(0.0, seconds))

    async def asleep(self, seconds: float) -> None:
        import anyio

        self.sleep(seconds)
        await anyio.lowlevel.checkpoint()


publish(__name__)
