"""Orders in which descriptions are synced.

Six of the 24 by default, in which each description is the first and the last at least once.
`RUNNERSMITH_ORDERS=all` tries all of them, which takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import permutations


def orders(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return orders of four descriptions."""
    found = [*permutations(names)]
    if os.environ.get("RUNNERSMITH_ORDERS") == "all":
        return found
    chosen = [found[number] for number in (3, 4, 9, 14, 18, 23)]
    assert {order[0] for order in chosen} == {order[-1] for order in chosen} == {*found[0]}
    return chosen
