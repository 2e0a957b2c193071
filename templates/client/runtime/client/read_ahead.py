"""Read-ahead of pages: the requests that are expected after a page, and what was read for them.

Pure. The pages that the server leads to decide: a response is used only if its request is the one
that the page before leads to. A wrong expectation costs requests, never a page.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from urllib.parse import parse_qsl

from ..redaction import Redactor
from ..request.builder import Request
from ..response.response import Response

_NUMBER = re.compile(r"(?<=[?&]page=)[0-9]{1,9}(?=&|$)", re.ASCII)


def expected_requests(
    first: Request,
    following: Request,
    *,
    last: str | None,
    pages_left: int | None,
    limit: int,
    redact: Redactor,
) -> list[Request]:
    """Return the request for the following page, and those for the pages expected after it.

    `last` is the target of the last page, `pages_left` the number of pages by the total. Pages can
    be expected only if they differ from the first in nothing but a page number, since a cursor
    is known to the page before only.
    """
    number = _NUMBER.search(following.target)
    if number is None or _parts(following.target)[1] != _parts(first.target)[1]:
        return [following]
    start = end = int(number[0])
    if last is not None and _parts(last) == _parts(following.target):
        last_number = _NUMBER.search(last)
        end = start if last_number is None else int(last_number[0])
    elif pages_left is not None:
        end = start + pages_left - 1
    before, after = following.target[: number.start()], following.target[number.end() :]
    more = range(start + 1, min(end + 1, start + limit))
    return [following, *(following.with_target(f"{before}{n}{after}", redact) for n in more)]


def _parts(target: str) -> tuple[str, Sequence[tuple[str, str]]]:
    """Return the path of a target, and its query parameters without the page number."""
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    return path, sorted(pair for pair in pairs if pair[0] != "page")


class ReadAhead:
    """Responses of one pass that were read before their turn, in the order of their pages."""

    __slots__ = ("_outcomes", "limit")

    def __init__(self, limit: int) -> None:
        # The number of pages to read at once.
        self.limit: int = limit
        self._outcomes: deque[tuple[str, Response | Exception]] = deque()

    def store(
        self, requests: Sequence[Request], outcomes: Sequence[Response | Exception]
    ) -> Response:
        """Store the outcomes of requests, and return the response of the first one."""
        targets = [request.target for request in requests]
        self._outcomes.extend(zip(targets, outcomes, strict=False))
        response = self.take(requests[0])
        assert response is not None
        return response

    def take(self, request: Request) -> Response | None:
        """Return the response that was read for a request, or raise its error; None without one."""
        if not self._outcomes:
            return None
        target, outcome = self._outcomes.popleft()
        if target != request.target:
            # The server leads elsewhere, so further expectations would be wrong as well.
            self._outcomes.clear()
            self.limit = 1
            return None
        if isinstance(outcome, Exception):
            try:
                raise outcome
            finally:
                del outcome  # its traceback refers to this frame
        return outcome
