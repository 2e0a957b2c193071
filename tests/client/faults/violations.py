"""What must never happen, counted over every call that the cells make.

Each count has what it was counted among, so that a count of nothing is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from client.faults.called_operations import SECRETS
from client.faults.player import STEP, Played
from ghrunners import RateLimited

# How often it happened in a call, and how often it could have.
Count: TypeAlias = Callable[[Played], tuple[int, int]]


def tokens_off_origin(played: Played) -> tuple[int, int]:
    """Count the requests with a secret among those that reached another origin."""
    strange = [f"{it.target}{it.headers}{it.body!r}" for it in played.strange]
    found = sum(any(secret in text for secret in SECRETS) for text in strange)
    return found, len(played.exchanges)


def secrets_shown(played: Played) -> tuple[int, int]:
    """Count the secrets that can be seen in what a call gave, raised, logged and warned of."""
    return sum(secret in played.shown for secret in SECRETS), len(played.shown)


def short_waits(played: Played) -> tuple[int, int]:
    """Count requests that came, and promises of `retry_at` that lie, before the server's time."""
    pairs = zip(played.exchanges, played.exchanges[1:], strict=False)
    asked = [(one, two) for one, two in pairs if one.told > 0]
    found = sum(two.at < one.at + one.told for one, two in asked)
    error, last = played.error, played.exchanges[-1:]
    if isinstance(error, RateLimited) and error.retry_at is not None and last:
        # A datetime has microseconds, a float rounds.
        found += error.retry_at.timestamp() < last[0].wall + last[0].told - 0.001
        return found, len(asked) + 1
    return found, len(asked)


def unsafe_repeats(played: Played) -> tuple[int, int]:
    """Count unsafe writes that came after one of which no proof was given that nothing was done."""
    if played.work.kind != "unsafe":
        return 0, 0
    return sum(not one.proof for one in played.exchanges[:-1]), len(played.exchanges)


def empty_results(played: Played) -> tuple[int, int]:
    """Count reads that gave nothing, where there is always something to read."""
    if played.work.kind != "safe":
        return 0, 0
    return int(played.error is None and played.value in (None, [])), 1


def late_calls(played: Played) -> tuple[int, int]:
    """Count calls that went on past the step in which their time was over."""
    return int(played.elapsed > played.allowed + STEP), 1


COUNTS: Mapping[str, Count] = MappingProxyType(
    {
        "tokens-off-origin": tokens_off_origin,
        "secrets-shown": secrets_shown,
        "short-waits": short_waits,
        "unsafe-repeats": unsafe_repeats,
        "empty-results": empty_results,
        "late-calls": late_calls,
    }
)


class Ledger:
    """The counts of a whole run, with the cells in which something was found.

    `cells` are those that were played to their end.
    """

    def __init__(self) -> None:
        self.found: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
        self.among: Counter[str] = Counter()
        self.places: set[tuple[str, str]] = set()
        self.cells: set[str] = set()

    def note(self, cell: str, played: Played) -> None:
        """Count what happened in a call."""
        for name, count in COUNTS.items():
            found, among = count(played)
            self.found[name] += found
            self.among[name] += among
            if found:
                self.places.add((name, cell))
