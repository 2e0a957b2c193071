"""Raw responses and conditional requests of a client whose lists have pages.

For a list, a raw response has one page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, overload

from ..paging import AsyncPages, Pages
from ..raw_calls import AsyncRawCalls, RawCalls, method_of
from ..raw_response import RawResponse, aread, check_etag, read

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")


class PagedRawCalls(RawCalls):
    """Base class of a `Client` with these methods."""

    __slots__ = ()

    @overload
    def with_raw_response(
        self, call: Callable[P, Pages[Item, Page]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[Page]: ...
    @overload
    def with_raw_response(
        self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T]: ...
    def with_raw_response(
        self, call: Callable[..., object], /, *args: object, **kwargs: object
    ) -> RawResponse[Any]:
        """Make a call and return its result with the status and headers of the response.

        `call` is a method of a resource of this client, followed by its arguments:
        `client.with_raw_response(client.RESOURCE.METHOD, ...)`. For a paginated list, the result
        is one page: the first, or the one that the argument `page` names.
        """
        response = read(self._core, None, method_of(call), args, kwargs)
        assert response is not None
        return response

    @overload
    def if_none_match(
        self, etag: str, call: Callable[P, Pages[Item, Page]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[Page] | None: ...
    @overload
    def if_none_match(
        self, etag: str, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T] | None: ...
    def if_none_match(
        self, etag: str, call: Callable[..., object], /, *args: object, **kwargs: object
    ) -> RawResponse[Any] | None:
        """Make a call that reads, if its result has changed; return None if it has not.

        `etag` is that of an earlier `RawResponse`. Raises InvalidArgument if `etag`
        is not an entity tag, or if the call writes.
        """
        return read(self._core, check_etag(etag), method_of(call), args, kwargs)


class AsyncPagedRawCalls(AsyncRawCalls):
    """Base class of an `AsyncClient` with these methods."""

    __slots__ = ()

    @overload
    async def with_raw_response(
        self, call: Callable[P, AsyncPages[Item, Page]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[Page]: ...
    @overload
    async def with_raw_response(
        self, call: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T]: ...
    async def with_raw_response(
        self, call: Callable[..., object], /, *args: object, **kwargs: object
    ) -> RawResponse[Any]:
        """Await a call and return its result with the status and headers of the response.

        See `Client.with_raw_response`.
        """
        response = await aread(self._core, None, method_of(call), args, kwargs)
        assert response is not None
        return response

    @overload
    async def if_none_match(
        self,
        etag: str,
        call: Callable[P, AsyncPages[Item, Page]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> RawResponse[Page] | None: ...
    @overload
    async def if_none_match(
        self, etag: str, call: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[T] | None: ...
    async def if_none_match(
        self, etag: str, call: Callable[..., object], /, *args: object, **kwargs: object
    ) -> RawResponse[Any] | None:
        """Await a call that reads, if its result has changed; return None if it has not.

        See `Client.if_none_match`.
        """
        return await aread(self._core, check_etag(etag), method_of(call), args, kwargs)
