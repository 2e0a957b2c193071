"""How long the steps of a request may take. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

from .errors import InvalidArgument


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Seconds allowed for each step; None allows any time.

    `connect` is name, TCP and TLS together; `read` and `write` are each wait for the other side,
    not a whole body; `pool` is the wait for one of the client's connections.
    """

    connect: float | None = 10.0
    read: float | None = 30.0
    write: float | None = 30.0
    pool: float | None = 60.0

    def __post_init__(self) -> None:
        for step in fields(self):
            value: object = getattr(self, step.name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"timeout {step.name} must be a number of seconds")
            if not (isfinite(value) and value > 0):
                raise InvalidArgument(f"timeout {step.name} must be positive and finite, or None")


def timeout_of(value: float | Timeout) -> Timeout:
    """Read the argument of a client: one number is meant for every step."""
    if isinstance(value, Timeout):
        return value
    return Timeout(connect=value, read=value, write=value, pool=value)
