"""Methods of a client for any endpoint, raw responses and conditional requests.

`request/custom` builds the requests to endpoints outside the API description. `raw_response` makes
raw responses and conditional requests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MethodType, UnionType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

from ..call.driver import AsyncCore, SyncCore
from ..lazy import load
from ..types import UNSET
from .raw_response import RawResponse, aread, check_etag, read
from .resource import AsyncResource, SyncResource

if TYPE_CHECKING:
    from ..request.custom import CustomRequest

P = ParamSpec("P")
T = TypeVar("T")


class _Endpoint(SyncResource):
    """Any endpoint, as a resource: the raw response of a method of a resource can be had."""

    __slots__ = ()

    def request(self, method: str, path: str, **options: Any) -> object:
        core = self._core
        custom = build_custom(core, method, path, options)
        return core.run(core.flows.call(custom.operation, custom.request))


class RawCalls:
    """Base class of a `Client` with these methods."""

    __slots__ = ()

    _core: SyncCore

    @overload
    def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: type[T],
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> T: ...
    @overload
    def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: None,
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> None: ...
    @overload
    def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: UnionType = ...,
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> object: ...
    def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: object = UNSET,
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> Any:
        """Call any endpoint below the base URL, also one that the API description does not have.

        It has the authentication, retries, limits, timeouts, hooks and errors of every other call.
        `path` begins with a slash and is escaped; `{name}` in it stands for one segment, the value
        of that name in `path_parameters`. `json` is the body; None sends none.

        The result is the JSON of the response as dicts and lists, or None without content. `returns`
        is the type of the result instead: any that msgspec can decode, bytes for the body as it is,
        or None for a response without content. `Team | None` is for a response with or without it.

        `retry_safety` is `safe`, `idempotent` or `unsafe`. Default: by the method, which is `unsafe`
        for POST and PATCH. A call that is `unsafe` and may have been carried out raises
        `OutcomeUnknown` instead of being sent again.

        Raises InvalidArgument for another method, a URL, or a path with a query or dot segments, and
        TypeError for a body that is not JSON or a type that msgspec cannot decode.
        """
        return _Endpoint(self._core, {}).request(
            method,
            path,
            path_parameters=path_parameters,
            query=query,
            json=json,
            returns=returns,
            retry_safety=retry_safety,
        )

    def with_raw_response(
        self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T]:
        """Make a call and return its result with the status and headers of the response.

        `call` is a method of a resource of this client, followed by its arguments:
        `client.with_raw_response(client.RESOURCE.METHOD, ...)`.
        """
        response = read(self._core, None, method_of(call), args, kwargs)
        assert response is not None
        return response

    def if_none_match(
        self, etag: str, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T] | None:
        """Make a call that reads, if its result has changed; return None if it has not.

        `etag` is that of an earlier `RawResponse`. Raises InvalidArgument if `etag`
        is not an entity tag, or if the call writes.
        """
        return read(self._core, check_etag(etag), method_of(call), args, kwargs)


class _AsyncEndpoint(AsyncResource):
    """Any endpoint, as a resource: the raw response of a method of a resource can be had."""

    __slots__ = ()

    async def request(self, method: str, path: str, **options: Any) -> object:
        core = self._core
        custom = build_custom(core, method, path, options)
        return await core.run(core.flows.call(custom.operation, custom.request))


class AsyncRawCalls:
    """Base class of an `AsyncClient` with these methods."""

    __slots__ = ()

    _core: AsyncCore

    @overload
    async def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: type[T],
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> T: ...
    @overload
    async def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: None,
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> None: ...
    @overload
    async def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: UnionType = ...,
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> object: ...
    async def request(
        self,
        method: Literal["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        json: object = None,
        returns: object = UNSET,
        retry_safety: Literal["safe", "idempotent", "unsafe"] | None = None,
    ) -> Any:
        """Await a call of any endpoint below the base URL. See `Client.request`."""
        return await _AsyncEndpoint(self._core, {}).request(
            method,
            path,
            path_parameters=path_parameters,
            query=query,
            json=json,
            returns=returns,
            retry_safety=retry_safety,
        )

    async def with_raw_response(
        self, call: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T]:
        """Await a call and return its result with the status and headers of the response.

        See `Client.with_raw_response`.
        """
        response = await aread(self._core, None, method_of(call), args, kwargs)
        assert response is not None
        return response

    async def if_none_match(
        self, etag: str, call: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T] | None:
        """Await a call that reads, if its result has changed; return None if it has not.

        See `Client.if_none_match`.
        """
        return await aread(self._core, check_etag(etag), method_of(call), args, kwargs)


def build_custom(
    core: SyncCore | AsyncCore, method: str, path: str, options: Mapping[str, Any]
) -> CustomRequest:
    """Build a request to any endpoint, which few programs send."""
    load("..request.custom", __package__)
    from ..request.custom import custom_request

    custom = custom_request(core.base, core.deployment, method, path, **options)
    core.state.source.check(custom.operation, custom.request)
    return custom


def method_of(call: object) -> object:
    """Return a method of a resource. A client's `request` is that of any endpoint."""
    client = call.__self__ if isinstance(call, MethodType) and call.__name__ == "request" else None
    if isinstance(client, RawCalls):
        core = client._core  # pyright: ignore[reportPrivateUsage] - of this module
        return _Endpoint(core, {}).request
    if isinstance(client, AsyncRawCalls):
        async_core = client._core  # pyright: ignore[reportPrivateUsage] - of this module
        return _AsyncEndpoint(async_core, {}).request
    return call
