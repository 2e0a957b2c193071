"""Checks of what a client is configured with. Pure."""

from __future__ import annotations

from math import isfinite

from ..errors import InvalidArgument


def check_seconds(
    name: str, value: object, *, or_none: bool = False, or_zero: bool = False
) -> None:
    """Refuse what is no number of seconds: TypeError, or InvalidArgument for one that is senseless."""
    if value is None and or_none:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not isfinite(value) or value < 0 or (value == 0 and not or_zero):
        lowest = "0 or more" if or_zero else "positive"
        raise InvalidArgument(f"{name} must be {lowest} and finite{', or None' * or_none}")
