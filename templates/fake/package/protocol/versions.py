"""API versions of requests: selection, announced end, and errors. Pure.

Source: https://docs.github.com/rest/about-the-rest-api/api-versions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import msgspec

from ...testing._kit.description import Operation, Schema, as_list, as_object
from ...testing._kit.response.faults import Response
from . import problems


class Lifetime(msgspec.Struct, frozen=True):
    """Times of an API version.

    Attributes:
        succeeded: When it got a successor. From then on, headers announce its end for the
            operations that differ in the successor.
        announced: From when on headers announce its end for all operations.
        ended: When it ends.
    """

    succeeded: datetime
    announced: datetime
    ended: datetime


LIFETIMES: Mapping[str, Lifetime] = {
    "2022-11-28": Lifetime(
        succeeded=datetime(2026, 3, 10, tzinfo=UTC),
        announced=datetime(2027, 3, 10, tzinfo=UTC),
        ended=datetime(2028, 3, 10, tzinfo=UTC),
    )
}
_PAGE = "https://docs.github.com/en/rest/about-the-rest-api/api-versions"
_NEVER = datetime.max.replace(tzinfo=UTC)
_ENDLESS = Lifetime(_NEVER, _NEVER, _NEVER)


class Selected(msgspec.Struct, frozen=True):
    """The API version of a request, and the response if the version is rejected."""

    version: str
    lifetime: Lifetime = _ENDLESS
    refusal: Response | None = None

    def headers(
        self, now: datetime, operation: Operation | None, models: Mapping[str, Schema]
    ) -> Mapping[str, str]:
        """Return the headers that name the version, and announce its end."""
        found = {"X-GitHub-Api-Version-Selected": self.version}
        is_succeeded = now >= self.lifetime.succeeded
        if now >= self.lifetime.announced or (is_succeeded and _differs(operation, models)):
            found["Deprecation"] = format_datetime(self.lifetime.succeeded, usegmt=True)
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


def _differs(operation: Operation | None, models: Mapping[str, Schema]) -> bool:
    """Return whether an operation is not the same in all API versions."""
    if operation is None:
        return False
    body = operation.body
    if any(it.versions for it in operation.parameters) or (body is not None and body.versions):
        return True
    schemas: list[Any] = [it.schema for it in operation.responses.values()]
    schemas += [it.schema for it in operation.parameters]
    schemas += [] if body is None else [body.schema]
    return _is_limited(schemas, models, set())


def _is_limited(schema: Any, models: Mapping[str, Schema], seen: set[str]) -> bool:
    """Return whether a part of a schema is only in some API versions. `seen` has visited models."""
    if (parts := as_list(schema)) is None:
        found = as_object(schema) or {}
        if as_list(found.get("versions")):
            return True
        parts = list(found.values())
        name = str(found.get("$ref", "")).rpartition("/")[2]
        if name in models and name not in seen:
            seen.add(name)
            parts.append(models[name])
    return any(_is_limited(one, models, seen) for one in parts)
