"""Clock: the time, and waiting for it. One object, so that a test can put another in its place."""

from __future__ import annotations

import time


class Clock:
    """The clock of this machine."""

    def now(self) -> float:
        """Give seconds since some moment; never set back."""
        return time.monotonic()

    def wall(self) -> float:
        """Give seconds since 1970 in UTC, as far as this machine knows."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)
