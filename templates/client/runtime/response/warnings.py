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

# How many places a drift warning names.
_MAX_PLACES = 20

_PACKAGE = __name__.partition(".")[0]

# `re` compiles a pattern when it is first used, which most programs never do.
_SECONDS = r"(?a)@(\d{1,15})"
# A page about the end of an operation, on the hosts that a client knows.
_PAGE = r"(?ai)<(https://(?:{hosts})/[\w.~/#@%-]*)>[^<,]*;\s*rel=\"?(?:deprecation|sunset)\b"


class SchemaDrift(UserWarning):
    """Values in a response that do not match the API description.

    Each value was kept as the server sent it, or is None if it is missing; everything else has its
    declared type. A client warns once for each operation. With `Client(strict=True)` the call raises
    `UnexpectedResponse` instead.

    Attributes:
        operation: The method as it is called on a client, such as `members.list`.
        pointers: JSON pointers of the values, with `*` for the indices of lists; the first 20.
        count: How many values of the response do not match.
    """

    operation: str
    pointers: tuple[str, ...]
    count: int

    def __init__(
        self, text: str, operation: str = "", pointers: tuple[str, ...] = (), count: int = 0
    ) -> None:
        super().__init__(text)
        self.operation = operation
        self.pointers = pointers
        self.count = count


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


def warn_of_drift(
    warned: set[str], operation: str, mismatches: Mapping[str, Mismatch], count: int
) -> None:
    """Warn of the mismatches in a response, once an operation."""
    shown = dict(list(mismatches.items())[:_MAX_PLACES])
    places = [f"{shape} ({mismatch.problem})" for shape, mismatch in shown.items()]
    if more := len(mismatches) - len(shown):
        places.append(f"{more} more places")
    values = "1 value is" if count == 1 else f"{count} values are"
    text = f"{operation}: {values} not as declared: {', '.join(places)}"
    warn_once(warned, f"drift {operation}", SchemaDrift(text, operation, tuple(shown), count))


def warn_of_deprecation(
    request: RequestInfo,
    response: Response,
    version: str,
    warned: set[str],
    redact: Redactor,
    hosts: str,
) -> None:
    """Warn of the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594), once an operation.

    A value that is not a date is shown redacted. `hosts` is a pattern for the hosts of pages that a
    warning may name: it must not spread other URLs. If it is empty, no page is named.
    """
    since, until = response.header("deprecation"), response.header("sunset")
    words = [f"{request.operation} is deprecated"]
    words += [f"in API version {version}"] if version else []
    if since is not None and (day := _day(since, redact)) != "true":
        words.append(f"since {day}")
    if until is not None:
        words.append(f"and ends on {_day(until, redact)}")
    links = response.header("link") or ""
    page = re.search(_PAGE.format(hosts=hosts), links) if hosts else None
    text = " ".join(words) + ("" if page is None else f": see {redact(page[1])}")
    warn_once(warned, f"end {request.operation}", ApiDeprecation(text))


def _day(value: str, redact: Redactor) -> str:
    """Return the day of a header's date, such as 2028-03-10."""
    from email.utils import parsedate_to_datetime  # slow to import and rarely needed

    seconds = re.fullmatch(_SECONDS, value)
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
