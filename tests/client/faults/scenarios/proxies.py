"""Faults of a proxy: not reachable, or without a tunnel."""

from __future__ import annotations

from client.faults.called_operations import PROXY_PASSWORD
from client.faults.connect_proxy import open_tunnel
from client.faults.player import FaultContext, Scenario, ScenarioFactory
from client.faults.scenarios.connections import SHORT
from client.runtime_api import TOKEN
from client.scripted_server import ScriptedResponse, closed_port
from ghrunners import Timeout


def closed_proxy_port(context: FaultContext) -> Scenario:
    """Use a proxy's port on which nothing listens."""
    port = context.stack.enter_context(closed_port())
    return Scenario(default=context.operation.response, proxy_url=f"http://127.0.0.1:{port}")


def silent_proxy(context: FaultContext) -> Scenario:
    """Respond to no CONNECT."""
    return Scenario(
        default=context.operation.response,
        proxy_default=ScriptedResponse(after=60.0),
        timeout=Timeout(connect=SHORT),
    )


def _failing_with(response: ScriptedResponse, *, once: bool) -> ScenarioFactory:
    def factory(context: FaultContext) -> Scenario:
        return Scenario(
            default=context.operation.response,
            proxy_script=[response],
            proxy_default=open_tunnel if once else response,
        )

    return factory


def _failing(*responses: ScriptedResponse, once: bool) -> tuple[ScenarioFactory, ...]:
    return tuple(_failing_with(response, once=once) for response in responses)


_LOST = (
    ScriptedResponse(raw=b"", end="close"),
    ScriptedResponse(raw=b"", end="reset"),
    ScriptedResponse(raw=b"HTTP/1.1 200 Conn", end="close"),
)
# A failing proxy may repeat what it received, or guess a secret.
_PAGE = f"<html>{PROXY_PASSWORD} {TOKEN}</html>".encode()
_REFUSED = (
    *(ScriptedResponse(status=status, body=_PAGE) for status in (403, 502, 503, 504)),
    ScriptedResponse(raw=b"220 smtp.acme.example ESMTP\r\n\r\n" + _PAGE, end="close"),
    ScriptedResponse(raw=b"HTTP/1.1 200 OK\r\n\r\n" + _PAGE, end="close"),
)
LOST_ONCE, ALWAYS_LOST = _failing(*_LOST, once=True), _failing(*_LOST, once=False)
REFUSED_ONCE, ALWAYS_REFUSED = _failing(*_REFUSED, once=True), _failing(*_REFUSED, once=False)
CREDENTIALS_REFUSED = _failing(
    ScriptedResponse(
        status=407, body=_PAGE, headers={"Proxy-Authenticate": f'Basic realm="{PROXY_PASSWORD}"'}
    ),
    once=False,
)
