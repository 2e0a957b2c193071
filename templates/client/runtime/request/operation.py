"""Description of one endpoint: the constant that its sync and its async method share.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

from .availability import EVERYWHERE, Availability
from .base_url import BaseUrl

T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")

Repeat = Literal["safe", "idempotent", "unsafe"]
Location = Literal["path", "query", "header", "cookie"]


class Placement(Protocol):
    """Location and style of a parameter in a header, a cookie, or a style that is not the default.

    Errors name the argument.
    """

    @property
    def location(self) -> Location: ...
    @property
    def name(self) -> str: ...

    def pairs(self, argument: str, value: object) -> list[str]:
        """Return the `name=value` pairs of a query, a cookie or a form."""
        ...

    def segment(self, argument: str, value: object) -> str:
        """Return the part of a path."""
        ...

    def header(self, argument: str, value: object) -> str:
        """Return the value of a header."""
        ...


class BodyEncoder(Protocol):
    """Encoding of a body that is not a JSON object of its fields."""

    def encode(self, body: Mapping[str, object]) -> tuple[bytes, str]:
        """Check and encode a body. Return it with its media type. `body` has the set arguments."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """Content of a response: `returns` returns its type on first use; None means no content.

    `any` is JSON or text by the content type of the response, `location` the target of a redirect.
    """

    returns: Callable[[], object] | None
    encoding: Literal["json", "text", "binary", "any", "location"] = "json"


class Operation(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An endpoint whose successful call returns a `T`.

    `id` is that of the API description. `name` is the method as it is called on a client, such as
    `members.list`; empty for a request that no method sends.

    `returns` returns the type of the result on first use, so that importing an operation imports no
    model. None means that the response has no content. `success` are the declared statuses of
    success. `required` are the required query parameters and body fields, and `lists` the body
    fields that are arrays. `repeat` is the retry safety: `safe`, `idempotent` (sending the request
    again has no further effect) or `unsafe` (it has a second effect). `lookup` is what to look up
    if the outcome of an unsafe request is unknown, in words that follow "look up".

    `needs` names the permissions that a token needs, if they are known. `apps` is whether an App can
    have them: False if only the classic tokens of users can.

    `available` are the versions and products with the operation. `limited` are the arguments with a
    narrower availability, `required_in` those that are required in some API versions only.
    `older_paths` are the paths in older versions. `fixed_query` is a query that every request has.
    `server` is the name of the server, if it is not the base URL.

    `places` are the arguments in a header or a cookie, or in a style that is not the default.
    `content` encodes a body that is not a JSON object. A `body_optional` body is omitted if none of
    its arguments is set. `body_in` are the API versions with a body, if others have none. `answers`
    are the contents of each status, if they are not JSON of the type of `returns`; 2 stands for
    every other success. `errors` return the type of the content of errors, by status; a one-digit
    status stands for its class, 0 for any other, and None means no type. `accept` replaces the client's media type.
    `security` are alternatives, each with the names of schemes that are used together. It is empty
    if none is declared.
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
    body_optional: bool = False
    body_in: tuple[str, ...] = ()
    answers: Mapping[int, Answer] = msgspec.field(default_factory=dict[int, Answer])
    errors: Mapping[int, Callable[[], object] | None] = msgspec.field(
        default_factory=dict[int, Callable[[], object] | None]
    )
    accept: str | None = None
    security: tuple[tuple[str, ...], ...] = ()
    name: str = ""
    available: Availability = EVERYWHERE
    limited: Mapping[str, Availability] = msgspec.field(default_factory=dict[str, Availability])
    required_in: Mapping[str, tuple[str, ...]] = msgspec.field(
        default_factory=dict[str, tuple[str, ...]]
    )
    older_paths: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    fixed_query: str = ""
    server: str = ""

    @property
    def called(self) -> str:
        """The name of the method, or the id if there is none."""
        return self.name or self.id

    def answer(self, status: int) -> Answer | None:
        """Return the content of a response by its status; None if the status is not a success."""
        if not self.answers:
            return Answer(self.returns)
        return self.answers.get(status, self.answers.get(2))


class PagedOperation(Operation[Page], Generic[Item, Page], frozen=True, kw_only=True):
    """A paginated endpoint that lists `Item`s, a `Page` at a time.

    `items` returns the items of a page, `total` the number of items on all pages, if the page has
    it, and `key` the identity of an item, if items have an id.
    """

    items: Callable[[Page], Sequence[Item]]
    total: Callable[[Page], int | None] | None = None
    key: Callable[[Item], Hashable] | None = None


class OtherServers(Protocol):
    """Servers of operations that are not sent to the base URL.

    `trusted` are the origins that may receive credentials, with that of the base URL.
    """

    @property
    def bases(self) -> Sequence[BaseUrl]: ...
    @property
    def trusted(self) -> Collection[str]: ...

    def place(self, operation: Operation[T]) -> tuple[BaseUrl, Operation[T]]:
        """Return the base URL of an operation, and the operation with its security there.

        Raises InvalidArgument if it cannot be called there.
        """
        ...
