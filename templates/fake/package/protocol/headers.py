"""Headers that every response of a fake GitHub has, and conditional requests. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from ...testing._kit.request.received import Received
from ...testing._kit.response.faults import Wire

_JSON = re.compile(r"application/(?:vnd\.github[\w.-]*\+)?json|application/\*|\*/\*")
_PARAMETER = re.compile(r"application/vnd\.github\.(?:v3\.)?(\w+)\+json")


def accepts_json(request: Received) -> bool:
    """Return whether a request accepts JSON."""
    accept = request.header("accept")
    if not accept:
        return True
    listed = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
    return any(_JSON.fullmatch(one) for one in listed)


def common(request: Received, request_id: str, now: datetime) -> Mapping[str, str]:
    """Return the headers of every response."""
    found = _PARAMETER.match(request.header("accept") or "")
    parameter = f"; param={found[1]}" if found and found[1] != "v3" else ""
    return {
        "Date": format_datetime(now, usegmt=True),
        "X-GitHub-Request-Id": request_id,
        "X-GitHub-Media-Type": f"github.v3{parameter}; format=json",
    }


def with_etag(request: Received, wire: Wire) -> Wire:
    """Return the response to a read with its ETag; without content if the request has that ETag."""
    if request.method not in ("GET", "HEAD") or wire.status != 200 or wire.arriving is not None:
        return wire
    etag = f'W/"{hashlib.sha256(wire.content).hexdigest()}"'
    headers = [
        *wire.headers,
        ("ETag", etag),
        ("Cache-Control", "private, max-age=60, s-maxage=60"),
        ("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP"),
    ]
    known = [one.strip() for one in (request.header("if-none-match") or "").split(",")]
    if etag in known or etag.removeprefix("W/") in known or "*" in known:
        kept = [one for one in headers if one[0].lower() != "content-type"]
        return Wire(304, kept, b"")
    return Wire(200, headers, wire.content)


def added(wire: Wire, headers: Mapping[str, str]) -> Wire:
    """Return a response with additional headers. Its own precede; links are joined."""
    own = {name.lower() for name, _ in wire.headers}
    given = [(name, value) for name, value in headers.items() if name.lower() not in own]
    links = [value for name, value in wire.headers if name.lower() == "link"]
    kept = wire.headers
    if links and "Link" in headers:
        kept = [one for one in wire.headers if one[0].lower() != "link"]
        given.append(("Link", ", ".join([*links, headers["Link"]])))
    return Wire(wire.status, [*kept, *given], wire.content, wire.arriving)
