"""Hooks of a fork: what waits before it, and what starts anew in the child process.

A child process has only the thread that forked. A lock that another thread of the parent held at
that moment stays locked in it for ever.
"""

from __future__ import annotations

import os
import time
from _thread import get_ident
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar
from weakref import WeakSet

from .lazy import finish, unfinished

T = TypeVar("T")


class Renewable(Protocol):
    """Object with locks or connections that a child process must not use."""

    def after_fork(self) -> None:
        """Start anew in a child process."""
        ...


_renewed: WeakSet[Renewable] = WeakSet()

# An item for each fork in progress. Only functions in C change it: see `call/places`.
_forks: list[None] = []


def renew_in_child(one: Renewable) -> None:
    """Call `after_fork` in every child process, as long as the object exists."""
    _renewed.add(one)


def between_forks(work: Callable[[], T]) -> T:
    """Do work that a fork waits for, as `finish` does, but only after a fork in progress.

    Otherwise a fork would hardly find a moment at which none of many threads works. The work must not
    wait for other threads, which may wait for the fork.
    """
    if _forks:
        _wait(lambda: not _forks)
    return finish(work)


async def await_between_forks(work: Callable[[], Awaitable[T]]) -> T:
    """Await work as `between_forks` does it. A fork by the thread of the event loop does not wait."""
    if _forks:
        _wait(lambda: not _forks)
    thread = get_ident()
    try:
        unfinished.append(thread)
        return await work()
    finally:
        unfinished.remove(thread)


def _wait(until: Callable[[], bool]) -> None:
    """Wait for a condition, a second at most."""
    for _ in range(1000):
        if until():
            return
        time.sleep(0.001)


def _before() -> None:
    """Wait until no other thread has a lock of an import, of `decoders`, SQLite or OpenSSL."""
    thread = get_ident()
    _wait(lambda: all(one == thread for one in tuple(unfinished)))


def _in_child() -> None:
    thread = get_ident()
    # Other threads do not exist here.
    unfinished[:] = [one for one in unfinished if one == thread]
    for one in list(_renewed):
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_child=_in_child)
    # Hooks before a fork run in the opposite order, so that this one is the first.
    os.register_at_fork(
        before=partial(_forks.append, None),
        after_in_parent=_forks.pop,
        after_in_child=_forks.clear,
    )
