"""Every error that the client raises.

    GitHubError
    ├── InvalidArgument            refused before anything was sent (also a ValueError)
    │   └── NotAvailable           not in this API version, or not on this product
    ├── ClientClosed               the client was closed (also a RuntimeError)
    └── CallError                  a call failed: `request` says which, `attempts` how often it was sent
        ├── OutcomeUnknown         a write that may have been carried out: `error` says what came
        ├── SignInFailed           no token could be had for it: `error` says why
        ├── TransportError         no complete reply came
        │   ├── ConnectFailed      no connection was made: nothing was sent
        │   │   └── ConnectTimedOut    … within the time allowed (also TimedOut)
        │   ├── TimedOut           connected, but not answered in time
        │   └── ConnectionLost     cut off before the reply was complete
        └── ResponseError          a reply came: `status`, `headers`, `request_id`
            ├── UnexpectedResponse     not what is declared: HTML, cut short, another shape
            ├── RedirectRefused        a redirect that is not followed
            ├── LinkRefused            a next page outside the configured address
            └── StatusError        GitHub refused: `message`, `documentation_url`
                ├── BadRequest         400
                ├── BadCredentials     401
                ├── Forbidden          403
                ├── NotFound           404
                ├── Conflict           409
                ├── Gone               410
                ├── ValidationFailed   422: `errors`, field by field
                │   └── RunnerBusy         … because a job is running on it
                ├── RateLimited        429, and the 403 that means it: `retry_at`
                └── ServerError        500 and above

Classes only: `status_errors` decides which one a reply is. Nothing here knows the transport, and
whoever makes an error hands in text that a `Redactor` has passed. All of them pickle, without
secrets. A wrong type of an argument is a plain TypeError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from .error_details import FieldError, RequestInfo
from .lazy import publish
from .redaction import Secret


class GitHubError(Exception):
    """Base class of every error of this client.

    Outcome: Its subclasses state it.
    What to do: Catch it to handle whatever a call can raise, apart from a plain TypeError for an
    argument of the wrong type.
    """

    def __reduce__(
        self,
    ) -> tuple[Callable[..., GitHubError], tuple[type[GitHubError], tuple[object, ...], object]]:
        state = {name: it for name, it in vars(self).items() if not isinstance(it, Secret)}
        return _restore, (type(self), self.args, state)


def _restore(
    kind: type[GitHubError], args: tuple[object, ...], state: dict[str, object]
) -> GitHubError:
    """Make an error again from its pickle, without calling an `__init__` of another signature."""
    error = kind.__new__(kind, *args)
    vars(error).update(state)
    return error


class InvalidArgument(GitHubError, ValueError):
    """An argument or an option is not valid.

    Outcome: Nothing was sent.
    What to do: Correct the argument that the message names.
    """


class NotAvailable(InvalidArgument):
    """The operation or argument does not exist in the client's API version, or on its product.

    Outcome: Nothing was sent.
    What to do: Choose another `api_version` or `product`, or ask `Client.supports` first.
    """


class ClientClosed(GitHubError, RuntimeError):
    """The client was closed before the call.

    Outcome: Nothing was sent.
    What to do: Make a new client.
    """


class CallError(GitHubError):
    """A call failed. Base class of every error that concerns one request.

    Outcome: Its subclasses state it.
    What to do: Catch it to handle any failure of a call.

    Attributes:
        request: The request, as a `RequestInfo`.
        attempts: How many attempts were made.
    """

    request: RequestInfo
    attempts: int = 1

    def __init__(self, request: RequestInfo, text: str) -> None:
        super().__init__(text)
        self.request = request

    def __str__(self) -> str:
        text = super().__str__()
        return text if self.attempts == 1 else f"{text} [{self.attempts} attempts]"


class OutcomeUnknown(CallError):
    """A write that is not safe to repeat got no usable response.

    Outcome: The write may have been carried out. It was not sent again.
    What to do: Look up whether it was carried out before sending it again. `lookup` says where.

    Attributes:
        error: The error of the attempt, which is also the cause of this one.
        lookup: Where to look; empty if the API description does not say.
    """

    error: CallError
    lookup: str

    def __init__(self, error: CallError, lookup: str = "") -> None:
        advice = f"before you repeat it, look up {lookup}" if lookup else "it is not repeated"
        super().__init__(error.request, f"it may have been carried out: {advice}: {error}")
        self.error = error
        self.lookup = lookup


class SignInFailed(CallError):
    """No token could be obtained: the GitHub App is not installed there, is suspended or was refused.

    Outcome: The request of the call was not sent.
    What to do: Install the App on the organization or repository, or check its id and private key.

    Attributes:
        error: GitHub's response to the App as an error, which is also the cause of this one.
    """

    error: CallError

    def __init__(self, request: RequestInfo, problem: str, error: CallError) -> None:
        super().__init__(request, f"{request}: not signed in: {problem}: {error}")
        self.error = error


class TransportError(CallError):
    """No complete response arrived.

    Outcome: Its subclasses state it.
    What to do: Check the network and the proxy. The client has already retried what is safe to repeat.
    """

    def __init__(self, request: RequestInfo, problem: str) -> None:
        super().__init__(request, f"{request}: {problem}")


class ConnectFailed(TransportError):
    """No connection could be opened: name resolution, TCP, TLS or the proxy failed.

    Outcome: Nothing was sent.
    What to do: Check the address, the proxy and the certificates.
    """


class TimedOut(TransportError):
    """A time limit ran out before the response was complete.

    Outcome: The request may have been carried out. If that is not safe to repeat, OutcomeUnknown is
    raised instead.
    What to do: Raise the limits in `Timeout` if the server needs longer.
    """


class ConnectTimedOut(ConnectFailed, TimedOut):
    """No connection was available within its time limit.

    Outcome: Nothing was sent.
    What to do: Check the network, or raise `Timeout.connect`, `Timeout.pool` or `Timeout.total`.
    """


class ConnectionLost(TransportError):
    """The connection was closed before the response was complete, or the peer does not speak HTTP.

    Outcome: The request may have been carried out. If that is not safe to repeat, OutcomeUnknown is
    raised instead.
    What to do: If it lasts, look for a proxy or load balancer that closes connections.
    """


class ResponseError(CallError):
    """A response arrived that is not the result of the call.

    Outcome: Its subclasses state it.
    What to do: Catch it to handle any response that is not a success.

    Attributes:
        status: The status code.
        headers: The headers that help to understand the response, by lower-case name.
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
        """The server's id of the request, which support asks for; None if there is none."""
        return self.headers.get("x-github-request-id")


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
        body: bytes,
        pointer: str | None = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(
            request, f"{request}: reply {status}: {problem}", status=status, headers=headers
        )
        self.pointer = pointer
        self.expected = expected
        self._body = Secret(body)

    @property
    def body(self) -> bytes:
        """The body as it arrived. It may hold secrets; it is empty after unpickling."""
        kept: Secret[bytes] | None = vars(self).get("_body")
        return b"" if kept is None else kept.reveal()


