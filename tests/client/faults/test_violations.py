"""A count that cannot count would be 0 for ever: each sees what it is there for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from client.faults.called_operations import GENERATE, JIT, LIST, SET_LABELS, Work
from client.faults.player import Act, Exchange, Played, asynchronous, play, sync
from client.faults.scenarios.building_blocks import always, well
from client.faults.violations import COUNTS, Ledger
from client.runtime_api import TOKEN
from client.scripted_server import Answer, Received
from ghrunners import RateLimited, RequestInfo


def received(**headers: str) -> Received:
    """Make a request that arrived somewhere."""
    return Received(
        method="GET", target="/", headers=tuple(headers.items()), body=b"", connection=0
    )


def exchange(answer: Answer, at: float) -> Exchange:
    return Exchange(received=received(), answer=answer, at=at, wall=at)


def a_call(work: Work, exchanges: Sequence[Exchange] = ()) -> Played:
    """Make what came of a call at which nothing is wrong."""
    return Played(
        work=work,
        value=[7],
        error=None,
        exchanges=exchanges,
        strange=(),
        waits=(),
        elapsed=1.0,
        allowed=180.0,
        shown="all is well",
        warned=(),
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


ASKED = exchange(Act(told=30.0, proof=True), 100.0)
FAILED = exchange(Answer(status=500), 100.0)
LATER, EARLIER = exchange(Answer(), 130.0), exchange(Answer(), 129.0)
REDIRECTED = exchange(Act(status=308, proof=True), 100.0)

WELL: dict[str, Played] = {
    "a stranger who got no token": replace(a_call(LIST), strange=(received(),)),
    "a wait as asked": a_call(LIST, [ASKED, LATER]),
    "a promise": replace(a_call(LIST, [ASKED]), value=None, error=limited(130.0)),
    "an unsafe write after proof": a_call(GENERATE, [REDIRECTED, ASKED, LATER]),
    "an idempotent write repeated": a_call(SET_LABELS, [FAILED, LATER]),
    "a failed read": replace(a_call(LIST), value=None, error=ValueError()),
    "an empty write": replace(a_call(SET_LABELS), value=None),
    "the last step": replace(a_call(LIST), elapsed=181.0),
}

WRONG: dict[str, tuple[str, Played]] = {
    "a token elsewhere": (
        "tokens-off-origin",
        replace(a_call(LIST), strange=(received(Authorization=f"Bearer {TOKEN}"),)),
    ),
    "a token shown": ("secrets-shown", replace(a_call(LIST), shown=f"oh, {TOKEN}")),
    "a configuration shown": ("secrets-shown", replace(a_call(GENERATE), shown=JIT)),
    "a wait too short": ("short-waits", a_call(LIST, [ASKED, EARLIER])),
    "a promise too early": (
        "short-waits",
        replace(a_call(LIST, [ASKED]), value=None, error=limited(129.0)),
    ),
    "an unsafe write repeated": ("unsafe-repeats", a_call(GENERATE, [FAILED, LATER])),
    "an empty list": ("empty-results", replace(a_call(LIST), value=[])),
    "a read of nothing": ("empty-results", replace(a_call(LIST), value=None)),
    "a late end": ("late-calls", replace(a_call(LIST), elapsed=183.0)),
}


@pytest.mark.parametrize("played", WELL.values(), ids=WELL)
def test_what_may_happen_is_not_counted(played: Played) -> None:
    """Though it is close to what is."""
    assert {name: count(played)[0] for name, count in COUNTS.items()} == dict.fromkeys(COUNTS, 0)


@pytest.mark.parametrize(("name", "played"), WRONG.values(), ids=WRONG)
def test_what_must_not_happen_is_counted(name: str, played: Played) -> None:
    """Once, and as that which it is."""
    ledger = Ledger()
    ledger.note("a cell", played)
    assert ledger.places == {(name, "a cell")}
    assert ledger.found == {**dict.fromkeys(COUNTS, 0), name: 1}


def test_every_count_is_seen_to_count() -> None:
    """By one of the calls above."""
    assert {name for name, _ in WRONG.values()} == set(COUNTS)


@pytest.mark.parametrize("flavour", [sync, asynchronous], ids=["sync", "async"])
def test_what_is_shown_is_collected(flavour: object) -> None:
    """A secret that is in a result's text, in a log or in a frame would be found."""
    ((form, work),) = always(well).only(LIST).plays
    played = play(form, work, sync if flavour is sync else asynchronous, 1)
    assert "r7" in played.shown
    assert "GET /orgs/acme/actions/runners: 200" in played.shown
