"""Pagination: the pages and items of a list.

`page_walk` finds the next page; `Pages` and `AsyncPages` send the requests. A page that cannot be
read raises an error, so a failure never looks like the end of a list. `deduplication` handles lists
that change during pagination.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Generic, NoReturn, Self, TypeVar

from ..call.core import Core
from ..call.driver import AsyncCore, SyncCore
from ..call.pacing import AT_ONCE
from ..errors import InvalidArgument
from ..lazy import load, publish
from ..request.builder import PathValue, QueryValue, Request
from ..request.operation import Operation, PagedOperation
from ..response.response import Response
from .deduplication import Deduplicator
from .page_walk import PageWalk, Plan
from .read_ahead import ReadAhead
from .resource import Unread

Item = TypeVar("Item")
Page = TypeVar("Page")
AnyCore = TypeVar("AnyCore", bound=Core)


def check_concurrency(value: object) -> int:
    """Return a number of pages to read at once. Raises an error if it is not valid."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"page_concurrency must be an int, not {type(value).__name__}")
    if not 1 <= value <= AT_ONCE:
        raise InvalidArgument(f"page_concurrency must be from 1 to {AT_ONCE}")
    return value


class CommonPages(Unread[Page], Generic[AnyCore, Item, Page]):
    """The part of a paginated list that does not depend on its flavour."""

    __slots__ = ("_concurrency", "_core", "_plan")

    def __init__(
        self,
        core: AnyCore,
        operation: PagedOperation[Item, Page],
        path: Mapping[str, PathValue],
        query: Mapping[str, QueryValue],
        first: Request | None = None,
    ) -> None:
        self._core = core
        self._plan = Plan(core, operation, path, query, first)
        self._concurrency = core.flows.options.page_concurrency

    def _first(self) -> tuple[Operation[Page], Request]:
        return self._plan.operation, self._plan.first

    def _parallel(self, pages: int) -> Self:
        pages = check_concurrency(pages)
        parallel = copy.copy(self)
        parallel._concurrency = pages
        return parallel

    def __bool__(self) -> NoReturn:
        raise TypeError("the pages are not read yet: iterate over them, or use list()")

    def __repr__(self) -> str:
        return repr(self._plan)


class Pages(CommonPages[SyncCore, Item, Page], Generic[Item, Page]):
    """A paginated list. Iterating fetches one page after the other; each iteration starts anew.

    Creating it sends nothing. Each page is a call, with its own time limits. The client asks for 100
    items a page, the most that the server allows, unless `per_page` is given. A page that cannot be
    fetched raises its error: a list never ends early because a request failed.

    A list can change during pagination, so that an item appears on two pages or on none. Iterating
    returns each item once, by its id, and fetches the list again if it has visibly changed: its
    total differs between two pages, an item came twice, or fewer items came than the total. It is
    fetched three times at most. Undetected is one case: a removal and an addition between the same
    two pages. Items without an id and lists without a total are fetched once and returned as they
    come.

    With `parallel`, or the client's option `page_concurrency`, the pages after the first are fetched
    several at once, and each is a call with its own time limit. Items and errors come in the same
    order. No request is in progress while the caller handles an item. The sync client fetches each
    page in a separate thread, which calls hooks and token functions too. It requires page numbers,
    and a total or a link to the last page; other lists are fetched one page after the other. If a
    list becomes shorter, requests for pages that no longer exist are possible.
    """

    __slots__ = ()

    def pages(self) -> Iterator[Page]:
        """Iterate over the pages themselves, once and in order, with any duplicate items."""
        core, flows, operation = self._core, self._core.flows, self._plan.operation
        walk, ahead = PageWalk(self._plan), ReadAhead(self._concurrency)
        following: Request | None = self._plan.first
        while following is not None:
            request = following
            response = ahead.take(request)
            if response is None:
                batch = walk.expected(request, ahead.limit)
                if len(batch) == 1:
                    response = core.run(flows.fetch(operation, request))
                else:
                    load("..call.concurrent", __package__)
                    from ..call.concurrent import run_all

                    fetches = [flows.fetch(operation, one) for one in batch]
                    response = ahead.store(batch, run_all(core, fetches))
            page = flows.decode(operation, request, response)
            yield page
            following = walk.following(request, response, page)

    def parallel(self, pages: int) -> Self:
        """Return the same list, with up to this many pages fetched at once, from 1 to 100.

        Replaces the client's option `page_concurrency` for this list. Raises InvalidArgument for
        another number, TypeError if it is not an int.
        """
        return self._parallel(pages)

    def __iter__(self) -> Iterator[Item]:
        deduplicator = Deduplicator(self._plan.operation, self._plan.skipped)
        while deduplicator.start_pass():
            for page in self.pages():
                yield from deduplicator.new_items(page)


class _AsyncPageIterator(AsyncIterator[Page], Generic[Item, Page]):
    """Iterator over the pages of a list.

    An event loop closes an abandoned async generator in another task, and the page would stay in
    memory until then. This is none, so that a loop which ends early costs nothing.
    """

    __slots__ = ("_ahead", "_core", "_following", "_is_reading", "_plan", "_read", "_walk")

    def __init__(self, core: AsyncCore, plan: Plan[Item, Page], concurrency: int) -> None:
        self._core = core
        self._plan = plan
        self._walk, self._ahead = PageWalk(plan), ReadAhead(concurrency)
        self._following: Request | None = plan.first
        # The latest page, with its request and its response.
        self._read: tuple[Request, Response, Page] | None = None
        self._is_reading = False

    async def __anext__(self) -> Page:
        if self._is_reading:
            raise RuntimeError("another task is reading the next page of this iterator")
        self._is_reading = True
        following, self._following = self._following, None  # an error ends the iteration
        try:
            if self._read is not None:
                following, self._read = self._walk.following(*self._read), None
            if following is None:
                raise StopAsyncIteration
            response = await self._fetch(following)
            page = self._core.flows.decode(self._plan.operation, following, response)
            self._read = (following, response, page)
            return page
        finally:
            self._is_reading = False

    async def _fetch(self, request: Request) -> Response:
        core, flows, operation = self._core, self._core.flows, self._plan.operation
        response = self._ahead.take(request)
        if response is not None:
            return response
        batch = self._walk.expected(request, self._ahead.limit)
        if len(batch) == 1:
            return await core.run(flows.fetch(operation, request))
        load("..call.concurrent", __package__)
        from ..call.concurrent import arun_all

        fetches = [flows.fetch(operation, one) for one in batch]
        return self._ahead.store(batch, await arun_all(core, fetches))


class AsyncPages(CommonPages[AsyncCore, Item, Page], Generic[Item, Page]):
    """The asynchronous form of `Pages`: iterate with `async for`."""

    __slots__ = ()

    def pages(self) -> AsyncIterator[Page]:
        """Iterate over the pages themselves, once and in order, with any duplicate items."""
        return _AsyncPageIterator(self._core, self._plan, self._concurrency)

    def parallel(self, pages: int) -> Self:
        """Return the same list, with up to this many pages fetched at once. See `Pages.parallel`."""
        return self._parallel(pages)

    async def __aiter__(self) -> AsyncIterator[Item]:
        deduplicator = Deduplicator(self._plan.operation, self._plan.skipped)
        while deduplicator.start_pass():
            async for page in self.pages():
                for item in deduplicator.new_items(page):
                    yield item


publish(__name__)
