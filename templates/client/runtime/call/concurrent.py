"""Concurrent calls: flows of one client that run at once, each in a separate thread or task.

Starts threads. Both functions return or raise only once every thread or task has ended, so that
nothing is left behind, however the caller goes on.

An exception of a signal handler leaves no thread behind either. CPython runs handlers in the main
thread only, and `Thread.start` cannot be interrupted safely. Therefore another thread starts the
threads. The main thread uses locks and queues in C: see `places`.
"""

from __future__ import annotations

import threading
from _thread import allocate_lock, start_new_thread
from collections.abc import Sequence
from contextvars import copy_context
from queue import SimpleQueue
from typing import Generic, TypeVar

from ..clock import STOP, Stopped
from .driver import AsyncCore, SyncCore
from .steps import Flow, StepResult

T = TypeVar("T")

_PACKAGE = __name__.partition(".")[0]


def run_all(core: SyncCore, flows: Sequence[Flow[T]]) -> list[T | Exception]:
    """Run flows at once; return their results in order, up to the first that raised an error.

    If threads for all of them cannot be started, run only the first flows, at least one.
    """
    outcomes: list[T | Exception] = []
    calls = _Calls(core, flows)
    # Twice, since an exception of a signal handler can interrupt the first `end`.
    try:
        try:
            for call in calls.start():
                outcomes.append(call.outcome())
                if isinstance(outcomes[-1], Exception):
                    break
        finally:
            calls.end()
    finally:
        calls.end()
    return outcomes or [core.run(flows[0])]


class _Calls(Generic[T]):
    """Calls in separate threads, and the thread that starts these."""

    def __init__(self, core: SyncCore, flows: Sequence[Flow[T]]) -> None:
        self._calls = [_Call(core, flow) for flow in flows]
        self._started: list[_Call[T]] = []
        self._starter: list[int] = []
        self._starting = allocate_lock()

    def start(self) -> Sequence[_Call[T]]:
        """Start the threads, up to the first that cannot be started; return their calls."""
        self._starting.acquire()
        try:
            # It is started and noted by one call in C.
            self._starter.extend(map(start_new_thread, (self._start,), ((),)))
        except RuntimeError:
            return ()
        with self._starting:
            return self._started

    def _start(self) -> None:
        try:
            for call in self._calls:
                call.thread.start()
                self._started.append(call)
        except RuntimeError:
            pass  # no more threads are possible
        finally:
            self._starting.release()

    def end(self) -> None:
        """Let the flows end before their next step, and wait until their threads have ended."""
        if self._starter:
            for call in self._calls:
                call.stop.put(None)
            with self._starting:
                pass
            for call in self._started:
                call.join()


class _Call(Generic[T]):
    """A flow in a separate thread, which has a copy of the caller's context."""

    def __init__(self, core: SyncCore, flow: Flow[T]) -> None:
        self._core = core
        self._flow = flow
        self._result: list[T] = []
        self._error: BaseException | None = None
        # An item in it lets the flow end before its next step.
        self.stop: SimpleQueue[None] = SimpleQueue()
        # An interrupted `Thread.join` of Python 3.11 takes a running thread for a stopped one.
        self._running = allocate_lock()
        self._running.acquire()
        # A daemon: it must not keep a program from ending that ends while it waits for it.
        self.thread = threading.Thread(
            target=copy_context().run, args=(self._run,), name=f"{_PACKAGE}-page", daemon=True
        )

    def outcome(self) -> T | Exception:
        """Wait for the end of the flow, and return its result or its error."""
        self.join()
        error, self._error = self._error, None
        if error is None:
            return self._result[0]
        if isinstance(error, Exception):
            return error
        raise error

    def join(self) -> None:
        """Wait until the thread has ended."""
        with self._running:
            pass
        self.thread.join()

    def _run(self) -> None:
        STOP.set(self.stop)
        try:
            self._result.append(self._core.run(self._until_stopped()))
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - `outcome` raises it
            self._error = error
        finally:
            self._running.release()

    def _until_stopped(self) -> Flow[T]:
        result: StepResult = None
        while self.stop.empty():
            try:
                step = self._flow.send(result)
            except StopIteration as end:
                value: T = end.value
                return value
            result = yield step
        raise Stopped


async def arun_all(core: AsyncCore, flows: Sequence[Flow[T]]) -> list[T | Exception]:
    """Run flows at once, as `run_all` does."""
    import anyio

    outcomes: dict[int, T | Exception] = {}
    fatal: list[BaseException] = []
    ended = [anyio.Event() for _ in flows]

    async def call(number: int) -> None:
        try:
            outcomes[number] = await core.run(flows[number])
        except Exception as error:  # noqa: BLE001 - an outcome, which the caller raises in turn
            outcomes[number] = error
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised below, without a group around it
            fatal.append(error)
            tasks.cancel_scope.cancel()
        ended[number].set()

    needed = 0
    async with anyio.create_task_group() as tasks:
        for number in range(len(flows)):
            tasks.start_soon(call, number)
        for number, end in enumerate(ended):
            await end.wait()
            needed = number + 1
            if isinstance(outcomes.get(number), Exception):
                tasks.cancel_scope.cancel()
                break
    if fatal:
        raise fatal[0]
    return [outcomes[number] for number in range(needed)]
