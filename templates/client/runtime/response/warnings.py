"""Warnings of a call that succeeds: schema drift, and the end of an operation.

Each is given once a client, at the caller's own line where that can be told.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Mapping

from ..error_details import RequestInfo
from ..lazy import publish
from ..redaction import Redactor
from .json import Mismatch
from .rate_limit import moment_at
from .response import Response

# The most warnings of drift that one reply gives; one more says that there was more.
_MOST = 20

_PACKAGE = __name__.partition(".")[0]

_SECONDS = re.compile(r"@(\d{1,15})", re.ASCII)
# A page of GitHub's own. Anybody else's address is not for a warning to spread.
_PAGE = re.compile(
    r"<(https://(?:[a-z0-9-]+\.)*github\.com/[\w.~/#@%-]*)>[^<,]*;\s*rel=\"?(?:deprecation|sunset)\b",
    re.ASCII | re.IGNORECASE,
)


class SchemaDrift(UserWarning):
    """A value in a list of a response that does not match the API description.

    The value was kept as the server sent it, or is None if it is missing; everything else in the list
    has its declared type. A client warns once for each place. With `Client(strict=True)` the call
    raises `UnexpectedResponse` instead.

    Attributes:
        operation: The id of the operation.
        pointer: JSON pointer of the value, with `*` for the indices of lists.
        expected: The declared type, if it is known.
    """

    operation: str
    pointer: str
    expected: str | None

    def __init__(
        self, text: str, operation: str = "", pointer: str = "", expected: str | None = None
    ) -> None:
        super().__init__(text)
        self.operation = operation
        self.pointer = pointer
        self.expected = expected


class ApiDeprecation(FutureWarning):
    """An operation, or the API version in use, will be removed: a response announced the date.

    A client warns once for each operation. It is a FutureWarning since it concerns whoever runs a
    program: Python hides a DeprecationWarning outside of tests.
    """


def warn_once(noticed: set[str], key: str, warning: Warning) -> None:
    """Give a warning, unless one of its key was given before.

    Where a filter makes an error of it, it counts as not given: every call raises it.
    """
    if key not in noticed:
        warnings.warn(warning, stacklevel=_outside())
        noticed.add(key)


def warn_of_drift(noticed: set[str], operation: str, odd: Mapping[str, Mismatch]) -> None:
    """Give a warning for each place at which a list is odd, up to a bound."""
    keys = {shape: f"drift {operation} {shape}" for shape in odd}
    new = [shape for shape, key in keys.items() if key not in noticed]
    for shape in new[:_MOST]:
        text = f"{operation}: not as declared at {shape}: {odd[shape].problem}"
        warn_once(noticed, keys[shape], SchemaDrift(text, operation, shape, odd[shape].expected))
    if len(new) > _MOST:
        text = f"{operation}: not as declared in more places than these"
        warn_once(noticed, f"drift {operation}", SchemaDrift(text, operation))


def warn_of_end(
    request: RequestInfo, response: Response, version: str, noticed: set[str], redact: Redactor
) -> None:
    """Warn, once for each operation, of the headers `Deprecation` and `Sunset` in a response.

    They are RFC 9745 and RFC 8594. A server may write anything there: what is no date is shown
    redacted.
    """
    since, until = response.header("deprecation"), response.header("sunset")
    words = [f"{request.operation} is deprecated in API version {version}"]
    if since is not None and (day := _day(since, redact)) != "true":
        words.append(f"since {day}")
    if until is not None:
        words.append(f"and ends on {_day(until, redact)}")
    page = _PAGE.search(response.header("link") or "")
    text = " ".join(words) + ("" if page is None else f": see {redact(page[1])}")
    warn_once(noticed, f"end {request.operation}", ApiDeprecation(text))


def _day(value: str, redact: Redactor) -> str:
    """Write the day of a header as 2028-03-10."""
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    seconds = _SECONDS.fullmatch(value)
    try:
        moment = moment_at(int(seconds[1])) if seconds else parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        moment = None
    return redact(value, 50) if moment is None else moment.date().isoformat()


def _outside() -> int:
    """Count the frames of the package, from this one up to the caller's.

    A task that was handed to an event loop has no frame of its maker's left; the warning then
    points at the loop.
    """
    level, frame = 0, inspect.currentframe()
    while frame is not None and _is_ours(str(frame.f_globals.get("__name__", ""))):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(module: str) -> bool:
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")


publish(__name__)
