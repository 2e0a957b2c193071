"""Clients of a mock server, and the errors that they raise, for unit tests.

The clock is set in the private core of a client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec

from ..._runtime import errors, response_errors
from ..._runtime.call.driver import AsyncCore, SyncCore
from ..._runtime.client.common_client import CommonClient
from ..._runtime.errors import ClientError, RequestInfo
from ..._runtime.lazy import load
from ..._runtime.redaction import Redactor
from ..._runtime.request.operation import Operation
from ..._runtime.response.errors.by_status import status_error, unexpected_response
from ..._runtime.response.errors.rules import ApiRules
from ..._runtime.response.response import Response
from .clock import ManualClock
from .names import nearest
from .response.faults import header_problem

AnyClient = TypeVar("AnyClient", bound=CommonClient[Any])
AnyError = TypeVar("AnyError", bound=ClientError)

_STATUSES: Mapping[type[ClientError], int] = {
    response_errors.BadRequest: 400,
    response_errors.BadCredentials: 401,
    response_errors.Forbidden: 403,
    response_errors.NotFound: 404,
    response_errors.Conflict: 409,
    response_errors.Gone: 410,
    response_errors.ValidationFailed: 422,
    response_errors.RateLimited: 429,
    response_errors.ServerError: 500,
    response_errors.StatusError: 418,
}
_MESSAGE = "Mock server: an error for a test."


def with_clock(client: AnyClient, clock: ManualClock) -> AnyClient:
    """Set the clock of a client, and return the client."""
    core: SyncCore | AsyncCore = client._core  # pyright: ignore[reportPrivateUsage] - see above
    core.state.clock = clock
    return client


def check_name(name: str, known: Sequence[str], what: str = "operation") -> None:
    """Raise ValueError for an unknown name. `what` names the kind in the message."""
    if name not in known:
        raise ValueError(f"no {what} {name!r}{nearest(name, known)}")


def operation_of(modules: Mapping[str, str], name: str) -> Operation[Any]:
    """Return the constant of an operation. `modules` has the module of each resource."""
    resource, _, method = name.rpartition(".")
    return cast("Operation[Any]", getattr(load(modules[resource]), method.upper()))


def made_error(
    kind: type[AnyError],
    operation: Operation[Any] | None,
    rules: ApiRules,
    usual: tuple[int, str] | None,
    status: int | None,
    message: str | None,
    json: object,
    headers: Mapping[str, str],
) -> AnyError:
    """Return an error as a client raises it. `usual` has the default status and message.

    Raises ValueError if a client raises another error for that status and content, or if no call
    raises it.
    """
    if kind.__module__ != ClientError.__module__:
        raise ValueError(f"no call raises {kind.__name__}; create one with its own arguments")
    for problem in filter(None, (header_problem(name, it) for name, it in headers.items())):
        raise ValueError(f"the response cannot be sent: {problem}")
    info = RequestInfo(operation="test", method="GET", path="/")
    if operation is not None:
        info = RequestInfo(
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            template=operation.path,
            needs=operation.needs or "",
        )
    text = _MESSAGE if message is None else message
    if issubclass(kind, response_errors.StatusError):
        found_status, found_text = usual or (_STATUSES[kind], _MESSAGE)
        content = {"message": found_text if message is None else message}
        response = _response(found_status if status is None else status, json, content, headers)
        made = status_error(operation or _unknown(), info, response, Redactor(), rules)
        return _checked(made, kind)
    return _other(kind, info, text, 200 if status is None else status, json, headers)


def _other(
    kind: type[AnyError],
    info: RequestInfo,
    text: str,
    status: int,
    json: object,
    headers: Mapping[str, str],
) -> AnyError:
    made: ClientError
    if issubclass(kind, response_errors.UnexpectedResponse):
        response = _page(status, headers)
        if json is not msgspec.UNSET:
            response = _response(status, json, {}, headers)
        made = unexpected_response(info, response, Redactor(), text)
    elif issubclass(kind, response_errors.ResponseError):
        made = kind(
            info, f"{info}: {text}", status=302 if status == 200 else status, headers=headers
        )
    elif issubclass(kind, errors.TransportError):
        made = kind(info, text)
    elif issubclass(kind, errors.OutcomeUnknown):
        made = kind(errors.ConnectionLost(info, text))
    elif issubclass(kind, errors.SignInFailed):
        made = kind(info, text, errors.ConnectionLost(info, text))
    elif issubclass(kind, errors.CallError):
        made = kind(info, text)
    else:
        made = kind(text)
    return _checked(made, kind)


def _checked(made: object, kind: type[AnyError]) -> AnyError:
    if not isinstance(made, kind):
        raise ValueError(
            f"a client raises {type(made).__name__}, not {kind.__name__}, for this response"
        )
    return made


def _response(
    status: int, json: object, usual: Mapping[str, str], headers: Mapping[str, str]
) -> Response:
    content = msgspec.json.encode(usual if json is msgspec.UNSET else json)
    return Response(status, _headers("application/json", headers), content)


def _page(status: int, headers: Mapping[str, str]) -> Response:
    """Return an HTML page, such as a proxy sends."""
    return Response(status, _headers("text/html", headers), b"<!DOCTYPE html><title>Proxy</title>")


def _headers(media_type: str, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    listed = {"content-type": media_type} | {name.lower(): it for name, it in headers.items()}
    return [(name.encode(), value.encode("latin-1")) for name, value in listed.items()]


def _unknown() -> Operation[Any]:
    return Operation(id="test", method="GET", path="/", success=(200,), returns=None, repeat="safe")
