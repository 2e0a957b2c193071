"""Concurrent calls: flows of one client that run at once, each in a separate thread or task.

Starts threads. Both functions return or raise only once every thread or task has ended, so that
nothing is left behind, however the caller goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextvars import copy_context
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
    calls: list[_Call[T]] = []
    outcomes: list[T | Exception] = []
    try:
        for flow in flows:
            call = _Call(core, flow)
            calls.append(call)
            if not call.start():
                break
        for call in calls:
            if call.is_started:
                outcomes.append(call.outcome())
            if outcomes and isinstance(outcomes[-1], Exception):
                break
    finally:
        for call in calls:
            call.stop()
        for call in calls:
            call.join()
    return outcomes or [core.run(flows[0])]


class _Call(Generic[T]):
    """A flow in a separate thread, which has a copy of the caller's context."""

    def __init__(self, core: SyncCore, flow: Flow[T]) -> None:
        self._core = core
        self._flow = flow
        self._context = copy_context()
        self._stop = threading.Event()
        # An interrupted `Thread.join` of Python 3.11 takes a running thread for a stopped one.
        self._ended = threading.Event()
        self._result: list[T] = []
        self._error: BaseException | None = None
        # A daemon: it must not keep a program from ending that ends while it waits for it.
        self._thread = threading.Thread(
            target=self._context.run, args=(self._run,), name=f"{_PACKAGE}-page", daemon=True
        )
        self.is_started = False

    def start(self) -> bool:
        """Start the thread; return whether that was possible."""
        try:
            self._thread.start()
        except RuntimeError:
            return False
        self.is_started = True
        return True

    def outcome(self) -> T | Exception:
        """Wait for the end of the flow, and return its result or its error."""
        self.join()
        error, self._error = self._error, None
        if error is None:
            return self._result[0]
        if isinstance(error, Exception):
            return error
        raise error

    def stop(self) -> None:
        """Let the flow end before its next step."""
        self._stop.set()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self.is_started:
            self._ended.wait()
            self._thread.join()

    def _run(self) -> None:
        STOP.set(self._stop)
        try:
            self._result.append(self._core.run(self._until_stopped()))
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - `outcome` raises it
            self._error = error
        finally:
            self._ended.set()

    def _until_stopped(self) -> Flow[T]:
        result: StepResult = None
        while not self._stop.is_set():
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
