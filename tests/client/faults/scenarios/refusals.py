"""Refusals: rate limits, rejected tokens, and server errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate
from math import floor, inf
from unittest import mock

from client.auth.github_app_server import app
from client.faults.called_operations import INSTALLATION_TOKEN, RENEWED
from client.faults.player import FaultContext, Scenario, ScenarioFactory
from client.faults.scenarios.building_blocks import (
    ScriptFactory,
    error_message,
    fault_response,
    html_page,
)
from client.runtime_api import TOKEN
from client.scripted_server import ReceivedRequest, Script, ScriptedResponse
from ghrunners._runtime.call import places

# Messages of GitHub.
PRIMARY_MESSAGE = "API rate limit exceeded for installation ID 1."
_SECONDARY_MESSAGE = "You have exceeded a secondary rate limit. Please wait a few minutes."


def rate_limited(
    retry_after: float, headers: Mapping[str, str], status: int = 429, message: str = ""
) -> ScriptFactory:
    """Respond with a rate limit, and ask to wait."""
    return lambda _: fault_response(
        {"message": message or f"Slow down, {TOKEN}"},
        status,
        headers,
        retry_after=retry_after,
        proof=True,
    )


def rate_limited_until_date(seconds: int) -> ScriptFactory:
    """Respond with a rate limit whose end is a date."""

    def make(context: FaultContext) -> Script:
        def respond(_: ReceivedRequest) -> ScriptedResponse:
            now = context.clock.true()
            then = floor(now) + seconds
            headers = {"Date": _date(now), "Retry-After": _date(then)}
            return fault_response(
                {"message": "Slow down"}, 429, headers, retry_after=then - now, proof=True
            )

        return respond

    return make


def primary_limit(seconds: int, status: int = 403) -> ScriptFactory:
    """Respond with the primary rate limit, which is reset after some seconds."""

    def make(context: FaultContext) -> Script:
        def respond(_: ReceivedRequest) -> ScriptedResponse:
            now = context.clock.true()
            reset = floor(now) + seconds
            headers = {
                "Date": _date(now),
                "X-RateLimit-Limit": "5000",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Used": "5000",
                "X-RateLimit-Reset": str(reset),
                "X-RateLimit-Resource": "core",
            }
            # Either the status or the message shows that it is a limit.
            content = {"message": PRIMARY_MESSAGE if status == 403 else "Too many"}
            return fault_response(content, status, headers, retry_after=reset - now, proof=True)

        return respond

    return make


def _date(seconds: float) -> str:
    return formatdate(floor(seconds), usegmt=True)


FOR_A_BILLION_SECONDS = (
    rate_limited(1e9, {"Retry-After": "1000000000"}),
    rate_limited(inf, {"Retry-After": "9" * 400}),
)
WITHOUT_HEADERS = (
    rate_limited(60.0, {}, 403, _SECONDARY_MESSAGE),
    rate_limited(60.0, {"X-RateLimit-Remaining": "4321"}, 403, _SECONDARY_MESSAGE),
)


def server_errors(*statuses: int) -> tuple[ScriptFactory, ...]:
    """Fail with an HTML page for each status, and with JSON for the first."""
    return (*map(html_page, statuses), error_message(statuses[0], "Server Error"))


def unavailable_for(seconds: int) -> ScriptFactory:
    """Fail with 503, and ask to wait."""
    return lambda _: fault_response(
        {"message": TOKEN}, 503, {"Retry-After": str(seconds)}, retry_after=float(seconds)
    )


def expired_token(_: FaultContext) -> ScriptedResponse:
    """Reject the token."""
    return fault_response({"message": f"Bad credentials: {TOKEN}"}, 401, proof=True)


def renewing_token(*refused: str) -> ScenarioFactory:
    """Supply a client with one token after the other; the server rejects some of them."""

    def factory(context: FaultContext) -> Scenario:
        tokens = iter((TOKEN, RENEWED))

        def respond(received: ReceivedRequest) -> ScriptedResponse:
            token = (received.header("Authorization") or "").removeprefix("Bearer ")
            if token in refused:
                return fault_response({"message": f"Bad credentials: {token}"}, 401, proof=True)
            return context.operation.response

        return Scenario(default=respond, auth=lambda: next(tokens))

    return factory


def limit_during_wait(context: FaultContext) -> Scenario:
    """Have one place for requests; the call that holds it gets a rate limit while another waits."""
    context.stack.enter_context(mock.patch.object(places, "AT_ONCE", 1))
    limit = fault_response(
        {"message": TOKEN}, 429, {"Retry-After": "30"}, retry_after=30.0, proof=True
    )
    return Scenario(
        script=[replace(limit, after=0.2)],
        default=context.operation.response,
        where="beside another call",
    )


def unknown_token(status: int, times: float = inf, seconds: float = inf) -> ScenarioFactory:
    """Reject an installation token at first, so many times or for some seconds."""

    def factory(context: FaultContext) -> Scenario:
        started, left = context.clock.now(), iter(range(int(min(times, 99))))
        message = "Bad credentials" if status == 401 else "Resource not accessible by integration"

        def respond(received: ReceivedRequest) -> ScriptedResponse:
            if received.target.endswith("/access_tokens"):
                return _issued_token(context)
            if context.clock.now() < started + seconds and next(left, None) is not None:
                return fault_response({"message": f"{message} {TOKEN}"}, status, proof=True)
            return context.operation.response

        return Scenario(default=respond, auth=app(installation_id=5))

    return factory


def _issued_token(context: FaultContext) -> ScriptedResponse:
    expiry = datetime.fromtimestamp(floor(context.clock.true()) + 3600, UTC)
    content = {"token": INSTALLATION_TOKEN, "expires_at": expiry.isoformat()}
    return replace(fault_response(content, 201), aside=True)
