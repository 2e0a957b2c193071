"""Pauses between the requests of a wait. Pure."""

from __future__ import annotations

from collections.abc import Iterator


def growing(first: float, most: float) -> Iterator[float]:
    """Yield pauses in seconds, each half as long again as the one before, up to a limit."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 1.5, most)
