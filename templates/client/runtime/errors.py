"""Errors of the client.

    GitHubError
    ├── InvalidArgument            an invalid argument: nothing was sent (also a ValueError)
    │   └── NotAvailable           not in this API version, or not on this product
    ├── ClientClosed               the client was closed (also a RuntimeError)
    └── CallError                  a call failed: `request`, `attempts`
        ├── OutcomeUnknown         a write that may have been carried out: `error`, `lookup`
        ├── SignInFailed           authentication as a GitHub App failed: `error`
        ├── TransportError         no complete response arrived
        │   ├── ConnectFailed      no connection: nothing was sent
        │   │   └── ConnectTimedOut    … within the timeout (also TimedOut)
        │   ├── TimedOut           connected, but no response within the timeout
        │   └── ConnectionLost     closed before the response was complete
        └── ResponseError          an error of a response: `status`, `headers`, `request_id`
            ├── UnexpectedResponse     not as declared: HTML, truncated, another shape
            ├── RedirectRefused        a redirect that is not followed
            ├── LinkRefused            a next page outside of the base URL
            └── StatusError        a status from 400 on: `message`, `documentation_url`
                ├── BadRequest         400
                ├── BadCredentials     401
                ├── Forbidden          403
                ├── NotFound           404
                ├── Conflict           409
                ├── Gone               410
                ├── ValidationFailed   422: `errors`, field by field
                │   └── RunnerBusy         … because the runner is running a job
                ├── RateLimited        429, or a 403 for a rate limit: `retry_at`
                └── ServerError        500 and above

`status_errors` chooses the class for a response. Text from a server must pass a `Redactor` before
it enters an error. Every error can be pickled, without its secrets. An argument of the wrong type
raises a plain TypeError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from .error_details import FieldError, RequestInfo
from .redaction import Secret


class GitHubError(Exception):
    """Any error of this client."""

    def __reduce__(
        self,
    ) -> tuple[Callable[..., GitHubError], tuple[type[GitHubError], tuple[object, ...], object]]:
        state = {name: one for name, one in vars(self).items() if not isinstance(one, Secret)}
        return _restore, (type(self), self.args, state)


def _restore(
    kind: type[GitHubError], args: tuple[object, ...], state: dict[str, object]
) -> GitHubError:
    """Rebuild an error from its pickle without `__init__`, whose signature differs by class."""
    error = kind.__new__(kind, *args)
    vars(error).update(state)
    return error


class InvalidArgument(GitHubError, ValueError):
    """An argument, or the configuration of a client, was refused. Nothing was sent."""


class NotAvailable(InvalidArgument):
    """What was asked for does not exist in the API version, or on the product, of the client."""


class ClientClosed(GitHubError, RuntimeError):
    """The client was closed before the call."""


class CallError(GitHubError):
    """A call failed. `attempts` is how often its request was sent, or tried to be."""

    request: RequestInfo
    attempts: int = 1

    def __init__(self, request: RequestInfo, text: str) -> None:
        super().__init__(text)
        self.request = request

    def __str__(self) -> str:
        text = super().__str__()
        return text if self.attempts == 1 else f"{text} [{self.attempts} attempts]"


class OutcomeUnknown(CallError):
    """A write that may have been carried out, and that is not safe to repeat.

    `error` is what came in place of an answer, and the cause of this one. `lookup` says where to
    look whether it was carried out, as far as the API description tells.
    """

    error: CallError
    lookup: str

    def __init__(self, error: CallError, lookup: str = "") -> None:
        if lookup.startswith("nothing: "):
            advice = f"there is nothing to clean up ({lookup.removeprefix('nothing: ')})"
        else:
            advice = f"before you retry, look up {lookup}" if lookup else "it is not retried"
        text = f"the write may have been carried out; {advice}: {error}"
        super().__init__(error.request, text)
        self.error = error
        self.lookup = lookup


class SignInFailed(CallError):
    """No token could be had for a call: the GitHub App is not installed there, suspended or refused.

    `error` is GitHub's answer to the App, and the cause of this one.
    """

    error: CallError

    def __init__(self, request: RequestInfo, problem: str, error: CallError) -> None:
        super().__init__(request, f"{request}: authentication failed: {problem}: {error}")
        self.error = error


class TransportError(CallError):
    """No complete reply came."""

    def __init__(self, request: RequestInfo, problem: str) -> None:
        super().__init__(request, f"{request}: {problem}")


class ConnectFailed(TransportError):
    """No connection was made (name, address, TLS, proxy), so nothing was sent."""


class TimedOut(TransportError):
    """The time allowed for a step ran out."""


class ConnectTimedOut(ConnectFailed, TimedOut):
    """No connection was made in time, so nothing was sent."""


class ConnectionLost(TransportError):
    """The connection ended, or spoke no HTTP, before the reply was complete."""


class ResponseError(CallError):
    """A reply came that is not the result of the call.

    `headers` holds those that help to understand it, by lower-case name.
    """

    status: int
    headers: Mapping[str, str]

    def __init__(
        self,
        request: RequestInfo,
        text: str,
        *,
        status: int,
        headers: Mapping[str, str],
        documentation_url: str | None = None,
    ) -> None:
        request_id = headers.get("x-github-request-id")
        notes = [f"request {request_id}"] if request_id else []
        notes += [documentation_url] if documentation_url else []
        super().__init__(request, f"{text} ({', '.join(notes)})" if notes else text)
        self.status = status
        self.headers = dict(headers)

    @property
    def request_id(self) -> str | None:
        """What GitHub's support asks for."""
        return self.headers.get("x-github-request-id")


