"""Audit of runner versions: which runners stop working, and when. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .._runtime.lazy import publish
from ..models import Runner, RunnerApplication, RunnerVersionDeprecation

_FILENAME = re.compile(r"-(\d+(?:\.\d+)+)\.(?:tar\.gz|zip)\Z")
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class VersionStatus:
    """A version of the runner application, the runners that have it, and its end.

    Attributes:
        version: The version.
        runners: The runners that last connected with it.
        stops_at: When runners of this version stop receiving jobs; None if GitHub has no date.
        stopped: Whether that time has passed, by the client's clock.
        can_register: Whether new runners of this version can still register, as far as is known.
        outdated: Whether a newer version is offered for download.
    """

    version: str
    runners: tuple[Runner, ...]
    stops_at: datetime | None
    stopped: bool
    can_register: bool
    outdated: bool


@dataclass(frozen=True, kw_only=True)
class VersionAudit:
    """The versions of a fleet's runners.

    Attributes:
        newest: The newest version that is offered for download; None if no download names one.
        versions: The versions in use: those that stop first come first, those without a date last.
        never_connected: The runners whose version is unknown, since they have not connected yet.
    """

    newest: str | None
    versions: tuple[VersionStatus, ...]
    never_connected: tuple[Runner, ...]

    def stopping_before(self, time: datetime) -> Sequence[Runner]:
        """Return the runners that stop receiving jobs before a time, those that stop first first.

        Raises TypeError if the time has no time zone.
        """
        if time.tzinfo is None:
            raise TypeError(f"the time {time} has no time zone")
        stopping = [it for it in self.versions if it.stops_at is not None and it.stops_at < time]
        return [runner for one in stopping for runner in one.runners]


def by_version(
    runners: Iterable[Runner],
) -> tuple[Mapping[str, Sequence[Runner]], Sequence[Runner]]:
    """Return the runners of each version, and those without one."""
    versions: dict[str, list[Runner]] = {}
    unknown: list[Runner] = []
    for runner in runners:
        if runner.version:
            versions.setdefault(runner.version, []).append(runner)
        else:
            unknown.append(runner)
    return versions, unknown


def newest_offered(applications: Iterable[RunnerApplication]) -> str | None:
    """Return the newest version in the file names of downloads; None if there is none."""
    matches = (_FILENAME.search(it.filename) for it in applications)
    return max((match[1] for match in matches if match), key=_order, default=None)


def version_status(
    version: str,
    runners: Sequence[Runner],
    schedule: RunnerVersionDeprecation | None,
    newest: str | None,
    now: datetime,
) -> VersionStatus:
    """Return the status of a version. `schedule` is None if GitHub knows nothing of its end."""
    stops_at = None if schedule is None else schedule.runtime_deprecates_at
    closes_at = None if schedule is None else schedule.registration_deprecates_at
    stopped = stops_at is not None and stops_at <= now
    return VersionStatus(
        version=version,
        runners=tuple(runners),
        stops_at=stops_at,
        stopped=stopped,
        can_register=not stopped and (closes_at is None or closes_at > now),
        outdated=newest is not None and _order(version) < _order(newest),
    )


def in_order_of_end(versions: Iterable[VersionStatus]) -> tuple[VersionStatus, ...]:
    """Return versions in the order in which they stop, and the older one first if that is equal."""
    return tuple(sorted(versions, key=lambda it: (it.stops_at or _NEVER, _order(it.version))))


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


publish(__name__)
