"""Random jobs for the runners of an organization."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..state.owners import Organization
from ..state.runners import Runner

# In seconds: the mean time between jobs of a runner, the least time between any two jobs, and the
# shortest and the longest job.
_PAUSE = 75.0
_SHORTEST_PAUSE = 1.0
_JOB = (20.0, 120.0)


class Workload:
    """Random jobs for the idle runners of an organization, by its clock.

    Runners that have never connected connect at the time of the next job, as JIT runners do once
    their machine has booted.

    Args:
        organization: The organization whose runners take the jobs.
        seed: Equal seeds have equal jobs, as long as nothing else changes the runners.
        report: Receives a line for each action of a runner.
    """

    def __init__(
        self, organization: Organization, seed: int, report: Callable[[str], None]
    ) -> None:
        self._organization = organization
        self._random = Random(seed)  # noqa: S311 - not for secrets
        self._report = report

    def start(self) -> None:
        """Schedule jobs from now on."""
        pause = max(_SHORTEST_PAUSE, _PAUSE / max(1, len(self._organization.runners)))
        self._organization.world.timers.after(self._random.expovariate(1 / pause), self._next)

    def _next(self) -> None:
        runners = list(self._organization.runners.values())
        for runner in runners:
            if runner.os == "unknown":
                runner.connect()
                self._report(f"{runner.name} connects")
        idle = [it for it in runners if it.status == "online" and not it.busy]
        if idle:
            self._begin(self._random.choice(idle))
        self.start()

    def _begin(self, runner: Runner) -> None:
        seconds = round(self._random.uniform(*_JOB))
        runner.start_job(seconds)
        self._report(f"{runner.name} starts a job of {seconds} seconds")