class UnexpectedResponse(ResponseError):
    """A reply that is not what the operation declares.

    `pointer` is the JSON pointer of the value that does not fit (an empty one: the whole body),
    `expected` what is declared there.
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
        body: bytes,
        pointer: str | None = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(
            request, f"{request}: response {status}: {problem}", status=status, headers=headers
        )
        self.pointer = pointer
        self.expected = expected
        self._body = Secret(body)

    @property
    def body(self) -> bytes:
        """The reply as it came. It may hold secrets, and is empty after unpickling."""
        kept: Secret[bytes] | None = vars(self).get("_body")
        return b"" if kept is None else kept.reveal()


class RedirectRefused(ResponseError):
    """A redirect that is not followed: elsewhere, of a write that would change, or without end."""


class LinkRefused(ResponseError):
    """A link to the next page that leaves the configured address. Nothing was sent there."""


class StatusError(ResponseError):
    """A status of 400 and above. `message` and `documentation_url` are GitHub's own."""

    message: str
    documentation_url: str | None
    errors: tuple[FieldError, ...]

    def __init__(
        self,
        request: RequestInfo,
        text: str,
        *,
        status: int,
        headers: Mapping[str, str],
        message: str,
        documentation_url: str | None = None,
        errors: tuple[FieldError, ...] = (),
    ) -> None:
        super().__init__(
            request, text, status=status, headers=headers, documentation_url=documentation_url
        )
        self.message = message
        self.documentation_url = documentation_url
        self.errors = errors


class BadRequest(StatusError):
    """400: the request was not understood, or names an API version that never was."""


class BadCredentials(StatusError):
    """401: the token is wrong or has expired."""


class Forbidden(StatusError):
    """403: the token may not do this, or a policy forbids it; `request.needs` says what it takes."""


class NotFound(StatusError):
    """404: it does not exist, or the token may not see it; `request.needs` says what it takes."""


class Conflict(StatusError):
    """409: it exists already, or is in use."""


class Gone(StatusError):
    """410: it is no longer there, or the API version has been retired."""


class ValidationFailed(StatusError):
    """422: understood, but not acceptable; `errors` says what is wrong with which field."""


class RunnerBusy(ValidationFailed):
    """422: a job is running on the runner. Nothing was changed."""


class RateLimited(StatusError):
    """A limit on requests was reached; the request was not carried out.

    `kind` is GitHub's limit. `retry_at` is when it may be sent again, in UTC by this machine's
    clock; None for a moment beyond the year 9999.
    """

    kind: Literal["primary", "secondary"] = "secondary"
    retry_at: datetime | None = None


class ServerError(StatusError):
    """500 and above: GitHub failed, and a write may or may not have been carried out."""
