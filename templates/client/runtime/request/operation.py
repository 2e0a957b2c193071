"""Operation: the constant that describes one endpoint, for its sync and its async method.

Pure values; nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

from .availability import EVERYWHERE, Availability

T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")

Repeat = Literal["safe", "idempotent", "unsafe"]
Location = Literal["path", "query", "header", "cookie"]


class Placement(Protocol):
    """How one parameter travels, when not as usual: in a header, a cookie, or a style of its own."""

    @property
    def location(self) -> Location: ...
    @property
    def name(self) -> str: ...

    def pairs(self, value: object) -> list[str]:
        """Return `name=value` pairs for a query, a cookie or a form."""
        ...

    def segment(self, value: object) -> str:
        """Return a part of a path."""
        ...

    def header(self, value: object) -> str:
        """Return the value of a header."""
        ...


class BodyEncoder(Protocol):
    """How a body travels, when not as a JSON object of its fields."""

    def encode(self, body: Mapping[str, object]) -> tuple[bytes, str] | None:
        """Return a body and its media type; None if there is nothing to send."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """What a reply holds: the type to decode it into when it is first needed, None for nothing."""

    returns: Callable[[], object] | None
    encoding: Literal["json", "text", "binary"] = "json"


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
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

    `places` are the arguments that travel neither in the path nor in the query, or not in the usual
    style; `content` tells how a body travels that is no JSON object. `answers` tells what each
    status brings, where that is not JSON of what `returns` says; 2 stands for those not listed.
    `accept` is what to ask for in place of the client's usual media type. `security` are alternatives,
    each the names of schemes that are used together; it is empty where none is declared.
    """

    id: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    path: str
    success: tuple[int, ...]
    returns: Callable[[], object] | None
    repeat: Repeat
    lookup: str | None = None
    required: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    needs: str | None = None
    apps: bool = True
    places: Mapping[str, Placement] = msgspec.field(default_factory=dict[str, Placement])
    content: BodyEncoder | None = None
    answers: Mapping[int, Answer] = msgspec.field(default_factory=dict[int, Answer])
    accept: str | None = None
    security: tuple[tuple[str, ...], ...] = ()
    docs_url: str | None = None
    available: Availability = EVERYWHERE
    limited: Mapping[str, Availability] = msgspec.field(default_factory=dict[str, Availability])
    required_in: Mapping[str, tuple[str, ...]] = msgspec.field(
        default_factory=dict[str, tuple[str, ...]]
    )
    older_paths: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])

    def answer(self, status: int) -> Answer | None:
        """Tell what a reply of a status holds; None where no success is declared for it."""
        if not self.answers:
            return Answer(self.returns)
        return self.answers.get(status, self.answers.get(2))


class PagedOperation(Operation[Page], Generic[Item, Page], frozen=True, kw_only=True):
    """An endpoint that lists `Item`s, a `Page` at a time.

    `items` takes the items out of a page, `total` the number of items on all pages, where the
    page says it, `key` what tells an item from any other, where items have an id.
    """

    items: Callable[[Page], Sequence[Item]]
    total: Callable[[Page], int | None] | None = None
    key: Callable[[Item], Hashable] | None = None
