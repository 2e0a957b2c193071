"""Violation counts: each one counts what it is for, and nothing that is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from client.faults.call_styles import asynchronous, sync
from client.faults.called_operations import GENERATE, JIT, LIST, SET_LABELS, CalledOperation
from client.faults.player import Exchange, FaultResponse, PlayedCall, play
from client.faults.scenarios.building_blocks import always, success
from client.faults.violations import COUNTS, ViolationCounter
from client.runtime_api import TOKEN
from client.scripted_server import ReceivedRequest, ScriptedResponse
from ghrunners import RateLimited, RequestInfo


def received(**headers: str) -> ReceivedRequest:
    """Build a request that arrived at a server."""
    return ReceivedRequest(
        method="GET", target="/", headers=tuple(headers.items()), body=b"", connection=0
    )


def exchange(response: ScriptedResponse, at: float) -> Exchange:
    return Exchange(received=received(), response=response, at=at, wall=at)


def a_call(operation: CalledOperation, exchanges: Sequence[Exchange] = ()) -> PlayedCall:
    """Build the record of a call without violations."""
    return PlayedCall(
        operation=operation,
        value=operation.expected_value,
        error=None,
        exchanges=exchanges,
        earlier=0,
        off_origin=(),
        proxied=(),
        waits=(),
        elapsed=1.0,
        allowed=180.0,
        visible_text="all is well",
        warned=(),
        places_lost=0,
    )


def limited(until: float) -> RateLimited:
    error = RateLimited(
        RequestInfo(operation="x", method="GET", path="/"),
        "429",
        status=429,
        headers={},
        message="",
    )
    error.retry_at = datetime.fromtimestamp(until, UTC)
    return error


ASKED = exchange(FaultResponse(status=429, retry_after=30.0, proof=True), 100.0)
FAILED = exchange(ScriptedResponse(status=500), 100.0)
LATER, EARLIER = exchange(ScriptedResponse(), 130.0), exchange(ScriptedResponse(), 129.0)
REDIRECTED = exchange(FaultResponse(status=308, proof=True), 100.0)

WELL: dict[str, PlayedCall] = {
    "a stranger who got no token": replace(a_call(LIST), off_origin=(received(),)),
    "a wait as asked": a_call(LIST, [ASKED, LATER]),
    "a promise": replace(a_call(LIST, [ASKED]), value=None, error=limited(130.0)),
    "an unsafe write after proof": a_call(GENERATE, [REDIRECTED, ASKED, LATER]),
    "an unsafe write in each of two calls": replace(a_call(GENERATE, [FAILED, LATER]), earlier=1),
    "an idempotent write repeated": a_call(SET_LABELS, [FAILED, LATER]),
    "a failed read": replace(a_call(LIST), value=None, error=ValueError()),
    "an empty write": replace(a_call(SET_LABELS), value=None),
    "the last step": replace(a_call(LIST), elapsed=181.0),
}

WRONG: dict[str, tuple[str, PlayedCall]] = {
    "a token elsewhere": (
        "tokens-off-origin",
        replace(a_call(LIST), off_origin=(received(Authorization=f"Bearer {TOKEN}"),)),
    ),
    "a token to a proxy": (
        "tokens-off-origin",
        replace(a_call(LIST), proxied=(received(Authorization=f"Bearer {TOKEN}"),)),
    ),
    "a token shown": ("secrets-shown", replace(a_call(LIST), visible_text=f"oh, {TOKEN}")),
    "a configuration shown": ("secrets-shown", replace(a_call(GENERATE), visible_text=JIT)),
    "a wait too short": ("short-waits", a_call(LIST, [ASKED, EARLIER])),
    "a promise too early": (
        "short-waits",
        replace(a_call(LIST, [ASKED]), value=None, error=limited(129.0)),
    ),
    "an unsafe write repeated": ("unsafe-repeats", a_call(GENERATE, [FAILED, LATER])),
    "an empty list": ("empty-results", replace(a_call(LIST), value=[])),
    "a read of nothing": ("empty-results", replace(a_call(LIST), value=None)),
    "a late end": ("late-calls", replace(a_call(LIST), elapsed=183.0)),
    "another call's value": ("foreign-responses", replace(a_call(LIST), value=[666])),
    "another call's error": (
        "foreign-responses",
        replace(a_call(LIST, [LATER]), value=None, error=limited(130.0)),
    ),
    "a place that is still taken": ("places-lost", replace(a_call(LIST), places_lost=1)),
}


@pytest.mark.parametrize("played", WELL.values(), ids=WELL)
def test_what_may_happen_is_not_counted(played: PlayedCall) -> None:
    """Not even if it is close to a violation."""
    assert {name: count(played)[0] for name, count in COUNTS.items()} == dict.fromkeys(COUNTS, 0)


@pytest.mark.parametrize(("name", "played"), WRONG.values(), ids=WRONG)
def test_what_must_not_happen_is_counted(name: str, played: PlayedCall) -> None:
    """Once, and by the right count."""
    counter = ViolationCounter()
    counter.record("a cell", played)
    assert counter.places == {(name, "a cell")}
    assert counter.found == {**dict.fromkeys(COUNTS, 0), name: 1}


def test_every_count_is_seen_to_count() -> None:
    """By one of the calls above."""
    assert {name for name, _ in WRONG.values()} == set(COUNTS)


@pytest.mark.parametrize("call_style", [sync, asynchronous], ids=["sync", "async"])
def test_what_is_shown_is_collected(call_style: object) -> None:
    """A secret in a result's text, in a log or in a frame would be found."""
    (run,) = always(success).only(LIST).runs
    played = play(run.factory, run.operation, sync if call_style is sync else asynchronous, 1)
    assert "r7" in played.visible_text
    assert "GET /orgs/acme/actions/runners: 200" in played.visible_text
