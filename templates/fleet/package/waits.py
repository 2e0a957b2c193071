"""Deadlines and waits, by the clock of a client."""

from __future__ import annotations

from math import isnan
from typing import cast

from .._runtime.clock import Clock
from .._runtime.errors import ConnectFailed, InvalidArgument, OutcomeUnknown, TransportError
from .._runtime.response_errors import RateLimited, ServerError

# Errors after which a wait goes on: the client has retried, and a later call may succeed.
TRANSIENT = (OutcomeUnknown, RateLimited, ServerError, TransportError)
# The pauses of a wait in seconds: the first one, the growth and the longest.
_FIRST, _GROWTH, _LONGEST = 2.0, 1.5, 30.0


class Deadline:
    """The end of a wait that begins now.

    Raises InvalidArgument if `seconds` is not above 0, TypeError if it is no number.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        given = cast("object", seconds)
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            raise TypeError(f"timeout must be a number of seconds, not {type(given).__name__}")
        if isnan(seconds) or seconds <= 0:
            raise InvalidArgument(f"a wait takes a number of seconds above 0, not {seconds!r}")
        self._clock = clock
        self._begin = clock.now()
        self.seconds: float = seconds

    def left(self) -> float:
        """Return the seconds that are left; below 0 once it has passed."""
        return self._begin + self.seconds - self._clock.now()

    def passed(self) -> float:
        """Return the seconds since it began."""
        return self._clock.now() - self._begin


class Pauses:
    """Growing pauses between the reads of a wait."""

    def __init__(self) -> None:
        self._next = _FIRST

    def after(self, error: Exception | None) -> float:
        """Return the seconds of the next pause. Raises `error` if no later call can succeed.

        The client sends nothing before the end of a rate limit, so a pause need not be that long.
        """
        if isinstance(error, ConnectFailed) and error.permanent:
            raise error
        seconds = self._next
        self._next = min(self._next * _GROWTH, _LONGEST)
        return seconds
