"""Cache of a registration or removal token, and locks so that one caller renews it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..._runtime.call.places import Turns
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
    """A cached token, and the time at which it must be renewed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._token: RunnerToken | None = None
        # By both clocks: one can be set back, and the other can stand still in a machine that sleeps.
        self._usable_until = (0.0, 0.0)

    def usable(self) -> RunnerToken | None:
        """Return the token; None if there is none, or if it expires within five minutes."""
        wall, monotonic = self._usable_until
        is_usable = self._clock.wall() < wall and self._clock.now() < monotonic
        return self._token if is_usable else None

    def store(self, token: RunnerToken) -> RunnerToken:
        """Keep a new token, and return it."""
        wall = self._clock.wall()
        seconds = min(token.expires_at.timestamp() - wall, _LIFE) - _HEADROOM
        self._usable_until = wall + seconds, self._clock.now() + seconds
        self._token = token
        return token


class ThreadTurns:
    """Turns of threads. A child process starts anew: nobody there would end a turn of its parent."""

    def __init__(self) -> None:
        self._turns = Turns()
        renew_in_child(self)

    def after_fork(self) -> None:
        """Start anew in a child process."""
        self._turns = Turns()

    @contextmanager
    def turn(self, seconds: float) -> Generator[None]:
        """Wait for a turn and surround it. After the seconds, go on without one."""
        turns, taken = self._turns, list[int]()
        try:
            turns.take(taken, seconds)
            yield
        finally:
            list(map(turns.release, taken))


class TaskTurns:
    """Turns of tasks in each event loop, since a lock belongs to the loop that uses it."""

    def __init__(self) -> None:
        self._locks: WeakKeyDictionary[object, anyio.Lock] = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self, seconds: float) -> AsyncGenerator[None]:
        """Wait for a turn and surround it. After the seconds, go on without one."""
        import anyio

        lock = self._lock()
        with anyio.move_on_after(seconds) as waiting:
            await lock.acquire()
        try:
            yield
        finally:
            if not waiting.cancelled_caught:
                lock.release()

    def _lock(self) -> anyio.Lock:
        """Return the lock of the running event loop."""
        import anyio
        from anyio.lowlevel import current_token

        # anyio 4.11 and later wrap the loop in an object that nothing keeps alive.
        token = current_token()
        loop: object = getattr(token, "native_token", token)
        return self._locks.setdefault(loop, anyio.Lock())
