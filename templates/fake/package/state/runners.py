"""Self-hosted runners, and the actions of their machines: connections and jobs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from ..._runtime.lazy import LazyModule, publish
from ..checks.checked import Checked
from ..checks.values import RunnerVersion, Seconds
from .groups import RunnerGroup
from .labels import (
    Architecture,
    Os,
    check_registrable,
    distinct,
    is_system_label,
    system_labels,
    system_of,
)
from .machine_errors import UnknownRunner, VersionDeprecated

if TYPE_CHECKING:
    from . import base_owner
else:
    base_owner = LazyModule(".base_owner", __package__)

_DAY = 86_400.0
# The time offline after which a runner is removed, also one that has never connected. Source:
# https://docs.github.com/actions/concepts/runners/communicating-with-self-hosted-runners
_EXPIRY, _EPHEMERAL_EXPIRY = 14 * _DAY, 1 * _DAY


class Runner(Checked):
    """A self-hosted runner. Tests use its methods for the actions of its machine.

    Attributes:
        id: The id. It is not reused.
        ephemeral: Whether it is removed after one job.
        jit: Whether it has a JIT configuration. Its labels are then only those of the request.
    """

    id: Final[int]
    ephemeral: Final[bool]
    jit: Final[bool]

    _instead: ClassVar[Mapping[str, str]] = {
        "busy": "start_job() and finish_job()",
        "is_registered": "remove()",
        "os": "connect(os=...)",
        "read_only_labels": "connect(os=..., architecture=...)",
        "status": "connect() and disconnect()",
    }

    def __init__(
        self,
        runner_id: int,
        name: str,
        owner: base_owner.Owner,
        *,
        group: RunnerGroup | None,
        labels: Iterable[str] = (),
        ephemeral: bool = False,
        jit: bool = False,
        os: Os | None = None,
        architecture: Architecture = "X64",
    ) -> None:
        """`os` is None for the system that a label names, or linux."""
        self.id = runner_id
        check_registrable(name, labels)
        self._name = name
        self._owner = owner
        self.group = group
        given = distinct(labels)
        self._system: Os = os or system_of(given)
        self._architecture: Architecture = architecture
        self._read_only_labels: list[str] = (
            [one for one in given if is_system_label(one)]
            if jit
            else system_labels(self._system, architecture)
        )
        self._labels: list[str] = distinct(given, besides=self._read_only_labels)
        self._os: str = "unknown"
        self._version: str | None = None
        self.ephemeral = ephemeral or jit
        self.jit = jit
        self._status: Literal["online", "offline"] = "offline"
        self._busy = False
        # The numbers of the latest job and absence. Timers of earlier ones have no effect.
        self._job = 0
        self._absence = 0
        self._expire_later()

    def __repr__(self) -> str:
        busy = ", busy" if self.busy else ""
        return f"<Runner {self.id} {self.name!r} of {self.owner.full_name}: {self.status}{busy}>"

    @property
    def owner(self) -> base_owner.Owner:
        """The enterprise, organization or repository that it is registered with."""
        return self._owner

    @property
    def name(self) -> str:
        """The name. Raises ValueError if it is set to one that is taken or invalid."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        check_registrable(name, ())
        if self.owner.find_runner(name) not in (None, self):
            raise ValueError(f"{self.owner.full_name} has a runner {name!r}")
        self._name = name
        if self.is_registered:
            self.owner.hold(self)

    @property
    def group(self) -> RunnerGroup | None:
        """Its runner group; None for a runner of a repository.

        Raises ValueError if it is set to a group of another owner.
        """
        return self._group

    @group.setter
    def group(self, group: RunnerGroup | None) -> None:
        self.owner.check_group(group)
        self._group = group

    @property
    def labels(self) -> list[str]:
        """Its custom labels, as they were written.

        Raises ValueError if it is set to invalid labels. Read-only ones are ignored.
        """
        return self._labels

    @labels.setter
    def labels(self, labels: Iterable[str]) -> None:
        names = list(labels)
        check_registrable(self._name, names)
        self._labels = distinct(names, besides=self._read_only_labels)

    @property
    def read_only_labels(self) -> Sequence[str]:
        """The labels that GitHub assigns: `self-hosted`, and those of its system."""
        return self._read_only_labels

    @property
    def os(self) -> str:
        """`linux`, `macos` or `win`; `unknown` until it connects."""
        return self._os

    @property
    def version(self) -> str | None:
        """The version of its application; None until it connects.

        It may be set after that, as for an update of the application. Raises ValueError before.
        """
        return self._version

    @version.setter
    def version(self, version: RunnerVersion) -> None:
        if self._version is None:
            raise ValueError(f"runner {self.name!r} has never connected; use connect(version=...)")
        self._version = version

    @property
    def status(self) -> Literal["online", "offline"]:
        """`online` or `offline`."""
        return self._status

    @property
    def busy(self) -> bool:
        """Whether it runs a job. A runner can be offline and busy."""
        return self._busy

    @property
    def is_registered(self) -> bool:
        """Whether it is still registered."""
        return self.owner.runners.get(self.id) is self

    def connect(
        self,
        *,
        os: Os | None = None,
        architecture: Architecture | None = None,
        version: RunnerVersion | None = None,
    ) -> None:
        """Come online, as the runner application does when it starts.

        Args:
            os: The system. Default: that of its registration.
            architecture: `X64`, `ARM` or `ARM64`. Default: that of its registration.
            version: The version of the application. Default: what it was, or the current one.

        Raises UnknownRunner if the runner is no longer registered, and VersionDeprecated if the
        version has been retired.
        """
        self._check_registered("connect")
        world = self.owner.world
        version = version or self.version or world.runner_versions.current
        world.runner_versions.check(version, world.time)
        self._absence += 1
        self._system = os or self._system
        self._architecture = architecture or self._architecture
        if not self.jit:
            self._read_only_labels = system_labels(self._system, self._architecture)
            self._labels = distinct(self._labels, besides=self._read_only_labels)
        self._os, self._version, self._status = self._system, version, "online"

    def connect_later(self, seconds: Seconds, *, version: RunnerVersion | None = None) -> None:
        """Connect after some seconds, if it is still registered and has not connected by then.

        A machine with a version that has been retired by then stays offline.
        """

        def connect() -> None:
            if self.is_registered and self.version is None:
                with suppress(VersionDeprecated):
                    self.connect(version=version)

        self.owner.world.timers.after(seconds, connect)

    def disconnect(self) -> None:
        """Go offline. The runner stays busy if it has a job. If it stays offline, it is removed."""
        self._status = "offline"
        self._expire_later()

    def start_job(self, seconds: Seconds | None = None) -> None:
        """Take a job. It ends after some seconds, or with `finish_job`.

        Raises ValueError if the runner is not online, or busy, or if its version has been retired.
        """
        self._check_registered("take a job")
        if self.status != "online" or self.busy or self.version is None:
            state = "busy" if self.busy else self.status
            raise ValueError(f"runner {self.name!r} cannot take a job: it is {state}")
        world = self.owner.world
        world.runner_versions.check(self.version, world.time)
        self._busy = True
        self._job += 1
        if seconds is not None:
            job = self._job
            world.timers.after(seconds, lambda: self._finish(job))

    def finish_job(self) -> None:
        """End the job. An ephemeral runner is then removed.

        Raises ValueError if the runner has no job.
        """
        if not self.busy:
            raise ValueError(f"runner {self.name!r} has no job")
        self._finish(self._job)

    def move_to(self, group: RunnerGroup | str) -> None:
        """Move to a runner group of the same owner, or to the group of a name.

        Raises ValueError if the owner has no such group, or if the group is full.
        """
        found = self.owner.group_of(group)
        self.owner.check_group(found)
        assert found is not None, "only None stands for no group"
        if self.group is not found and len(found.runners) >= found.capacity:
            raise ValueError(f"runner group {found.name!r} has {found.capacity} runners already")
        self.group = found

    def _finish(self, job: int) -> None:
        if not self.busy or job != self._job:
            return
        self._busy = False
        if self.ephemeral:
            self._status = "offline"
            self.remove()
        elif self.status == "offline":
            self._expire_later()

    def remove(self) -> None:
        """Delete the runner. A second call has no effect."""
        if self.is_registered:
            del self.owner.runners[self.id]

    def _expire_later(self) -> None:
        self._absence += 1
        absence = self._absence
        limit = _EPHEMERAL_EXPIRY if self.ephemeral else _EXPIRY
        self.owner.world.timers.after(limit, lambda: self._expire(absence))

    def _expire(self, absence: int) -> None:
        if absence == self._absence and not self.busy:
            self.remove()

    def _check_registered(self, action: str) -> None:
        if not self.is_registered:
            raise UnknownRunner(f"runner {self.name!r} cannot {action}: it was removed")


publish(__name__)
