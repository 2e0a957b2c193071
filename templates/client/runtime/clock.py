"""Clock of a client: the current time and sleeping. Tests replace it by a fake one."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from queue import Empty, SimpleQueue

# A queue whose first item ends a sleep of the current thread, if its caller may stop to wait for it.
STOP: ContextVar[SimpleQueue[None] | None] = ContextVar("STOP", default=None)


class Stopped(BaseException):
    """The caller of this thread waits for it no more."""


class Clock:
    """The system's clock."""

    def now(self) -> float:
        """Return monotonic time in seconds, which never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Return the seconds since 1970 in UTC, by this machine's clock."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Sleep. Raises Stopped if `STOP` has an item before the end."""
        stop = STOP.get()
        if stop is None:
            time.sleep(seconds)
            return
        try:
            stop.get(timeout=min(seconds, threading.TIMEOUT_MAX))
        except Empty:
            return
        raise Stopped

    async def asleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)
