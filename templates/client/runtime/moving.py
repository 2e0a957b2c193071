"""Items of a list that moves while it is read: no item twice, and none lost that need not be.

Pure. A runner that goes away lets those behind it move up, and the first of the next page onto a
page that was read already; one that comes can push a runner onto the next page, to be read twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from .operation import PagedOperation

Item = TypeVar("Item")
Page = TypeVar("Page")

# How often a list is read at most, each time from its start.
MAX_WALKS = 3


class Sieve(Generic[Item, Page]):
    """Lets each item pass once, and tells whether the list has to be walked again.

    It has to be when it was seen to move: its total changed from one page to the next, an item
    came twice, or fewer items came than the last page counted. Without a key for each item, or
    without a total, one walk is all there is. Remembers keys, not items.
    """

    __slots__ = ("_before", "_count", "_fresh", "_is_keyed", "_moved", "_operation", "_seen")
    __slots__ += ("_skipped", "_total", "_walk")

    def __init__(self, operation: PagedOperation[Item, Page], skipped: int) -> None:
        self._operation = operation
        # How many items are on the pages before the first that is asked for.
        self._skipped = skipped
        # The walk in which a key was seen last.
        self._seen: dict[Hashable, int] = {}
        self._is_keyed = operation.key is not None and operation.total is not None
        self._walk = 0
        self._before: tuple[int, int | None] | None = None
        self._begin()

    def _begin(self) -> None:
        self._total: int | None = None
        self._count = 0
        self._fresh = 0
        self._moved = False

    def again(self) -> bool:
        """Tell whether to walk the list, for the first time or once more."""
        if self._walk > 0 and (self._walk == MAX_WALKS or not self._has_moved()):
            return False
        self._before = (self._count, self._total)
        self._begin()
        self._walk += 1
        return True
