"""Drivers of call flows, sync and async: they pace, sign and send each attempt.

Uses locks, sleeps, and sends requests through a `Sender`. `core` has the part that both drivers
share. This module does not depend on an HTTP library.
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
from .core import NO_TIME, PACE, POOL_FULL, RENEWAL_PENDING, Core
from .pacing import AT_ONCE
from .steps import Flow, Outcome, Send, Signature, StepResult, Wait

if TYPE_CHECKING:
    import anyio

T = TypeVar("T")


class Sender(Protocol):
    """Transport of one attempt, which returns an error of the transport instead of raising it."""

    def send(self, step: Send, signature: Signature, within: float) -> Outcome: ...
    def close(self) -> None: ...


class AsyncSender(Protocol):
    """The asynchronous form of `Sender`."""

    async def send(self, step: Send, signature: Signature, within: float) -> Outcome: ...
    async def aclose(self) -> None: ...


class SyncCore(Core):
    """Sync driver of flows. Thread-safe."""

    __slots__ = ("_renewal_locks", "_sender", "_slots", "_write_lock")

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
        self._slots = threading.Semaphore(AT_ONCE)
        self._write_lock = threading.Lock()
        self._renewal_locks: dict[str, threading.Lock] = {}

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        result: StepResult = None
        while True:
            try:
                step = flow.send(result)
            except StopIteration as end:
                return cast("T", end.value)
            if isinstance(step, Send):
                result = self._attempt(step)
            elif isinstance(step, Wait):
                observe.log_wait(step)
                self.state.clock.sleep(step.seconds)
                result = None
            else:
                result = Secret[object](step.function())

    def close(self) -> None:
        if self.owner and not self.state.closed:
            self.state.closed = True
            self._sender.close()

    def _attempt(self, step: Send) -> Outcome:
        if not self.is_paced(step):
            return self._send(step)
        if not step.request.writes:
            return self._paced(step)
        if not self._write_lock.acquire(timeout=_lock_timeout(self.seconds_left(step))):
            return self.not_sent(step, PACE)
        try:
            return self._paced(step)
        finally:
            self.state.pacer.write_ended(self.state.clock.now())
            self._write_lock.release()

    def _paced(self, step: Send) -> Outcome:
        while (wait := self.pacing_delay(step)) > 0:
            if wait >= self.seconds_left(step):
                return self.not_sent(step, PACE)
            observe.log_pacing(step, wait)
            self.state.clock.sleep(wait)
        return self._send(step)

    def _send(self, step: Send) -> Outcome:
        self.check_open()
        signature = step.token or self._signature(step)
        if isinstance(signature, ConnectTimedOut):
            return signature
        allowed = step.timeout.pool
        left = self.seconds_left(step)
        if not self._slots.acquire(
            timeout=_lock_timeout(left if allowed is None else min(left, allowed))
        ):
            return self.not_sent(step, POOL_FULL if left > 0 else NO_TIME)
        try:
            began = self.state.clock.now()
            if began >= step.until:
                return self.not_sent(step, NO_TIME)
            observe.attempt_started(self.flows.options.hooks, step, self.base.origin)
            outcome = self._sender.send(step, signature, step.until - began)
        finally:
            self._slots.release()
        return self.record(step, signature, outcome, began)

    def _signature(self, step: Send) -> Signature | ConnectTimedOut:
        """Return the signature of one attempt. It is requested each time, since it may change."""
        source, request = self.state.source, step.request
        signature = source.ready(request, self.state.clock.now())
        if signature is not None:
            return signature
        lock = self._renewal_locks.setdefault(source.account(request), threading.Lock())
        with self.turn(step) as turn:
            if not lock.acquire(timeout=_lock_timeout(self.seconds_left(step))):
                return self.not_sent(step, RENEWAL_PENDING)
            try:
                signature = source.ready(request, self.state.clock.now())
                if signature is None:
                    with turn.renewal():
                        observe.log_renewal(step)
                        signature = self.run(source.renewal(request, self.flows, step.until))
                return signature
            finally:
                lock.release()


class AsyncCore(Core):
    """Async driver of flows. Belongs to one event loop."""

    __slots__ = ("_renewal_locks", "_sender", "_slots", "_write_lock")

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
        self._slots = anyio.Semaphore(AT_ONCE, fast_acquire=True)
        self._write_lock = anyio.Lock(fast_acquire=True)
        self._renewal_locks: dict[str, anyio.Lock] = {}

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        result: StepResult = None
        while True:
            try:
                step = flow.send(result)
            except StopIteration as end:
                return cast("T", end.value)
            if isinstance(step, Send):
                result = await self._attempt(step)
            elif isinstance(step, Wait):
                observe.log_wait(step)
                await self.state.clock.asleep(step.seconds)
                result = None
            else:
                result = Secret[object](await _called(step.function))

    async def aclose(self) -> None:
        if self.owner and not self.state.closed:
            self.state.closed = True
            await self._sender.aclose()

    async def _attempt(self, step: Send) -> Outcome:
        if not self.is_paced(step):
            return await self._send(step)
        if not step.request.writes:
            return await self._paced(step)
        if not await _acquire(self._write_lock, self.seconds_left(step)):
            return self.not_sent(step, PACE)
        try:
            return await self._paced(step)
        finally:
            self.state.pacer.write_ended(self.state.clock.now())
            self._write_lock.release()

    async def _paced(self, step: Send) -> Outcome:
        while (wait := self.pacing_delay(step)) > 0:
            if wait >= self.seconds_left(step):
                return self.not_sent(step, PACE)
            observe.log_pacing(step, wait)
            await self.state.clock.asleep(wait)
        return await self._send(step)

    async def _send(self, step: Send) -> Outcome:
        self.check_open()
        signature = step.token or await self._signature(step)
        if isinstance(signature, ConnectTimedOut):
            return signature
        allowed = step.timeout.pool
        left = self.seconds_left(step)
        if not await _acquire(self._slots, left if allowed is None else min(left, allowed)):
            return self.not_sent(step, POOL_FULL if left > 0 else NO_TIME)
        try:
            began = self.state.clock.now()
            if began >= step.until:
                return self.not_sent(step, NO_TIME)
            observe.attempt_started(self.flows.options.hooks, step, self.base.origin)
            outcome = await self._sender.send(step, signature, step.until - began)
        finally:
            self._slots.release()
        return self.record(step, signature, outcome, began)

    async def _signature(self, step: Send) -> Signature | ConnectTimedOut:
        """Return the signature of one attempt. It is requested each time, since it may change."""
        source, request = self.state.source, step.request
        signature = source.ready(request, self.state.clock.now())
        if signature is not None:
            return signature
        import anyio

        lock = self._renewal_locks.setdefault(source.account(request), anyio.Lock())
        with self.turn(step) as turn:
            if not await _acquire(lock, self.seconds_left(step)):
                return self.not_sent(step, RENEWAL_PENDING)
            try:
                signature = source.ready(request, self.state.clock.now())
                if signature is None:
                    with turn.renewal():
                        observe.log_renewal(step)
                        signature = await self.run(source.renewal(request, self.flows, step.until))
                return signature
            finally:
                lock.release()


def _lock_timeout(seconds: float) -> float:
    """Return seconds within the range that a lock accepts, at most about 292 years."""
    return max(0.0, min(seconds, threading.TIMEOUT_MAX))


async def _acquire(lock: anyio.Semaphore | anyio.Lock, seconds: float) -> bool:
    """Acquire a lock or a semaphore; return False if the seconds have passed."""
    import anyio

    try:
        lock.acquire_nowait()
    except anyio.WouldBlock:
        with anyio.move_on_after(seconds) as scope:
            await lock.acquire()
        return not scope.cancelled_caught
    return True


async def _called(function: Callable[[], object]) -> object:
    """Call a function outside of the flow, so that no traceback of a flow shows its secret."""
    result = function()
    return await cast("Awaitable[object]", result) if isinstance(result, Awaitable) else result
