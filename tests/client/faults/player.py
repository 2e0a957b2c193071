"""Where a cell is played: a server that fails in one way, a client of either flavour, a clock.

The server is real, and so are its sockets. The clock stands still but for waits, and for what a
server makes pass on it; the transport's deadlines go by it, too.
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
from client.faults.called_operations import AsyncClient, Client, Work
from client.faults.certificates import ours
from client.faults.visible_output import Log, shown
from client.runtime_api import TOKEN, FakeClock
from client.scripted_server import Answer, Enter, Loopback, Received, Script, reply

# Time goes by in steps where a server makes it pass; a call may end within the step that its
# deadline falls in.
STEP = 2.0


class Clock(FakeClock):
    """A clock that a server can make run, and whose date can be wrong by `skew` seconds."""

    def __init__(self) -> None:
        super().__init__(1_800_000_000.7)  # `Date` has no fractions
        self.skew = 0.0

    def wall(self) -> float:
        return self.true() + self.skew

    def true(self) -> float:
        """Give the time by the server's clock."""
        return super().wall()

    def advance(self, seconds: float) -> None:
        """Let time pass without a wait."""
        with self._mutex:
            self.passed += seconds


@dataclass(frozen=True, kw_only=True)
class Act(Answer):
    """What a server does once.

    `told` is how many seconds it asks to wait, `proof` whether it says that nothing was done.
    """

    told: float = 0.0
    proof: bool = False


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request that arrived, what came of it, and when that was by both clocks of the client."""

    received: Received
    answer: Answer
    at: float
    wall: float

    @property
    def told(self) -> float:
        return self.answer.told if isinstance(self.answer, Act) else 0.0

    @property
    def proof(self) -> bool:
        return isinstance(self.answer, Act) and self.answer.proof


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a form of a fault may refer to. `stranger` is another origin."""

    work: Work
    clock: Clock
    stranger: str
    stack: ExitStack


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A server, and the client that calls it."""

    script: Sequence[Script] = ()
    default: Script
    enter: Enter | None = None
    url: str = "http://127.0.0.1:{port}"
    timeout: ghrunners.Timeout = field(default_factory=ghrunners.Timeout)
    auth: str | Callable[[], str] = TOKEN
    strict: bool = False
    skew: float = 0.0
    calls: int = 1


Form = Callable[[Stage], Setting]


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a call, and everything that can be known of how it was made."""

    work: Work
    value: object
    error: BaseException | None
    exchanges: Sequence[Exchange]
    strange: Sequence[Received]
    waits: Sequence[float]
    elapsed: float
    allowed: float
    shown: str
    warned: Sequence[Warning]


def sync(setting: Setting, url: str, work: Work, clock: Clock) -> object:
    """Make the calls of a setting, and give what the last one gives."""
    with Client(**_options(setting, url)) as client:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of both flavours
        client.core.state.clock = clock
        for _ in range(setting.calls - 1):
            try:
                work.calls(client)
            except ghrunners.CallError:
                continue
        return work.calls(client)


def asynchronous(setting: Setting, url: str, work: Work, clock: Clock) -> object:
    """The same, with await."""

    async def main() -> object:
        async with AsyncClient(**_options(setting, url)) as client:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of both flavours
            client.core.state.clock = clock
            for _ in range(setting.calls - 1):
                try:
                    await work.awaits(client)
                except ghrunners.CallError:
                    continue
            return await work.awaits(client)

    return asyncio.run(main())


Flavour = Callable[[Setting, str, Work, Clock], object]


def _options(setting: Setting, url: str) -> Mapping[str, object]:
    return {
        "auth": setting.auth,
        "base_url": url,
        "timeout": setting.timeout,
        "strict": setting.strict,
        "verify": ours().trust() if url.startswith("https:") else None,
    }


def play(form: Form, work: Work, flavour: Flavour, arriving: int) -> Played:
    """Play a form of a fault; `arriving` is how many requests are expected to reach the server."""
    clock = Clock()
    exchanges: list[Exchange] = []

    def noted(entry: Script) -> Script:
        def answer(received: Received) -> Answer:
            made = entry(received) if callable(entry) else entry
            exchanges.append(
                Exchange(received=received, answer=made, at=clock.now(), wall=clock.wall())
            )
            return made

        return answer

    stack = ExitStack()
    stranger = Loopback(default=reply({"total_count": 0, "runners": []}))
    with stack, stranger:
        stage = Stage(work=work, clock=clock, stranger=stranger.url, stack=stack)
        setting = form(stage)
        clock.skew = setting.skew
        time_of_clock = SimpleNamespace(monotonic=clock.now)
        stack.enter_context(mock.patch("ghrunners._runtime.http.deadline.time", time_of_clock))
        stack.enter_context(mock.patch("ghrunners._runtime.http.transport.time", time_of_clock))
        stack.enter_context(mock.patch("ghrunners._runtime.http.exchange.time", time_of_clock))
        warned = stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        log = stack.enter_context(Log())
        server = Loopback(
            *map(noted, setting.script), default=noted(setting.default), enter=setting.enter
        )
        value, error = None, None
        began = clock.now()
        with server:
            try:
                value = flavour(setting, setting.url.format(port=server.port), work, clock)
            except Exception as raised:  # noqa: BLE001 - judged below
                error = raised
            elapsed = clock.now() - began
            _settle(exchanges, arriving)
        warned_of = [found.message for found in warned if isinstance(found.message, Warning)]
    total = setting.timeout.total
    assert total is not None
    return Played(
        work=work,
        value=value,
        error=error,
        exchanges=exchanges,
        strange=stranger.requests,
        waits=clock.waits,
        elapsed=elapsed,
        allowed=total,
        shown="\n".join([*shown(value, error), *log.lines, *map(repr, warned_of)]),
        warned=warned_of,
    )


def _settle(exchanges: Sequence[Exchange], arriving: int) -> None:
    """Let a server read what a client, already gone, has sent it."""
    for _ in range(400):
        if len(exchanges) >= arriving:
            return
        time.sleep(0.005)
