"""Drivers of flows, sync and async: before each attempt, the pace and the token.

Beside `transport`, `pool`, `paging` and `client` the only module that comes in two flavours; what
they share is in `core`. Knows no HTTP library.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from ..errors import ConnectTimedOut
from ..redaction import Secret
from ..request.availability import Deployment
from ..request.base_url import BaseUrl
from . import observe
from .context import ClientState, Options
from .core import FULL, NO_TIME, PACE, UNSIGNED, Core
from .pacing import AT_ONCE
from .steps import Answer, Flow, Outcome, Send, Signature, Wait

if TYPE_CHECKING:
    import anyio

T = TypeVar("T")


class Sender(Protocol):
    """Makes one attempt within some seconds, whatever comes of it."""

    def send(self, step: Send, signature: Signature, within: float) -> Outcome: ...
    def close(self) -> None: ...


class AsyncSender(Protocol):
    """Makes one attempt within some seconds, whatever comes of it."""

    async def send(self, step: Send, signature: Signature, within: float) -> Outcome: ...
    async def aclose(self) -> None: ...


class SyncCore(Core):
    """Drives flows with calls. May be shared by threads."""

    __slots__ = ("_gate", "_renewing", "_sender", "_writing")

    def __init__(
        self,
        base: BaseUrl,
        deployment: Deployment,
        options: Options,
        state: ClientState,
        sender: Sender,
    ) -> None:
        super().__init__(base, deployment, options, state)
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
                self.state.clock.sleep(step.seconds)
                answer = None
            else:
                answer = Secret[object](step.function())

    def close(self) -> None:
        if self.owner and not self.state.closed:
            self.state.closed = True
            self._sender.close()

    def _attempt(self, step: Send) -> Outcome:
        if not self.is_paced(step):
            return self._send(step)
        if not step.request.writes:
            return self._paced(step)
        if not self._writing.acquire(timeout=_bounded(self.left(step))):
            return self.too_late(step, PACE)
        try:
            return self._paced(step)
        finally:
            self.state.pacer.wrote(self.state.clock.now())
            self._writing.release()

    def _paced(self, step: Send) -> Outcome:
        while (wait := self.pause(step)) > 0:
            if wait >= self.left(step):
                return self.too_late(step, PACE)
            observe.paces(step, wait)
            self.state.clock.sleep(wait)
        return self._send(step)

    def _send(self, step: Send) -> Outcome:
        self.check_open()
        signature = step.token or self._signature(step)
        if isinstance(signature, ConnectTimedOut):
            return signature
        allowed = step.timeout.pool
        left = self.left(step)
        if not self._gate.acquire(
            timeout=_bounded(left if allowed is None else min(left, allowed))
        ):
            return self.too_late(step, FULL if left > 0 else NO_TIME)
        try:
            began = self.state.clock.now()
            if began >= step.until:
                return self.too_late(step, NO_TIME)
            observe.started(self.flows.options.hooks, step)
            outcome = self._sender.send(step, signature, step.until - began)
        finally:
            self._gate.release()
        return self.note(step, signature, outcome, began)

    def _signature(self, step: Send) -> Signature | ConnectTimedOut:
        """Give what signs one attempt. Asking for it anew each time is what lets it change."""
        source, request = self.state.source, step.request
        signature = source.ready(request, self.state.clock.now())
        if signature is not None:
            return signature
        lock = self._renewing.setdefault(source.account(request), threading.Lock())
        if not lock.acquire(timeout=_bounded(self.left(step))):
            return self.too_late(step, UNSIGNED)
        try:
            signature = source.ready(request, self.state.clock.now())
            if signature is None:
                observe.renews(step)
                signature = self.run(source.renewal(request, self.flows, step.until))
            return signature
        finally:
            lock.release()


class AsyncCore(Core):
    """Drives flows with awaits. Belongs to one event loop."""

    __slots__ = ("_gate", "_renewing", "_sender", "_writing")

    def __init__(
        self,
        base: BaseUrl,
        deployment: Deployment,
        options: Options,
        state: ClientState,
        sender: AsyncSender,
    ) -> None:
        import anyio

        super().__init__(base, deployment, options, state)
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
                await self.state.clock.asleep(step.seconds)
                answer = None
            else:
                answer = Secret[object](await _asked(step.function))

    async def aclose(self) -> None:
        if self.owner and not self.state.closed:
            self.state.closed = True
            await self._sender.aclose()

    async def _attempt(self, step: Send) -> Outcome:
        if not self.is_paced(step):
            return await self._send(step)
        if not step.request.writes:
            return await self._paced(step)
        if not await _acquired(self._writing, self.left(step)):
            return self.too_late(step, PACE)
        try:
            return await self._paced(step)
        finally:
            self.state.pacer.wrote(self.state.clock.now())
            self._writing.release()

    async def _paced(self, step: Send) -> Outcome:
        while (wait := self.pause(step)) > 0:
            if wait >= self.left(step):
                return self.too_late(step, PACE)
            observe.paces(step, wait)
            await self.state.clock.asleep(wait)
        return await self._send(step)

    async def _send(self, step: Send) -> Outcome:
        self.check_open()
        signature = step.token or await self._signature(step)
        if isinstance(signature, ConnectTimedOut):
            return signature
        allowed = step.timeout.pool
        left = self.left(step)
        if not await _acquired(self._gate, left if allowed is None else min(left, allowed)):
            return self.too_late(step, FULL if left > 0 else NO_TIME)
        try:
            began = self.state.clock.now()
            if began >= step.until:
                return self.too_late(step, NO_TIME)
            observe.started(self.flows.options.hooks, step)
            outcome = await self._sender.send(step, signature, step.until - began)
        finally:
            self._gate.release()
        return self.note(step, signature, outcome, began)

    async def _signature(self, step: Send) -> Signature | ConnectTimedOut:
        """Give what signs one attempt. Asking for it anew each time is what lets it change."""
        source, request = self.state.source, step.request
        signature = source.ready(request, self.state.clock.now())
        if signature is not None:
            return signature
        import anyio

        lock = self._renewing.setdefault(source.account(request), anyio.Lock())
        if not await _acquired(lock, self.left(step)):
            return self.too_late(step, UNSIGNED)
        try:
            signature = source.ready(request, self.state.clock.now())
            if signature is None:
                observe.renews(step)
                signature = await self.run(source.renewal(request, self.flows, step.until))
            return signature
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
