"""A fake GitHub in real time: its clock, its jobs, and what it keeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.fake.live.clock import RunningClock
from ghrunners.fake.live.github import LiveGitHub
from ghrunners.fake.live.workload import Workload

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_clock_runs_by_itself() -> None:
    """Its times agree, it can be advanced, and each sleep takes its time, which speed shortens."""
    clock = RunningClock(speed=10_000, start=START)
    before = clock.now()
    clock.sleep(50)
    assert clock.now() - before >= 50
    asyncio.run(clock.asleep(50))
    assert clock.now() - before >= 100
    clock.advance(1_000_000)
    assert clock.now() >= 1_000_100
    assert clock.sleeps == [50, 50]
    assert clock.wall() >= START.timestamp() + 1_000_100
    assert (clock.time - START).total_seconds() >= 1_000_100


def test_a_clock_begins_now() -> None:
    """Tokens that a real client compares with its own time are then valid."""
    assert abs(RunningClock().wall() - datetime.now(UTC).timestamp()) < 3_600


def jobs(seed: int) -> list[str]:
    github = FakeGitHub()
    for name in ("a", "b", "c"):
        github.org().add_runner(name)
    lines: list[str] = []
    Workload(github.org(), seed, lines.append).start()
    github.clock.advance(3_600)
    return lines


def test_equal_seeds_have_equal_jobs() -> None:
    """An hour of jobs, for all runners."""
    assert jobs(1) == jobs(1) != jobs(2)
    assert {line.split()[0] for line in jobs(1)} == {"a", "b", "c"}


def test_a_runner_that_was_made_connects_and_takes_its_job() -> None:
    """An ephemeral one is then gone; jobs go on while there is no runner."""
    github = FakeGitHub()
    runner = github.org().add_runner("jit", ephemeral=True, online=False)
    lines: list[str] = []
    Workload(github.org(), 0, lines.append).start()
    github.clock.advance(3_600)
    assert not runner.is_registered
    assert lines[0] == "jit connects"
    assert lines[1].startswith("jit starts a job of ")
    github.org().add_runner("next")
    github.clock.advance(3_600)
    assert lines[2].startswith("next starts a job of ")


def test_the_line_of_a_refused_request_has_the_reason() -> None:
    """Since many programs do not show the message of a response."""
    lines: list[str] = []
    github = LiveGitHub(clock=RunningClock(), log=lines.append)
    assert sent(github, "GET", "/orgs/octo-org/actions/runner").status_code == 404
    assert lines[-1].endswith(" GET /orgs/octo-org/actions/runner: 404 (no such path)")


def test_only_the_latest_calls_are_kept() -> None:
    """A fake can run for days."""
    lines: list[str] = []
    github = LiveGitHub(clock=RunningClock(), log=lines.append)
    with github.client() as client:
        for _ in range(1_010):
            list(client.org("octo-org").runners.list())
    assert len(github.calls) == 1_000
    assert len(lines) == 1_010


def test_a_job_ends_without_a_request() -> None:
    """What is due by the clock happens when the command looks at it."""
    github = LiveGitHub(clock=RunningClock(speed=10_000), log=lambda _: None)
    runner = github.org().add_runner("a")
    runner.start_job(seconds=10)
    github.clock.sleep(20)
    assert runner.busy
    github.settle()
    assert not runner.busy
