"""Drivers of call flows, sync and async: they pace, sign and send each attempt.

Uses locks, sleeps, and sends requests through a `Sender`. `core` has the part that both drivers
share, and `places` the connections. This module does not depend on an HTTP library.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar, cast

from ..errors import ClientError, ConnectTimedOut
from ..redaction import Secret
from ..request.availability import Deployment
from ..request.base_url import BaseUrl
from . import observe
from .context import ClientState, Options
from .core import NO_TIME, POOL_FULL, RENEWAL_PENDING, Core
from .places import AsyncLine, AsyncPlaces, Places, Turns
from .steps import AsyncSender, Flow, Outcome, Send, Sender, Signature, StepResult, Unsent, Wait

if TYPE_CHECKING:
    import anyio

T = TypeVar("T")


class SyncCore(Core):
    """Sync driver of flows. Thread-safe."""

    __slots__ = ("_places",)

    def __init__(
        self,
        base: BaseUrl,
        deployment: Deployment,
        options: Options,
        state: ClientState,
        sender: Sender,
        renew: Callable[[], Sender] | None = None,
    ) -> None:
        super().__init__(base, deployment, options, state)
        self._places = Places(sender, renew, state)

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
                self.check_open()
                observe.log_wait(step)
                self.state.clock.sleep(step.seconds)
                result = None
            else:
                result = Secret[object](step.function())

    def close(self) -> None:
        if self.owner:
            self.state.closed = True
            self._places.close()

    def _attempt(self, step: Send) -> Outcome | Unsent:
        if not step.request.writes or not self.is_paced(step):
            return self._send(step)
        turn: list[int] = []
        writes = self._places.writes
        try:
            if not writes.take(turn, self.seconds_left(step)):
                return self.paced_out(step)
            return self._send(step, has_turn=True)
        finally:
            if turn:
                writes.release(turn[0])

    def _send(self, step: Send, *, has_turn: bool = False) -> Outcome | Unsent:
        places = self._places
        while True:
            self.check_open()
            if (wait := self.pacing_delay(step)) > 0:
                if wait >= self.seconds_left(step):
                    return self.paced_out(step, wait)
                observe.log_pacing(step, wait)
                self.state.clock.sleep(wait)
                continue
            signature = step.token or self.signature(step)
            if isinstance(signature, ConnectTimedOut):
                return signature
            slots = places.slots
            place: list[int] = []
            ended = False
            # The first call of each `finally` block must be in C: see `places`.
            try:
                if not slots.take(place, self.place_timeout(step)):
                    in_time = self.seconds_left(step) > 0
                    return self.not_sent(step, POOL_FULL if in_time else NO_TIME)
                obstacle = self.obstacle(step, has_turn=has_turn)
                if isinstance(obstacle, (int, float)):  # another wait
                    continue
                if obstacle is not None:
                    return obstacle
                line = places.line()
                try:
                    line.users.add(place[0])
                    began = self.state.clock.now()
                    observe.attempt_started(self.flows.options.hooks, step)
                    try:
                        outcome = line.sender.send(step, signature, step.until - began)
                        ended = True
                    except ClientError:
                        ended = True
                        raise
                    finally:
                        if not ended:
                            line.is_broken = True
                    self.note_limit(step, outcome)
                finally:
                    line.users.discard(place[0])
                places.end_use(line)
            finally:
                if place:
                    slots.release(place[0])
            return self.record(step, signature, outcome, began)

    def signature(self, step: Send) -> Signature | ConnectTimedOut:
        """Return the signature of one attempt. It is requested each time, since it may change."""
        source, request = self.state.source, step.request
        signature = source.ready(request, self.state.clock.now())
        if signature is not None:
            return signature
        turns = self._places.renewals.setdefault(source.account(request), Turns())
        place: list[int] = []
        turn = self.turn(step)
        try:
            turn.waiting.add(turn)
            try:
                if not turns.take(place, self.seconds_left(step)):
                    return self.not_sent(step, RENEWAL_PENDING)
                self.check_open()
                signature = source.ready(request, self.state.clock.now())
                if signature is None:
                    with turn.renewal():
                        observe.log_renewal(step)
                        signature = self.run(source.renewal(request, self.flows, step.until))
                return signature
            finally:
                if place:
                    turns.release(place[0])
        finally:
            turn.waiting.discard(turn)


class AsyncCore(Core):
    """Async driver of flows. Each event loop has its own connections and places."""

    __slots__ = ("_places",)

    def __init__(
        self,
        base: BaseUrl,
        deployment: Deployment,
        options: Options,
        state: ClientState,
        sender: AsyncSender,
        renew: Callable[[], AsyncSender] | None = None,
    ) -> None:
        super().__init__(base, deployment, options, state)
        self._places = AsyncPlaces(sender, renew, state)

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
                self.check_open()
                observe.log_wait(step)
                await self.state.clock.asleep(step.seconds)
                result = None
            else:
                result = Secret[object](await _called(step.function))

    async def aclose(self) -> None:
        if self.owner:
            self.state.closed = True
            await self._places.aclose()

    async def _attempt(self, step: Send) -> Outcome | Unsent:
        self.check_open()
        line = self._places.line()
        if not step.request.writes or not self.is_paced(step):
            return await self._send(step, line)
        if not await _acquire(line.writes, self.seconds_left(step)):
            return self.paced_out(step)
        try:
            return await self._send(step, line, has_turn=True)
        finally:
            line.writes.release()

    async def _send(
        self, step: Send, line: AsyncLine, *, has_turn: bool = False
    ) -> Outcome | Unsent:
        while True:
            self.check_open()
            if (wait := self.pacing_delay(step)) > 0:
                if wait >= self.seconds_left(step):
                    return self.paced_out(step, wait)
                observe.log_pacing(step, wait)
                await self.state.clock.asleep(wait)
                continue
            signature = step.token or await self.signature(step, line)
            if isinstance(signature, ConnectTimedOut):
                return signature
            if not await _acquire(line.slots, self.place_timeout(step)):
                in_time = self.seconds_left(step) > 0
                return self.not_sent(step, POOL_FULL if in_time else NO_TIME)
            try:
                obstacle = self.obstacle(step, has_turn=has_turn)
                if isinstance(obstacle, (int, float)):  # another wait
                    continue
                if obstacle is not None:
                    return obstacle
                began = self.state.clock.now()
                observe.attempt_started(self.flows.options.hooks, step)
                outcome = await line.sender.send(step, signature, step.until - began)
                self.note_limit(step, outcome)
                await self._places.end_use(line)
            finally:
                line.slots.release()
            return self.record(step, signature, outcome, began)

    async def signature(
        self, step: Send, line: AsyncLine | None = None
    ) -> Signature | ConnectTimedOut:
        """Return the signature of one attempt. It is requested each time, since it may change."""
        source, request = self.state.source, step.request
        signature = source.ready(request, self.state.clock.now())
        if signature is not None:
            return signature
        import anyio

        line = line or self._places.line()
        lock = line.renewals.setdefault(source.account(request), anyio.Lock())
        turn = self.turn(step)
        try:
            turn.waiting.add(turn)
            if not await _acquire(lock, self.seconds_left(step)):
                return self.not_sent(step, RENEWAL_PENDING)
            try:
                self.check_open()
                signature = source.ready(request, self.state.clock.now())
                if signature is None:
                    with turn.renewal():
                        observe.log_renewal(step)
                        signature = await self.run(source.renewal(request, self.flows, step.until))
                return signature
            finally:
                lock.release()
        finally:
            turn.waiting.discard(turn)


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
