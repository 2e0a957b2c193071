"""Clock of a client: the current time and sleeping. Tests replace it by a fake one."""

from __future__ import annotations

import time


class Clock:
    """The system's clock."""

    def now(self) -> float:
        """Return monotonic time in seconds, which never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Return the seconds since 1970 in UTC, by this machine's clock."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)
