"""Raw responses: status and headers of a typed result, and requests that depend on its ETag.

A method of a resource is called as it is, on a copy of the
resource whose flows remember the reply, so that no method and no class exists twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from types import MappingProxyType
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
from ..response.response import Response
from ..response_errors import UnexpectedResponse
from .paging import AsyncPages, Pages, plan_of
from .resource import AsyncResource, SyncResource, amoved, core_of, moved

T = TypeVar("T")

# These are for a browser or a proxy to keep, or answer for a credential.
_HIDDEN_HEADERS = frozenset(
    "authentication-info authorization cookie proxy-authenticate proxy-authentication-info "
    "proxy-authorization set-cookie set-cookie2 www-authenticate".split()
)
_LONGEST_HEADER = 8192

# RFC 9110, 8.8.3, without the bytes beyond ASCII: nobody can type those.
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"', re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse(Generic[T]):
    """A response with its typed result. It can be pickled if its `value` can.

    Attributes:
        status: The status code.
        headers: The headers by lower-case name; several lines of one are joined by commas. Those
            with secrets, such as cookies, are left out.
        value: What the call returns by itself; for a paginated list, one page.
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
        return self.headers.get("x-github-request-id")

    def __reduce__(self) -> tuple[Callable[..., RawResponse[T]], tuple[int, dict[str, str], T]]:
        return _raw_response, (self.status, dict(self.headers), self.value)


def _raw_response(status: int, headers: Mapping[str, str], value: T) -> RawResponse[T]:
    return RawResponse(status=status, headers=MappingProxyType(headers), value=value)


class _NotModified(Exception):
    """The state is still the one that the caller knows."""


class _Remembering(CallFlow):
    """Flows that keep the last reply; with an `etag` they ask only for another state than that."""

    __slots__ = ("_etag", "_kept")

    def __init__(self, flows: CallFlow, etag: str | None) -> None:
        super().__init__(flows.base, flows.options, flows.state)
        self._etag = etag
        self._kept: Response | None = None

    # Not `fetch`: a token is got with that one, and its request is not the caller's.
    def page(self, operation: Operation[T], request: Request) -> Flow[tuple[T, Response]]:
        if self._etag is not None:
            if request.writes:
                raise InvalidArgument(f"{operation.id}: if_none_match is for what only reads")
            condition = (b"If-None-Match", self._etag.encode("ascii"))
            request = msgspec.structs.replace(request, headers=(*request.headers, condition))
        try:
            value, self._kept = yield from super().page(operation, request)
        except UnexpectedResponse as error:
            if self._etag is not None and error.status == 304:
                raise _NotModified from None
            raise
        return value, self._kept

    def response(self, value: object) -> RawResponse[Any]:
        """Put the reply and the result of a call together."""
        if self._kept is None:
            raise TypeError(f"{_HOW}; this one sent no request")
        return _raw_response(self._kept.status, _headers(self._kept, self.state.redact), value)


_HOW = (
    "call must be a method of a resource of this client, followed by its arguments, as in "
    'client.with_raw_response(client.org("acme").runners.get, 7)'
)


def check_etag(etag: object) -> str:
    """Refuse what cannot be an entity tag: it would match nothing, or end the header."""
    if not isinstance(etag, str):
        raise TypeError(f"etag must be a str, not {type(etag).__name__}")
    if _ETAG.fullmatch(etag) is None:
        raise InvalidArgument('etag must be as a reply gave it, quotes included: "…" or W/"…"')
    return etag


def read(
    client: SyncCore,
    etag: str | None,
    call: object,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> RawResponse[Any] | None:
    """Make a call and give its reply as well; None when it still has that `etag`."""
    resource, function = _taken_apart(call, SyncResource)
    core = _same_client(core_of(resource), client)
    flows = _Remembering(core.flows, etag)
    core = core.with_flows(flows)
    try:
        value = function(moved(resource, core), *args, **kwargs)
        if isinstance(value, Pages):
            plan = plan_of(cast("Pages[object, object]", value))
            value, _ = core.run(flows.page(plan.operation, plan.first))
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
    """Do the same, with await."""
    resource, function = _taken_apart(call, AsyncResource)
    core = _same_client(core_of(resource), client)
    flows = _Remembering(core.flows, etag)
    core = core.with_flows(flows)
    try:
        value = function(amoved(resource, core), *args, **kwargs)
        if isinstance(value, AsyncPages):
            plan = plan_of(cast("AsyncPages[object, object]", value))
            value, _ = await core.run(flows.page(plan.operation, plan.first))
        elif isawaitable(value):
            value = await value
    except _NotModified:
        return None
    return flows.response(value)


AnyResource = TypeVar("AnyResource", SyncResource, AsyncResource)
AnyCore = TypeVar("AnyCore", SyncCore, AsyncCore)


def _taken_apart(
    call: object, kind: type[AnyResource]
) -> tuple[AnyResource, Callable[..., object]]:
    """Give the resource and the function of a bound method."""
    resource: object = getattr(call, "__self__", None)
    function: object = getattr(call, "__func__", None)
    if not isinstance(resource, kind) or not callable(function):
        raise TypeError(_HOW)
    return resource, function


def _same_client(core: AnyCore, client: AnyCore) -> AnyCore:
    """Let the options of the resource's own client hold, when it is this one or made of it."""
    if core.state is not client.state:
        raise InvalidArgument("call is a method of another client's resource")
    return core


def _headers(response: Response, redact: Redactor) -> Mapping[str, str]:
    return {
        name: redact(response.header(name) or "", _LONGEST_HEADER)
        for name in response.names
        if name not in _HIDDEN_HEADERS
    }


publish(__name__)
