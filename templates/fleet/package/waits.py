"""Deadlines of waits, by the clock of a client. Pure."""

from __future__ import annotations

from math import isnan

from .._runtime.clock import Clock
from .._runtime.errors import InvalidArgument


class Deadline:
    """The end of a wait that begins now. Raises InvalidArgument if `seconds` is not above 0."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        if isnan(seconds) or seconds <= 0:
            raise InvalidArgument(f"a wait takes a number of seconds above 0, not {seconds!r}")
        self._clock = clock
        self._end = clock.now() + seconds

    def left(self) -> float:
        """Return the seconds that are left; below 0 once it has passed."""
        return self._end - self._clock.now()
