"""Timeouts of a call and of the steps of a request. Pure."""

from __future__ import annotations

from math import isfinite

import msgspec

from ..errors import InvalidArgument
from ..lazy import publish


class Timeout(msgspec.Struct, frozen=True, kw_only=True):
    """Time limits for the steps of a request and for a whole call, in seconds; None sets no limit.

    Args:
        connect: Opening a connection: name resolution, TCP and TLS together. In seconds. Default: 10.
        read: Each wait for the next bytes of a response, not the whole body. In seconds. Default: 30.
        write: Each wait to hand over the next bytes of a request. In seconds. Default: 30.
        pool: Waiting for a free place among the client's 100 concurrent requests. In seconds.
            Default: 60.
        total: A whole call: all its attempts and the waits between them. In seconds. Default: 180.

    Raises:
        InvalidArgument: A limit is zero, negative or not finite.
        TypeError: A limit is not a number.
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


publish(__name__)
