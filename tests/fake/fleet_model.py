"""Simple model of the runners of one owner: what a list must show after each event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ghrunners import models
from ghrunners.fake import Runner

DAY = 86_400
SYSTEM = ("self-hosted", "Linux", "X64")

# A runner as everybody sees it: name, status, busy, ephemeral, whether it has a version, labels.
Seen = tuple[str, str, bool, bool, bool, tuple[str, ...]]


@dataclass
class Modelled:
    """A runner of the model. `since` is when it went offline or its last job ended there."""

    name: str
    since: float
    labels: list[str]
    read_only: tuple[str, ...] = SYSTEM
    ephemeral: bool = False
    online: bool = False
    busy: bool = False
    connected: bool = False
    ends: float | None = None

    @property
    def seen(self) -> Seen:
        status = "online" if self.online else "offline"
        labels = (*self.read_only, *self.labels)
        return self.name, status, self.busy, self.ephemeral, self.connected, labels

    @property
    def expires(self) -> float | None:
        """When it is removed if nothing happens before."""
        if self.online or self.busy:
            return None
        return self.since + (DAY if self.ephemeral else 14 * DAY)


@dataclass
class Model:
    """The runners by id, in order, and the time in seconds."""

    now: float = 0.0
    runners: dict[int, Modelled] = field(default_factory=dict[int, Modelled])

    def has(self, name: str) -> bool:
        """Return whether a name is taken."""
        return any(it.name.lower() == name.lower() for it in self.runners.values())

    def advance(self, seconds: float) -> None:
        """Let time pass: jobs end, and runners that are offline for too long are removed."""
        end = self.now + seconds
        while due := self._next(end):
            self.now, runner_id = due
            runner = self.runners[runner_id]
            if runner.ends == self.now:
                self.finish(runner_id)
            else:
                del self.runners[runner_id]
        self.now = end

    def _next(self, end: float) -> tuple[float, int] | None:
        times = [
            (time, runner_id)
            for runner_id, it in self.runners.items()
            for time in (it.ends, it.expires)
            if time is not None and time <= end
        ]
        return min(times, default=None)

    def finish(self, runner_id: int) -> None:
        """End a job."""
        runner = self.runners[runner_id]
        runner.busy, runner.ends = False, None
        if runner.ephemeral:
            del self.runners[runner_id]
        elif not runner.online:
            runner.since = self.now

    def seen(self) -> Mapping[int, Seen]:
        """Return all runners as everybody sees them."""
        return {runner_id: it.seen for runner_id, it in self.runners.items()}


def merged(labels: Iterable[str], new: Iterable[str], read_only: Iterable[str]) -> list[str]:
    """Return labels with new ones, each once without regard to case."""
    found = list(labels)
    for name in new:
        if name.lower() not in {one.lower() for one in (*found, *read_only)}:
            found.append(name)
    return found


def seen_by_client(it: models.Runner) -> Seen:
    """Return a runner as the client sees it."""
    labels = tuple(label.name for label in it.labels)
    return it.name, it.status, it.busy, bool(it.ephemeral), it.version is not None, labels


def seen_in_fake(it: Runner) -> Seen:
    """Return a runner as it is in the fake's state."""
    labels = (*it.read_only_labels, *it.labels)
    return it.name, it.status, it.busy, it.ephemeral, it.version is not None, labels
