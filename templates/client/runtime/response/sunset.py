"""What a reply says of its own end: the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

Pure but for the warning. Loaded by the first reply that has one. A server may write anything
there: what is no date is shown redacted.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from ..call.context import Shared
from ..errors import RequestInfo
from ..redaction import Redactor
from .rate_limit import moment_at
from .response import Reply
from .warnings import ApiDeprecation, warn_once

_SECONDS = re.compile(r"@(\d{1,15})", re.ASCII)
# A page of GitHub's own. Anybody else's address is not for a warning to spread.
_PAGE = re.compile(
    r"<(https://(?:[a-z0-9-]+\.)*github\.com/[\w.~/#@%-]*)>[^<,]*;\s*rel=\"?(?:deprecation|sunset)\b",
    re.ASCII | re.IGNORECASE,
)


def warn_of_end(request: RequestInfo, reply: Reply, version: str, shared: Shared) -> None:
    """Warn, once for each operation, of a reply that says when it will end."""
    since, until = reply.header("deprecation"), reply.header("sunset")
    words = [f"{request.operation} is deprecated in API version {version}"]
    if since is not None and (day := _day(since, shared.redact)) != "true":
        words.append(f"since {day}")
    if until is not None:
        words.append(f"and ends on {_day(until, shared.redact)}")
    page = _PAGE.search(reply.header("link") or "")
    text = " ".join(words) + ("" if page is None else f": see {shared.redact(page[1])}")
    warn_once(shared.noticed, f"end {request.operation}", ApiDeprecation(text))


def _day(value: str, redact: Redactor) -> str:
    """Write the day of a header as 2028-03-10."""
    seconds = _SECONDS.fullmatch(value)
    try:
        moment = moment_at(int(seconds[1])) if seconds else parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        moment = None
    return redact(value, 50) if moment is None else moment.date().isoformat()
