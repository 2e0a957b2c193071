"""A cached registration or removal token, and locks that let one caller renew it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..._runtime.clock import Clock
from ..._runtime.fork import renew_in_child
from ...models import RunnerToken

if TYPE_CHECKING:
    import anyio

# Seconds before its expiry at which a token is renewed: a machine needs time to boot and register.
_HEADROOM = 300.0
# A token is valid for an hour. If this machine's clock is slow, `expires_at` seems to be later.
_LIFE = 3600.0


class TokenSlot:
    """A token with the time until which it is returned. A token is never shown."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._token: RunnerToken | None = None
        self._usable_until = 0.0

    def usable(self) -> RunnerToken | None:
        """Return the token; None if there is none, or if it expires within five minutes."""
        return self._token if self._clock.wall() < self._usable_until else None

    def store(self, token: RunnerToken) -> RunnerToken:
        """Keep a new token, and return it."""
        expiry = min(token.expires_at.timestamp(), self._clock.wall() + _LIFE)
        self._usable_until = expiry - _HEADROOM
        self._token = token
        return token


class ThreadTurns:
    """A lock of threads, and a fresh one in a child process: nobody there would release it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        renew_in_child(self)

    def after_fork(self) -> None:
        """Start anew in a child process."""
        self._lock = threading.Lock()

    def lock(self) -> threading.Lock:
        """Return the lock of this process."""
        return self._lock


class TaskTurns:
    """A lock of tasks for each event loop, since a lock belongs to the loop that uses it."""

    def __init__(self) -> None:
        self._locks: WeakKeyDictionary[object, anyio.Lock] = WeakKeyDictionary()

    def lock(self) -> anyio.Lock:
        """Return the lock of the running event loop."""
        import anyio
        from anyio.lowlevel import current_token

        # anyio 4.11 and later wrap the loop in an object that nothing keeps alive.
        token = current_token()
        loop: object = getattr(token, "native_token", token)
        return self._locks.setdefault(loop, anyio.Lock())
