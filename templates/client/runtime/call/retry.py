"""Retry rules: when a request is sent again, with exponential backoff and full jitter.

All calls of a client share one `Budget`. The rules, by what became of an attempt
and by the operation's `repeat`:

    what became of it                           safe, idempotent    unsafe
    nothing was sent (no connection)            again               again
    refused for a rate limit                    again, when told    again, when told
    401, and another token can be had           again, once         again, once
    no answer (time out, reset, cut short)      again               OutcomeUnknown
    500, 502, 503, 504                          again               OutcomeUnknown
    another 5xx, or a reply nobody can read     its error           OutcomeUnknown
    any other status                            its error           its error
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

# Repeats that a client may make on credit, one for each request that may be under way when a server
# goes down, and what each call that goes well earns.
_CREDIT = float(AT_ONCE)
_EARNED = 0.1


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
            raise InvalidArgument("retry attempts must be 1 or more: 1 is no retry at all")
        check_seconds("retry base", self.base, or_zero=True)
        check_seconds("retry cap", self.cap, or_zero=True)

    def pause(self, repeats: int) -> float:
        """Return a random backoff in seconds for the retry after `repeats` earlier ones."""
        # 2 ** 1030 is no float; nobody waits for the sixty-fourth repeat either.
        longest = min(self.cap, self.base * 2.0 ** min(repeats, 64))
        return random.uniform(0.0, longest)  # noqa: S311 - spreads load, keeps no secret


NO_RETRY = Retry(attempts=1)


def retry_of(value: Retry | None) -> Retry:
    """Read the argument of a client: None is one attempt and no more."""
    if value is None:
        return NO_RETRY
    if not isinstance(cast("object", value), Retry):
        raise TypeError(f"retry must be a Retry or None, not {type(value).__name__}")
    return value


class Budget:
    """What all calls of a client may spend on repeats. May be shared by threads."""

    __slots__ = ("_credit", "_mutex")

    def __init__(self) -> None:
        self._credit = _CREDIT
        self._mutex = threading.Lock()

    def earn(self) -> None:
        """Note a call that went well at once."""
        if self._credit < _CREDIT:
            with self._mutex:
                self._credit = min(_CREDIT, self._credit + _EARNED)

    def spend(self) -> bool:
        """Take the price of one repeat; False when there is not enough."""
        with self._mutex:
            if self._credit < 1.0:
                return False
            self._credit -= 1.0
            return True


publish(__name__)
