"""Call of an endpoint: its owner and arguments, lists and refusals as results. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, overload

import msgspec

from ...testing._kit.description import as_object
from ...testing._kit.response.faults import TrustedItems
from ..state.base_owner import Owner
from ..state.owners import Enterprise, Organization
from ..state.world import World

Item = TypeVar("Item")
Handler: TypeAlias = Callable[["EndpointCall"], Any]


class Refusal(Exception):
    """An endpoint rejects a call.

    Attributes:
        status: The HTTP status.
        message: The message of the response.
        errors: The problems of single values: strings, or objects with `resource`, `field`, `code`.
    """

    def __init__(
        self, status: int, message: str, *, errors: Sequence[Mapping[str, Any] | str] = ()
    ) -> None:
        super().__init__(message)
        self.status: int = status
        self.message: str = message
        self.errors: Sequence[Mapping[str, Any] | str] = errors


def not_found() -> Refusal:
    """Return the refusal for something that is missing, or that the caller cannot see."""
    return Refusal(404, "Not Found")


class Arguments(Mapping[str, Any]):
    """Arguments of a call that record which of them were read, also inside of objects."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values: Mapping[str, Any] = {
            name: it if (inside := as_object(it)) is None else Arguments(inside)
            for name, it in values.items()
        }
        self._read = set[str]()

    def __getitem__(self, name: str) -> Any:
        self._read.add(name)
        if name not in self._values:
            raise KeyError(f"the request has no {name}")
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def unread(self) -> Iterator[str]:
        """Yield the names of arguments that were not read, such as `name` or `image.version`."""
        for name, value in self._values.items():
            if name not in self._read:
                yield name
            elif isinstance(value, Arguments):
                yield from (f"{name}.{one}" for one in value.unread())


class EndpointCall(msgspec.Struct, frozen=True):
    """A call of an endpoint.

    Attributes:
        world: The state.
        owner: The enterprise, organization or repository of its path.
        arguments: The parameters and the fields of the body, by their names in Python.
        base_url: The address of the API, with which links in responses begin.
        now: The time in seconds since 1970.
    """

    world: World
    owner: Owner
    arguments: Arguments
    base_url: str
    now: float

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arguments

    def get(self, name: str, default: Any = None) -> Any:
        """Return an argument, or the default if the call does not have it."""
        return self.arguments.get(name, default)

    def one_of(self, items: Mapping[Any, Item], name: str) -> Item:
        """Return the item whose key is an argument. Raises Refusal (404) without one."""
        item = items.get(self[name])
        if item is None:
            raise not_found()
        return item

    @property
    def group_owner(self) -> Enterprise | Organization:
        """The owner, if it has runner groups. Raises Refusal (404) if it is a repository."""
        if isinstance(self.owner, (Enterprise, Organization)):
            return self.owner
        raise not_found()


class Listed(TrustedItems, Generic[Item]):
    """Items of a list, which become JSON when their page is requested."""

    def __init__(self, items: Sequence[Item], shown: Callable[[Item], Any]) -> None:
        self._items = items
        self._shown = shown

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._shown(item) for item in self._items[index]]
        return self._shown(self._items[index])

    def __iter__(self) -> Iterator[Any]:
        return map(self._shown, self._items)
