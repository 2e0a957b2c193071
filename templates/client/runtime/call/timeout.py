"""Timeouts of a call and of the steps of a request. Pure."""

from __future__ import annotations

from math import isfinite

import msgspec

from ..errors import InvalidArgument


class Timeout(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds allowed for each step, and for a whole call; None allows any time.

    `connect` is name, TCP and TLS together; `read` and `write` are each wait for the other side,
    not a whole body; `pool` is the wait until fewer than 100 requests of the client are under way.
    `total` is a whole call with all its attempts and the waits between them; a walk over a list
    makes a call for each page.
    """

    connect: float | None = 10.0
    read: float | None = 30.0
    write: float | None = 30.0
    pool: float | None = 60.0
    total: float | None = 180.0

    def __post_init__(self) -> None:
        for step in self.__struct_fields__:
            check_seconds(f"timeout {step}", getattr(self, step), or_none=True)


def timeout_of(value: float | Timeout) -> Timeout:
    """Check a client's argument `timeout`. A number is the seconds for a whole call."""
    if isinstance(value, Timeout):
        return value
    return Timeout(connect=value, read=value, write=value, pool=value, total=value)


def check_seconds(
    name: str, value: object, *, or_none: bool = False, or_zero: bool = False
) -> None:
    """Raise TypeError or InvalidArgument if a value is not a valid number of seconds."""
    if value is None and or_none:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not isfinite(value) or value < 0 or (value == 0 and not or_zero):
        lowest = "0 or more" if or_zero else "positive"
        raise InvalidArgument(f"{name} must be {lowest} and finite{', or None' * or_none}")
