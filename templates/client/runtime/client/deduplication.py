"""Deduplication of items when a list changes during pagination.

Pure. A runner that goes away lets those behind it move up, and the first of the next page onto a
page that was read already; one that comes can push a runner onto the next page, to be read twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from ..request.operation import PagedOperation

Item = TypeVar("Item")
Page = TypeVar("Page")

# How often a list is read at most, each time from its start.
MAX_WALKS = 3


class Deduplicator(Generic[Item, Page]):
    """Lets each item pass once, and tells whether the list has to be walked again.

    It has to be when it was seen to move: its total changed from one page to the next, an item
    came twice, or fewer items came than the last page counts. Without a key for each item, or
    without a total, one walk is all there is. Remembers keys, not items.
    """

    __slots__ = (
        "_before",
        "_count",
        "_is_moved",
        "_is_told",
        "_operation",
        "_seen",
        "_skipped",
        "_total",
        "_walk",
    )

    def __init__(self, operation: PagedOperation[Item, Page], skipped: int) -> None:
        self._operation = operation
        # How many items are on the pages before the first that is asked for.
        self._skipped = skipped
        # The walk in which a key was met last.
        self._seen: dict[Hashable, int] = {}
        self._is_told = operation.key is not None
        self._walk = 0
        # Of this walk: its last total, its items, and whether the list moved.
        self._total: int | None = None
        self._count = 0
        self._is_moved = False
        # What the walk before came to: the keys known after it, its items, its total.
        self._before: tuple[int, int, int | None] | None = None

    def again(self) -> bool:
        """Tell whether to walk the list, for the first time or once more."""
        if self._walk > 0 and not (self._walk < MAX_WALKS and self._has_moved()):
            return False
        self._before = (len(self._seen), self._count, self._total)
        self._total, self._count, self._is_moved = None, 0, False
        self._walk += 1
        return True

    def fresh(self, page: Page) -> Sequence[Item]:
        """Give the items of a page that did not come before."""
        operation = self._operation
        total = None if operation.total is None else operation.total(page)
        if self._total not in (None, total):
            self._is_moved = True
        self._total = total
        items = operation.items(page)
        if operation.key is None:
            return items
        keys = list(map(operation.key, items))
        if self._are_new(keys):
            return items
        return [item for item, key in zip(items, keys, strict=True) if self._is_new(key)]

    def _are_new(self, keys: Sequence[Hashable]) -> bool:
        """Tell, and note, whether all of a page is new, as it nearly always is. Made to be fast."""
        try:
            found = dict.fromkeys(keys, self._walk)
        except TypeError:
            return False
        if len(found) < len(keys) or None in found or not self._seen.keys().isdisjoint(found):
            return False
        self._seen.update(found)
        self._count += len(found)
        return True

    def _is_new(self, key: object) -> bool:
        if key is None or not isinstance(key, Hashable):
            # An odd item (see `lenient`) cannot be told from others: each walk would give it.
            self._is_told = False
            return True
        last = self._seen.get(key)
        self._seen[key] = self._walk
        if last == self._walk:
            self._is_moved = True
        else:
            self._count += 1
        return last is None

    def _has_moved(self) -> bool:
        if self._total is None or not self._is_told:
            return False
        if self._is_moved:
            return True
        # A server that counts what it does not show does so each time.
        is_short = self._skipped + self._count < self._total
        return is_short and self._before != (len(self._seen), self._count, self._total)
