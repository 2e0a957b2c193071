"""Warnings of a successful call: schema drift, and deprecated operations.

Emits warnings, each once for a client, at the line of the caller if it can be determined.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Mapping

from ..errors import RequestInfo
from ..lazy import publish
from ..redaction import Redactor
from .json import Mismatch
from .rate_limit import utc_datetime
from .response import Response

# The maximum of drift warnings for one response. One more warning stands for the rest.
_MAX_WARNINGS = 20

_PACKAGE = __name__.partition(".")[0]

_SECONDS = re.compile(r"@(\d{1,15})", re.ASCII)
# A page of GitHub. A warning must not spread other URLs.
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


def warn_once(warned: set[str], key: str, warning: Warning) -> None:
    """Emit a warning, unless its key is in `warned`.

    If a filter turns it into an error, the key is not added, so that every call raises it.
    """
    if key not in warned:
        warnings.warn(warning, stacklevel=_stacklevel())
        warned.add(key)


def warn_of_drift(warned: set[str], operation: str, mismatches: Mapping[str, Mismatch]) -> None:
    """Warn of each mismatch in a list, up to a maximum."""
    keys = {shape: f"drift {operation} {shape}" for shape in mismatches}
    new = [shape for shape, key in keys.items() if key not in warned]
    for shape in new[:_MAX_WARNINGS]:
        mismatch = mismatches[shape]
        text = f"{operation}: not as declared at {shape}: {mismatch.problem}"
        warn_once(warned, keys[shape], SchemaDrift(text, operation, shape, mismatch.expected))
    if len(new) > _MAX_WARNINGS:
        text = f"{operation}: not as declared in {len(new) - _MAX_WARNINGS} more places"
        warn_once(warned, f"drift {operation}", SchemaDrift(text, operation))


def warn_of_deprecation(
    request: RequestInfo, response: Response, version: str, warned: set[str], redact: Redactor
) -> None:
    """Warn of the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594), once an operation.

    A value that is not a date is shown redacted.
    """
    since, until = response.header("deprecation"), response.header("sunset")
    words = [f"{request.operation} is deprecated in API version {version}"]
    if since is not None and (day := _day(since, redact)) != "true":
        words.append(f"since {day}")
    if until is not None:
        words.append(f"and ends on {_day(until, redact)}")
    page = _PAGE.search(response.header("link") or "")
    text = " ".join(words) + ("" if page is None else f": see {redact(page[1])}")
    warn_once(warned, f"end {request.operation}", ApiDeprecation(text))


def _day(value: str, redact: Redactor) -> str:
    """Return the day of a header's date, such as 2028-03-10."""
    from email.utils import parsedate_to_datetime  # slow to import and rarely needed

    seconds = _SECONDS.fullmatch(value)
    try:
        moment = utc_datetime(int(seconds[1])) if seconds else parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        moment = None
    return redact(value, 50) if moment is None else moment.date().isoformat()


def _stacklevel() -> int:
    """Return the number of frames of the package, from this one to the caller's.

    A task of an event loop has no frame of the code that created it. The warning then points at the
    event loop.
    """
    level, frame = 0, inspect.currentframe()
    while frame is not None and _is_internal(str(frame.f_globals.get("__name__", ""))):
        level, frame = level + 1, frame.f_back
    return level


def _is_internal(module: str) -> bool:
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")


publish(__name__)
