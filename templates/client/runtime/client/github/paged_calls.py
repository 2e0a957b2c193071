"""Lists of any endpoint, raw responses and conditional requests of a client whose lists have pages.

For a list, a raw response has one page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MethodType
from typing import Any, ParamSpec, TypeVar, overload

from ..paging import AsyncPages, Pages
from ..raw_calls import AsyncRawCalls, RawCalls, method_of
from ..raw_response import RawResponse, aread, check_etag, read
from .custom_lists import AsyncListEndpoint, ListEndpoint

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")


class PagedRawCalls(RawCalls):
    """Base class of a `Client` with these methods."""

    __slots__ = ()

    @overload
    def request_pages(
        self,
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        returns: type[list[Item]],
    ) -> Pages[Item, list[Item]]: ...
    @overload
    def request_pages(
        self,
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        returns: type[Page],
        items: Callable[[Page], Sequence[Item]],
    ) -> Pages[Item, Page]: ...
    def request_pages(
        self,
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        returns: Any,
        items: Callable[[Any], Sequence[Any]] | None = None,
    ) -> Pages[Any, Any]:
        """List any endpoint below the base URL, also one that the API description does not have.

        Nothing is sent until you iterate over the result, as over that of every other list. The next
        page is that of the `Link` header. A page has 100 items unless `query` has another
        `per_page`. `path` and `path_parameters` are those of `request`.

        `returns` is the type of a page: a list of items, or any other that msgspec can decode. For
        that one, `items` is a function that returns the list of the items of a page.

        Raises InvalidArgument for a URL, or a path with a query or dot segments, and TypeError for
        a type that msgspec cannot decode, or one that is no list without `items`. Iteration raises
        what that of every other list does: a page that is not of that type is an
        UnexpectedResponse, and a link to another server LinkRefused.

        Source: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        return ListEndpoint(self._core, {}).request_pages(
            path, path_parameters=path_parameters, query=query, returns=returns, items=items
        )

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
        response = read(self._core, None, _method_of(call), args, kwargs)
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
        return read(self._core, check_etag(etag), _method_of(call), args, kwargs)


class AsyncPagedRawCalls(AsyncRawCalls):
    """Base class of an `AsyncClient` with these methods."""

    __slots__ = ()

    @overload
    def request_pages(
        self,
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        returns: type[list[Item]],
    ) -> AsyncPages[Item, list[Item]]: ...
    @overload
    def request_pages(
        self,
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        returns: type[Page],
        items: Callable[[Page], Sequence[Item]],
    ) -> AsyncPages[Item, Page]: ...
    def request_pages(
        self,
        path: str,
        *,
        path_parameters: Mapping[str, str | int] | None = None,
        query: Mapping[str, str | int | bool | Sequence[str | int]] | None = None,
        returns: Any,
        items: Callable[[Any], Sequence[Any]] | None = None,
    ) -> AsyncPages[Any, Any]:
        """List any endpoint below the base URL. See `Client.request_pages`."""
        return AsyncListEndpoint(self._core, {}).request_pages(
            path, path_parameters=path_parameters, query=query, returns=returns, items=items
        )

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
        response = await aread(self._core, None, _method_of(call), args, kwargs)
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
        return await aread(self._core, check_etag(etag), _method_of(call), args, kwargs)


def _method_of(call: object) -> object:
    """Return a method of a resource. A client's `request_pages` is that of the list of any endpoint."""
    client: object = None
    if isinstance(call, MethodType) and call.__name__ == "request_pages":
        client = call.__self__
    if isinstance(client, PagedRawCalls):
        core = client._core  # pyright: ignore[reportPrivateUsage] - the list has the same
        return ListEndpoint(core, {}).request_pages
    if isinstance(client, AsyncPagedRawCalls):
        async_core = client._core  # pyright: ignore[reportPrivateUsage] - the list has the same
        return AsyncListEndpoint(async_core, {}).request_pages
    return method_of(call)
