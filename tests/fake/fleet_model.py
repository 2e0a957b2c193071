"""Simple model of the runners of one owner: what a list must show after each event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ghrunners import models
from ghrunners.fake import Runner

DAY = 86_400
SYSTEM = ("self-hosted", "Linux", "X64")

# A runner as everybody sees it: name, status, busy, ephemeral, whether it has a version, system,
# read-only labels, custom labels.
Seen = tuple[str, str, bool, bool, bool, str, tuple[str, ...], tuple[str, ...]]


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
        system = "linux" if self.connected else "unknown"
        first = (self.name, status, self.busy, self.ephemeral, self.connected, system)
        return (*first, tuple(self.read_only), tuple(self.labels))

    @property
    def limit(self) -> int:
        """How long it may be offline without a job."""
        return DAY if self.ephemeral else 14 * DAY

    @property
    def expires(self) -> float | None:
        """When it is removed if nothing happens before."""
        return None if self.online or self.busy else self.since + self.limit


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
        while (due := self.next()) and due[0] <= end:
            self.now, runner_id = due
            runner = self.runners[runner_id]
            if runner.ends == self.now:
                self.finish(runner_id)
            else:
                del self.runners[runner_id]
        self.now = end

    def next(self) -> tuple[float, int] | None:
        """Return when something happens if nobody does anything, and to which runner."""
        times = [
            (time, runner_id)
            for runner_id, it in self.runners.items()
            for time in (it.ends, it.expires)
            if time is not None
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
    """Return a runner as the client sees it. Its read-only labels come first."""
    kinds = [label.type for label in it.labels]
    assert kinds == sorted(kinds, key="read-only".__ne__)
    read_only = tuple(label.name for label in it.labels if label.type == "read-only")
    custom = tuple(label.name for label in it.labels if label.type == "custom")
    first = (it.name, it.status, it.busy, bool(it.ephemeral), it.version is not None, it.os)
    return (*first, read_only, custom)


def seen_in_fake(it: Runner) -> Seen:
    """Return a runner as it is in the fake's state."""
    first = (it.name, it.status, it.busy, it.ephemeral, it.version is not None, it.os)
    return (*first, tuple(it.read_only_labels), tuple(it.labels))
