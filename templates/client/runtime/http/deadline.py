"""Deadline of a call for slow connections: timeouts that shrink with each read and write.

Reads the clock. A timeout of httpx2 applies to a single read or write, so a server that sends a
byte now and then would never reach it. Therefore the client passes `DeadlineTimeout`s, and its
streams compute the remaining time before each read and write.
"""

from __future__ import annotations

import time
from math import inf

import httpcore2


class DeadlineTimeout(float):
    """A timeout in seconds that also ends at a deadline. Other code can use it as a float."""

    _end: float
    _seconds: float | None

    def __new__(cls, end: float, seconds: float | None) -> DeadlineTimeout:
        left = max(0.0, end - time.monotonic())
        timeout = super().__new__(cls, left if seconds is None else min(seconds, left))
        timeout._end = end
        timeout._seconds = seconds
        return timeout

    def left(self) -> float:
        """Return the seconds for the next step; 0 or less after the deadline."""
        left = self._end - time.monotonic()
        return left if self._seconds is None else min(self._seconds, left)


def timeout_until(end: float, seconds: float | None) -> float | None:
    """Return the timeout of a step: its seconds, but not past the end of the call."""
    return seconds if end == inf else DeadlineTimeout(end, seconds)


def remaining(timeout: float | None, error: type[httpcore2.TimeoutException]) -> float | None:
    """Return the seconds for the next step. Raises `error` after the deadline."""
    if not isinstance(timeout, DeadlineTimeout):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise error("the timeout of the whole call expired")
    return left
