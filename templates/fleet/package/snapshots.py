"""Snapshots of a fleet, and what has changed between two of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

import msgspec

from .._runtime.lazy import publish
from ..models import Runner

# The states of a runner without a job, by its status.
_QUIET = {"online": "idle"}


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The runners of a scope at one time. Iterating yields them; `len` counts them.

    It can be pickled, so that a program can keep one between its runs.

    Attributes:
        runners: The runners in the order of the list, each once.
        scope: The scope, as text.
        taken_at: When the list was complete, in UTC by this machine's clock.
    """

    runners: tuple[Runner, ...]
    scope: str
    taken_at: datetime

    def __iter__(self) -> Iterator[Runner]:
        return iter(self.runners)

    def __len__(self) -> int:
        return len(self.runners)

    @cached_property
    def by_id(self) -> Mapping[int, Runner]:
        """The runners by id."""
        return MappingProxyType({it.id: it for it in self.runners})

    @cached_property
    def by_name(self) -> Mapping[str, Runner]:
        """The runners by name, as the names are written.

        A runner that replaced another one of its name while the list was read comes after it.
        """
        return MappingProxyType({it.name: it for it in sorted(self.runners, key=lambda it: it.id)})

    @cached_property
    def online(self) -> int:
        """How many runners are online, busy ones included."""
        return sum(it.status == "online" for it in self.runners)

    @cached_property
    def offline(self) -> int:
        """How many runners are offline. Some of them can be busy."""
        return sum(it.status == "offline" for it in self.runners)

    @cached_property
    def busy(self) -> int:
        """How many runners run a job."""
        return sum(it.busy for it in self.runners)

    @cached_property
    def idle(self) -> int:
        """How many runners are online and run no job."""
        return sum(it.status == "online" and not it.busy for it in self.runners)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many runners are `busy`, `idle` and `offline`, each counted once.

        One that is busy and offline is busy. A runner whose status is neither online nor offline is
        counted by that status. A state without runners is 0.
        """
        found = Counter({"busy": 0, "idle": 0, "offline": 0})
        found.update("busy" if it.busy else _QUIET.get(it.status, it.status) for it in self.runners)
        return MappingProxyType(found)

    def __getstate__(self) -> dict[str, object]:
        """Return the fields, without the cached views of them, which cannot be copied or pickled."""
        return {it.name: getattr(self, it.name) for it in fields(self)}

    def __repr__(self) -> str:
        counts = f"{self.online} online, {self.offline} offline, {self.busy} busy"
        return f"<Snapshot of {len(self)} runners at {self.taken_at:%Y-%m-%d %H:%M:%S}: {counts}>"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A runner whose state, labels or other properties have changed.

    Attributes:
        before: The runner in the earlier snapshot.
        after: The runner in the later one.
    """

    before: Runner
    after: Runner


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What has changed since an earlier snapshot.

    Attributes:
        snapshot: The later snapshot. It has every runner that is not gone.
        new: The runners that the earlier snapshot does not have.
        gone: The runners that are gone, as the earlier snapshot has them. Each was missing in the
            list, and a read by its id had the status 404.
        changed: The runners that both have, and that differ.
    """

    snapshot: Snapshot
    new: tuple[Runner, ...]
    gone: tuple[Runner, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def changes(previous: Snapshot, now: Snapshot, gone: Iterable[Runner]) -> Changes:
    """Return the changes between two snapshots. `gone` are the runners that are certainly gone."""
    before = previous.by_id
    both = [Change(before=before[it.id], after=it) for it in now if it.id in before]
    return Changes(
        snapshot=now,
        new=tuple(it for it in now if it.id not in before),
        gone=tuple(gone),
        changed=tuple(it for it in both if _comparable(it.before) != _comparable(it.after)),
    )


def _comparable(runner: Runner) -> Runner:
    """Return a runner without what varies from one response to the next: order and case."""
    labels = sorted(runner.labels, key=lambda it: it.name.lower())
    return msgspec.structs.replace(runner, os=runner.os.lower(), labels=labels)


publish(__name__)
