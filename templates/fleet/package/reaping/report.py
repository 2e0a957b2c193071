"""Report of a reaper, which is filled during its run. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ..._runtime.errors import ClientError
from ...models import Runner
from ..results import Failed, Kept, Reaped, Reason


class Sorted(NamedTuple):
    """The runners whose names match: those that are due, those to keep, and the ages of all."""

    due: tuple[Runner, ...]
    kept: tuple[tuple[Runner, Reason], ...]
    ages: dict[int, float]


class Report:
    """Report of a run, which begins with the runners that are due and those that are kept."""

    def __init__(self, found: Sorted) -> None:
        self.due: tuple[Runner, ...] = found.due
        self._ages = found.ages
        self._deleted: list[Runner] = []
        self._gone: list[Runner] = []
        self._kept: list[Kept] = []
        self._failed: list[Failed] = []
        for runner, reason in found.kept:
            self.kept(runner, reason)

    def deleted(self, runner: Runner) -> None:
        """Record that GitHub has deleted a runner."""
        self._deleted.append(runner)

    def gone(self, runner: Runner) -> None:
        """Record that a runner is gone."""
        self._gone.append(runner)

    def kept(self, runner: Runner, reason: Reason) -> None:
        """Record that a runner was kept."""
        self._kept.append(Kept(runner=runner, reason=reason, offline_for=self._ages[runner.id]))

    def failed(self, runner: Runner, error: ClientError) -> None:
        """Record that a runner could not be deleted."""
        self._failed.append(Failed(runner=runner, error=error))

    def until(self, runner: Runner) -> str:
        """Return a note about the deletions before a runner at which the reaper was interrupted."""
        before = ", ".join(it.name for it in self._deleted + self._gone) or "none"
        return (
            f"the reaper was interrupted at runner {runner.name!r} ({runner.id}), which may be"
            f" deleted; those that it had deleted before: {before}"
        )

    def result(self, *, dry_run: bool) -> Reaped:
        """Return the report as it is now."""
        return Reaped(
            dry_run=dry_run,
            due=self.due,
            deleted=tuple(self._deleted),
            gone=tuple(self._gone),
            kept=tuple(self._kept),
            failed=tuple(self._failed),
        )
