"""API versions of requests: selection, announced end, and errors. Pure.

Source: https://docs.github.com/rest/about-the-rest-api/api-versions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

import msgspec

from ...testing._kit.response.faults import Response
from . import problems


class Lifetime(msgspec.Struct, frozen=True):
    """Times of an API version: from when on its end is announced in headers, and when it ends."""

    announced: datetime
    ended: datetime


LIFETIMES: Mapping[str, Lifetime] = {
    "2022-11-28": Lifetime(datetime(2026, 3, 10, tzinfo=UTC), datetime(2028, 3, 10, tzinfo=UTC))
}
_PAGE = "https://docs.github.com/en/rest/about-the-rest-api/api-versions"
_ENDLESS = Lifetime(datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Selected(msgspec.Struct, frozen=True):
    """The API version of a request, and the response if the version is rejected."""

    version: str
    lifetime: Lifetime = _ENDLESS
    refusal: Response | None = None

    def headers(self, now: datetime) -> Mapping[str, str]:
        """Return the headers that name the version, and announce its end."""
        found = {"X-GitHub-Api-Version-Selected": self.version}
        if now >= self.lifetime.announced:
            found["Deprecation"] = format_datetime(self.lifetime.announced, usegmt=True)
            found["Sunset"] = format_datetime(self.lifetime.ended, usegmt=True)
            found["Link"] = f'<{_PAGE}>; rel="deprecation"; type="text/html"'
        return found


def select(
    asked: str | None, known: Sequence[str], now: datetime, *, retires: bool = True
) -> Selected:
    """Return the API version that a request asks for, or the oldest that has not ended.

    `known` are the versions of the product, the newest first. `retires` is whether versions end: an
    installed Enterprise Server keeps them.
    """
    lifetimes = LIFETIMES if retires else dict[str, Lifetime]()
    valid = [one for one in known if now < lifetimes.get(one, _ENDLESS).ended]
    if asked in valid or not asked:
        version = asked or valid[-1]
        return Selected(version, lifetimes.get(version, _ENDLESS))
    first, *others = (f'"{one}"' for one in valid)
    listed = ", ".join([f"{first} (most recent)", *others])
    reason = "no longer supported" if asked in known else "not a supported version"
    message = (
        f'The version you specified in the "X-GitHub-API-Version" request header, "{asked}", is '
        f"{reason}. The following versions are currently supported: {listed}."
    )
    return Selected(valid[0], refusal=problems.error(410 if asked in known else 400, message))