class RedirectRefused(ResponseError):
    """The client does not follow this redirect: it leads elsewhere, changes a write, or does not end.

    Outcome: Nothing was sent to the new address.
    What to do: Use the new name of a renamed organization or repository, or correct the base URL.
    """


class LinkRefused(ResponseError):
    """The link to the next page leads outside of the base URL.

    Outcome: Nothing was sent there. The items before it have been returned.
    What to do: Correct the base URL, or find out who answers in the server's place.
    """


class StatusError(ResponseError):
    """A response with a status of 400 or above. Raised itself for one without a class of its own.

    Outcome: The server refused the request.
    What to do: Read `message`.

    Attributes:
        message: The server's message, with secrets masked.
        documentation_url: The page that the server refers to, if any.
        errors: What is wrong with which field, each a `FieldError`; empty if not reported.
    """

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
    """400: the server did not understand the request, or does not know the API version.

    Outcome: Nothing was done.
    What to do: Read `message`, and check the option `api_version`.
    """


class BadCredentials(StatusError):
    """401: the credentials are missing, wrong or expired.

    Outcome: Nothing was done.
    What to do: Renew the token. A program that outlives a token passes a function as `auth`.
    """


class Forbidden(StatusError):
    """403: the credentials do not allow this, or a policy forbids it.

    Outcome: Nothing was done.
    What to do: Compare the permissions of the token with `request.needs`.
    """


class NotFound(StatusError):
    """404: the resource does not exist, or the credentials do not show it.

    Outcome: Nothing was done.
    What to do: Check the names and ids, and compare the permissions with `request.needs`.
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


class RunnerBusy(ValidationFailed):
    """422: the runner is running a job and cannot be removed.

    Outcome: Nothing was done.
    What to do: Try again once the job has ended.
    """


class RateLimited(StatusError):
    """A rate limit was reached, and the call may not wait for it: the wait would exceed `max_wait` or
    the time limit of the call, or no attempt is left.

    Outcome: Nothing was done.
    What to do: Try again at `retry_at`, or raise `max_wait`.

    Attributes:
        kind: `primary` for the limit of requests a period, `secondary` for one against bursts.
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
