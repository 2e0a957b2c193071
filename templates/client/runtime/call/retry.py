"""Retry rules: when a request is sent again, with exponential backoff and full jitter.

All calls of a client share one retry budget. The rules, by the outcome of an attempt and the retry
safety of the operation:

    outcome                                     safe, idempotent    unsafe
    nothing was sent (no connection)            retry               retry
    a proxy refused the credentials             error               error
    rate limit                                  retry after it      retry after it
    401, 403: the token is new, see below       retry               retry
    401, and the token can be renewed           retry, once         retry, once
    no response (timeout, reset, truncated)     retry               OutcomeUnknown
    500, 502, 503, 504                          retry               OutcomeUnknown
    another 5xx, or an unexpected response      error               OutcomeUnknown
    any other status                            error               error

A new token of an App may not be known to all servers of an API. For ten seconds, a request that is
rejected for it is sent again with the same token, after 1, 2 and 4 seconds.
"""

from __future__ import annotations

import random
import threading
from typing import cast

import msgspec

from ..errors import InvalidArgument
from ..lazy import publish
from .pacing import AT_ONCE
from .timeout import check_seconds

TRANSIENT = frozenset({500, 502, 503, 504})

# The retry budget: a burst of one retry for each concurrent request, and one retry for ten calls
# that succeed at the first attempt.
_BURST = float(AT_ONCE)
_RETRIES_PER_CALL = 0.1


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """Retry policy: how often a call is sent, and the backoff between its attempts.

    Only requests that are safe to repeat are sent again, and those of which it is certain that the
    server has not carried them out. The backoff is exponential with full jitter: before the n-th
    retry, a random time from 0 to `base * 2 ** (n - 1)` seconds, at most `cap`. A `Retry-After`
    header lengthens it. All calls of a client share a retry budget: retries are at most 10 % of its
    calls, with a burst of 100, so that a server in trouble is not flooded.

    Args:
        attempts: The most attempts of one call, the first included. 1 disables retries. Default: 4.
        base: Upper bound of the first backoff. In seconds. Default: 0.5.
        cap: Upper bound of every backoff. In seconds. Default: 20.

    Raises:
        InvalidArgument: `attempts` is below 1, or a time is negative or not finite.
        TypeError: `attempts` is not an int, or a time is not a number.
    """

    attempts: int = 4
    base: float = 0.5
    cap: float = 20.0

    def __post_init__(self) -> None:
        attempts = cast("object", self.attempts)
        if isinstance(attempts, bool) or not isinstance(attempts, int):
            raise TypeError(f"retry attempts must be an int, not {type(attempts).__name__}")
        if attempts < 1:
            raise InvalidArgument("retry attempts must be 1 or more; 1 disables retries")
        check_seconds("retry base", self.base, or_zero=True)
        check_seconds("retry cap", self.cap, or_zero=True)

    def pause(self, repeats: int) -> float:
        """Return a random backoff in seconds for the retry after `repeats` earlier ones."""
        # 2.0 ** 1024 overflows. The cap applies long before the 64th retry.
        longest = min(self.cap, self.base * 2.0 ** min(repeats, 64))
        return random.uniform(0.0, longest)  # noqa: S311 - spreads load, keeps no secret


NO_RETRY = Retry(attempts=1)


def retry_of(value: Retry | None) -> Retry:
    """Check a client's argument `retry`. None means one attempt only."""
    if value is None:
        return NO_RETRY
    if not isinstance(cast("object", value), Retry):
        raise TypeError(f"retry must be a Retry or None, not {type(value).__name__}")
    return value


class RetryBudget:
    """Retry budget of all calls of a client. Thread-safe."""

    __slots__ = ("_mutex", "_retries")

    def __init__(self) -> None:
        self._retries = _BURST
        self.renew_lock()

    def renew_lock(self) -> None:
        self._mutex = threading.RLock()

    def earn(self) -> None:
        """Record a call that succeeded at the first attempt."""
        if self._retries < _BURST:
            with self._mutex:
                self._retries = min(_BURST, self._retries + _RETRIES_PER_CALL)

    def spend(self) -> bool:
        """Take one retry from the budget; return False if it is exhausted."""
        with self._mutex:
            if self._retries < 1.0:
                return False
            self._retries -= 1.0
            return True


publish(__name__)
