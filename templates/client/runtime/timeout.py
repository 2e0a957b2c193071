"""How long a call and the steps of a request may take. Pure values."""

from __future__ import annotations

import msgspec

from .checks import check_seconds
from .lazy import publish


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
    """Read the argument of a client: a number is the seconds of a whole call."""
    if isinstance(value, Timeout):
        return value
    return Timeout(connect=value, read=value, write=value, pool=value, total=value)


publish(__name__)
