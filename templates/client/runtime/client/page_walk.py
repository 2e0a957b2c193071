"""Walk over the pages of a list: its plan, and the request for the page after each one.

Sends nothing. `paging` sends the requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, NoReturn, TypeVar

from ..call.core import Core
from ..redaction import Secret
from ..request.base_url import RejectedUrl
from ..request.builder import PathValue, QueryValue, Request
from ..request.operation import PagedOperation
from ..response.errors.by_status import unexpected_response
from ..response.link_header import link_refused, parse_links
from ..response.response import Response
from ..types import UNSET
from .read_ahead import expected_requests

Item = TypeVar("Item")
Page = TypeVar("Page")

# The maximum number of items in a page.
PER_PAGE = 100
# Limits for a faulty server: a million items, and this many empty pages in a row.
MAX_PAGES = 10_000
_MAX_EMPTY = 10


class Plan(Generic[Item, Page]):
    """Plan of a walk: the operation, its arguments and the first request.

    `first` is that request if it is built already. It then has the whole query.
    """

    __slots__ = ("_path", "_query", "core", "first", "number", "operation", "per_page")

    def __init__(
        self,
        core: Core,
        operation: PagedOperation[Item, Page],
        path: Mapping[str, PathValue],
        query: Mapping[str, QueryValue],
        first: Request | None = None,
    ) -> None:
        self.core = core
        self.operation = operation
        self._path = path
        self._query = dict(query)
        if self._query.get("per_page", UNSET) is UNSET:
            self._query["per_page"] = PER_PAGE
        per_page, number = self._query["per_page"], self._query.get("page")
        self.per_page = min(per_page, PER_PAGE) if isinstance(per_page, int) else PER_PAGE
        self.number = max(number, 1) if isinstance(number, int) else 1
        self.first = first or core.request(operation, path=path, query=self._query)

    @property
    def skipped(self) -> int:
        """The number of items before the first requested page."""
        return (self.number - 1) * self.per_page

    def page_request(self, number: int) -> Request:
        """Return the request for a page by its number."""
        query = {**self._query, "page": number}
        return self.core.request(self.operation, path=self._path, query=query)

    def __repr__(self) -> str:
        return f"<pages of {self.first.info}>"


class PageWalk(Generic[Item, Page]):
    """One pass over all pages.

    The next page is that of the `Link` header. If a response has no such header, but its total is
    larger than the number of items so far, the next page is requested by number. An empty page then
    ends the list, since a total can count items that are not shown. It is an error only if the total
    counts a whole page more, and the page before was full.
    """

    __slots__ = ("_empty", "_last", "_links", "_number", "_plan", "_seen", "_total", "_visited")

    def __init__(self, plan: Plan[Item, Page]) -> None:
        self._plan = plan
        self._number = plan.number
        self._seen = plan.skipped
        self._visited = {plan.first.target}
        self._last: Sequence[Item] = ()
        self._total: int | None = None
        self._empty = 0
        self._links: Mapping[str, Secret[str]] = {}

    def following(self, request: Request, response: Response, page: Page) -> Request | None:
        """Return the request for the page after this one; None if this is the last."""
        items = self._plan.operation.items(page)
        self._seen += len(items)
        self._empty = 0 if items else self._empty + 1
        total_of = self._plan.operation.total
        total, before = None if total_of is None else total_of(page), self._total
        # As many new items as a page has move the items of a page to the next one.
        has_grown = total is not None and before is not None and total > before
        self._total = total
        links = parse_links(response.header("link") or "")
        if links:
            following = self._linked_request(request, response, links)
        elif total is None or total <= self._seen:
            following = None
        elif items:
            following = self._plan.page_request(self._number + 1)
        else:
            whole = self._plan.per_page
            if total - self._seen >= whole and len(self._last) >= whole:
                self._fail(request, response, "the page is empty, but its total counts more items")
            following = None
        if following is None:
            return None
        self._number += 1
        if (
            following.target in self._visited
            or (items and items == self._last and not has_grown)
            or self._empty > _MAX_EMPTY
            or len(self._visited) >= MAX_PAGES
        ):
            self._fail(request, response, "the pages repeat or do not end")
        self._visited.add(following.target)
        self._last = items
        self._links = links
        return following

    def expected(self, following: Request, limit: int) -> Sequence[Request]:
        """Return the request for the following page, and those for pages expected after it."""
        if limit == 1:
            return [following]
        flows, items, link = self._plan.core.flows, len(self._last), self._links.get("last")
        last = following.base.resolve(None if link is None else link.reveal(), following.target)
        left = None if self._total is None or not items else -((self._seen - self._total) // items)
        return expected_requests(
            self._plan.first,
            following,
            last=None if isinstance(last, RejectedUrl) else last,
            pages_left=left,
            limit=limit,
            redact=flows.state.redact,
        )

    def _linked_request(
        self, request: Request, response: Response, links: Mapping[str, Secret[str]]
    ) -> Request | None:
        if "next" not in links:
            return None
        flows = self._plan.core.flows
        target = request.base.resolve(links["next"].reveal(), request.target)
        if isinstance(target, RejectedUrl):
            raise link_refused(request.info, response, target.reason, flows.state.redact)
        return request.with_target(target, flows.state.redact)

    def _fail(self, request: Request, response: Response, problem: str) -> NoReturn:
        raise unexpected_response(
            request.info, response, self._plan.core.flows.state.redact, problem
        )
