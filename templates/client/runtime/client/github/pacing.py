"""Throttling by the limits that GitHub documents for its API: points a minute, and writes.

It does not wait itself, and receives the time as an argument. Thread-safe.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Literal, cast, get_args

from ...call.pacing import Pacer
from ...errors import InvalidArgument
from ...response.rate_limit import Refusal
from ...response.response import Response

Pacing = Literal["auto", "strict", "off"]

# Points per minute (1 for a read, 5 for a write), and the seconds between the end of a write and
# the next write.
_POINTS = 900
_MINUTE = 60.0
_READ, _WRITE = 1, 5
_WRITE_INTERVAL = 1.0

# Seconds for which throttling lasts after the wait for a secondary rate limit.
_LASTING = 900.0


class ThrottlingPacer(Pacer):
    """Pacing state of a client for GitHub.

    Limits apply to points and writes until `active_until`: always with `strict`, else from a
    secondary rate limit until 15 minutes after its wait.
    """

    __slots__ = ("_last_write", "_spent", "active_until")

    def __init__(self, pacing: Pacing = "auto") -> None:
        if cast("object", pacing) not in get_args(Pacing):
            raise InvalidArgument(f"unknown pacing {pacing!r}; use auto, strict or off")
        super().__init__(shared=pacing != "off")
        self.active_until: float = inf if pacing == "strict" else -inf
        self._spent: deque[tuple[float, int]] = deque()
        self._last_write = -inf

    def is_active(self, now: float) -> bool:
        return now < self.active_until

    def delay(self, now: float, *, write: bool) -> float:
        with self._mutex:
            return self._delay(now, _WRITE if write else _READ)

    def spend(self, now: float, *, write: bool) -> float:
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
        self._last_write = now

    def refused(
        self, now: float, refusal: Refusal, response: Response, account: str, operation: str
    ) -> float:
        with self._mutex:
            wait = super().refused(now, refusal, response, account, operation)
            if refusal.kind == "secondary" and self._shared:
                self.active_until = max(self.active_until, now + wait + _LASTING)
            return wait
