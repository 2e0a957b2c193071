"""Violations that no call may cause, counted over every call of the fault contract.

Each count comes with the number of occasions, so that a count that never applies is noticed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from client.faults.called_operations import SECRETS
from client.faults.player import STEP, PlayedCall
from ghrunners import OutcomeUnknown, RateLimited, StatusError

# How often it happened in a call, and how often it could have happened.
Count: TypeAlias = Callable[[PlayedCall], tuple[int, int]]


def tokens_off_origin(played: PlayedCall) -> tuple[int, int]:
    """Count the requests with a secret among those that reached another origin."""
    elsewhere = [*played.off_origin, *played.proxied]
    texts = [f"{it.target}{it.headers}{it.body!r}" for it in elsewhere]
    found = sum(any(secret in text for secret in SECRETS) for text in texts)
    return found, len(played.exchanges)


def secrets_shown(played: PlayedCall) -> tuple[int, int]:
    """Count the secrets that are visible in results, errors, logs and warnings."""
    return sum(secret in played.visible_text for secret in SECRETS), len(played.visible_text)


def short_waits(played: PlayedCall) -> tuple[int, int]:
    """Count requests that came before the server's time, and values of `retry_at` before it."""
    pairs = zip(played.exchanges, played.exchanges[1:], strict=False)
    asked = [(one, two) for one, two in pairs if one.retry_after > 0]
    found = sum(two.at < one.at + one.retry_after for one, two in asked)
    error, last = played.error, played.exchanges[-1:]
    if isinstance(error, RateLimited) and error.retry_at is not None and last:
        # A datetime has microseconds, a float rounds.
        found += error.retry_at.timestamp() < last[0].wall + last[0].retry_after - 0.001
        return found, len(asked) + 1
    return found, len(asked)


def unsafe_repeats(played: PlayedCall) -> tuple[int, int]:
    """Count unsafe writes that were sent again without proof that they had no effect."""
    if played.operation.kind != "unsafe":
        return 0, 0
    sent = played.exchanges[played.earlier :]
    return sum(not one.proof for one in sent[:-1]), len(sent)


def empty_results(played: PlayedCall) -> tuple[int, int]:
    """Count reads with an empty result; there is always something to read."""
    if played.operation.kind != "safe":
        return 0, 0
    return int(played.error is None and played.value in (None, [])), 1


def late_calls(played: PlayedCall) -> tuple[int, int]:
    """Count calls that ended later than the step that has their deadline."""
    return int(played.elapsed > played.allowed + STEP), 1


def foreign_responses(played: PlayedCall) -> tuple[int, int]:
    """Count results that are not the server's response to this call."""
    if played.error is None:
        return int(played.value not in (None, [], played.operation.expected_value)), 1
    statuses = {one.response.status for one in played.exchanges}
    error = played.error.error if isinstance(played.error, OutcomeUnknown) else played.error
    return int(isinstance(error, StatusError) and error.status not in statuses), 1


def places_lost(played: PlayedCall) -> tuple[int, int]:
    """Count the places at the connections that are still taken after the call."""
    return played.places_lost, 1


COUNTS: Mapping[str, Count] = MappingProxyType(
    {
        "tokens-off-origin": tokens_off_origin,
        "secrets-shown": secrets_shown,
        "short-waits": short_waits,
        "unsafe-repeats": unsafe_repeats,
        "empty-results": empty_results,
        "late-calls": late_calls,
        "foreign-responses": foreign_responses,
        "places-lost": places_lost,
    }
)


class ViolationCounter:
    """The counts of a whole run, with the cells that have violations.

    `cells` are those that were played to their end.
    """

    def __init__(self) -> None:
        self.found: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
        self.among: Counter[str] = Counter()
        self.places: set[tuple[str, str]] = set()
        self.cells: set[str] = set()

    def record(self, cell: str, played: PlayedCall) -> None:
        """Add the counts of a call."""
        for name, count in COUNTS.items():
            found, among = count(played)
            self.found[name] += found
            self.among[name] += among
            if found:
                self.places.add((name, cell))
