"""The fault contract: 24 kinds of fault, three kinds of operation, two flavours, every time.

What must come of each cell is stated in the client pack's data file, from which FAULTS.md is
printed; nothing is stated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

import pytest

import ghrunners
from client.faults.contract_data import CONTRACT, KINDS, Fault, Kind, Outcome
from client.faults.player import Flavour, Played, asynchronous, play, sync
from client.faults.scenarios.table import SCENES
from client.faults.violations import COUNTS, Ledger
from client.runtime_api import clear_environment

FLAVOURS: Mapping[str, Flavour] = {"sync": sync, "async": asynchronous}
CELLS: Mapping[str, tuple[Fault, Kind, Flavour]] = {
    f"{fault.id}-{kind}-{name}": (fault, kind, flavour)
    for fault in CONTRACT.fault
    for kind in KINDS
    for name, flavour in FLAVOURS.items()
}
LEDGER = Ledger()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.mark.parametrize("cell", CELLS)
def test_a_fault_ends_as_stated(cell: str) -> None:
    """Result, attempts, waits, what reached the server, and how long it took."""
    fault, kind, flavour = CELLS[cell]
    for name, outcome, played in plays(fault, kind, flavour):
        LEDGER.note(cell, played)
        said = f"{cell}, {name}, {played.work.name}: {played.error!r}"
        check_result(outcome, played, said)
        check_requests(outcome, played, said)
        check_waits(outcome, played, said)
    LEDGER.cells.add(cell)


def plays(fault: Fault, kind: Kind, flavour: Flavour) -> Iterator[tuple[str, Outcome, Played]]:
    """Play every form of every case of a fault, each with every call of a kind that it has."""
    for case in fault.case:
        outcome = case.outcome(kind)
        found = [
            play(form, work, flavour, outcome.arriving)
            for form, work in SCENES[fault.id, case.id].plays
            if work.kind == kind
        ]
        assert found, f"{fault.id}, {case.id}: nothing is played for {kind}"
        yield from ((case.id, outcome, one) for one in found)


def check_result(outcome: Outcome, played: Played, said: str) -> None:
    """The value of the call, or an error of exactly the class that is stated, with what it says."""
    error = played.error
    assert [type(one).__name__ for one in played.warned] == [outcome.warns] * bool(
        outcome.warns
    ), said
    if outcome.result == "ok":
        assert error is None, said
        assert played.work.tells(played.value) == played.work.told, said
        pointers = [one.pointers for one in played.warned if isinstance(one, ghrunners.SchemaDrift)]
        assert pointers == [(outcome.pointer,)] * bool(outcome.warns), said
        return
    assert type(error) is getattr(ghrunners, outcome.result), said
    assert isinstance(error, ghrunners.CallError)
    assert error.attempts == outcome.attempts, said
    assert error.request.method == played.work.method
    notes = " ".join([str(error), *getattr(error, "__notes__", ())])
    is_unknown = outcome.result == "OutcomeUnknown"
    assert ("may have been carried out" in notes) is (outcome.maybe or is_unknown), said
    if isinstance(error, ghrunners.OutcomeUnknown):
        assert type(error.error).__name__ == outcome.error, said
        assert error.__cause__ is error.error
        assert error.lookup
        error = error.error
    if isinstance(error, ghrunners.RateLimited):
        assert error.kind == outcome.limit, said
        assert (error.retry_at is None) is (played.exchanges[-1].told == inf), said
    if isinstance(error, ghrunners.UnexpectedResponse) and outcome.pointer is not None:
        assert error.pointer == outcome.pointer, said


def check_requests(outcome: Outcome, played: Played, said: str) -> None:
    """As many as stated arrived, each the same but for where a redirect led; none elsewhere."""
    received = [one.received for one in played.exchanges]
    assert len(received) == outcome.arriving, said
    assert played.strange == [], said
    assert len({(one.method, one.body) for one in received}) <= 1, said
    for one in received:
        assert one.method == played.work.method
        assert one.header("X-GitHub-Api-Version") is not None
        assert (one.header("Authorization") or "").startswith("Bearer ")


def check_waits(outcome: Outcome, played: Played, said: str) -> None:
    """Each wait is within its bounds, and the call within its time."""
    assert len(played.waits) == len(outcome.waits), (said, played.waits)
    for wait, (least, most) in zip(played.waits, outcome.waits, strict=True):
        assert least <= wait <= most, (said, played.waits)
        assert wait <= CONTRACT.client.max_wait


def test_what_must_never_happen_did_not(request: pytest.FixtureRequest) -> None:
    """Over all the cells that were played in this run; and in a whole run, that is all of them."""
    assert sorted(LEDGER.places) == []
    assert dict.fromkeys(COUNTS, 0) == LEDGER.found
    selected = {item.name for item in request.session.items}
    if all(f"test_a_fault_ends_as_stated[{cell}]" in selected for cell in CELLS):
        assert LEDGER.cells == set(CELLS)
        assert len(CELLS) == 144
        assert min(LEDGER.among[name] for name in COUNTS) > 0
