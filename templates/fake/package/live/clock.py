"""Clock of a fake GitHub that runs in real time, or faster or slower."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from ...testing._kit.clock import ManualClock


class RunningClock(ManualClock):
    """A running clock. It can also be advanced. Sleeps take real time.

    Args:
        speed: How many of its seconds pass in a second.
        start: The time at which it begins, with its time zone. Default: now.
    """

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        super().__init__(datetime.now(UTC) if start is None else start)
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> float:
        return super().now() + (time.monotonic() - self._began) * self._speed

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        time.sleep(max(0.0, seconds) / self._speed)

    async def asleep(self, seconds: float) -> None:
        import anyio

        self.sleeps.append(seconds)
        await anyio.sleep(max(0.0, seconds) / self._speed)
