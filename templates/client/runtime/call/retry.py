"""Retry rules: when a request is sent again, with exponential backoff and full jitter.

All calls of a client share one retry budget. The rules, by the outcome of an attempt and the retry
safety of the operation:

    outcome                                     safe, idempotent    unsafe
    nothing was sent (no connection)            retry               retry
    rate limit                                  retry after it      retry after it
    401, and the token can be renewed           retry, once         retry, once
    no response (timeout, reset, truncated)     retry               OutcomeUnknown
    500, 502, 503, 504                          retry               OutcomeUnknown
    another 5xx, or an unexpected response      error               OutcomeUnknown
    any other status                            error               error
"""

from __future__ import annotations

import random
import threading
from typing import cast

import msgspec

from ..errors import InvalidArgument
from .pacing import AT_ONCE
from .timeout import check_seconds

TRANSIENT = frozenset({500, 502, 503, 504})

# The retry budget: a burst of one retry for each concurrent request, and one retry for ten calls
# that succeed at the first attempt.
_BURST = float(AT_ONCE)
_RETRIES_PER_CALL = 0.1


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how soon a call is tried again.

    `attempts` counts the first one too. The pause before the n-th repeat is a random share of
    `base` * 2 ** n seconds, never more than `cap`. A client as a whole makes at most one repeat in
    ten calls, 100 on credit, so that a server in trouble is not asked ever more.
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
        """Choose the pause before a repeat, with full jitter; `repeats` were made before it."""
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
        self._mutex = threading.Lock()

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
