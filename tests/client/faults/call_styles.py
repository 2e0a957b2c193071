"""Call styles of the fault tests: how a client is used, sync or async, and where its last call is.

The last call can be in another thread or event loop than the ones before it, or in a forked child
process.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

import ghrunners
from client.faults.called_operations import AsyncClient, CalledOperation, Client
from client.faults.clock import Clock
from client.faults.places import RecordedPools, async_places_taken, places_taken
from client.faults.visible_output import Log, visible_output

Where: TypeAlias = Literal["as before", "beside another call", "elsewhere", "child process"]
_IMPATIENT = ghrunners.Retry(attempts=1)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A client's options and the calls that it makes.

    `before_last` is called before the last call, which is made at `where`. `wait_for_request` waits
    until the server has received a request.
    """

    options: Mapping[str, object]
    operation: CalledOperation
    clock: Clock
    log: Log
    call_count: int
    where: Where
    before_last: Callable[[], None]
    wait_for_request: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class CallResult:
    """The result of the last call: its value or its error, and everything visible of them.

    `places_lost` is the number of places at the client's connections that are taken after the call.
    """

    value: object
    error: Exception | None
    visible_text: str
    places_lost: int


CallStyle: TypeAlias = Callable[[Setting], CallResult]


def sync(setting: Setting) -> CallResult:
    """Make the calls with a sync client."""
    operation = setting.operation
    with RecordedPools() as pools, Client(**setting.options) as client:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of both flavours
        client.core.state.clock = setting.clock
        for _ in range(setting.call_count - 1):
            with suppress(ghrunners.CallError):
                operation.call(client)
        setting.before_last()

        def last() -> CallResult:
            return _result_of(
                lambda: operation.call(client),
                setting,
                lambda: places_taken(client) + pools.in_use,
            )

        match setting.where:
            case "as before":
                return last()
            case "beside another call":
                with ThreadPoolExecutor(1) as other_thread:
                    other = client.with_options(retry=_IMPATIENT)
                    other_call = other_thread.submit(operation.call, other)
                    setting.wait_for_request()
                    result = last()
                    assert isinstance(other_call.exception(), ghrunners.CallError)
                    return result
            case "elsewhere":
                with ThreadPoolExecutor(1) as other_thread:
                    return other_thread.submit(last).result()
            case "child process":
                return _in_child(last, setting.clock)


def asynchronous(setting: Setting) -> CallResult:
    """Make the calls with an async client."""
    operation = setting.operation
    with RecordedPools() as pools, ExitStack() as stack:
        first_loop = stack.enter_context(asyncio.Runner())
        client = AsyncClient(**setting.options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of both flavours
        client.core.state.clock = setting.clock
        for _ in range(setting.call_count - 1):
            with suppress(ghrunners.CallError):
                first_loop.run(_awaited(operation, client))
        setting.before_last()

        def last(run: Callable[..., object]) -> CallResult:
            return _result_of(
                lambda: run(_awaited(operation, client)),
                setting,
                lambda: async_places_taken(client) + pools.in_use,
            )

        try:
            match setting.where:
                case "as before":
                    return last(first_loop.run)
                case "beside another call":
                    other = client.with_options(retry=_IMPATIENT)
                    other_call = first_loop.run(_started(operation, other, setting))
                    result = last(first_loop.run)
                    assert isinstance(other_call.exception(), ghrunners.CallError)
                    return result
                case "elsewhere":
                    with asyncio.Runner() as other_loop:
                        try:
                            return last(other_loop.run)
                        finally:
                            other_loop.run(client.aclose())
                case "child process":
                    return _in_child(lambda: last(asyncio.run), setting.clock)
        finally:
            first_loop.run(client.aclose())


async def _awaited(operation: CalledOperation, client: AsyncClient) -> object:
    return await operation.call_async(client)


async def _started(
    operation: CalledOperation, client: AsyncClient, setting: Setting
) -> asyncio.Task[object]:
    call = asyncio.create_task(_awaited(operation, client))
    await asyncio.to_thread(setting.wait_for_request)
    return call


def _result_of(call: Callable[[], object], setting: Setting, lost: Callable[[], int]) -> CallResult:
    value, error = None, None
    try:
        value = call()
    except Exception as raised:  # noqa: BLE001 - checked by the tests
        error = raised
    visible = "\n".join([*visible_output(value, error), *setting.log.lines])
    found = value if value is None else setting.operation.value_of(value)
    return CallResult(value=found, error=error, visible_text=visible, places_lost=lost())


def _in_child(call: Callable[[], CallResult], clock: Clock) -> CallResult:
    """Make a call in a forked child process, which reports to this one."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 and later warn about a fork while there are threads, such as the server's.
        warnings.filterwarnings("ignore", ".*use of fork", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(60)  # ends a child that hangs
        try:
            os.write(writing, pickle.dumps((call(), clock.waits, clock.passed)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as report:
        result, clock.waits, clock.passed = pickle.loads(report.read())  # noqa: S301 - our own
    os.waitpid(child, 0)
    assert isinstance(result, CallResult)
    return result
