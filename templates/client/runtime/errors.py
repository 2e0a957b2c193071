"""Errors of the client. Those of a response are in `response_errors`.

    ClientError
    ├── InvalidArgument
    │   └── NotAvailable
    ├── ClientClosed
    └── CallError
        ├── OutcomeUnknown
        ├── SignInFailed
        ├── TransportError
        │   ├── ConnectFailed
        │   │   └── ConnectTimedOut     (also a TimedOut)
        │   ├── TimedOut
        │   └── ConnectionLost
        └── ResponseError               in `response_errors`

Text from a server must pass a `Redactor` before it enters an error. Every error can be pickled,
without its secrets. An argument of the wrong type raises a plain TypeError.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from .lazy import publish
from .redaction import Secret


class RequestInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The request of a failed call, as far as it may be shown.

    Attributes:
        operation: The id of the operation.
        method: The HTTP method.
        path: The path as it was sent, without the query.
        template: The path before its parameters were filled in, such as
            `/members/{id}`; empty if it is not known. Many paths have one template, so
            it can label a metric.
        note: Why the server may lack the operation, if it is of a newer release than the client
            knows; else empty.
        needs: The permissions that the operation needs; empty if the API description names none.
    """

    operation: str
    method: str
    path: str
    template: str = ""
    note: str = ""
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class ClientError(Exception):
    """Base class of every error of this client.

    Outcome: Its subclasses state it.
    What to do: Catch it to handle whatever a call can raise, apart from a plain TypeError for an
    argument of the wrong type.
    """

    def __reduce__(
        self,
    ) -> tuple[Callable[..., ClientError], tuple[type[ClientError], tuple[object, ...], object]]:
        state = {name: one for name, one in vars(self).items() if not isinstance(one, Secret)}
        return _restore, (type(self), self.args, state)


def _restore(
    kind: type[ClientError], args: tuple[object, ...], state: dict[str, object]
) -> ClientError:
    """Rebuild an error from its pickle without `__init__`, whose signature differs by class."""
    error = kind.__new__(kind, *args)
    vars(error).update(state)
    return error


class InvalidArgument(ClientError, ValueError):
    """An argument or an option is not valid.

    Outcome: Nothing was sent.
    What to do: Correct the argument that the message names.
    """


class NotAvailable(InvalidArgument):
    """The operation or argument does not exist in the client's API version, or on its product.

    An operation that earlier releases lack is sent if `product` is a release that is newer than the
    client.

    Outcome: Nothing was sent.
    What to do: Choose another `api_version` or `product`, or ask `Client.supports` first.
    """


class ClientClosed(ClientError, RuntimeError):
    """The client was closed, or its own transport belongs to another process or event loop.

    Outcome: The request was not sent, or not sent again.
    What to do: Make a new client.
    """


class CallError(ClientError):
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
    What to do: Look up whether it was carried out before sending it again. `lookup` says where, if
    that is known.

    Attributes:
        error: The error of the attempt, which is also the cause of this one.
        lookup: Where to look; empty if the API description does not say.
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
    """No token could be obtained: the App is not installed there, is suspended or is rejected.

    Outcome: The request of the call was not sent.
    What to do: Install the App on the organization or repository, or check its id and private key.

    Attributes:
        problem: Why no token could be obtained.
        error: The server's response to the App as an error, which is also the cause of this one.
    """

    problem: str
    error: CallError

    def __init__(self, request: RequestInfo, problem: str, error: CallError) -> None:
        super().__init__(request, f"{request}: authentication failed: {problem}: {error}")
        self.problem = problem
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

    Attributes:
        permanent: Whether every attempt would fail, as when a proxy refuses the credentials. The
            client did not retry then.
    """

    permanent: bool = False


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


publish(__name__)
