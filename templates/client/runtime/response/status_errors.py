"""Errors by status: which one a response is.

Pure. Everything taken from the reply passes the redactor before it enters an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

import msgspec

from .. import response_errors
from ..error_details import FieldError, RequestInfo
from ..redaction import Redactor
from ..response_errors import StatusError, UnexpectedResponse
from .rate_limit import refusal
from .response import Response

# What helps to understand a reply and identifies nobody.
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

# This 422 has no code of its own: `Bad request - Runner "x" is still running a job"` (sic), or `…
# is currently running a job and cannot be deleted.` At the end, so that no name can say it.
_BUSY = re.compile(
    r"(?s:.*)\bis (?:still|currently) running a job(?: and cannot be deleted)?[\".]*", re.IGNORECASE
)
# What GitHub says of a token that lacks a permission, and not of a policy that forbids something.
_LACKING = re.compile(r"Resource not accessible by |Must have admin rights", re.IGNORECASE)

# An error's body is a few hundred bytes; what is larger is not read for its message.
_MAX_ERROR = 2**20
_MAX_FIELDS = 20


def unexpected(
    request: RequestInfo,
    response: Response,
    redact: Redactor,
    problem: str,
    *,
    pointer: str | None = None,
    expected: str | None = None,
) -> UnexpectedResponse:
    """Make the error for a reply that is not what the operation declares."""
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
    """Make the error for a status of 400 and above.

    That something does not exist is for GitHub alone to say: the 404 of a proxy, or of a wrong
    base URL, is no NotFound, which callers take for "it is gone". Other APIs have no form for it.
    """
    said = _said(response)
    message = said.get("message")
    if not is_github and not isinstance(message, str):
        # Problem details (RFC 9457), OAuth's errors, and what many have in place of them.
        words = (said.get(key) for key in ("detail", "title", "error_description", "error"))
        message = next((it for it in words if isinstance(it, str)), None)
    if is_github and response.status in (404, 410) and not isinstance(message, str):
        return unexpected(
            request, response, redact, "not an answer of GitHub's API", expected="JSON"
        )
    shown = redact(message) if isinstance(message, str) else ""
    fields = _field_errors(said.get("errors"), redact)
    docs = said.get("documentation_url")
    text = ": ".join(
        part
        for part in (
            f"{response.status} {_phrase(response.status)}",
            str(request),
            shown
            or f"{len(response.body)} bytes of {redact(response.media_type) or 'no content type'}",
            "; ".join(map(str, fields)),
            request.note if response.status in (404, 410) else "",
            f"it needs {request.needs}" if _lacks_permission(request, response, shown) else "",
        )
        if part
    )
    return _kind(response, shown)(
        request,
        text,
        status=response.status,
        headers=shown_headers(response, redact),
        message=shown,
        documentation_url=redact(docs) if isinstance(docs, str) else None,
        errors=fields,
    )


def shown_headers(response: Response, redact: Redactor) -> dict[str, str]:
    """Give the headers that an error may show."""
    found = ((name, response.header(name)) for name in SHOWN_HEADERS)
    return {name: redact(value, 200) for name, value in found if value is not None}


def error_message(response: Response) -> str:
    """Give the `message` in the body of an error; empty when there is none."""
    message = _said(response).get("message")
    return message if isinstance(message, str) else ""


def _kind(response: Response, message: str) -> type[StatusError]:
    if response.status >= 500:
        return response_errors.ServerError
    if refusal(response, message, 0.0) is not None:
        return response_errors.RateLimited
    if response.status == 422 and _BUSY.fullmatch(message):
        return response_errors.RunnerBusy
    return _BY_STATUS.get(response.status, StatusError)


def _lacks_permission(request: RequestInfo, response: Response, message: str) -> bool:
    return response.status == 403 and request.needs != "" and _LACKING.match(message) is not None


def _said(response: Response) -> Mapping[str, object]:
    """Read the body of an error; empty when it is no JSON object."""
    if not response.is_json or response.fault is not None or len(response.body) > _MAX_ERROR:
        return {}
    try:
        return msgspec.json.decode(response.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _field_errors(entries: object, redact: Redactor) -> tuple[FieldError, ...]:
    """Read `errors`: a list as documented, at times one message. What says nothing is left out."""
    listed = cast("list[object]", entries) if isinstance(entries, list) else [entries]
    found = (_field_error(entry, redact) for entry in listed[:_MAX_FIELDS])
    return tuple(entry for entry in found if entry is not None)


def _field_error(entry: object, redact: Redactor) -> FieldError | None:
    if isinstance(entry, str):
        return FieldError(message=redact(entry, 200))
    if not isinstance(entry, dict):
        return None
    said = cast("Mapping[str, object]", entry)
    texts = {name: said.get(name) for name in ("resource", "field", "code", "message")}
    known = {name: redact(text, 200) for name, text in texts.items() if isinstance(text, str)}
    return FieldError(**known) if known else None


def _phrase(status: int) -> str:
    if status == 422:
        return "Unprocessable Content"  # the standard library renamed it in Python 3.13
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Status"
