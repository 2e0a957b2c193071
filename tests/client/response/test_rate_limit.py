"""Rate limits of responses, with headers and without, by the server's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from ghrunners._runtime.response.rate_limit import rate_limit, refusal, retry_after, utc_datetime
from ghrunners._runtime.response.response import Response

NOW = 1_700_000_000.0
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
PRIMARY = "API rate limit exceeded for user ID 7."


def made(status: int, **headers: str) -> Response:
    """Build a response whose headers are named with underscores."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Response(status, given, b"")


def date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("reply", "message", "kind", "wait"),
    [
        (made(403, retry_after="7"), SECONDARY, "secondary", 7),
        (made(429, retry_after="7"), SECONDARY, "secondary", 7),
        (made(403), SECONDARY, "secondary", None),
        (made(403), "You have triggered an abuse detection mechanism.", "secondary", None),
        (made(403, retry_after="7"), "", "secondary", 7),
        (made(429), "", "secondary", None),
        (made(429, retry_after="7"), "", "secondary", 7),
        (made(403), PRIMARY, "primary", None),
        (made(403, x_ratelimit_remaining="0"), "", "primary", None),
        (
            made(403, x_ratelimit_remaining="0", x_ratelimit_reset="1700000030"),
            PRIMARY,
            "primary",
            30,
        ),
        (
            made(429, x_ratelimit_remaining="0", x_ratelimit_reset="1700000030"),
            "",
            "primary",
            30,
        ),
        # The longer of two waits that were asked for.
        (
            made(403, x_ratelimit_remaining="0", x_ratelimit_reset="1700000030", retry_after="90"),
            PRIMARY,
            "primary",
            90,
        ),
        # A secondary limit does not end when the primary budget is full again.
        (
            made(403, x_ratelimit_remaining="4000", x_ratelimit_reset="1700003000"),
            SECONDARY,
            "secondary",
            None,
        ),
    ],
)
def test_a_refusal_is_recognised(
    reply: Response, message: str, kind: str, wait: float | None
) -> None:
    """By header or by message; the wait is the one that was told, or none."""
    found = refusal(reply, message, NOW)
    assert found is not None
    assert (found.kind, found.wait) == (kind, wait)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (made(403), "Resource not accessible by integration"),
        (made(403, x_ratelimit_remaining="12"), "Must have admin rights to Repository."),
        (made(404, retry_after="7"), SECONDARY),
        (made(503, retry_after="7"), ""),
        (made(200, x_ratelimit_remaining="0"), ""),
    ],
)
def test_what_is_no_refusal_is_none(reply: Response, message: str) -> None:
    """Only 403 and 429 refuse for a limit, and a plain 403 does not."""
    assert refusal(reply, message, NOW) is None


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry_after": "0"}, 0),
        ({"retry_after": " 12 "}, 12),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "1000000000"}, 1e9),
        ({"retry_after": "9" * 400}, float("inf")),
        ({"retry_after": date(NOW + 30)}, 30),
        ({"retry_after": date(NOW - 30)}, 0),
        # The server's clock is what its dates are told by: here it is an hour ahead, or behind.
        ({"retry_after": date(NOW + 3630), "date": date(NOW + 3600)}, 30),
        ({"retry_after": date(NOW - 3570), "date": date(NOW - 3600)}, 30),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "1e9"}, None),
        ({"retry_after": "٣"}, None),
        ({"retry_after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], wait: float | None) -> None:
    """Seconds or a date; what is neither counts as not told."""
    assert retry_after(made(503, **headers), NOW) == wait


def test_a_reset_is_counted_by_the_clock_of_the_server() -> None:
    """This machine's clock may be wrong by an hour, and the wait is right all the same."""
    for wrong in (-3600, 0, 3600):
        reply = made(403, x_ratelimit_remaining="0", x_ratelimit_reset="1700000030", date=date(NOW))
        found = refusal(reply, PRIMARY, NOW + wrong)
        assert found is not None
        assert found.wait == 30


def test_the_budget_is_read() -> None:
    """All of it or nothing."""
    told = {
        "x_ratelimit_limit": "5000",
        "x_ratelimit_remaining": "4999",
        "x_ratelimit_used": "1",
        "x_ratelimit_reset": "1700000030",
        "x_ratelimit_resource": "core",
    }
    found = rate_limit(made(200, **told))
    assert found is not None
    assert (found.limit, found.remaining, found.used, found.resource) == (5000, 4999, 1, "core")
    assert found.reset == datetime.fromtimestamp(1_700_000_030, UTC)
    for name in list(told)[:4]:
        assert rate_limit(made(200, **{**told, name: "many"})) is None
        assert rate_limit(made(200, **{key: it for key, it in told.items() if key != name})) is None
    assert rate_limit(made(200, **{**told, "x_ratelimit_reset": "9" * 15})) is None


def test_a_moment_beyond_all_years_is_none() -> None:
    """No arithmetic with a server's number ends in a traceback."""
    assert utc_datetime(float("inf")) is None
    assert utc_datetime(1e300) is None
    assert utc_datetime(0) == datetime(1970, 1, 1, tzinfo=UTC)
