"""Refusals: for a limit, for a token, for good."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from math import floor, inf

from client.faults.called_operations import RENEWED
from client.faults.player import Form, Setting, Stage
from client.faults.scenarios.building_blocks import Make, act, page, said
from client.runtime_api import TOKEN
from client.scripted_server import Answer, Received, Script

# What GitHub says.
PRIMARY = "API rate limit exceeded for installation ID 1."
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."


def limited(told: float, headers: Mapping[str, str], status: int = 429, message: str = "") -> Make:
    """Refuse for a limit, and ask to wait."""
    return lambda _: act(
        {"message": message or f"Slow down, {TOKEN}"}, status, headers, told=told, proof=True
    )


def dated(seconds: int) -> Make:
    """Refuse for a limit, and say as a date when to come back."""

    def make(stage: Stage) -> Script:
        def answer(_: Received) -> Answer:
            now = stage.clock.true()
            then = floor(now) + seconds
            headers = {"Date": _date(now), "Retry-After": _date(then)}
            return act({"message": "Slow down"}, 429, headers, told=then - now, proof=True)

        return answer

    return make


def primary(seconds: int, status: int = 403) -> Make:
    """Refuse for the primary limit, which is reset after some seconds."""

    def make(stage: Stage) -> Script:
        def answer(_: Received) -> Answer:
            now = stage.clock.true()
            reset = floor(now) + seconds
            headers = {
                "Date": _date(now),
                "X-RateLimit-Limit": "5000",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Used": "5000",
                "X-RateLimit-Reset": str(reset),
                "X-RateLimit-Resource": "core",
            }
            # One of the two has to do.
            content = {"message": PRIMARY if status == 403 else "Too many"}
            return act(content, status, headers, told=reset - now, proof=True)

        return answer

    return make


def _date(seconds: float) -> str:
    return formatdate(floor(seconds), usegmt=True)


BILLION = (
    limited(1e9, {"Retry-After": "1000000000"}),
    limited(inf, {"Retry-After": "9" * 400}),
)
UNSAID = (
    limited(60.0, {}, 403, _SECONDARY),
    limited(60.0, {"X-RateLimit-Remaining": "4321"}, 403, _SECONDARY),
)


def failing(*statuses: int) -> tuple[Make, ...]:
    """Fail as GitHub does, and as a proxy does."""
    return (*map(page, statuses), said(statuses[0], "Server Error"))


def unavailable(seconds: int) -> Make:
    """Fail, and say when to come back."""
    return lambda _: act(
        {"message": TOKEN}, 503, {"Retry-After": str(seconds)}, told=float(seconds)
    )


def expired(_: Stage) -> Answer:
    """Refuse the token."""
    return act({"message": f"Bad credentials: {TOKEN}"}, 401, proof=True)


def signing_in(*refused: str) -> Form:
    """Let a client have one token after the other, and a server refuse some."""

    def form(stage: Stage) -> Setting:
        tokens = iter((TOKEN, RENEWED))

        def answer(received: Received) -> Answer:
            token = (received.header("Authorization") or "").removeprefix("Bearer ")
            if token in refused:
                return act({"message": f"Bad credentials: {token}"}, 401, proof=True)
            return stage.work.answer

        return Setting(default=answer, auth=lambda: next(tokens))

    return form
