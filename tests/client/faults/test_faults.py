"""Fault contract: 34 kinds of fault, three kinds of operation, sync and async, with and without
a tunnel.

The outcome of each cell is stated in the client pack's data file, from which FAULTS.md is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

import pytest

import ghrunners
from client.faults.call_styles import CallStyle, asynchronous, sync
from client.faults.contract_data import CONTRACT, KINDS, Fault, Kind, Outcome
from client.faults.player import ROUTES, PlayedCall, Route, play
from client.faults.scenarios.table import SCENARIOS
from client.faults.violations import COUNTS, ViolationCounter
from client.runtime_api import clear_environment

CALL_STYLES: Mapping[str, CallStyle] = {"sync": sync, "async": asynchronous}
CELLS: Mapping[str, tuple[Fault, Kind, CallStyle, Route]] = {
    f"{fault.id}-{kind}-{name}-{route}": (fault, kind, call_style, route)
    for fault in CONTRACT.fault
    for kind in KINDS
    for name, call_style in CALL_STYLES.items()
    for route in ROUTES
    if fault.route in (None, route)
}
COUNTER = ViolationCounter()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.mark.parametrize("cell", CELLS)
def test_a_fault_ends_as_stated(cell: str) -> None:
    """Result, attempts, waits, what reached the server, and how long it took."""
    fault, kind, call_style, route = CELLS[cell]
    for name, outcome, played in played_calls(fault, kind, call_style, route):
        COUNTER.record(cell, played)
        label = f"{cell}, {name}, {played.operation.name}: {played.error!r}"
        check_result(outcome, played, label)
        check_requests(outcome, played, label)
        check_route(route, played, label)
        check_waits(outcome, played, label)
    COUNTER.cells.add(cell)


def played_calls(
    fault: Fault, kind: Kind, call_style: CallStyle, route: Route
) -> Iterator[tuple[str, Outcome, PlayedCall]]:
    """Play every scenario of every case of a fault, with its operations of one kind.

    A tunnel cannot see what is inside its TLS. Two scenarios of a case, with one operation each, are
    enough for it, unless the fault is its own.
    """
    for case in fault.case:
        outcome = case.outcome(kind)
        runs = [
            run
            for run in SCENARIOS[fault.id, case.id].runs
            if run.operation.kind == kind and route in run.routes
        ]
        assert runs, f"{fault.id}, {case.id}: nothing is played for {kind} on the route {route}"
        if route == "tunnel" and fault.route is None:
            runs = list({run.factory: run for run in runs}.values())[:2]
        for run in runs:
            played = play(run.factory, run.operation, call_style, outcome.arriving, route)
            yield case.id, outcome, played


def check_result(outcome: Outcome, played: PlayedCall, label: str) -> None:
    """Check the value of the call, or the stated class of error and its message."""
    error = played.error
    assert [type(one).__name__ for one in played.warned] == [outcome.warns] * bool(
        outcome.warns
    ), label
    if outcome.result == "ok":
        assert error is None, label
        assert played.value == played.operation.expected_value, label
        pointers = [one.pointers for one in played.warned if isinstance(one, ghrunners.SchemaDrift)]
        assert pointers == [(outcome.pointer,)] * bool(outcome.warns), label
        return
    assert type(error) is getattr(ghrunners, outcome.result), label
    assert isinstance(error, ghrunners.CallError)
    assert error.attempts == outcome.attempts, label
    assert error.request.method == played.operation.method
    notes = " ".join([str(error), *getattr(error, "__notes__", ())])
    is_unknown = outcome.result == "OutcomeUnknown"
    assert ("may have been carried out" in notes) is (outcome.maybe or is_unknown), label
    if isinstance(error, ghrunners.OutcomeUnknown):
        assert type(error.error).__name__ == outcome.error, label
        assert error.__cause__ is error.error
        assert error.lookup
        error = error.error
    if isinstance(error, ghrunners.RateLimited):
        assert error.kind == outcome.limit, label
        assert (error.retry_at is None) is (played.exchanges[-1].retry_after == inf), label
    if isinstance(error, ghrunners.UnexpectedResponse) and outcome.pointer is not None:
        assert error.pointer == outcome.pointer, label


def check_requests(outcome: Outcome, played: PlayedCall, label: str) -> None:
    """Check the number of requests, that only redirects change them, and that none went elsewhere."""
    received = [one.received for one in played.exchanges]
    assert len(received) == outcome.arriving, label
    assert played.off_origin == [], label
    assert len({(one.method, one.body) for one in received}) <= 1, label
    for one in received:
        assert one.method == played.operation.method
        assert one.header("X-GitHub-Api-Version") is not None
        assert (one.header("Authorization") or "").startswith("Bearer ")


def check_route(route: Route, played: PlayedCall, label: str) -> None:
    """Check that requests go through a tunnel, and that the proxy sees nothing but its target."""
    assert {one.method for one in played.proxied} <= {"CONNECT"}, label
    assert all(one.header("Authorization") is None for one in played.proxied), label
    for one in played.exchanges:
        assert one.received.header("Proxy-Authorization") is None, label
        assert route == "direct" or played.proxied, label


def check_waits(outcome: Outcome, played: PlayedCall, label: str) -> None:
    """Check that each wait is within its bounds, and the call within its time."""
    assert len(played.waits) == len(outcome.all_waits), (label, played.waits)
    for wait, (least, most) in zip(played.waits, outcome.all_waits, strict=True):
        assert least <= wait <= most, (label, played.waits)
        assert wait <= CONTRACT.client.max_wait


def test_what_must_never_happen_did_not(request: pytest.FixtureRequest) -> None:
    """In any cell of this run; a whole run has every cell."""
    assert sorted(COUNTER.places) == []
    assert dict.fromkeys(COUNTS, 0) == COUNTER.found
    selected = {item.name for item in request.session.items}
    if all(f"test_a_fault_ends_as_stated[{cell}]" in selected for cell in CELLS):
        assert COUNTER.cells == set(CELLS)
        assert len(CELLS) == 384
        assert min(COUNTER.among[name] for name in COUNTS) > 0
