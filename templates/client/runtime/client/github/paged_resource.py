"""Base classes of the resources with lists in pages. Their methods are one call of `_walk`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ...request.builder import PathValue, QueryValue
from ...request.operation import PagedOperation
from ..paging import AsyncPages, Pages
from ..resource import NOTHING, AsyncResource, SyncResource

Item = TypeVar("Item")
Page = TypeVar("Page")


class SyncPagedResource(SyncResource):
    """Base class of a resource with paginated lists."""

    __slots__ = ()

    def _walk(
        self,
        operation: PagedOperation[Item, Page],
        *,
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
    ) -> Pages[Item, Page]:
        """Return the pages of a list. The arguments are checked now; nothing is sent yet."""
        return Pages(self._core, operation, {**self._path, **path}, query)


class AsyncPagedResource(AsyncResource):
    """The asynchronous form of `SyncPagedResource`."""

    __slots__ = ()

    def _walk(
        self,
        operation: PagedOperation[Item, Page],
        *,
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
    ) -> AsyncPages[Item, Page]:
        """Return the pages of a list. The arguments are checked now; nothing is sent yet."""
        return AsyncPages(self._core, operation, {**self._path, **path}, query)
