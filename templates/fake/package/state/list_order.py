"""Order of lists whose items move between pages while they are read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any


class MovingOrder:
    """An order in which some items move to another page between any two requests.

    At each request, the first one to three items of a list move to its end. A client that reads the
    pages in turn then misses some items, and reads others twice.

    Args:
        seed: Determines how many items move each time.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same moves for a seed
        self._moved = 0

    def __call__(self, items: Sequence[Any]) -> Sequence[Any]:
        self._moved += self._random.randint(1, 3)
        start = self._moved % len(items) if items else 0
        return [*items[start:], *items[:start]]
