"""Places of calls at a client's connections, as far as they are taken."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Self
from unittest import mock

from client.faults.called_operations import AsyncClient, Client
from ghrunners._runtime.call import places
from ghrunners._runtime.http import connect
from ghrunners._runtime.http.pool import AsyncPool, Pool


def places_taken(client: Client) -> int:
    """Count the places that the driver of a sync client has handed out."""
    slots = client.core._places.slots  # pyright: ignore[reportPrivateUsage] - seen nowhere else
    return _at_once() - slots._free.qsize()  # pyright: ignore[reportPrivateUsage] - the same


def async_places_taken(client: AsyncClient) -> int:
    """Count the places that the driver of an async client has handed out, in its last loop."""
    _, line = client.core._places._last  # pyright: ignore[reportPrivateUsage] - seen nowhere else
    return 0 if line is None else _at_once() - line.slots.value


class RecordedPools:
    """The connection pools that this process makes inside a `with` block."""

    def __init__(self) -> None:
        self._made: list[tuple[int, Pool | AsyncPool]] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for kind in (Pool, AsyncPool):
            recorded = mock.patch.object(connect, kind.__name__, self._recording(kind))
            self._stack.enter_context(recorded)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def in_use(self) -> int:
        """The number of requests and connections that a pool still works on."""
        return sum(map(_in_use, (made for process, made in self._made if process == os.getpid())))

    def _recording(self, kind: type[Pool] | type[AsyncPool]) -> object:
        def make(*arguments: object) -> Pool | AsyncPool:
            made = kind(*arguments)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - handed on
            self._made.append((os.getpid(), made))
            return made

        return make


def _in_use(transport: Pool | AsyncPool) -> int:
    pool = transport._pool  # pyright: ignore[reportPrivateUsage] - seen nowhere else
    busy = [one for one in pool.connections if not (one.is_idle() or one.is_closed())]
    return len(busy) + len(pool._requests)  # pyright: ignore[reportPrivateUsage] - the same


def _at_once() -> int:
    number: int = vars(places)["AT_ONCE"]  # which a scenario may change
    return number
