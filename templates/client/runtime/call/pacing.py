"""Pacing of all calls of a client: how long the next request must wait for the server's limits.

It does not wait itself, and receives the time as an argument. Thread-safe.
"""

from __future__ import annotations

import threading
from typing import Literal

import msgspec

from ..response.rate_limit import DEFAULT_WAIT, RateLimit, Refusal, rate_limit
from ..response.response import Response

Pacing = Literal["auto", "off"]

# How many requests of a client run at once.
AT_ONCE = 100

# The cap of the exponential backoff for rate limits without a wait time.
_MAX_DEFAULT_WAIT = 1800.0


class Hold(msgspec.Struct, frozen=True):
    """A rate limit that holds requests back until a time by the client's clock, and its response."""

    until: float
    response: Response


class Pacer:
    """Pacing state of a client: the rate limits that its calls share.

    `holds` has the rate limits to wait for, by account and operation id. The id is empty for a limit
    of all operations. Without `shared`, no call waits for the limit that another one met. A subclass
    may throttle requests before the server refuses one.
    """

    __slots__ = ("_last", "_mutex", "_refusals", "_shared", "holds")

    def __init__(self, *, shared: bool = True) -> None:
        self._shared = shared
        self.renew_lock()
        self.holds: dict[tuple[str, str], Hold] = {}
        self._refusals = 0
        self._last: Response | None = None

    def renew_lock(self) -> None:
        self._mutex = threading.RLock()

    def is_active(self, now: float) -> bool:
        """Return whether requests are throttled."""
        del now
        return False

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in the latest response that has one."""
        return None if self._last is None else rate_limit(self._last)

    def delay(self, now: float, *, write: bool) -> float:
        """Return the seconds until a request may be sent."""
        del now, write
        return 0.0

    def spend(self, now: float, *, write: bool) -> float:
        """Return the seconds until a request may be sent. If it is 0, the request is counted."""
        return self.delay(now, write=write)

    def write_ended(self, now: float) -> None:
        """Record the end of a write."""

    def accepted(self, response: Response) -> None:
        """Record a response without a rate limit error."""
        self._refusals = 0
        if response.header("x-ratelimit-remaining") is not None:
            self._last = response.head

    def refused(
        self, now: float, refusal: Refusal, response: Response, account: str, operation: str
    ) -> float:
        """Record a response with a rate limit error, and return the seconds to wait.

        A primary limit other than `core` applies to few operations, so it holds back only this one.
        """
        is_separate = refusal.kind == "primary" and refusal.resource not in ("", "core")
        with self._mutex:
            if response.header("x-ratelimit-remaining") is not None:
                self._last = response.head
            wait = refusal.wait
            if wait is None:
                wait = min(DEFAULT_WAIT * 2.0**self._refusals, _MAX_DEFAULT_WAIT)
                self._refusals = min(self._refusals + 1, 10)
            if self._shared:
                key = (account, operation if is_separate else "")
                hold = self.holds.get(key)
                if hold is None or hold.until < now + wait:
                    self.holds[key] = Hold(now + wait, response)
            return wait

    def hold_for(self, now: float, account: str, operation: str) -> Hold | None:
        """Return the longest rate limit that holds a request back; None if there is none."""
        with self._mutex:
            self.holds = {key: hold for key, hold in self.holds.items() if hold.until > now}
            holds = [self.holds.get((account, "")), self.holds.get((account, operation))]
        present = (hold for hold in holds if hold is not None)
        return max(present, key=lambda hold: hold.until, default=None)
