"""Errors for responses, by their status and body.

Pure. Text from a response passes the redactor before it enters an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

import msgspec

from .. import response_errors
from ..errors import RequestInfo
from ..redaction import Redactor
from ..response_errors import FieldError, StatusError, UnexpectedResponse
from .rate_limit import refusal
from .response import MAX_ERROR, Response

# Headers that help to understand a response and contain no personal data.
SHOWN_HEADERS = (
    "content-type",
    "date",
    "deprecation",
    "github-authentication-token-expiration",
    "retry-after",
    "sunset",
    "x-accepted-github-permissions",
    "x-accepted-oauth-scopes",
    "x-github-api-version-selected",
    "x-github-enterprise-version",
    "x-github-request-id",
    "x-oauth-scopes",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-resource",
    "x-ratelimit-used",
)

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

# `re` compiles a pattern when it is first used, which most programs never do.
# This 422 has no distinct code: `Bad request - Runner "x" is still running a job"` (sic), or `…
# is currently running a job and cannot be deleted.` It must be at the end, so that the name of a
# runner cannot match.
_BUSY = r"(?i)(?s:.*)\bis (?:still|currently) running a job(?: and cannot be deleted)?[\".]*"
# GitHub's messages for a missing permission, as opposed to a policy that forbids something.
_LACKING = r"(?i)Resource not accessible by |Must have admin rights"

_MAX_FIELDS = 20


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
        body=response.body,
        pointer=None if pointer is None else redact(pointer),
        expected=expected,
    )
    error.attempts = response.attempts
    return error


def status_error(
    request: RequestInfo, response: Response, redact: Redactor, *, is_github: bool = True
) -> StatusError | UnexpectedResponse:
    """Return the error for a status from 400 on.

    A 404 is a NotFound only if GitHub's API sent it. Callers take NotFound for a missing resource,
    and a proxy or a wrong base URL also leads to a 404. Other APIs have no common format for errors.
    """
    body = _error_body(response)
    message = body.get("message")
    if not is_github and not isinstance(message, str):
        # Problem details (RFC 9457), OAuth errors, and common fields of other APIs.
        messages = (body.get(key) for key in ("detail", "title", "error_description", "error"))
        message = next((one for one in messages if isinstance(one, str)), None)
    if is_github and response.status in (404, 410) and not isinstance(message, str):
        return unexpected_response(
            request, response, redact, "not a response of GitHub's API", expected="JSON"
        )
    redacted = redact(message) if isinstance(message, str) else ""
    fields = _field_errors(body.get("errors"), redact)
    docs = body.get("documentation_url")
    text = ": ".join(
        part
        for part in (
            f"{response.status} {_phrase(response.status)}",
            str(request),
            redacted
            or response.fault
            or f"{response.size} bytes of {redact(response.sent_type) or 'no content type'}",
            "; ".join(map(str, fields)),
            request.note if response.status in (404, 410) else "",
            f"it needs {request.needs}" if _lacks_permission(request, response, redacted) else "",
        )
        if part
    )
    return _error_class(response, redacted)(
        request,
        text,
        status=response.status,
        headers=shown_headers(response, redact),
        message=redacted,
        documentation_url=redact(docs) if isinstance(docs, str) else None,
        errors=fields,
    )


def shown_headers(response: Response, redact: Redactor) -> dict[str, str]:
    """Return the headers that an error may show."""
    headers = ((name, response.header(name)) for name in SHOWN_HEADERS)
    return {name: redact(value, 200) for name, value in headers if value is not None}


def without_body(response: Response, redact: Redactor) -> Response:
    """Return a refusal as it can be kept for later errors: with the message as its whole body."""
    body = _error_body(response)
    texts = {name: body.get(name) for name in ("message", "documentation_url")}
    shown = {name: redact(text) for name, text in texts.items() if isinstance(text, str)}
    headers = ((name, response.header(name)) for name in SHOWN_HEADERS)
    kept = Response(
        response.status,
        [(name.encode(), value.encode("latin-1")) for name, value in headers if value is not None],
        msgspec.json.encode(shown) if shown else b"",
        response.fault,
    )
    kept.size = response.size
    return kept


def error_message(response: Response) -> str:
    """Return the `message` in the body of an error; empty if there is none."""
    message = _error_body(response).get("message")
    return message if isinstance(message, str) else ""


def _error_class(response: Response, message: str) -> type[StatusError]:
    if response.status >= 500:
        return response_errors.ServerError
    if refusal(response, message, 0.0) is not None:
        return response_errors.RateLimited
    if response.status == 422 and re.fullmatch(_BUSY, message):
        return response_errors.RunnerBusy
    return _BY_STATUS.get(response.status, StatusError)


def _lacks_permission(request: RequestInfo, response: Response, message: str) -> bool:
    return (
        response.status == 403 and request.needs != "" and re.match(_LACKING, message) is not None
    )


def _error_body(response: Response) -> Mapping[str, object]:
    """Parse the body of an error; return an empty mapping if it is not a JSON object."""
    if not response.is_json or response.fault is not None or len(response.body) > MAX_ERROR:
        return {}
    try:
        return msgspec.json.decode(response.without_bom, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _field_errors(entries: object, redact: Redactor) -> tuple[FieldError, ...]:
    """Parse `errors`: a list as documented, or sometimes one message. Empty entries are omitted."""
    listed = cast("list[object]", entries) if isinstance(entries, list) else [entries]
    parsed = (_field_error(entry, redact) for entry in listed[:_MAX_FIELDS])
    return tuple(entry for entry in parsed if entry is not None)


def _field_error(entry: object, redact: Redactor) -> FieldError | None:
    if isinstance(entry, str):
        return FieldError(message=redact(entry, 200))
    if not isinstance(entry, dict):
        return None
    parts = cast("Mapping[str, object]", entry)
    texts = {name: parts.get(name) for name in ("resource", "field", "code", "message")}
    known = {name: redact(text, 200) for name, text in texts.items() if isinstance(text, str)}
    return FieldError(**known) if known else None


def _phrase(status: int) -> str:
    if status == 422:
        return "Unprocessable Content"  # the standard library renamed it in Python 3.13
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Status"
