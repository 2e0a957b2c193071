"""Random sequences that the models of a fake GitHub are compared in: how many, and of what."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeVar

from hypothesis import strategies as st

# CONTRIBUTING.md describes the variable.
SEQUENCES = int(os.environ.get("RUNNERSMITH_SEQUENCES", "25"))
# One choice of so many is a rare one.
_RARE = 10

T = TypeVar("T")


def mostly(data: st.DataObject, usual: Iterable[T], rare: Iterable[T]) -> T:
    """Choose something that changes a state, and rarely something that is refused or does nothing.

    It is a rare one, too, if there are no usual ones. At least one of both must be there.
    """
    usual, rare = list(usual), list(rare)
    is_rare = bool(rare) and (not usual or data.draw(st.integers(1, _RARE)) == _RARE)
    return data.draw(st.sampled_from(rare if is_rare else usual))


def some(data: st.DataObject, usual: Iterable[T], rare: Iterable[T], *, most: int = 3) -> set[T]:
    """Choose a set of usual things, rarely with a rare one among them."""
    usual = list(usual)
    chosen = data.draw(st.sets(st.sampled_from(usual), max_size=most)) if usual else set[T]()
    return chosen | mostly(data, [set[T]()], [{one} for one in rare])
