"""Suggests the closest known name for a typo. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from .messages import quote

# Limits of a comparison, which takes long for long names and for many.
_LONGEST_NAME = 60
_MOST_NAMES = 500


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for a typo among a few names; empty if none is close."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for a typo among many names; empty if none is close."""
    found = nearest(name, known)
    return f"; did you mean {quote(found)}?" if found else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to another; None if there are too many to compare."""
    if not name or len(name) > _LONGEST_NAME:
        return None
    # Comparing all of them takes too long: only those with the same start or end count.
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
