"""Hooks of a fork: what waits before it, and what starts anew in the child process.

A child process has only the thread that forked. A lock that another thread of the parent held at
that moment stays locked in it for ever.
"""

from __future__ import annotations

import os
import time
from _thread import get_ident
from typing import Protocol
from weakref import WeakSet

from .lazy import importing


class Renewable(Protocol):
    """Object with locks or connections that a child process must not use."""

    def after_fork(self) -> None:
        """Start anew in a child process."""
        ...


_renewed: WeakSet[Renewable] = WeakSet()


def renew_in_child(one: Renewable) -> None:
    """Call `after_fork` in every child process, as long as the object exists."""
    _renewed.add(one)


def _before() -> None:
    """Wait until no other thread imports a module of the package, for a second at most."""
    thread = get_ident()
    for _ in range(1000):
        if all(one == thread for one in tuple(importing)):
            return
        time.sleep(0.001)


def _in_child() -> None:
    for one in list(_renewed):
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_child=_in_child)
