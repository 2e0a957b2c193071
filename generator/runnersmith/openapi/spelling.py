"""What a misspelt name was meant to be, among very many. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from .messages import quote

# What is compared to find out what was meant.
_LONGEST_NAME = 60
_MOST_NAMES = 500


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is spelt most like another; None when there is too much to compare."""
    if not name or len(name) > _LONGEST_NAME:
        return None
    # To compare all in full takes long: only those that start or end alike.
    alike = [
        other
        for other in known
        if (other[:1] == name[0] or other[-1:] == name[-1]) and len(other) <= _LONGEST_NAME
    ]
    return _closest(name, tuple(sorted(alike))) if len(alike) <= _MOST_NAMES else None


@lru_cache(maxsize=1_000)
def _closest(name: str, known: tuple[str, ...]) -> str | None:
    near = get_close_matches(name, known, n=1)
    return near[0] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Write `; did you mean "x"?` when something known is spelt alike."""
    near = nearest(name, known)
    return f"; did you mean {quote(near)}?" if near else ""
