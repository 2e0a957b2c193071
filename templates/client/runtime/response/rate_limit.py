"""Rate limits in a response: that one was reached, how long to wait, what is left.

Pure. Waits are computed by the server's clock, as its `Date` tells it: this machine's may be wrong.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

import msgspec

from ..lazy import publish
from .response import Response

Kind = Literal["primary", "secondary"]

# GitHub asks for at least a minute where a reply does not say how long.
UNTOLD = 60.0

_SECONDS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The rate limit, as the headers of a response reported it.

    Attributes:
        limit: How many requests a period allows.
        remaining: How many of them are left.
        used: How many of them have been made.
        reset: When the period ends and `remaining` is `limit` again, in UTC.
        resource: Which limit this is; empty if unnamed. GitHub has several, and most requests count
            against `core`.
    """

    limit: int
    remaining: int
    used: int
    reset: datetime
    resource: str


class Refusal(msgspec.Struct, frozen=True):
    """A request that was not carried out because of a limit.

    `wait` is the seconds until it may be sent again; None when the reply does not say.
    """

    kind: Kind
    wait: float | None
    resource: str


def refusal(response: Response, message: str, wall: float) -> Refusal | None:
    """Tell whether a reply means that a limit was reached; None when it means something else.

    GitHub's headers are at times missing, so its message counts as well.
    """
    if response.status not in (403, 429):
        return None
    told = retry_after(response, wall)
    said = message.lower()
    resource = response.header("x-ratelimit-resource") or ""
    if "secondary rate limit" in said or "abuse detection" in said:
        return Refusal("secondary", told, resource)
    if response.header("x-ratelimit-remaining") == "0" or "rate limit" in said:
        waits = [wait for wait in (told, _until_reset(response, wall)) if wait is not None]
        return Refusal("primary", max(waits, default=None), resource)
    if response.status == 429 or told is not None:
        return Refusal("secondary", told, resource)
    return None


def retry_after(response: Response, wall: float) -> float | None:
    """Read `retry-after`, in seconds or as a date; None when there is none that can be read."""
    value = (response.header("retry-after") or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    moment = moment_of(value)
    return None if moment is None else max(0.0, moment - _server_time(response, wall))


def rate_limit(response: Response) -> RateLimit | None:
    """Read the budget that a reply tells; None when it tells none, as where there are no limits."""
    found = [
        response.header(f"x-ratelimit-{name}") for name in ("limit", "remaining", "used", "reset")
    ]
    if any(value is None or _WHOLE.fullmatch(value) is None for value in found):
        return None
    limit, remaining, used, reset = (int(value) for value in found if value is not None)
    moment = moment_at(reset)
    if moment is None:
        return None
    resource = response.header("x-ratelimit-resource") or ""
    return RateLimit(limit=limit, remaining=remaining, used=used, reset=moment, resource=resource)


def moment_at(seconds: float) -> datetime | None:
    """Give a moment since 1970 as a datetime in UTC; None beyond the years that it can hold."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _until_reset(response: Response, wall: float) -> float | None:
    value = response.header("x-ratelimit-reset") or ""
    if _WHOLE.fullmatch(value) is None:
        return None
    return max(0.0, int(value) - _server_time(response, wall))


def _server_time(response: Response, wall: float) -> float:
    """Give the time by the server's clock. `Date` has no fractions, so a wait is never too short."""
    date = moment_of(response.header("date") or "")
    return wall if date is None else date


def moment_of(value: str) -> float | None:
    """Read a date as headers have it, as seconds since 1970; None when it is none."""
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


publish(__name__)
