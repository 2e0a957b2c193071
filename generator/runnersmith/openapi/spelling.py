"""Suggestions for misspelt names: the closest known one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from .messages import quote

# What is compared to find out what was meant.
_LONGEST_NAME = 60
_MOST_NAMES = 500


def near(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?`, or nothing, for a name among few."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?`, or nothing, for a name among very many."""
    found = nearest(name, known)
    return f"; did you mean {quote(found)}?" if found else ""


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
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, n=1)), None)
