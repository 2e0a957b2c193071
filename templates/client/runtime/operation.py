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
    request twice is `safe`, `idempotent` (the same outcome) or `unsafe` (a second effect); `lookup`
    what to look up when it is unsafe and its outcome unknown, in words that follow "look up".

    `needs` says in words what a token must be allowed to do, where that is known. `apps` is whether
    the token of a GitHub App can be: False where GitHub takes classic tokens only.

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
    lookup: str | None = None
    required: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    needs: str | None = None
    apps: bool = True
    docs_url: str | None = None
    available: Availability = EVERYWHERE
    limited: Mapping[str, Availability] = field(default_factory=dict[str, Availability])
    required_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    older_paths: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedOperation(Operation[Page], Generic[Item, Page]):
    """An endpoint that lists `Item`s, a `Page` at a time.

    `items` takes the items out of a page, `total` the number of items on all pages, where the
    page says it, `key` what tells an item from any other, where items have an id.
    """

    items: Callable[[Page], Sequence[Item]]
    total: Callable[[Page], int | None] | None = None
    key: Callable[[Item], Hashable] | None = None
