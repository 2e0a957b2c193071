"""Rate limits in responses: whether one was reached, how long to wait, and what remains.

Pure. Waits are computed with the server's clock, from its `Date` header, since this machine's clock
may be wrong.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

import msgspec

from ..lazy import publish
from .response import Response

Kind = Literal["primary", "secondary"]

# A wait of a minute, if a response has no wait time.
DEFAULT_WAIT = 60.0

_SECONDS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The rate limit, as the headers of a response reported it.

    They are `x-ratelimit-limit`, `x-ratelimit-remaining`, `x-ratelimit-used` and
    `x-ratelimit-reset`, and `x-ratelimit-resource` if the server sends it.

    Attributes:
        limit: How many requests a period allows.
        remaining: How many of them are left.
        used: How many of them have been made.
        reset: When the period ends and `remaining` is `limit` again, in UTC.
        resource: Which limit this is; empty if unnamed. A server can have several.
    """

    limit: int
    remaining: int
    used: int
    reset: datetime
    resource: str


class Refusal(msgspec.Struct, frozen=True):
    """A response that rejects a request because of a rate limit.

    `wait` is the seconds until a retry; None if the response has no wait time.
    """

    kind: Kind
    wait: float | None
    resource: str


def refusal(response: Response, message: str, wall: float) -> Refusal | None:
    """Return the rate limit that a response reports as reached; None if it does not report one.

    A server may omit the headers, so its message counts as well.
    """
    if response.status not in (403, 429):
        return None
    wait = retry_after(response, wall)
    text = message.lower()
    resource = response.header("x-ratelimit-resource") or ""
    if "secondary rate limit" in text or "abuse detection" in text:
        return Refusal("secondary", wait, resource)
    if response.header("x-ratelimit-remaining") == "0" or "rate limit" in text:
        waits = [one for one in (wait, _until_reset(response, wall)) if one is not None]
        return Refusal("primary", max(waits, default=None), resource)
    if response.status == 429 or wait is not None:
        return Refusal("secondary", wait, resource)
    return None


def retry_after(response: Response, wall: float) -> float | None:
    """Parse `Retry-After`, in seconds or as a date; return None if it is missing or not valid."""
    value = (response.header("retry-after") or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    timestamp = parse_http_date(value)
    return None if timestamp is None else max(0.0, timestamp - _server_time(response, wall))


def rate_limit(response: Response) -> RateLimit | None:
    """Parse the rate limit headers of a response; return None if one is missing or not valid."""
    values = [
        response.header(f"x-ratelimit-{name}") for name in ("limit", "remaining", "used", "reset")
    ]
    if any(value is None or _WHOLE.fullmatch(value) is None for value in values):
        return None
    limit, remaining, used, reset = (int(value) for value in values if value is not None)
    reset_at = utc_datetime(reset)
    if reset_at is None:
        return None
    resource = response.header("x-ratelimit-resource") or ""
    return RateLimit(limit=limit, remaining=remaining, used=used, reset=reset_at, resource=resource)


def utc_datetime(seconds: float) -> datetime | None:
    """Return a Unix timestamp as a datetime in UTC; None if it is out of range."""
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
    """Return the server's time. `Date` has whole seconds, so a wait is never too short."""
    date = parse_http_date(response.header("date") or "")
    return wall if date is None else date


def parse_http_date(value: str) -> float | None:
    """Parse the date of a header into a Unix timestamp; return None if it is not valid."""
    from email.utils import parsedate_to_datetime  # slow to import and rarely needed

    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


publish(__name__)
