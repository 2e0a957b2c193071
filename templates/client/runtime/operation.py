"""What one endpoint is: the constant that the sync and the async method of an operation share.

Pure values; nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from .availability import EVERYWHERE, Availability

T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")

Repeat = Literal["safe", "idempotent", "unsafe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[T]):
    """An endpoint whose successful call gives a `T`.

    `returns` gives the type to decode a reply into when it is first needed, so that importing an
    operation imports no model; None means that the reply has no content. `success` are the
    statuses declared for success. `required` are the query parameters and body fields that have to
    be given, `lists` the body fields that are arrays. `repeat` tells whether sending the same
    request twice is `safe`, `idempotent` (the same outcome) or `unsafe` (a second effect). `needs`
    says which permissions it takes.

    `available` says where the operation exists, `limited` which arguments exist in fewer places,
    `required_in` which are required in some API versions only, `older_paths` what the path was in
    an older version.
    """

    id: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    success: tuple[int, ...]
    returns: Callable[[], object] | None
    repeat: Repeat
    required: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    docs_url: str | None = None
    lookup: str = ""
    needs: str = ""
    available: Availability = EVERYWHERE
    limited: Mapping[str, Availability] = field(default_factory=dict[str, Availability])
    required_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    older_paths: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedOperation(Operation[Page], Generic[Item, Page]):
    """An endpoint that lists `Item`s, a `Page` at a time.

    `items` takes the items out of a page, `total` the number of items on all pages, where the
    page says it, `key` what tells an item from all others, mostly its id.
    """

    items: Callable[[Page], Sequence[Item]]
    total: Callable[[Page], int | None] | None = None
    key: Callable[[Item], Hashable] | None = None
