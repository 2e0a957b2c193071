"""Base classes of every resource: a generated method is one call of these."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Never, TypeVar, overload

from ..call.driver import AsyncCore, SyncCore
from ..request.builder import PathValue, QueryValue
from ..request.operation import Operation, PagedOperation
from .paging import AsyncPages, Pages

T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")

_NOTHING: Mapping[str, Never] = MappingProxyType({})


def _shown(resource: object, path: Mapping[str, PathValue]) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in path.items())
    return f"{type(resource).__name__}({given})"


class SyncResource:
    """The operations of one kind of thing, in a scope whose path values it holds."""

    __slots__ = ("_core", "_path")

    def __init__(self, core: SyncCore, path: Mapping[str, PathValue]) -> None:
        self._core = core
        self._path = path

    def __repr__(self) -> str:
        return _shown(self, self._path)

    def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue] = _NOTHING,
        query: Mapping[str, QueryValue] = _NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        """Carry out an operation. Unset values are not sent."""
        core, places = self._core, {**self._path, **path}
        request = core.request(operation, path=places, query=query, body=body)
        return core.run(core.flows.call(operation, request))

    def _walk(
        self,
        operation: PagedOperation[Item, Page],
        *,
        path: Mapping[str, PathValue] = _NOTHING,
        query: Mapping[str, QueryValue] = _NOTHING,
    ) -> Pages[Item, Page]:
        """Prepare to walk a list; arguments are checked now, nothing is sent yet."""
        return Pages(self._core, operation, {**self._path, **path}, query)


class AsyncResource:
    """The same as `SyncResource`, with await."""

    __slots__ = ("_core", "_path")

    def __init__(self, core: AsyncCore, path: Mapping[str, PathValue]) -> None:
        self._core = core
        self._path = path

    def __repr__(self) -> str:
        return _shown(self, self._path)

    async def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue] = _NOTHING,
        query: Mapping[str, QueryValue] = _NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        """Carry out an operation. Unset values are not sent."""
        core, places = self._core, {**self._path, **path}
        request = core.request(operation, path=places, query=query, body=body)
        return await core.run(core.flows.call(operation, request))

    def _walk(
        self,
        operation: PagedOperation[Item, Page],
        *,
        path: Mapping[str, PathValue] = _NOTHING,
        query: Mapping[str, QueryValue] = _NOTHING,
    ) -> AsyncPages[Item, Page]:
        """Prepare to walk a list; arguments are checked now, nothing is sent yet."""
        return AsyncPages(self._core, operation, {**self._path, **path}, query)


# For `raw_response` alone: a public name in these classes would read as an operation.


@overload
def core_of(resource: SyncResource) -> SyncCore: ...
@overload
def core_of(resource: AsyncResource) -> AsyncCore: ...
def core_of(resource: SyncResource | AsyncResource) -> SyncCore | AsyncCore:
    """Give what a resource makes its calls with."""
    return resource._core  # pyright: ignore[reportPrivateUsage] - see above


def moved(resource: SyncResource, core: SyncCore) -> SyncResource:
    """Give the same resource with another core."""
    return type(resource)(core, resource._path)  # pyright: ignore[reportPrivateUsage]


def amoved(resource: AsyncResource, core: AsyncCore) -> AsyncResource:
    """Give the same resource with another core."""
    return type(resource)(core, resource._path)  # pyright: ignore[reportPrivateUsage]
