"""Methods of a client for raw responses and conditional requests; `raw_response` implements them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from ..call.driver import AsyncCore, SyncCore

if TYPE_CHECKING:
    from .paging import AsyncPages, Pages
    from .raw_response import RawResponse

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")


class RawCalls:
    """Base class of a `Client` with these methods."""

    __slots__ = ()

    _core: SyncCore

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
        """Make a call and give its result with the status and the headers of its reply.

        `call` is a method of a resource and stands before its arguments, as in
        `client.with_raw_response(client.org("acme").runners.get, 7)`. Of a list, the result is one
        page: the first, or the one of the argument `page`.
        """
        from .raw_response import read

        response = read(self._core, None, call, args, kwargs)
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
        """Make a call that reads, unless what it reads is still as it was.

        `etag` is the one of a reply that `with_raw_response` or this gave; where it still holds,
        there is nothing to read, and this gives None. That costs nothing of the rate limit. Raises
        InvalidArgument for what is no ETag, and for a call that writes.
        """
        from .raw_response import check_etag, read

        return read(self._core, check_etag(etag), call, args, kwargs)


class AsyncRawCalls:
    """Base class of an `AsyncClient` with these methods."""

    __slots__ = ()

    _core: AsyncCore

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
        """Do what `Client.with_raw_response` does, with await."""
        from .raw_response import aread

        response = await aread(self._core, None, call, args, kwargs)
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
        """Do what `Client.if_none_match` does, with await."""
        from .raw_response import aread, check_etag

        return await aread(self._core, check_etag(etag), call, args, kwargs)
