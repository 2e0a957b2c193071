"""Player of fault scenarios: a server that fails in one way, a sync or async client, and a clock.

The server and its sockets are real. The clock advances only by waits and when a server advances
it; the transport's deadlines use it, too.
"""

from __future__ import annotations

import socket
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Literal, TypeAlias
from unittest import mock

import ghrunners
from client.faults.call_styles import CallStyle, Setting, Where
from client.faults.called_operations import PROXY_PASSWORD, CalledOperation
from client.faults.certificates import ours, trusted
from client.faults.clock import Clock
from client.faults.connect_proxy import open_tunnel
from client.faults.visible_output import Log
from client.runtime_api import TOKEN
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

# How a client reaches the server: directly, or over TLS through the tunnel of a proxy.
Route: TypeAlias = Literal["direct", "tunnel"]
ROUTES: tuple[Route, ...] = ("direct", "tunnel")
_TIMED = ("deadline", "exchange", "pool", "transport")


@dataclass(frozen=True, kw_only=True)
class FaultResponse(ScriptedResponse):
    """A response of a failing server.

    `retry_after` is the wait that it asks for, in seconds; `proof` is whether it proves that the
    request was not carried out. The response to a request of the client's own, for a token, is an
    `aside`.
    """

    retry_after: float = 0.0
    proof: bool = False
    aside: bool = False


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

    route: Route
    operation: CalledOperation
    clock: Clock
    other_origin: str
    stack: ExitStack


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A server, the proxy in front of it on the route `tunnel`, and the client that calls it."""

    script: Sequence[Script] = ()
    default: Script
    wrap_connection: ConnectionWrapper | None = None
    url: str = "http://127.0.0.1:{port}"
    proxy_script: Sequence[Script] = ()
    proxy_default: Script = open_tunnel
    proxy_url: str = f"http://runner:{PROXY_PASSWORD}@127.0.0.1:{{port}}"
    timeout: ghrunners.Timeout = field(default_factory=ghrunners.Timeout)
    auth: str | ghrunners.App | Callable[[], str] = TOKEN
    strict: bool = False
    skew: float = 0.0
    call_count: int = 1
    idle: float = 0.0
    where: Where = "as before"

    def on(self, route: Route) -> Scenario:
        """Return the scenario for a route: only TLS goes through a tunnel."""
        if route == "direct" or self.url.startswith("https:"):
            return self
        return replace(
            self,
            url=self.url.replace("http:", "https:", 1),
            wrap_connection=_over_tls,
        )


def _over_tls(connection: socket.socket, _: int) -> socket.socket:
    return trusted().wrap_socket(connection, server_side=True)


ScenarioFactory = Callable[[FaultContext], Scenario]


@dataclass(frozen=True, kw_only=True)
class PlayedCall:
    """The result of the last call, and everything that is known about how it was made.

    The first `earlier` of the exchanges are of the calls before it. `proxied` are the requests that
    a proxy received.
    """

    operation: CalledOperation
    value: object
    error: Exception | None
    exchanges: Sequence[Exchange]
    earlier: int
    off_origin: Sequence[ReceivedRequest]
    proxied: Sequence[ReceivedRequest]
    waits: Sequence[float]
    elapsed: float
    allowed: float
    visible_text: str
    warned: Sequence[Warning]
    places_lost: int


def play(
    factory: ScenarioFactory,
    operation: CalledOperation,
    call_style: CallStyle,
    arriving: int,
    route: Route = "direct",
) -> PlayedCall:
    """Play a scenario; `arriving` is how many requests are expected to reach the server."""
    clock = Clock()
    exchanges: list[Exchange] = []

    def noted(entry: Script) -> Script:
        def respond(received: ReceivedRequest) -> ScriptedResponse:
            made = entry(received) if callable(entry) else entry
            if not (isinstance(made, FaultResponse) and made.aside):
                exchanges.append(
                    Exchange(received=received, response=made, at=clock.now(), wall=clock.wall())
                )
            return made

        return respond

    with ExitStack() as stack:
        other_origin = stack.enter_context(
            ScriptedServer(default=json_response({"total_count": 0, "runners": []}))
        )
        context = FaultContext(
            route=route,
            operation=operation,
            clock=clock,
            other_origin=other_origin.url,
            stack=stack,
        )
        scenario = factory(context).on(route)
        clock.skew = scenario.skew
        for name in _TIMED:
            time_of_clock = SimpleNamespace(monotonic=clock.now)
            stack.enter_context(mock.patch(f"ghrunners._runtime.http.{name}.time", time_of_clock))
        warned = stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        log = stack.enter_context(Log())
        proxy = None
        if route == "tunnel":
            proxy = stack.enter_context(
                ScriptedServer(*scenario.proxy_script, default=scenario.proxy_default)
            )
        server = stack.enter_context(
            ScriptedServer(
                *map(noted, scenario.script),
                default=noted(scenario.default),
                wrap_connection=scenario.wrap_connection,
            )
        )
        earlier: list[int] = []

        def before_last() -> None:
            earlier.append(len(exchanges))
            clock.advance(scenario.idle)

        began = clock.now()
        options = _options(scenario, scenario.url.format(port=server.port))
        if proxy is not None:
            options["proxy"] = scenario.proxy_url.format(port=proxy.port)
        result = call_style(
            Setting(
                options=options,
                operation=operation,
                clock=clock,
                log=log,
                call_count=scenario.call_count,
                where=scenario.where,
                before_last=before_last,
                wait_for_request=lambda: _settle(exchanges, 1),
            )
        )
        elapsed = clock.now() - began
        _settle(exchanges, arriving)
        warned_of = [found.message for found in warned if isinstance(found.message, Warning)]
    total = scenario.timeout.total
    assert total is not None
    return PlayedCall(
        operation=operation,
        value=result.value,
        error=result.error,
        exchanges=exchanges,
        earlier=earlier[0],
        off_origin=other_origin.requests,
        proxied=() if proxy is None else proxy.requests,
        waits=clock.waits,
        elapsed=elapsed,
        allowed=total,
        visible_text="\n".join([result.visible_text, *log.lines, *map(repr, warned_of)]),
        warned=warned_of,
        places_lost=result.places_lost,
    )


def _options(scenario: Scenario, url: str) -> dict[str, object]:
    return {
        "auth": scenario.auth,
        "base_url": url,
        "timeout": scenario.timeout,
        "strict": scenario.strict,
        "verify": ours().trust() if url.startswith("https:") else None,
    }


def _settle(exchanges: Sequence[Exchange], arriving: int) -> None:
    """Wait until the server has read what a closed client has sent."""
    for _ in range(400):
        if len(exchanges) >= arriving:
            return
        time.sleep(0.005)
