"""Errors of a response that is not the result of its call.

    ResponseError
    ├── UnexpectedResponse
    ├── RedirectRefused
    ├── LinkRefused
    └── StatusError
        ├── BadRequest              400
        ├── BadCredentials          401
        ├── Forbidden               403
        ├── NotFound                404
        ├── Conflict                409
        ├── Gone                    410
        ├── ValidationFailed        422
        ├── RateLimited             429, or a 403 for a rate limit
        └── ServerError             500 and above

`response/errors/by_status` chooses the class for a response.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from .error_content import Content
from .errors import CallError, RequestInfo
from .lazy import publish
from .redaction import Secret


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of several that an error response lists; a part that it lacks is None.

    Attributes:
        resource: The kind of resource that was validated.
        field: The field that is wrong.
        code: What is wrong with it, as a code such as `missing_field` or `already_exists`.
        message: What is wrong with it, in words.
    """

    resource: str | None = None
    field: str | None = None
    code: str | None = None
    message: str | None = None

    def __str__(self) -> str:
        said = (self.resource, self.field, self.code, self.message)
        return " ".join(part for part in said if part is not None)


class ResponseError(CallError):
    """A response arrived that is not the result of the call.

    Outcome: Its subclasses state it.
    What to do: Catch it to handle any response that is not a success.

    Attributes:
        status: The status code.
        headers: The headers that help to understand the response, by lower-case name.
        request_id: The server's id of the request, which support asks for; None if there is none.
    """

    status: int
    headers: Mapping[str, str]
    request_id: str | None

    def __init__(
        self,
        request: RequestInfo,
        text: str,
        *,
        status: int,
        headers: Mapping[str, str],
        request_id: str | None = None,
        content: Content | None = None,
        docs_url: str | None = None,
    ) -> None:
        notes = [f"request {request_id}"] if request_id else []
        notes += [docs_url] if docs_url else []
        super().__init__(request, f"{text} ({', '.join(notes)})" if notes else text)
        self.status = status
        self.headers = dict(headers)
        self.request_id = request_id
        self._content = Secret(content)

    @property
    def body(self) -> bytes:
        """The body as it arrived. It may hold secrets; it is empty after unpickling."""
        content = self._kept()
        return b"" if content is None else content.body

    def json(self) -> Any:
        """Return the body as decoded JSON. Raises ValueError if it is not JSON."""
        content = self._kept()
        if content is None:
            raise ValueError("the error has no body: an unpickled one keeps none")
        return content.read()

    @property
    def model(self) -> object | None:
        """The body as the model that the API description declares for the status.

        None if it declares none, if the body does not match it, and after unpickling. Narrow it with
        `isinstance`.
        """
        content = self._kept()
        return None if content is None else content.model()

    def _kept(self) -> Content | None:
        kept: Secret[Content | None] | None = vars(self).get("_content")
        return None if kept is None else kept.reveal()


class UnexpectedResponse(ResponseError):
    """The response does not match the API description: HTML, truncated JSON, another type or shape.

    Outcome: The request may have been carried out. If that is not safe to repeat, OutcomeUnknown is
    raised instead.
    What to do: Check the base URL and the proxy, then update this package.

    Attributes:
        pointer: JSON pointer of the value that does not match; empty for the whole body, None if
            unknown.
        expected: What the API description declares there, if it is known.
    """

    pointer: str | None
    expected: str | None

    def __init__(
        self,
        request: RequestInfo,
        problem: str,
        *,
        status: int,
        headers: Mapping[str, str],
        request_id: str | None = None,
        content: Content | None = None,
        pointer: str | None = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(
            request,
            f"{request}: response {status}: {problem}",
            status=status,
            headers=headers,
            request_id=request_id,
            content=content,
        )
        self.pointer = pointer
        self.expected = expected


class RedirectRefused(ResponseError):
    """The client does not follow this redirect: it leads elsewhere, changes a write, or does not end.

    Outcome: Nothing was sent to the new address.
    What to do: Use the new address of what was moved or renamed, or correct the base URL.
    """


class LinkRefused(ResponseError):
    """The link to the next page leads outside of the base URL.

    Outcome: Nothing was sent there. The items before it have been returned.
    What to do: Correct the base URL, or find out who answers in the server's place.
    """


class StatusError(ResponseError):
    """A response with a status of 400 or above. Raised itself if the status has no class.

    Outcome: The server refused the request.
    What to do: Read `message`.

    Attributes:
        message: The server's message, with secrets masked; empty if the body has none.
        docs_url: The page that the server refers to, if any.
        errors: What is wrong with which field, each a `FieldError`; empty if not reported.
    """

    message: str
    docs_url: str | None
    errors: tuple[FieldError, ...]

    def __init__(
        self,
        request: RequestInfo,
        text: str,
        *,
        status: int,
        headers: Mapping[str, str],
        message: str,
        request_id: str | None = None,
        content: Content | None = None,
        docs_url: str | None = None,
        errors: tuple[FieldError, ...] = (),
    ) -> None:
        super().__init__(
            request,
            text,
            status=status,
            headers=headers,
            request_id=request_id,
            content=content,
            docs_url=docs_url,
        )
        self.message = message
        self.docs_url = docs_url
        self.errors = errors


class BadRequest(StatusError):
    """400: the server did not understand the request.

    Outcome: Nothing was done.
    What to do: Correct what `message` names.
    """


class BadCredentials(StatusError):
    """401: the credentials are missing, wrong or expired.

    Outcome: Nothing was done.
    What to do: Renew the credentials. A program that outlives them passes a function as `auth`.
    """


class Forbidden(StatusError):
    """403: the credentials do not allow this, or a policy forbids it.

    Outcome: Nothing was done.
    What to do: Compare the permissions of the credentials with `request.needs`, if it has any.
    """


class NotFound(StatusError):
    """404: the resource does not exist, or the credentials do not show it.

    Outcome: Nothing was done.
    What to do: Check the names and ids, and the permissions of the credentials (`request.needs`).
    """


class Conflict(StatusError):
    """409: the resource already exists or is in use.

    Outcome: Nothing was done.
    What to do: Use another name, or retry once the resource is free.
    """


class Gone(StatusError):
    """410: the resource is no longer there, or the API version has been removed.

    Outcome: Nothing was done.
    What to do: Stop asking for it, or update this package.
    """


class ValidationFailed(StatusError):
    """422: the server understood the request but does not accept its values.

    Outcome: Nothing was done.
    What to do: Correct the fields in `errors`.
    """


class RateLimited(StatusError):
    """A rate limit was reached, and the call may not wait for it: the wait would exceed `max_wait` or
    the time limit of the call, or no attempt is left.

    Outcome: Nothing was done.
    What to do: Try again at `retry_at`, or raise `max_wait`.

    Attributes:
        kind: `primary` if the headers or the message state that the requests of a period are used
            up, `secondary` for any other limit, such as one against bursts.
        retry_at: When the request may be sent again, in UTC by this machine's clock; None beyond the
            year 9999.
    """

    kind: Literal["primary", "secondary"] = "secondary"
    retry_at: datetime | None = None


class ServerError(StatusError):
    """500 or above: the server failed.

    Outcome: The request may have been carried out. If that is not safe to repeat, OutcomeUnknown is
    raised instead.
    What to do: Try again later. The client has already retried 500, 502, 503 and 504.
    """


publish(__name__)
