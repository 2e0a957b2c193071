"""Errors for responses, by their status and body.

Pure. Text from a response passes the redactor before it enters an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec

from ... import response_errors
from ...error_content import Content
from ...errors import RequestInfo
from ...redaction import Redactor
from ...request.operation import Operation
from ...response_errors import FieldError, StatusError, UnexpectedResponse
from ..json import Mismatch, decode
from ..rate_limit import refusal
from ..response import MAX_ERROR, Response
from .headers import request_id, shown_headers
from .messages import message, page, problems
from .rules import ApiRules

_BY_STATUS: Mapping[int, type[StatusError]] = {
    400: response_errors.BadRequest,
    401: response_errors.BadCredentials,
    403: response_errors.Forbidden,
    404: response_errors.NotFound,
    409: response_errors.Conflict,
    410: response_errors.Gone,
    422: response_errors.ValidationFailed,
    429: response_errors.RateLimited,
}

_FIELD = 200  # characters of a text about one field
_PLAIN = 4096  # bytes of a body of plain text


def unexpected_response(
    request: RequestInfo,
    response: Response,
    redact: Redactor,
    problem: str,
    *,
    pointer: str | None = None,
    expected: str | None = None,
) -> UnexpectedResponse:
    """Return the error for a response that does not match its declaration."""
    error = UnexpectedResponse(
        request,
        redact(problem),
        status=response.status,
        headers=shown_headers(response, redact),
        request_id=request_id(response, redact),
        content=content_of(response),
        pointer=None if pointer is None else redact(pointer),
        expected=expected,
    )
    error.attempts = response.attempts
    return error


def status_error(
    operation: Operation[Any],
    request: RequestInfo,
    response: Response,
    redact: Redactor,
    rules: ApiRules,
) -> StatusError | UnexpectedResponse:
    """Return the error for a status from 400 on.

    By the rules of an API, a response may be that of another server, which is unexpected.
    """
    body = _error_body(response)
    if not rules.is_own(response.status, body):
        problem = f"not a response of {rules.owner} API"
        return unexpected_response(request, response, redact, problem, expected="JSON")
    found = redact(message(body) or _plain_text(response))
    fields = problems(body, lambda text: redact(text, _FIELD))
    docs = page(body)
    text = ": ".join(
        part
        for part in (
            f"{response.status} {_phrase(response.status)}",
            str(request),
            found
            or response.fault
            or f"{response.size} bytes of {redact(response.sent_type) or 'no content type'}",
            "; ".join(one for one in (_beside(found, it) for it in fields) if one),
            request.note if response.status in (404, 410) else "",
            rules.advice(request, response.status, found),
        )
        if part
    )
    return _error_class(response, found, rules)(
        request,
        text,
        status=response.status,
        headers=shown_headers(response, redact),
        request_id=request_id(response, redact),
        content=content_of(response, _declared(operation, response.status)),
        message=found,
        docs_url=None if docs is None else redact(docs),
        errors=fields,
    )


def content_of(response: Response, declared: Callable[[], object] | None = None) -> Content:
    """Return the content of a response for its error. `declared` returns the type of the body."""
    decoded = None if declared is None else partial(_model, response, declared)
    body = b"" if response.is_stripped else response.body
    return Content(body, partial(_json, response), decoded)


def without_body(response: Response, redact: Redactor) -> Response:
    """Return a refusal as it can be kept for later errors: with the message as its whole body."""
    body = _error_body(response)
    texts = {"message": message(body) or _plain_text(response), "documentation_url": page(body)}
    shown = {name: redact(text) for name, text in texts.items() if text}
    headers = shown_headers(response)
    if shown:
        headers["content-type"] = "application/json"
    kept = Response(
        response.status,
        [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        msgspec.json.encode(shown) if shown else b"",
        response.fault,
    )
    kept.size, kept.is_stripped = response.size, True
    return kept


def error_message(response: Response) -> str:
    """Return the message in the body of an error; empty if there is none."""
    return message(_error_body(response))


def _declared(operation: Operation[Any], status: int) -> Callable[[], object] | None:
    """Return what returns the declared type of an error: by its status, its class, or default."""
    keys = (status, status // 100, 0)
    return next((operation.errors[key] for key in keys if key in operation.errors), None)


def _model(response: Response, declared: Callable[[], object]) -> object:
    """Return the body as a model; None if it does not match."""
    if response.fault is not None or response.is_stripped:
        return None
    found = decode(declared(), response.without_bom)
    return None if isinstance(found, Mismatch) else found


def _json(response: Response) -> object:
    """Return the body as decoded JSON. Raises ValueError, without a text of the body."""
    if response.is_stripped:
        raise ValueError("the error has no body: an earlier response was the refusal")
    if response.fault is not None:
        raise ValueError(f"the body is not complete: {response.fault}")
    found = decode(object, response.without_bom)
    if isinstance(found, Mismatch):
        raise ValueError(str(found))
    return found


def _beside(text: str, field: FieldError) -> str:
    """Return what an error of a field adds to the message of the whole."""
    if field.message is not None and field.message in text:
        field = msgspec.structs.replace(field, message=None)
        if field.field is not None and field.field in text:
            return ""
    return str(field)


def _error_class(response: Response, text: str, rules: ApiRules) -> type[StatusError]:
    if response.status >= 500:
        return response_errors.ServerError
    if refusal(response, text, 0.0) is not None:
        return response_errors.RateLimited
    found = rules.error_class(response.status, text)
    return found or _BY_STATUS.get(response.status, StatusError)


def _error_body(response: Response) -> Mapping[str, object]:
    """Parse the body of an error; return an empty mapping if it is not a JSON object."""
    if not response.is_json or response.fault is not None or len(response.body) > MAX_ERROR:
        return {}
    try:
        return msgspec.json.decode(response.without_bom, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _plain_text(response: Response) -> str:
    """Return the text of a body that is plain text; empty for any other."""
    if response.media_type != "text/plain" or response.fault is not None:
        return ""
    return response.without_bom[:_PLAIN].decode("utf-8", "replace")


def _phrase(status: int) -> str:
    if status == 422:
        return "Unprocessable Content"  # the standard library renamed it in Python 3.13
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Status"
