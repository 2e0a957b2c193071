"""Rate limits of a fake GitHub: requests an hour, points a minute, concurrent requests.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import Any

import msgspec

from ...testing._kit.response.faults import Response
from . import problems

HOUR = 3_600.0
MINUTE = 60.0
# The points of a request.
READ, WRITE = 1, 5
_PAGE = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
_SUPPORT = "If you reach out to GitHub Support for help, please include the request ID"


class Window(msgspec.Struct):
    """An hour that begins with the first request of an account.

    `start` is in seconds since 1970.
    """

    start: float
    used: int = 0


class Limits:
    """Rate limits of each account. The primary limit is off until it is switched on.

    Attributes:
        shown: Whether responses have the headers of the primary limit.
        limit: The requests that an account may make in an hour.
        enforced: Whether requests count towards it.
        status: The status of a request above it.
        points: The points that an account may spend in a minute; None for no secondary limit.
        at_once: How many concurrent requests an account may have.
        retry_after: The header `retry-after` of a response to a request above the secondary limit.
        secondary_status: The status of such a response.
    """

    def __init__(self, *, shown: bool) -> None:
        self.shown: bool = shown
        self.limit: int = 5_000
        self.enforced: bool = False
        self.status: int = 403
        self.points: int | None = None
        self.at_once: int = 100
        self.retry_after: int | None = None
        self.secondary_status: int = 403
        self._windows: dict[str, Window] = {}
        self._spent: dict[str, deque[tuple[float, int]]] = {}
        self._running: dict[str, int] = {}
        # Responses are sent by several threads.
        self._lock = Lock()

    def spend(self, account: str, now: float, *, write: bool, request_id: str) -> Response | None:
        """Count a request. Return the response if it is above a limit; then it does not count."""
        window = self._window(account, now)
        if window.used >= self.limit:
            message = f"API rate limit exceeded for user ID 1. {_SUPPORT} {request_id}."
            return problems.error(self.status, message, page=_PAGE)
        if self.points is not None and self._is_above(account, now, WRITE if write else READ):
            wait = self.retry_after
            message = (
                "You have exceeded a secondary rate limit. Please wait a few minutes before you "
                f"try again. {_SUPPORT} {request_id}."
            )
            headers = {} if wait is None else {"Retry-After": str(wait)}
            return problems.error(self.secondary_status, message, headers=headers, page=_PAGE)
        if self.enforced:
            window.used += 1
        return None

    def refund(self, account: str, now: float) -> None:
        """Uncount a request towards the primary limit."""
        window = self._window(account, now)
        window.used = max(0, window.used - 1)

    def begin(self, account: str) -> None:
        """Record that a request of an account is in progress."""
        with self._lock:
            self._running[account] = self._running.get(account, 0) + 1

    def end(self, account: str) -> None:
        """Record that the response to a request of an account was sent."""
        with self._lock:
            self._running[account] -= 1

    def status_of(self, account: str, now: float) -> Mapping[str, Any]:
        """Return the primary limit of an account: `limit`, `used`, `remaining` and `reset`."""
        window = self._window(account, now)
        return {
            "limit": self.limit,
            "used": window.used,
            "remaining": max(0, self.limit - window.used),
            "reset": int(window.start + HOUR),
        }

    def headers(self, account: str, now: float) -> Mapping[str, str]:
        """Return the headers of a response."""
        if not self.shown:
            return {}
        named = {**self.status_of(account, now), "resource": "core"}
        return {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in named.items()}

    def _window(self, account: str, now: float) -> Window:
        window = self._windows.get(account)
        if window is None or now >= int(window.start + HOUR):
            window = self._windows[account] = Window(now)
        return window

    def _is_above(self, account: str, now: float, points: int) -> bool:
        if self._running.get(account, 0) >= self.at_once:
            return True
        spent = self._spent.setdefault(account, deque())
        while spent and spent[0][0] <= now - MINUTE:
            spent.popleft()
        assert self.points is not None
        if sum(one for _, one in spent) + points > self.points:
            return True
        spent.append((now, points))
        return False
