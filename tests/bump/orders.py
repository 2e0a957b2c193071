"""Orders in which descriptions are synced.

Four of the 24 by default: each description is the first once and the last once, and follows each
other one directly once. `RUNNERSMITH_ORDERS=all` tries all of them, which takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import pairwise, permutations


def orders(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return orders of four descriptions."""
    found = [*permutations(names)]
    if os.environ.get("RUNNERSMITH_ORDERS") == "all":
        return found
    chosen = [found[number] for number in (0, 10, 13, 23)]
    assert {pair for order in chosen for pair in pairwise(order)} == {*permutations(found[0], 2)}
    assert {order[0] for order in chosen} == {order[-1] for order in chosen} == {*found[0]}
    return chosen
