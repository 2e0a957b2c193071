"""Deduplication of items when a list changes during pagination.

Pure. If an item is removed, the later ones move up, and one of them moves to a page that has
already been read. If an item is added, another one can move to the next page and appear twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from ..request.operation import PagedOperation

Item = TypeVar("Item")
Page = TypeVar("Page")

# The maximum number of passes over a list, each from its start.
MAX_PASSES = 3


class Deduplicator(Generic[Item, Page]):
    """Deduplicates the items of a list, and detects whether the list needs another pass.

    It needs one if a change is detected: the total differs between pages, an item appears twice, or
    fewer items appear than the total. Items without a key and lists without a total get a single
    pass. Stores keys, not items.
    """

    __slots__ = (
        "_count",
        "_has_changed",
        "_has_keys",
        "_operation",
        "_pass",
        "_previous",
        "_seen",
        "_skipped",
        "_total",
    )

    def __init__(self, operation: PagedOperation[Item, Page], skipped: int) -> None:
        self._operation = operation
        # The number of items before the first requested page.
        self._skipped = skipped
        # Key -> the latest pass in which it appeared.
        self._seen: dict[Hashable, int] = {}
        self._has_keys = operation.key is not None
        self._pass = 0
        # Of this pass: the latest total, the number of items, and whether the list has changed.
        self._total: int | None = None
        self._count = 0
        self._has_changed = False
        # Of the previous pass: the number of keys after it, its number of items, its total.
        self._previous: tuple[int, int, int | None] | None = None

    def start_pass(self) -> bool:
        """Start a pass if one is needed; return whether it is."""
        if self._pass > 0 and not (self._pass < MAX_PASSES and self._needs_another()):
            return False
        self._previous = (len(self._seen), self._count, self._total)
        self._total, self._count, self._has_changed = None, 0, False
        self._pass += 1
        return True

    def new_items(self, page: Page) -> Sequence[Item]:
        """Return the items of a page that have not appeared before."""
        operation = self._operation
        total = None if operation.total is None else operation.total(page)
        if self._total not in (None, total):
            self._has_changed = True
        self._total = total
        items = operation.items(page)
        if operation.key is None:
            return items
        keys = list(map(operation.key, items))
        if self._are_new(keys):
            return items
        return [item for item, key in zip(items, keys, strict=True) if self._is_new(key)]

    def _are_new(self, keys: Sequence[Hashable]) -> bool:
        """Record a page if all of its items are new, the usual case; return whether they are."""
        try:
            unique = dict.fromkeys(keys, self._pass)
        except TypeError:
            return False
        if len(unique) < len(keys) or None in unique or not self._seen.keys().isdisjoint(unique):
            return False
        self._seen.update(unique)
        self._count += len(unique)
        return True

    def _is_new(self, key: object) -> bool:
        if key is None or not isinstance(key, Hashable):
            # Without a valid key (see `lenient`), another pass would yield the item again.
            self._has_keys = False
            return True
        last = self._seen.get(key)
        self._seen[key] = self._pass
        if last == self._pass:
            self._has_changed = True
        else:
            self._count += 1
        return last is None

    def _needs_another(self) -> bool:
        if self._total is None or not self._has_keys:
            return False
        if self._has_changed:
            return True
        # If a server always counts hidden items, the result of each pass is the same.
        is_short = self._skipped + self._count < self._total
        return is_short and self._previous != (len(self._seen), self._count, self._total)
