"""Player of fault scenarios: a server that fails in one way, a sync or async client, and a clock.

The server and its sockets are real. The clock advances only by waits and when a server advances
it; the transport's deadlines use it, too.
"""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from unittest import mock

import ghrunners
from client.faults.called_operations import AsyncClient, CalledOperation, Client
from client.faults.certificates import ours
from client.faults.visible_output import Log, visible_output
from client.runtime_api import TOKEN, FakeClock
from client.scripted_server import (
    ConnectionWrapper,
    ReceivedRequest,
    Script,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)

# A server advances the clock in steps; a call may end within the step that has its deadline.
STEP = 2.0


class Clock(FakeClock):
    """A clock that a server can advance, and whose date can be wrong by `skew` seconds."""

    def __init__(self) -> None:
        super().__init__(1_800_000_000.7)  # `Date` has no fractions
        self.skew = 0.0

    def wall(self) -> float:
        return self.true() + self.skew

    def true(self) -> float:
        """Return the time of the server's clock."""
        return super().wall()

    def advance(self, seconds: float) -> None:
        """Advance without a wait."""
        with self._mutex:
            self.passed += seconds


@dataclass(frozen=True, kw_only=True)
class FaultResponse(ScriptedResponse):
    """A response of a failing server.

    `retry_after` is the wait that it asks for, in seconds; `proof` is whether it proves that the
    request was not carried out.
    """

    retry_after: float = 0.0
    proof: bool = False


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request that arrived, its response, and the time by both clocks of the client."""

    received: ReceivedRequest
    response: ScriptedResponse
    at: float
    wall: float

    @property
    def retry_after(self) -> float:
        return self.response.retry_after if isinstance(self.response, FaultResponse) else 0.0

    @property
    def proof(self) -> bool:
        return isinstance(self.response, FaultResponse) and self.response.proof


@dataclass(frozen=True, kw_only=True)
class FaultContext:
    """The values that a scenario factory may use. `other_origin` is the URL of another server."""

    operation: CalledOperation
    clock: Clock
    other_origin: str
    stack: ExitStack


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A server, and the client that calls it."""

    script: Sequence[Script] = ()
    default: Script
    wrap_connection: ConnectionWrapper | None = None
    url: str = "http://127.0.0.1:{port}"
    timeout: ghrunners.Timeout = field(default_factory=ghrunners.Timeout)
    auth: str | Callable[[], str] = TOKEN
    strict: bool = False
    skew: float = 0.0
    call_count: int = 1


ScenarioFactory = Callable[[FaultContext], Scenario]


@dataclass(frozen=True, kw_only=True)
class PlayedCall:
    """The result of a call, and everything that is known about how it was made."""

    operation: CalledOperation
    value: object
    error: BaseException | None
    exchanges: Sequence[Exchange]
    off_origin: Sequence[ReceivedRequest]
    waits: Sequence[float]
    elapsed: float
    allowed: float
    visible_text: str
    warned: Sequence[Warning]


def sync(scenario: Scenario, url: str, operation: CalledOperation, clock: Clock) -> object:
    """Make the calls of a scenario, and return the result of the last one."""
    with Client(**_options(scenario, url)) as client:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of both flavours
        client.core.state.clock = clock
        for _ in range(scenario.call_count - 1):
            try:
                operation.call(client)
            except ghrunners.CallError:
                continue
        return operation.call(client)


def asynchronous(scenario: Scenario, url: str, operation: CalledOperation, clock: Clock) -> object:
    """Make the calls of a scenario with an async client."""

    async def main() -> object:
        async with AsyncClient(**_options(scenario, url)) as client:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of both flavours
            client.core.state.clock = clock
            for _ in range(scenario.call_count - 1):
                try:
                    await operation.call_async(client)
                except ghrunners.CallError:
                    continue
            return await operation.call_async(client)

    return asyncio.run(main())


CallStyle = Callable[[Scenario, str, CalledOperation, Clock], object]


def _options(scenario: Scenario, url: str) -> Mapping[str, object]:
    return {
        "auth": scenario.auth,
        "base_url": url,
        "timeout": scenario.timeout,
        "strict": scenario.strict,
        "verify": ours().trust() if url.startswith("https:") else None,
    }


def play(
    factory: ScenarioFactory, operation: CalledOperation, call_style: CallStyle, arriving: int
) -> PlayedCall:
    """Play a scenario; `arriving` is how many requests are expected to reach the server."""
    clock = Clock()
    exchanges: list[Exchange] = []

    def noted(entry: Script) -> Script:
        def respond(received: ReceivedRequest) -> ScriptedResponse:
            made = entry(received) if callable(entry) else entry
            exchanges.append(
                Exchange(received=received, response=made, at=clock.now(), wall=clock.wall())
            )
            return made

        return respond

    stack = ExitStack()
    other_origin = ScriptedServer(default=json_response({"total_count": 0, "runners": []}))
    with stack, other_origin:
        context = FaultContext(
            operation=operation, clock=clock, other_origin=other_origin.url, stack=stack
        )
        scenario = factory(context)
        clock.skew = scenario.skew
        time_of_clock = SimpleNamespace(monotonic=clock.now)
        stack.enter_context(mock.patch("ghrunners._runtime.http.deadline.time", time_of_clock))
        stack.enter_context(mock.patch("ghrunners._runtime.http.transport.time", time_of_clock))
        stack.enter_context(mock.patch("ghrunners._runtime.http.exchange.time", time_of_clock))
        warned = stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        log = stack.enter_context(Log())
        server = ScriptedServer(
            *map(noted, scenario.script),
            default=noted(scenario.default),
            wrap_connection=scenario.wrap_connection,
        )
        value, error = None, None
        began = clock.now()
        with server:
            try:
                value = call_style(
                    scenario, scenario.url.format(port=server.port), operation, clock
                )
            except Exception as raised:  # noqa: BLE001 - checked by the tests
                error = raised
            elapsed = clock.now() - began
            _settle(exchanges, arriving)
        warned_of = [found.message for found in warned if isinstance(found.message, Warning)]
    total = scenario.timeout.total
    assert total is not None
    return PlayedCall(
        operation=operation,
        value=value,
        error=error,
        exchanges=exchanges,
        off_origin=other_origin.requests,
        waits=clock.waits,
        elapsed=elapsed,
        allowed=total,
        visible_text="\n".join([*visible_output(value, error), *log.lines, *map(repr, warned_of)]),
        warned=warned_of,
    )


def _settle(exchanges: Sequence[Exchange], arriving: int) -> None:
    """Wait until the server has read what a closed client has sent."""
    for _ in range(400):
        if len(exchanges) >= arriving:
            return
        time.sleep(0.005)
