"""Building blocks of the scenarios: failures that occur once or always, and responses."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from client.faults.called_operations import CALLED_OPERATIONS, JIT, RENEWED, CalledOperation
from client.faults.certificates import trusted
from client.faults.player import (
    ROUTES,
    FaultContext,
    FaultResponse,
    Route,
    Scenario,
    ScenarioFactory,
)
from client.runtime_api import TOKEN
from client.scripted_server import ConnectionWrapper, Script, ScriptedResponse

ScriptFactory = Callable[[FaultContext], Script]

HTTPS = "https://127.0.0.1:{port}"
# A failing server may repeat what it received, or what it was about to send.
PAGE_WITH_SECRETS = f"<html>{TOKEN} {RENEWED} {JIT}</html>".encode()


@dataclass(frozen=True)
class Run:
    """A scenario, the operation that it is played for, and the routes on which it is."""

    factory: ScenarioFactory
    operation: CalledOperation
    routes: tuple[Route, ...] = ROUTES


@dataclass(frozen=True)
class CaseScenarios:
    """The scenarios of a case."""

    runs: tuple[Run, ...]

    def only(self, *operations: CalledOperation) -> CaseScenarios:
        """Play each scenario for these operations only."""
        factories = dict.fromkeys(run.factory for run in self.runs)
        return CaseScenarios(
            tuple(Run(factory, operation) for factory in factories for operation in operations)
        )

    def changed(self, **changes: object) -> CaseScenarios:
        """Change fields of each scenario."""

        def changing(factory: ScenarioFactory) -> ScenarioFactory:
            return lambda context: replace(factory(context), **changes)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a few names

        factories = {run.factory: changing(run.factory) for run in self.runs}
        return CaseScenarios(
            tuple(replace(run, factory=factories[run.factory]) for run in self.runs)
        )

    def on(self, *routes: Route) -> CaseScenarios:
        """Play on these routes only."""
        return CaseScenarios(tuple(replace(run, routes=routes) for run in self.runs))

    def and_over_tls(self) -> CaseScenarios:
        """Play over TLS as well; a tunnel has TLS anyway."""
        over_tls = self.changed(wrap_connection=tls(trusted()), url=HTTPS)
        return joined(self, over_tls.on("direct"))


def joined(*scenarios: CaseScenarios) -> CaseScenarios:
    """Join the scenarios of several cases."""
    return CaseScenarios(tuple(run for case in scenarios for run in case.runs))


def for_every_operation(*factories: ScenarioFactory) -> CaseScenarios:
    """Play each scenario for every operation."""
    return CaseScenarios(
        tuple(Run(factory, operation) for factory in factories for operation in CALLED_OPERATIONS)
    )


def once(*scripts: ScriptFactory) -> CaseScenarios:
    """Let a server fail in each of these ways once, and then succeed."""

    def failing(make: ScriptFactory) -> ScenarioFactory:
        return lambda context: Scenario(script=[make(context)], default=context.operation.response)

    return for_every_operation(*map(failing, scripts))


def always(*scripts: ScriptFactory) -> CaseScenarios:
    """Let a server fail in each of these ways, always."""

    def failing(make: ScriptFactory) -> ScenarioFactory:
        return lambda context: Scenario(default=make(context))

    return for_every_operation(*map(failing, scripts))


def first_then(first: ScriptFactory, *scripts: ScriptFactory) -> CaseScenarios:
    """Let a server fail in one way, and then always in each of these."""

    def failing(make: ScriptFactory) -> ScenarioFactory:
        return lambda context: Scenario(script=[first(context)], default=make(context))

    return for_every_operation(*map(failing, scripts))


def success(context: FaultContext) -> ScriptedResponse:
    """Return the response on success."""
    return context.operation.response


def tls(context: ssl.SSLContext) -> ConnectionWrapper:
    """Use TLS on every connection."""
    return lambda connection, _: context.wrap_socket(connection, server_side=True)


def fault_response(
    content: object,
    status: int,
    headers: Mapping[str, str] | None = None,
    *,
    retry_after: float = 0.0,
    proof: bool = False,
) -> FaultResponse:
    """Build a JSON response."""
    return FaultResponse(
        status=status,
        body=json.dumps(content).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
        retry_after=retry_after,
        proof=proof,
    )


def error_message(
    status: int, message: str, headers: Mapping[str, str] | None = None
) -> ScriptFactory:
    """Respond with an error message of GitHub that has a secret in it."""
    return lambda _: fault_response({"message": f"{message} ({TOKEN})"}, status, headers)


def html_page(status: int, headers: Mapping[str, str] | None = None) -> ScriptFactory:
    """Respond with an HTML page that has secrets in it."""
    return lambda _: FaultResponse(
        status=status,
        body=PAGE_WITH_SECRETS,
        headers={"Content-Type": "text/html", **(headers or {})},
    )
