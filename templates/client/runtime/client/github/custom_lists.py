"""Lists of endpoints outside the API description, as resources: their raw response can be had."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, get_origin

import msgspec

from ...call.driver import AsyncCore, SyncCore
from ...request.builder import Request
from ...request.operation import PagedOperation
from ..page_walk import PER_PAGE
from ..paging import AsyncPages, Pages
from ..raw_calls import build_custom
from ..resource import AsyncResource, SyncResource

_Items: TypeAlias = Callable[[Any], Sequence[Any]]
_Query: TypeAlias = Mapping[str, Any]


class ListEndpoint(SyncResource):
    """The list of any endpoint."""

    __slots__ = ()

    def request_pages(
        self, path: str, *, query: _Query | None = None, items: _Items | None = None, **options: Any
    ) -> Pages[Any, Any]:
        query = {"per_page": PER_PAGE, **(query or {})}
        operation, first = _custom_list(self._core, path, query, items, options)
        return Pages(self._core, operation, {}, query, first)


class AsyncListEndpoint(AsyncResource):
    """The asynchronous form of `ListEndpoint`."""

    __slots__ = ()

    def request_pages(
        self, path: str, *, query: _Query | None = None, items: _Items | None = None, **options: Any
    ) -> AsyncPages[Any, Any]:
        query = {"per_page": PER_PAGE, **(query or {})}
        operation, first = _custom_list(self._core, path, query, items, options)
        return AsyncPages(self._core, operation, {}, query, first)


def _custom_list(
    core: SyncCore | AsyncCore,
    path: str,
    query: _Query,
    items: _Items | None,
    options: Mapping[str, Any],
) -> tuple[PagedOperation[Any, Any], Request]:
    """Return the operation of a list and its first request. It has no total: only links are followed."""
    returns = options["returns"]
    if items is None and list not in (returns, get_origin(returns)):
        raise TypeError("returns must be a list of items, unless items= returns those of a page")
    custom = build_custom(core, "GET", path, {**options, "query": query})
    fields: dict[str, Any] = msgspec.structs.asdict(custom.operation)
    items = _whole if items is None else _checked(items)
    return PagedOperation(**fields, items=items), custom.request


def _checked(items: _Items) -> _Items:
    """Return a function that raises TypeError if the items are no list, such as an empty object."""

    def checked(page: Any) -> Sequence[Any]:
        found = items(page)
        _check_list(found)
        return found

    return checked


def _check_list(found: object) -> None:
    if isinstance(found, str | bytes) or not isinstance(found, Sequence):
        raise TypeError(f"items= must return a list, not {type(found).__name__}")


def _whole(page: Sequence[Any]) -> Sequence[Any]:
    return page
