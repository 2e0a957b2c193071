"""Places of calls at a client's connections, with fresh ones in each process and event loop.

A call takes a place before it sends, and returns it at the end. After a fork, a child process has
its own connections, places and locks: threads of the parent may have held them at that moment. So
has each event loop.

An exception of a signal handler costs no place. CPython runs a handler when a call returns, at the
start of a function, and when a loop repeats. `Turns.take` stores a place within one call, and the
first call of a `finally` block returns it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..errors import ClientClosed
from ..fork import renew_in_child
from ..lazy import finish
from .context import ClientState
from .pacing import AT_ONCE
from .steps import AsyncSender, Sender

if TYPE_CHECKING:
    import anyio

_FOREIGN = (
    "this client has its own transport, which belongs to another process or event loop: "
    "create another client"
)


class Turns:
    """Semaphore whose places are numbered, and which no exception of a signal handler can break.

    `release` returns a place. It is a function in C: see the module.
    """

    __slots__ = ("_free", "release")

    def __init__(self, places: int = 1) -> None:
        self._free: SimpleQueue[int] = SimpleQueue()
        self.release: Callable[[int], None] = self._free.put
        for place in range(places):
            self._free.put(place)

    def take(self, taken: list[int], seconds: float) -> bool:
        """Wait for a place and append it to `taken`; return False if the seconds have passed."""
        timeout = max(0.0, min(seconds, threading.TIMEOUT_MAX))
        try:
            taken.extend(map(self._free.get, (True,), (timeout,)))
        except Empty:
            return False
        return True


class Line:
    """Sender with the places of the calls that use it.

    `is_broken` is whether an unexpected exception interrupted it. Its pool may have lost a
    connection or hold a request that nobody sends, so another line replaces it.
    """

    __slots__ = ("is_broken", "sender", "users")

    def __init__(self, sender: Sender) -> None:
        self.sender: Sender = sender
        self.users: set[int] = set()
        self.is_broken: bool = False


class Places:
    """Places and connections of a sync client. Thread-safe.

    `renew` returns another sender. It is None if the transport is the caller's, which a child
    process cannot use.
    """

    __slots__ = (
        "__weakref__",
        "_line",
        "_mutex",
        "_renew",
        "_retired",
        "_state",
        "renewals",
        "slots",
        "writes",
    )

    def __init__(
        self, sender: Sender, renew: Callable[[], Sender] | None, state: ClientState
    ) -> None:
        self._renew = renew
        self._state = state
        self._line: Line | None = Line(sender)
        self._retired: list[Line] = []
        self._start()
        renew_in_child(self)

    def _start(self) -> None:
        self._mutex = threading.RLock()
        self.slots: Turns = Turns(AT_ONCE)
        self.writes: Turns = Turns()
        self.renewals: dict[str, Turns] = {}

    def line(self) -> Line:
        """Return the line for the next request."""
        line = self._line
        if line is not None and not (line.is_broken and self._renew):
            return line
        with self._mutex:
            line = self._line
            if line is None or line.is_broken:
                self._state.check_open()
                if self._renew is None:
                    raise ClientClosed(_FOREIGN)
                if line is not None:
                    self._retired.append(line)
                self._line = line = Line(self._renew())
        self._sweep()
        return line

    def end_use(self, line: Line) -> None:
        """Close connections that were left open only for a call that has ended."""
        if line.is_broken:
            self._sweep()
        elif self._state.closed and self._renew is not None:
            line.sender.close()

    def close(self) -> None:
        with self._mutex:
            if self._line is not None:
                self._retired.append(self._line)
                self._line = None
            while self._retired:
                self._retired[-1].sender.close()
                self._retired.pop()

    def _sweep(self) -> None:
        """Close the broken lines that no call uses any more."""
        with self._mutex:
            for line in self._retired[:]:
                if not line.users:
                    line.sender.close()
                    self._retired.remove(line)

    def after_fork(self) -> None:
        """Start anew in a child process."""
        inherited = [*self._retired, *([] if self._line is None else [self._line])]
        self._line, self._retired = None, []
        self._start()
        self._state.renew_locks()
        # Kept, since the end of its object would close the parent's cache.
        _inherited.extend(inherited)
        for line in inherited:
            with contextlib.suppress(OSError):
                line.sender.abandon()


def _load_backend() -> None:
    """Let anyio import its backend for the running event loop. A fork waits for it."""
    import anyio

    finish(anyio.Lock)


class AsyncLine:
    """Sender of one event loop, with its places."""

    __slots__ = ("renewals", "sender", "slots", "writes")

    def __init__(self, sender: AsyncSender) -> None:
        import anyio

        self.sender: AsyncSender = sender
        self.slots: anyio.Semaphore = anyio.Semaphore(AT_ONCE, fast_acquire=True)
        self.writes: anyio.Lock = anyio.Lock(fast_acquire=True)
        self.renewals: dict[str, anyio.Lock] = {}


class AsyncPlaces:
    """Places and connections of an async client, for each event loop. Thread-safe.

    `renew` is as in `Places`.
    """

    __slots__ = (
        "__weakref__",
        "_first",
        "_last",
        "_lines",
        "_loops",
        "_mutex",
        "_renew",
        "_running_loop",
        "_state",
    )

    def __init__(
        self, sender: AsyncSender, renew: Callable[[], AsyncSender] | None, state: ClientState
    ) -> None:
        import asyncio

        self._running_loop = asyncio.get_running_loop
        self._loops = asyncio.AbstractEventLoop
        self._renew = renew
        self._state = state
        # The sender that no loop has used yet.
        self._first: AsyncSender | None = sender
        self._start()
        renew_in_child(self)

    def _start(self) -> None:
        self._mutex = threading.RLock()
        self._lines: WeakKeyDictionary[object, AsyncLine] = WeakKeyDictionary()
        # The loop of the latest call and its line.
        self._last: tuple[object, AsyncLine | None] = (None, None)

    def line(self) -> AsyncLine:
        """Return the line of the running event loop."""
        loop = self._loop()
        last, line = self._last
        if loop is last and line is not None:
            return line
        with self._mutex:
            line = self._lines.get(loop)
            if line is None:
                self._drop_closed()
                _load_backend()
                line = self._lines[loop] = AsyncLine(self._sender())
            self._last = (loop, line)
        return line

    async def end_use(self, line: AsyncLine) -> None:
        """Close connections that were left open only for a call that has ended."""
        if self._state.closed and self._renew is not None:
            await line.sender.aclose()

    async def aclose(self) -> None:
        """Close the connections of the running event loop. Those of others cannot be used then."""
        with self._mutex:
            line = self._lines.pop(self._loop(), None)
            first, self._first = self._first, None
            self._last = (None, None)
            self._drop_closed()
        if line is not None:
            await line.sender.aclose()
        if first is not None:
            await first.aclose()

    def after_fork(self) -> None:
        """Start anew in a child process."""
        # Kept, since the end of its objects would close the parent's connections and its cache.
        _inherited.append((self._first, self._last, list(self._lines.items())))
        self._first = None
        self._start()
        self._state.renew_locks()

    def _drop_closed(self) -> None:
        """Drop the connections of closed loops, which nobody can close any more."""
        for loop in list(self._lines):
            if isinstance(loop, self._loops) and loop.is_closed():
                del self._lines[loop]

    def _sender(self) -> AsyncSender:
        self._state.check_open()
        first, self._first = self._first, None
        if first is not None:
            return first
        if self._renew is None:
            raise ClientClosed(_FOREIGN)
        return self._renew()

    def _loop(self) -> object:
        try:
            return self._running_loop()
        except RuntimeError:
            from anyio.lowlevel import current_token

            # Trio's. anyio 4.11 and later wrap it in an object that nothing keeps alive.
            token = current_token()
            return getattr(token, "native_token", token)


_inherited: list[object] = []
