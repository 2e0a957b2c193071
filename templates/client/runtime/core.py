"""What a client's scopes and resources share: one address, one token source, one transport.

Drives flows: the only module besides `transport`, `pool`, `paging` and `client` that comes in two
flavours. Before each attempt it sees to the pace and to the token. Knows no HTTP library.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, Protocol, Self, TypeVar, cast

from . import observe
from .address import Base
from .availability import Where
from .errors import ClientClosed, ConnectTimedOut
from .flow import Answer, Flow, Flows, Outcome, Send, Wait
from .operation import Operation
from .options import Options
from .pacing import AT_ONCE
from .reply import Reply
from .request import PathValue, QueryValue, Request, build
from .secret import Secret
from .shared import Shared

if TYPE_CHECKING:
    import anyio

T = TypeVar("T")


class Sender(Protocol):
    """Makes one attempt within some seconds, whatever comes of it."""

    def send(self, step: Send, token: Secret[str], within: float) -> Outcome: ...
    def close(self) -> None: ...


class AsyncSender(Protocol):
    """Makes one attempt within some seconds, whatever comes of it."""

    async def send(self, step: Send, token: Secret[str], within: float) -> Outcome: ...
    async def aclose(self) -> None: ...


class Core:
    """The part that neither calls nor awaits. `owner` is whether it closes the connections."""

    __slots__ = ("base", "flows", "owner", "shared", "where")

    def __init__(self, base: Base, where: Where, options: Options, shared: Shared) -> None:
        self.base: Base = base
        self.where: Where = where
        self.shared: Shared = shared
        self.flows: Flows = Flows(base, options, shared)
        self.owner: bool = True

    def request(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue],
        query: Mapping[str, QueryValue],
        body: Mapping[str, object] | None = None,
    ) -> Request:
        """Build a request, or refuse it; nothing is sent."""
        request = build(operation, self.base, self.where, path=path, query=query, body=body)
        self.shared.source.check(operation, request)
        return request

    def with_options(self, options: Options) -> Self:
        """Make a core that differs in its options and shares all else."""
        return self.with_flows(Flows(self.base, options, self.shared))

    def with_flows(self, flows: Flows) -> Self:
        """Make a core that differs in its flows and shares all else."""
        made = object.__new__(type(self))
        for kind in type(self).__mro__:
            for name in getattr(kind, "__slots__", ()):
                setattr(made, name, getattr(self, name))
        made.flows = flows
        made.owner = False
        return made

    def check_open(self) -> None:
        if self.shared.closed:
            raise ClientClosed("this client is closed: make another one")

    def _left(self, step: Send) -> float:
        """Give the seconds that a call has left."""
        return step.until - self.shared.clock.now()

    def _pause(self, step: Send) -> float:
        """Give the seconds to wait for the pace."""
        return self.shared.pacer.pause(self.shared.clock.now(), write=step.request.writes)

    def _is_paced(self, step: Send) -> bool:
        """Tell whether an attempt keeps the pace; getting a token does not wait for other calls."""
        return self.shared.pacer.engaged and step.token is None

    def _too_late(self, step: Send, problem: str) -> ConnectTimedOut:
        return ConnectTimedOut(step.request.info, f"not sent: {problem}")

    def _note(self, step: Send, token: Secret[str], outcome: Outcome, began: float) -> Outcome:
        """Take notice of what became of an attempt."""
        shared = self.shared
        if isinstance(outcome, Reply):
            if outcome.status == 401:
                shared.source.refuse(token)
            # What gets a token counts against another budget.
            if outcome.status not in (403, 429) and step.token is None:
                shared.pacer.replied(outcome)
        seconds = shared.clock.now() - began
        observe.ended(self.flows.options.hooks, step, outcome, seconds, shared.redact)
        if isinstance(outcome, Reply) and outcome.tells_its_end:
            from .sunset import warn_of_end

            warn_of_end(step.request.info, outcome, self.where.version, shared)
        return outcome

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a token and connections, and is not pickled")


_NO_TIME = "the time of the whole call was over"
_FULL = f"{AT_ONCE} other requests of the client did not end in time"
_UNSIGNED = "another call did not get a token in time"
_PACE = "the pace that GitHub asks for left no time for it"


class SyncCore(Core):
    """Drives flows with calls. May be shared by threads."""

    __slots__ = ("_gate", "_renewing", "_sender", "_writing")

    def __init__(
        self, base: Base, where: Where, options: Options, shared: Shared, sender: Sender
    ) -> None:
        super().__init__(base, where, options, shared)
        self._sender = sender
        self._gate = threading.Semaphore(AT_ONCE)
        self._writing = threading.Lock()
        self._renewing: dict[str, threading.Lock] = {}

    def run(self, flow: Flow[T]) -> T:
        """Take a flow to its end and give its value."""
        answer: Answer = None
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as end:
                return cast("T", end.value)
            if isinstance(step, Send):
                answer = self._attempt(step)
            elif isinstance(step, Wait):
                observe.waits(step)
                self.shared.clock.sleep(step.seconds)
                answer = None
            else:
                answer = Secret[object](step.function())

    def close(self) -> None:
        if self.owner and not self.shared.closed:
            self.shared.closed = True
            self._sender.close()

    def _attempt(self, step: Send) -> Outcome:
        if not self._is_paced(step):
            return self._send(step)
        if not step.request.writes:
            return self._paced(step)
        if not self._writing.acquire(timeout=_bounded(self._left(step))):
            return self._too_late(step, _PACE)
        try:
            return self._paced(step)
        finally:
            self.shared.pacer.wrote(self.shared.clock.now())
            self._writing.release()

    def _paced(self, step: Send) -> Outcome:
        while (wait := self._pause(step)) > 0:
            if wait >= self._left(step):
                return self._too_late(step, _PACE)
            observe.paces(step, wait)
            self.shared.clock.sleep(wait)
        return self._send(step)

    def _send(self, step: Send) -> Outcome:
        self.check_open()
        token = step.token or self._token(step)
        if isinstance(token, ConnectTimedOut):
            return token
        allowed = step.timeout.pool
        left = self._left(step)
        if not self._gate.acquire(
            timeout=_bounded(left if allowed is None else min(left, allowed))
        ):
            return self._too_late(step, _FULL if left > 0 else _NO_TIME)
        try:
            began = self.shared.clock.now()
            if began >= step.until:
                return self._too_late(step, _NO_TIME)
            observe.started(self.flows.options.hooks, step)
            outcome = self._sender.send(step, token, step.until - began)
        finally:
            self._gate.release()
        return self._note(step, token, outcome, began)

    def _token(self, step: Send) -> Secret[str] | ConnectTimedOut:
        """Give the token for one attempt. Asking for it anew each time is what lets it change."""
        source, request = self.shared.source, step.request
        token = source.ready(request, self.shared.clock.now())
        if token is not None:
            return token
        lock = self._renewing.setdefault(source.account(request), threading.Lock())
        if not lock.acquire(timeout=_bounded(self._left(step))):
            return self._too_late(step, _UNSIGNED)
        try:
            token = source.ready(request, self.shared.clock.now())
            if token is None:
                observe.renews(step)
                token = self.run(source.renewal(request, self.flows, step.until))
            return token
        finally:
            lock.release()


class AsyncCore(Core):
    """Drives flows with awaits. Belongs to one event loop."""

    __slots__ = ("_gate", "_renewing", "_sender", "_writing")

    def __init__(
        self, base: Base, where: Where, options: Options, shared: Shared, sender: AsyncSender
    ) -> None:
        import anyio

        super().__init__(base, where, options, shared)
        self._sender = sender
        self._gate = anyio.Semaphore(AT_ONCE, fast_acquire=True)
        self._writing = anyio.Lock(fast_acquire=True)
        self._renewing: dict[str, anyio.Lock] = {}

    async def run(self, flow: Flow[T]) -> T:
        """Take a flow to its end and give its value."""
        answer: Answer = None
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as end:
                return cast("T", end.value)
            if isinstance(step, Send):
                answer = await self._attempt(step)
            elif isinstance(step, Wait):
                observe.waits(step)
                await self.shared.clock.asleep(step.seconds)
                answer = None
            else:
                answer = Secret[object](await _asked(step.function))

    async def aclose(self) -> None:
        if self.owner and not self.shared.closed:
            self.shared.closed = True
            await self._sender.aclose()

    async def _attempt(self, step: Send) -> Outcome:
        if not self._is_paced(step):
            return await self._send(step)
        if not step.request.writes:
            return await self._paced(step)
        if not await _acquired(self._writing, self._left(step)):
            return self._too_late(step, _PACE)
        try:
            return await self._paced(step)
        finally:
            self.shared.pacer.wrote(self.shared.clock.now())
            self._writing.release()

    async def _paced(self, step: Send) -> Outcome:
        while (wait := self._pause(step)) > 0:
            if wait >= self._left(step):
                return self._too_late(step, _PACE)
            observe.paces(step, wait)
            await self.shared.clock.asleep(wait)
        return await self._send(step)

    async def _send(self, step: Send) -> Outcome:
        self.check_open()
        token = step.token or await self._token(step)
        if isinstance(token, ConnectTimedOut):
            return token
        allowed = step.timeout.pool
        left = self._left(step)
        if not await _acquired(self._gate, left if allowed is None else min(left, allowed)):
            return self._too_late(step, _FULL if left > 0 else _NO_TIME)
        try:
            began = self.shared.clock.now()
            if began >= step.until:
                return self._too_late(step, _NO_TIME)
            observe.started(self.flows.options.hooks, step)
            outcome = await self._sender.send(step, token, step.until - began)
        finally:
            self._gate.release()
        return self._note(step, token, outcome, began)

    async def _token(self, step: Send) -> Secret[str] | ConnectTimedOut:
        """Give the token for one attempt. Asking for it anew each time is what lets it change."""
        source, request = self.shared.source, step.request
        token = source.ready(request, self.shared.clock.now())
        if token is not None:
            return token
        import anyio

        lock = self._renewing.setdefault(source.account(request), anyio.Lock())
        if not await _acquired(lock, self._left(step)):
            return self._too_late(step, _UNSIGNED)
        try:
            token = source.ready(request, self.shared.clock.now())
            if token is None:
                observe.renews(step)
                token = await self.run(source.renewal(request, self.flows, step.until))
            return token
        finally:
            lock.release()


def _bounded(seconds: float) -> float:
    """Give seconds as a lock takes them; its longest wait is some 292 years."""
    return max(0.0, min(seconds, threading.TIMEOUT_MAX))


async def _acquired(lock: anyio.Semaphore | anyio.Lock, seconds: float) -> bool:
    """Wait for a lock or a place; False when the seconds passed without it."""
    import anyio

    try:
        lock.acquire_nowait()
    except anyio.WouldBlock:
        with anyio.move_on_after(seconds) as scope:
            await lock.acquire()
        return not scope.cancelled_caught
    return True


async def _asked(function: Callable[[], object]) -> object:
    """Ask a function, here rather than in a flow's frame, which would show what it gave."""
    given = function()
    return await cast("Awaitable[object]", given) if isinstance(given, Awaitable) else given
