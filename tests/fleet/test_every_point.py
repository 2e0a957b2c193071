"""Each helper, with one thing going wrong at each point of its run: a request, or a moment of waiting.

Runners move between pages with every request. However a run ends, nothing is lost, doubled or
removed by mistake without being said, and the same call again ends the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

import ghrunners
from fake.scopes import scope_of
from fleet.cases import CASES, Case, said_by
from fleet.points import FAULTS, INTERRUPTS, Fault, Interruption, PointGitHub, windows
from fleet.test_schedules import SCHEDULES
from ghrunners.fleet import AsyncFleet, Fleet

# What the last calls of a wait may take beyond the deadline.
SLACK = 10.0
EXPECTED = (ghrunners.ClientError, KeyboardInterrupt)
# All scopes and both event loops with 1,000 schedules, and otherwise one of each.
IS_THOROUGH = SCHEDULES >= 1000
RUNS = [
    pytest.param(case, kind, id=f"{case.__name__}-{kind}")
    for case in CASES
    for kind in (case.kinds if IS_THOROUGH else ["org"])
]
BACKENDS = ["asyncio", "trio"] if IS_THOROUGH else ["asyncio"]
# How many requests go wrong: one, or one with its retries, or all that follow.
WIDTHS = [1, 4, 1000] if IS_THOROUGH else [1]
each_run = pytest.mark.parametrize(("kind_of", "kind"), RUNS)


class Runs:
    """Runs of one case, each on a new fake GitHub."""

    def __init__(
        self, case: type[Case], kind: str, folder: Path, log: pytest.LogCaptureFixture
    ) -> None:
        self._case = case
        self._kind = kind
        self._folder = folder
        self._log = log
        self._number = 0

    def sync(self, points: range, fault: Fault) -> int:
        """Run a case with a fault, and once more without it. Return the number of requests."""
        case = self._new()
        fleet = Fleet(scope_of(case.github.client(), self._kind))
        case.github.fail_at(points, fault)
        started = case.github.clock.now()
        try:
            outcome = case.work(fleet)
        except BaseException as error:  # noqa: BLE001 - checked
            outcome = error
        requests = case.github.requests
        self._check(case, outcome, started)
        case.github.fail_at(range(0), None)
        case.github.clock.advance(6000)
        if isinstance(outcome, BaseException):
            case.check(case.work(fleet))
        case.check_end()
        return requests

    def cancelled(self, at: int, backend: str) -> int:
        """Run a case that is cancelled at a moment, and once more. Return the number of moments."""
        return anyio.run(self._cancelled, at, backend=backend)

    async def _cancelled(self, at: int) -> int:
        case = self._new()
        async with case.github.async_client() as client:
            scope: Any = client
            fleet = AsyncFleet(scope_of(scope, self._kind))
            case.github.fail_at(range(0), None)
            started = case.github.clock.now()
            cancelled = anyio.CancelScope()
            work = Interruption(case.work(fleet), cancelled, at)
            with cancelled:
                try:
                    outcome = await work
                except BaseException as error:
                    case.said = self._log.text
                    case.check(error)
                    raise
                self._check(case, outcome, started)
            if cancelled.cancelled_caught:
                case.github.fail_at(range(0), None)
                case.github.clock.advance(6000)
                case.check(await case.work(fleet))
            case.check_end()
        return work.moments

    def _new(self) -> Case:
        self._log.clear()
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        return self._case(PointGitHub(), self._kind, folder)

    def _check(self, case: Case, outcome: Any, started: float) -> None:
        case.said = f"{said_by(outcome)} {self._log.text}"
        case.check(outcome)
        assert isinstance(outcome, EXPECTED) or not isinstance(outcome, BaseException)
        if case.limit is not None:
            assert case.github.clock.now() - started <= case.limit + SLACK


@pytest.fixture
def runs(kind_of: type[Case], kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Runs:
    return Runs(kind_of, kind, tmp_path, caplog)


@each_run
def test_a_fault_at_every_request(runs: Runs) -> None:
    """A 5xx, a lost response or a rate limit, once, for all retries, or from then on."""
    requests = runs.sync(range(0), FAULTS["502"])
    for name, fault in FAULTS.items():
        for points in [*windows(requests, WIDTHS), range(1, 1000)]:
            try:
                runs.sync(points, fault)
            except BaseException as error:
                error.add_note(f"{name} at {points}")
                raise


@each_run
def test_an_interrupt_at_every_request(runs: Runs) -> None:
    """Ctrl-C before a request is carried out, or after it."""
    requests = runs.sync(range(0), INTERRUPTS["before"])
    for name, fault in INTERRUPTS.items():
        for points in windows(requests, widths=[1]):
            try:
                runs.sync(points, fault)
            except BaseException as error:
                error.add_note(f"{name} {points.start}")
                raise


@each_run
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_cancellation_at_every_moment(runs: Runs, backend: str) -> None:
    """A task that is cancelled wherever it waits: for a response, for a lock, or between reads."""
    for at in range(1, 1 + runs.cancelled(0, backend)):
        try:
            runs.cancelled(at, backend)
        except BaseException as error:
            error.add_note(f"at {at}")
            raise
