"""Base classes of the resources. A generated method is one call of `_call`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Generic, Never, TypeVar, overload

from ..call.driver import AsyncCore, SyncCore
from ..request.builder import PathValue, QueryValue, Request
from ..request.operation import Operation

T = TypeVar("T")

NOTHING: Mapping[str, Never] = MappingProxyType({})


def _repr(resource: object, path: Mapping[str, PathValue]) -> str:
    arguments = ", ".join(f"{name}={value!r}" for name, value in path.items())
    return f"{type(resource).__name__}({arguments})"


class SyncResource:
    """Base class of a resource: the operations on one kind of object in a scope."""

    __slots__ = ("_core", "_path")

    def __init__(self, core: SyncCore, path: Mapping[str, PathValue]) -> None:
        self._core = core
        self._path = path

    def __repr__(self) -> str:
        return _repr(self, self._path)

    def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        """Call an operation. Unset arguments are not sent."""
        core, path_values = self._core, {**self._path, **path}
        request = core.request(operation, path=path_values, query=query, body=body)
        return core.run(core.flows.call(operation, request))


class AsyncResource:
    """The asynchronous form of `SyncResource`."""

    __slots__ = ("_core", "_path")

    def __init__(self, core: AsyncCore, path: Mapping[str, PathValue]) -> None:
        self._core = core
        self._path = path

    def __repr__(self) -> str:
        return _repr(self, self._path)

    async def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        """Call an operation. Unset arguments are not sent."""
        core, path_values = self._core, {**self._path, **path}
        request = core.request(operation, path=path_values, query=query, body=body)
        return await core.run(core.flows.call(operation, request))


class Unread(Generic[T]):
    """A result that nothing was sent for yet, such as a list: its first request returns a `T`."""

    __slots__ = ()

    @abstractmethod
    def _first(self) -> tuple[Operation[T], Request]: ...


# Functions for `raw_response`, since a public method would look like an operation.


@overload
def core_of(resource: SyncResource) -> SyncCore: ...
@overload
def core_of(resource: AsyncResource) -> AsyncCore: ...
def core_of(resource: SyncResource | AsyncResource) -> SyncCore | AsyncCore:
    """Return the core of a resource."""
    return resource._core  # pyright: ignore[reportPrivateUsage] - see above


def with_core(resource: SyncResource, core: SyncCore) -> SyncResource:
    """Return a copy of a resource with another core."""
    return type(resource)(core, resource._path)  # pyright: ignore[reportPrivateUsage] - see above


def with_async_core(resource: AsyncResource, core: AsyncCore) -> AsyncResource:
    """Return a copy of a resource with another core."""
    return type(resource)(core, resource._path)  # pyright: ignore[reportPrivateUsage] - see above


def first_request(result: Unread[T]) -> tuple[Operation[T], Request]:
    """Return the first request of a result, with its operation."""
    return result._first()  # pyright: ignore[reportPrivateUsage] - see above
