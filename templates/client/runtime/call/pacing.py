"""Pacing of all calls of a client: rate limits that were reached, and when the next may be sent.

No clock and no waiting: it is told the time, and says how long to wait. May be shared by threads.
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Literal

import msgspec

from ..response.rate_limit import UNTOLD, RateLimit, Refusal, rate_limit
from ..response.response import Response

Pacing = Literal["auto", "strict", "off"]

# GitHub's own figures: requests at once, points in a minute (a read is 1, a write 5), and the
# seconds from the end of a write to the next one.
AT_ONCE = 100
_POINTS = 900
_MINUTE = 60.0
_READ, _WRITE = 1, 5
_APART = 1.0

# A server that goes on refusing without a word of how long is left alone for up to half an hour.
_MAX_UNTOLD = 1800.0


class Hold(msgspec.Struct, frozen=True):
    """Until when requests are held back, by the client's clock, and the reply that asked for it."""

    until: float
    response: Response


class Pacer:
    """The pace of a client.

    `engaged` is whether requests are counted and writes sent one at a time: under `strict`, or
    once GitHub has refused for a secondary limit, and from then on: the figures are its own. `holds`
    is what the server asked to wait for, by account and, where only one operation is meant, its id.
    """

    __slots__ = (
        "_is_github",
        "_last",
        "_mutex",
        "_off",
        "_spent",
        "_streak",
        "_written",
        "engaged",
        "holds",
    )

    def __init__(self, pacing: Pacing, *, is_github: bool = True) -> None:
        self.engaged: bool = pacing == "strict"
        self._is_github = is_github
        self._off = pacing == "off"
        self._mutex = threading.Lock()
        self._spent: deque[tuple[float, int]] = deque()
        self._written = float("-inf")
        self.holds: dict[tuple[str, str], Hold] = {}
        self._streak = 0
        self._last: Response | None = None

    @property
    def rate_limit(self) -> RateLimit | None:
        """The budget that the last reply with one told."""
        return None if self._last is None else rate_limit(self._last)

    def pause(self, now: float, *, write: bool) -> float:
        """Give the seconds until a request may be sent; 0 counts it as sent."""
        points = _WRITE if write else _READ
        with self._mutex:
            while self._spent and self._spent[0][0] <= now - _MINUTE:
                self._spent.popleft()
            wait = max(0.0, self._written + _APART - now) if write else 0.0
            over = sum(count for _, count in self._spent) + points - _POINTS
            for moment, count in self._spent:
                if over <= 0:
                    break
                over -= count
                wait = max(wait, moment + _MINUTE - now)
            if wait <= 0:
                self._spent.append((now, points))
            return wait

    def wrote(self, now: float) -> None:
        """Note the end of a write."""
        self._written = now

    def accepted(self, response: Response) -> None:
        """Note a reply that is no refusal."""
        self._streak = 0
        if response.header("x-ratelimit-remaining") is not None:
            self._last = response.head

    def refused(
        self, now: float, refusal: Refusal, response: Response, account: str, operation: str
    ) -> float:
        """Note a refusal, and give the seconds that it asks to wait.

        A primary limit of a budget that few operations share holds back that operation only.
        """
        own = refusal.kind == "primary" and refusal.resource not in ("", "core")
        with self._mutex:
            if response.header("x-ratelimit-remaining") is not None:
                self._last = response.head
            wait = refusal.wait
            if wait is None:
                wait = min(UNTOLD * 2.0**self._streak, _MAX_UNTOLD)
                self._streak = min(self._streak + 1, 10)
            if refusal.kind == "secondary" and self._is_github and not self._off:
                self.engaged = True
            if not self._off:
                key = (account, operation if own else "")
                held = self.holds.get(key)
                if held is None or held.until < now + wait:
                    self.holds[key] = Hold(now + wait, response)
            return wait

    def held(self, now: float, account: str, operation: str) -> Hold | None:
        """Give what holds a request back; None when nothing does."""
        with self._mutex:
            self.holds = {key: hold for key, hold in self.holds.items() if hold.until > now}
            found = [self.holds.get((account, "")), self.holds.get((account, operation))]
        return max((it for it in found if it is not None), key=lambda it: it.until, default=None)
