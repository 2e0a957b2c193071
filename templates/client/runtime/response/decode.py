"""Decoding of a response to the declared type, or to an error that says what differs.

Warns of schema drift. A reply becomes a value only with a status that means
success, JSON as its content type, and a body of the declared shape; a page of HTML is never an
empty list. A body that is almost so, a list with an odd value in it, is read by `lenient`.
"""

from __future__ import annotations

from typing import TypeVar, cast

from ..error_details import RequestInfo
from ..redaction import Redactor
from ..request.operation import Answer, Operation
from .json import Mismatch, decoded
from .response import Response
from .status_errors import unexpected
from .warnings import warn_of_drift

T = TypeVar("T")

# An undeclared one of these is taken when the body has the declared shape; 204, 205 and 206 say
# themselves that it is not all there.
_WITH_CONTENT = frozenset({200, 201, 202, 203})


def value_of(
    operation: Operation[T],
    request: RequestInfo,
    response: Response,
    redact: Redactor,
    noticed: set[str],
    *,
    strict: bool,
) -> T:
    """Give the value of a successful reply, or raise what is wrong with it.

    A list with an odd value in it is given with a warning (SchemaDrift), of which `noticed`
    remembers that it was given; `strict` raises there too.
    """
    value = _read(operation, response, noticed, strict=strict)
    if isinstance(value, Mismatch):
        raise unexpected(
            request, response, redact, str(value), pointer=value.pointer, expected=value.expected
        )
    return value


def _read(
    operation: Operation[T], response: Response, noticed: set[str], *, strict: bool
) -> T | Mismatch:
    answer = operation.answer(response.status)
    wrong = _wrong_kind(operation, answer, response)
    if wrong is not None:
        return wrong
    if answer is None or answer.returns is None:
        return cast("T", None)  # an operation without `returns` is an Operation[None]
    if answer.encoding != "json":
        return cast("T | Mismatch", _plain(answer, response))
    kind = answer.returns()
    value = decoded(kind, response.body)
    if isinstance(value, Mismatch) and value.odd and not strict:
        from .lenient import Reading, read  # seldom needed, so not loaded by every program

        again = read(kind, response.body)
        if isinstance(again, Reading):
            warn_of_drift(noticed, operation.id, again.odd)
            return cast("T", again.value)
        value = value if again is None else again
    return cast("T | Mismatch", value)


def _plain(answer: Answer, response: Response) -> str | bytes | Mismatch:
    """Give a body that is text, or bytes as they came."""
    if answer.encoding == "binary":
        return response.body
    try:
        return response.body.decode("utf-8")
    except UnicodeDecodeError:
        return Mismatch("the body is not valid UTF-8", pointer="")


def _wrong_kind(
    operation: Operation[T], answer: Answer | None, response: Response
) -> Mismatch | None:
    """Say what is wrong with a reply before its body is read."""
    if response.fault is not None:
        return Mismatch(response.fault)
    declared = response.status in operation.success or (
        2 in operation.success and answer is not None
    )
    if answer is None:
        return Mismatch("the status is not one that means success here")
    if answer.returns is None:
        if declared and (not response.body or response.is_json):
            return None
        return Mismatch("expected a reply without content", expected="no content")
    if not declared and response.status not in _WITH_CONTENT:
        return Mismatch("the status is not one that means success here")
    if answer.encoding == "json" and not response.is_json:
        return Mismatch(
            f"expected JSON, got {response.media_type or 'no content type'}",
            expected="application/json",
        )
    return None
