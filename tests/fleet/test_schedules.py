"""Random schedules: whatever happens between the requests of a helper, nothing is lost.

`RUNNERSMITH_SCHEDULES` is the number of schedules; each has a seed from 0 on.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio

import ghrunners
from fleet.plays import SlowTransport
from fleet.unsteady import UnsteadyGitHub
from ghrunners.fake import Runner
from ghrunners.fleet import (
    AsyncFleet,
    Changes,
    Drained,
    Fleet,
    LabelsNotRestored,
    Reaped,
    RunnerGone,
    Snapshot,
    WaitTimedOut,
)

SCHEDULES = int(os.environ.get("RUNNERSMITH_SCHEDULES", "50"))
LABELS = ["big", "gpu"]


class Schedule:
    """One schedule: an organization that does not stand still, and a fleet of it.

    Args:
        seed: The number of the schedule. Every third one is async.
    """

    def __init__(self, seed: int) -> None:
        self.github = UnsteadyGitHub(seed)
        self.random = self.github.random
        self._is_async = seed % 3 == 0
        online = self.random.random() < 0.7
        self.target = self.github.add("target", stays=True, labels=LABELS, online=online)
        if online and self.random.random() < 0.5:
            self.target.start_job(self.random.uniform(1, 200))
        self.stays = self.github.add("stays", stays=True)
        for number in range(self.random.randrange(4, 9)):
            self.github.add(f"old-{number}", online=self.random.random() < 0.7)

    def call(self, method: str, *args: Any, **options: Any) -> Any:
        """Call a helper; return its result, its error, or the interrupt that ended it."""
        try:
            found = self._called(method, args, options)
        except (ghrunners.ClientError, KeyboardInterrupt) as error:
            found = error
        self.github.interrupt = None
        return found

    def interrupt_soon(self) -> None:
        """Let one of the next requests end the program, or cancel its task."""
        self.github.interrupt_in = self.random.randrange(1, 12)
        self.github.interrupt = _interrupt

    def gone(self, runner_id: int) -> bool:
        return runner_id not in self.github.org().runners

    def _called(self, method: str, args: Any, options: Any) -> Any:
        if not self._is_async:
            return getattr(Fleet(self.github.client().org("octo-org")), method)(*args, **options)
        return anyio.run(self._acalled, method, args, options)

    async def _acalled(self, method: str, args: Any, options: Any) -> Any:
        with anyio.CancelScope() as scope:
            if self.github.interrupt is not None:
                self.github.interrupt = scope.cancel
            async with self.github.async_client(transport=SlowTransport(self.github)) as client:
                fleet = AsyncFleet(client.org("octo-org"))
                return await getattr(fleet, method)(*args, **options)
        return KeyboardInterrupt()


def _interrupt() -> None:
    raise KeyboardInterrupt


def schedules() -> Iterator[tuple[int, Schedule]]:
    """All schedules by their seeds."""
    for seed in range(SCHEDULES):
        yield seed, Schedule(seed)


def test_nobody_is_reported_gone_who_is_there() -> None:
    """Every runner of a snapshot is in the next one, or is gone; none is found twice."""
    gone = 0
    for seed, it in schedules():
        before, found = it.call("snapshot"), None
        if isinstance(before, Snapshot):
            it.github.clock.advance(60)
            found = it.call("since", before)
        if not isinstance(before, Snapshot) or not isinstance(found, Changes):
            continue
        left = [one.id for one in found.gone]
        now = [one.id for one in found.snapshot]
        assert all(map(it.gone, left)), seed
        assert {one.id for one in before} <= {*left, *now}, seed
        assert len({*left, *now}) == len(left) + len(now), seed
        gone += len(left)
    assert gone


def test_a_difference_of_two_lists_reports_runners_that_are_there() -> None:
    """Plain calls in the same schedules: present runners are missing in the second list."""
    lost = 0
    for _, it in schedules():
        runners = it.github.client().org("octo-org").runners
        try:
            before = {one.id for one in runners.list()}
            after = {one.id for page in runners.list().pages() for one in page.runners}
        except ghrunners.ClientError:
            continue
        lost += sum(not it.gone(one) for one in before - after)
    assert lost


def test_a_runner_is_found_for_sure() -> None:
    """`find` never returns None for a runner that is there all the time."""
    found = 0
    for seed, it in schedules():
        runner = it.call("find", "stays")
        assert runner is not None, seed
        if isinstance(runner, ghrunners.models.Runner):
            assert runner.id == it.stays.id, seed
            found += 1
    assert found


def test_a_wait_reports_only_what_was_so() -> None:
    """A runner that a wait reports as gone is gone, and another one is in the wanted state."""
    ended: Counter[str] = Counter()
    for seed, it in schedules():
        condition = it.random.choice(["online", "offline", "idle", "busy", "gone", "gone"])
        runner = it.random.choice(list(it.github.org().runners.values()))
        found = it.call("wait_until", runner.id, condition, timeout=it.random.uniform(1, 120))
        ended[type(found).__name__] += 1
        if found is None or isinstance(found, RunnerGone):
            assert it.gone(runner.id), seed
            assert (condition == "gone") == (found is None), seed
        elif isinstance(found, ghrunners.models.Runner):
            assert {
                "online": found.status == "online",
                "offline": found.status == "offline",
                "idle": found.status == "online" and not found.busy,
                "busy": found.busy,
            }[condition], seed
        else:
            assert isinstance(found, ghrunners.ClientError), seed
    assert {"NoneType", "Runner", "RunnerGone", "WaitTimedOut"} <= set(ended)


def test_a_drain_ends_no_job_and_loses_no_label() -> None:
    """A drained runner is gone, and was idle. Otherwise it has its labels, or the error says so."""
    ended: Counter[str] = Counter()
    for seed, it in schedules():
        if it.random.random() < 0.4:
            it.interrupt_soon()
        found = it.call(
            "drain_and_delete",
            it.target.id,
            timeout=it.random.uniform(1, 90),
            stop_new_jobs=it.random.random() < 0.7,
        )
        ended[type(found).__name__] += 1
        _check_drain(it, found, seed)
        assert not any(one.was_busy for one in it.github.deletions), seed
        assert {one.runner.id for one in it.github.deletions} <= {it.target.id}, seed
        shown = [one.shown for one in it.github.deletions]
        assert all(one is not None and not one[1] for one in shown), seed
        assert not it.gone(it.stays.id), seed
    assert {"Drained", "WaitTimedOut", "KeyboardInterrupt"} <= set(ended)


def _check_drain(it: Schedule, found: object, seed: int) -> None:
    target: Runner = it.target
    if isinstance(found, Drained):
        assert it.gone(target.id), seed
        assert found.delete_sent, seed  # nobody else removes it
        return
    assert isinstance(found, BaseException), seed
    if target.is_registered and sorted(target.labels) != LABELS:
        said = isinstance(found, LabelsNotRestored) or getattr(found, "__notes__", [])
        assert said, seed
    if isinstance(found, WaitTimedOut) and it.gone(target.id):
        assert "the outcome of a deletion is unknown" in str(found), seed


def test_a_reaper_deletes_only_what_it_has_seen_for_long(tmp_path: Path) -> None:
    """What is deleted was offline when it was last read, had connected, and is in the report."""
    deleted = 0
    for seed, it in schedules():
        history = tmp_path / f"{seed}.json"
        for _ in range(3):
            done = len(it.github.deletions)
            if it.random.random() < 0.2:
                it.interrupt_soon()
            found = it.call(
                "reap_offline", "[no]*", min_age=60, history=history, dry_run=False, at_most=3
            )
            new = it.github.deletions[done:]
            for one in new:
                assert one.shown == ("offline", False), seed
                assert not one.was_busy, seed
                assert one.runner.version is not None, seed
                assert one.time - it.github.added[one.runner.id] >= 60, seed
                assert one.runner.name.startswith(("new-", "old-")), seed
            if isinstance(found, Reaped):
                _check_report(it, found, {one.runner.id for one in new}, seed)
            deleted += len(new)
            it.github.clock.advance(45)
    assert deleted


def _check_report(it: Schedule, found: Reaped, deleted: set[int], seed: int) -> None:
    by_us = {one.id for one in found.deleted}
    gone = {one.id for one in found.gone}
    failed = {one.runner.id for one in found.failed}
    kept = {one.runner.id for one in found.kept}
    assert by_us <= deleted <= by_us | gone | failed, seed
    assert all(map(it.gone, by_us | gone)), seed
    assert {one.id for one in found.due} <= by_us | gone | failed | kept, seed
    assert len(found.due) <= 3, seed
