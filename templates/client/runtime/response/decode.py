"""Decoding of a response into the result of a call.

Warns of schema drift, through `warnings`. A response must have a status of success, the declared
content type and a body of the declared shape. Anything else is an error: an HTML page never
becomes an empty list. A text is decoded by the charset of its content type. `lenient` decodes
responses with values of the wrong type.
"""

from __future__ import annotations

from typing import TypeVar, cast, get_args

from ..errors import RequestInfo
from ..lazy import load
from ..redaction import Redactor
from ..request.operation import Answer, Operation
from .errors.by_status import unexpected_response
from .json import Mismatch, decode
from .response import Response
from .warnings import warn_of_drift

T = TypeVar("T")

# An undeclared status of these is a success if the body has the declared shape. The body of a 204,
# 205 or 206 is empty or partial by definition.
_WITH_CONTENT = frozenset({200, 201, 202, 203})


def decode_response(
    operation: Operation[T],
    request: RequestInfo,
    response: Response,
    redact: Redactor,
    warned: set[str],
    *,
    strict: bool,
) -> T:
    """Return the result of a successful response. Raises UnexpectedResponse for any other.

    Values of the wrong type emit a SchemaDrift warning, once an operation: its key is then in
    `warned`. With `strict` they raise UnexpectedResponse instead.
    """
    value = _decode(operation, response, redact, warned, strict=strict)
    if isinstance(value, Mismatch):
        raise unexpected_response(
            request, response, redact, str(value), pointer=value.pointer, expected=value.expected
        )
    return value


def _decode(
    operation: Operation[T],
    response: Response,
    redact: Redactor,
    warned: set[str],
    *,
    strict: bool,
) -> T | Mismatch:
    answer = operation.answer(response.status)
    mismatch = _head_mismatch(operation, answer, response, redact)
    if mismatch is not None:
        return mismatch
    if answer is None or answer.returns is None:
        return cast("T", None)  # without `returns`, it is an Operation[None]
    kind = answer.returns()
    if answer.encoding != "json" and not (answer.encoding == "any" and response.is_json):
        return cast("T | Mismatch", _decode_plain(answer.encoding, kind, response))
    value = decode(kind, response.without_bom)
    if isinstance(value, Mismatch) and value.is_wrong_type and not strict:
        load(".lenient", __package__)  # rarely needed
        from .lenient import decode_leniently
        from .tolerance import Lenient

        lenient = decode_leniently(kind, response.without_bom)
        if isinstance(lenient, Lenient):
            warn_of_drift(warned, operation.called, lenient.mismatches, lenient.count)
            return cast("T", lenient.value)
        value = value if lenient is None else lenient
    return cast("T | Mismatch", value)


def _decode_plain(encoding: str, kind: object, response: Response) -> str | bytes | Mismatch:
    """Return a response that is not JSON: a body of text or bytes, or the target of a redirect."""
    if encoding == "location":
        return response.header("location") or Mismatch("the redirect has no Location header")
    is_text = kind is not object or response.media_type.startswith("text/")
    if encoding == "binary" or (encoding == "any" and not is_text):
        return response.body
    load("..charsets", __package__)  # rarely needed
    from ..charsets import charset_of, decoded

    charset = charset_of(response.header("content-type") or "")
    try:
        text = decoded(response.body, charset)
    except UnicodeDecodeError:
        return Mismatch(f"the body is not valid {charset}", pointer="")
    return Mismatch(f"the charset {charset} is unknown", pointer="") if text is None else text


def _head_mismatch(
    operation: Operation[T], answer: Answer | None, response: Response, redact: Redactor
) -> Mismatch | None:
    """Return what is wrong with the status or the headers of a response, if anything."""
    if response.fault is not None:
        return Mismatch(response.fault)
    declared = response.status in operation.success or (
        2 in operation.success and answer is not None
    )
    if answer is None:
        return Mismatch("the status is not declared as a success")
    if answer.returns is None:
        if declared and (not response.body or response.is_json or _ignores_content(operation)):
            return None
        return Mismatch("expected a response without content", expected="no content")
    if not declared and response.status not in _WITH_CONTENT:
        return Mismatch("the status is not declared as a success")
    if not response.is_json and _needs_json(answer):
        return Mismatch(
            f"expected JSON, got {redact(response.sent_type) or 'no content type'}",
            expected="application/json",
        )
    return None


def _needs_json(answer: Answer) -> bool:
    """Return whether a response must be JSON: one of any content type can also be text."""
    if answer.encoding != "any" or answer.returns is None:
        return answer.encoding == "json"
    kind = answer.returns()
    return kind is not object and str not in (kind, *get_args(kind))


def _ignores_content(operation: Operation[T]) -> bool:
    """Return whether any success will do, because every one is declared without content."""
    other = operation.answer(2) if 2 in operation.success else None
    return other is not None and other.returns is None
