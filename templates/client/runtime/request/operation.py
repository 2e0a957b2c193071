"""What one endpoint is: the constant that the sync and the async method of an operation share.

Pure values; nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, Literal, TypeVar

import msgspec

from .availability import EVERYWHERE, Availability

T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")

Repeat = Literal["safe", "idempotent", "unsafe"]
StyleName = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject", "json"
]


class Style(msgspec.Struct, frozen=True):
    """How a value is written as text, by what OpenAPI calls it; `json` is as JSON."""

    name: StyleName
    explode: bool


class Place(msgspec.Struct, frozen=True):
    """Where a parameter travels, under which name; `style` is None for the usual one of its place."""

    location: Literal["path", "query", "header", "cookie"]
    name: str
    style: Style | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """How a field of a form travels, where not as text that is written in the usual style."""

    media_type: str | None = None
    style: Style | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """How a body travels. `whole` is the argument that is all of it; None for one made of fields.

    A body that is not `required` is left out where nothing of it was given.
    """

    encoding: Literal["json", "form", "multipart", "text", "binary"]
    media_type: str
    whole: str | None = None
    required: bool = True
    parts: Mapping[str, Part] = msgspec.field(default_factory=dict[str, Part])


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
    places: Mapping[str, Place] = msgspec.field(default_factory=dict[str, Place])
    content: Content | None = None
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
