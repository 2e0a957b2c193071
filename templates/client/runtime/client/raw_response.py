"""Raw responses: status and headers of a typed result, and conditional requests by ETag.

The method of the caller runs on a copy of its resource whose flows store the response. Therefore no
method needs a second form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Generic, TypeVar, cast

import msgspec

from ..call.driver import AsyncCore, SyncCore
from ..call.flow import CallFlow
from ..call.steps import Flow
from ..errors import InvalidArgument
from ..lazy import publish
from ..redaction import Redactor
from ..request.builder import Request
from ..request.operation import Operation
from ..response.errors.headers import find_request_id
from ..response.response import Response
from ..response_errors import StatusError, UnexpectedResponse
from .resource import (
    AsyncResource,
    SyncResource,
    Unread,
    core_of,
    first_request,
    with_async_core,
    with_core,
)

T = TypeVar("T")

# Headers with cookies or credentials.
_HIDDEN_HEADERS = frozenset(
    "authentication-info authorization cookie proxy-authenticate proxy-authentication-info "
    "proxy-authorization set-cookie set-cookie2 www-authenticate".split()
)
_LONGEST_HEADER = 8192

# `re` compiles a pattern when it is first used, which most programs never do.
# RFC 9110, section 8.8.3, without non-ASCII bytes. Some servers leave out the quotes, and must get
# their tag back like that; there, a comma would separate two tags, and `*` would match any.
_ETAG = r'(?a)(?:W/)?"[\x21\x23-\x7e]*"|(?!\*\Z)[\x21\x23-\x2b\x2d-\x7e]+'


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse(Generic[T]):
    """A response with its typed result, as a dataclass: `dataclasses.asdict` and `replace` work.

    It can be pickled if its `value` can.

    Attributes:
        status: The status code.
        headers: The headers as a dict by lower-case name; several lines of one are joined by commas.
            Those with secrets, such as cookies, are left out.
        value: What the call returns by itself.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    value: T

    @property
    def etag(self) -> str | None:
        """The entity tag of the result, to pass to `if_none_match`; None if there is none."""
        return self.headers.get("etag")

    @property
    def request_id(self) -> str | None:
        """The server's id of the request, which support asks for; None if there is none."""
        return find_request_id(self.headers)


class _NotModified(Exception):
    """The server responded with 304: nothing has changed."""


class _RecordingFlow(CallFlow):
    """Flows that store the last response. With an `etag`, they send conditional requests."""

    __slots__ = ("_error", "_etag", "_response")

    def __init__(self, flows: CallFlow, etag: str | None) -> None:
        super().__init__(flows.base, flows.options, flows.state)
        self._etag = etag
        self._response: Response | None = None
        self._error: StatusError | None = None

    # Not `fetch`, which also sends token requests.
    def page(self, operation: Operation[T], request: Request) -> Flow[tuple[T, Response]]:
        if self._etag is not None:
            if request.writes:
                raise InvalidArgument(f"{operation.id}: if_none_match cannot be used for a write")
            condition = (b"If-None-Match", self._etag.encode("ascii"))
            request = msgspec.structs.replace(request, headers=(*request.headers, condition))
        try:
            value, self._response = yield from super().page(operation, request)
        except UnexpectedResponse as error:
            if self._etag is not None and error.status == 304:
                raise _NotModified from None
            raise
        except StatusError as error:
            # A method of a pack can return a value for it.
            self._error, self._response = error, None
            raise
        return value, self._response

    def response(self, value: object) -> RawResponse[Any]:
        """Return the stored response with the result of the call."""
        if self._response is not None:
            headers = _headers(self._response, self.state.redact)
            return RawResponse(status=self._response.status, headers=headers, value=value)
        if self._error is not None:
            return RawResponse(status=self._error.status, headers=self._error.headers, value=value)
        raise TypeError(f"{_USAGE}; this one sent no request")


_USAGE = (
    "call must be a method of a resource of this client, followed by its arguments, as in "
    "client.with_raw_response(client.RESOURCE.get, 7)"
)


def check_etag(etag: object) -> str:
    """Return an ETag. Raises InvalidArgument if it is not valid."""
    if not isinstance(etag, str):
        raise TypeError(f"etag must be a str, not {type(etag).__name__}")
    if re.fullmatch(_ETAG, etag) is None:
        raise InvalidArgument("etag must be as in the response, with its quotes if it has any")
    return etag


def read(
    client: SyncCore,
    etag: str | None,
    call: object,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> RawResponse[Any] | None:
    """Run a call and return its raw response; None if the server confirms the `etag`."""
    resource, function = _split_method(call, SyncResource)
    core = _same_client(core_of(resource), client)
    flows = _RecordingFlow(core.flows, etag)
    core = core.with_flows(flows)
    try:
        value = function(with_core(resource, core), *args, **kwargs)
        if isinstance(value, Unread):
            first = first_request(cast("Unread[object]", value))
            value, _ = core.run(flows.page(*first))
    except _NotModified:
        return None
    return flows.response(value)


async def aread(
    client: AsyncCore,
    etag: str | None,
    call: object,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> RawResponse[Any] | None:
    """Run a call as `read` does, with await."""
    resource, function = _split_method(call, AsyncResource)
    core = _same_client(core_of(resource), client)
    flows = _RecordingFlow(core.flows, etag)
    core = core.with_flows(flows)
    try:
        value = function(with_async_core(resource, core), *args, **kwargs)
        if isinstance(value, Unread):
            first = first_request(cast("Unread[object]", value))
            value, _ = await core.run(flows.page(*first))
        elif isawaitable(value):
            value = await value
    except _NotModified:
        return None
    return flows.response(value)


AnyResource = TypeVar("AnyResource", SyncResource, AsyncResource)
AnyCore = TypeVar("AnyCore", SyncCore, AsyncCore)


def _split_method(
    call: object, kind: type[AnyResource]
) -> tuple[AnyResource, Callable[..., object]]:
    """Return the resource and the function of a bound method."""
    resource: object = getattr(call, "__self__", None)
    function: object = getattr(call, "__func__", None)
    if not isinstance(resource, kind) or not callable(function):
        raise TypeError(_USAGE)
    return resource, function


def _same_client(core: AnyCore, client: AnyCore) -> AnyCore:
    """Return the core of a resource, with its options. Its client must share this one's state."""
    if core.state is not client.state:
        raise InvalidArgument("call is a method of another client's resource")
    return core


def _headers(response: Response, redact: Redactor) -> Mapping[str, str]:
    return {
        name: redact(response.header(name) or "", _LONGEST_HEADER, is_etag=name == "etag")
        for name in response.names
        if name not in _HIDDEN_HEADERS
    }


publish(__name__)
