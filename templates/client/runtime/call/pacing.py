"""Pacing of all calls of a client: how long the next request must wait for the server's limits.

It does not wait itself, and receives the time as an argument. Thread-safe.
"""

from __future__ import annotations

import threading
from collections import deque
from math import inf
from typing import Literal

import msgspec

from ..response.rate_limit import DEFAULT_WAIT, RateLimit, Refusal, rate_limit
from ..response.response import Response

Pacing = Literal["auto", "strict", "off"]

# The limits of throttling: concurrent requests, points per minute (1 for a read, 5 for a write), and the
# seconds between the end of a write and the next write.
AT_ONCE = 100
_POINTS = 900
_MINUTE = 60.0
_READ, _WRITE = 1, 5
_WRITE_INTERVAL = 1.0

# Seconds for which throttling lasts after the wait for a secondary rate limit.
_LASTING = 900.0

# The cap of the exponential backoff for rate limits without a wait time.
_MAX_DEFAULT_WAIT = 1800.0


class Hold(msgspec.Struct, frozen=True):
    """A rate limit that holds requests back until a time by the client's clock, and its response."""

    until: float
    response: Response


class Pacer:
    """Pacing state of a client.

    Limits apply to points and writes until `active_until`: always with `strict`. If the API
    `throttles`, they also apply from a secondary rate limit until 15 minutes after its wait. `holds`
    has the rate limits to wait for, by account and operation id. The id is empty for a limit of all
    operations.
    """

    __slots__ = (
        "_last",
        "_last_write",
        "_mutex",
        "_off",
        "_refusals",
        "_spent",
        "_throttles",
        "active_until",
        "holds",
    )

    def __init__(self, pacing: Pacing, *, throttles: bool = True) -> None:
        self.active_until: float = inf if pacing == "strict" else -inf
        self._throttles = throttles
        self._off = pacing == "off"
        self.renew_lock()
        self._spent: deque[tuple[float, int]] = deque()
        self._last_write = -inf
        self.holds: dict[tuple[str, str], Hold] = {}
        self._refusals = 0
        self._last: Response | None = None

    def renew_lock(self) -> None:
        self._mutex = threading.RLock()

    def is_active(self, now: float) -> bool:
        """Return whether the limits on points and writes apply."""
        return now < self.active_until

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in the latest response that has one."""
        return None if self._last is None else rate_limit(self._last)

    def delay(self, now: float, *, write: bool) -> float:
        """Return the seconds until a request may be sent."""
        with self._mutex:
            return self._delay(now, _WRITE if write else _READ)

    def spend(self, now: float, *, write: bool) -> float:
        """Return the seconds until a request may be sent. If it is 0, the request is counted."""
        points = _WRITE if write else _READ
        with self._mutex:
            wait = self._delay(now, points)
            if wait <= 0:
                self._spent.append((now, points))
            return wait

    def _delay(self, now: float, points: int) -> float:
        while self._spent and self._spent[0][0] <= now - _MINUTE:
            self._spent.popleft()
        wait = max(0.0, self._last_write + _WRITE_INTERVAL - now) if points == _WRITE else 0.0
        excess = sum(count for _, count in self._spent) + points - _POINTS
        for sent_at, count in self._spent:
            if excess <= 0:
                break
            excess -= count
            wait = max(wait, sent_at + _MINUTE - now)
        return wait

    def write_ended(self, now: float) -> None:
        """Record the end of a write."""
        self._last_write = now

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
            if refusal.kind == "secondary" and self._throttles and not self._off:
                self.active_until = max(self.active_until, now + wait + _LASTING)
            if not self._off:
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
