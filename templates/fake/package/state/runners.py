"""A self-hosted runner, and what its machine does: it connects, takes jobs and goes away. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from .labels import distinct, is_system_label
from .machine_errors import UnknownRunner, VersionDeprecated

if TYPE_CHECKING:
    from .groups import RunnerGroup
    from .owners import Owner

_DAY = 86_400.0
# After which time offline a runner is removed. One that has never connected is offline, too.
_EXPIRY = 14 * _DAY
_EPHEMERAL_EXPIRY = 1 * _DAY

Os = Literal["linux", "macos", "win"]
_SHOWN = {"linux": "Linux", "macos": "macOS", "win": "Windows"}
_SYSTEMS: dict[str, Os] = {"linux": "linux", "macos": "macos", "windows": "win"}


class Runner:
    """A self-hosted runner. Its machine is played by a test, with the methods of this class.

    Attributes:
        id: The id, which no other runner of the fake has had.
        name: The name.
        owner: The enterprise, organization or repository that it is registered with.
        group: Its runner group; None for a runner of a repository.
        labels: Its custom labels, as they were written.
        read_only_labels: The labels that GitHub gives it: `self-hosted`, and those of its system.
        os: `linux`, `macos` or `win`; `unknown` until it connects.
        version: The version of its application; None until it connects.
        ephemeral: Whether it is removed after one job.
        jit: Whether it comes from a JIT configuration. It has no other labels than those given.
        status: `online` or `offline`.
        busy: Whether it runs a job. A runner can be offline and busy.
    """

    def __init__(
        self,
        runner_id: int,
        name: str,
        owner: Owner,
        *,
        group: RunnerGroup | None,
        labels: Iterable[str] = (),
        ephemeral: bool = False,
        jit: bool = False,
        os: Os | None = None,
        architecture: str = "X64",
    ) -> None:
        """`os` is None for the system that a label names, or linux."""
        self.id: int = runner_id
        self.name: str = name
        self.owner: Owner = owner
        self.group: RunnerGroup | None = group
        given = distinct(labels)
        named = next((_SYSTEMS[it.lower()] for it in given if it.lower() in _SYSTEMS), "linux")
        self._system: Os = os or named
        self._architecture = architecture
        self.read_only_labels: list[str] = (
            [one for one in given if is_system_label(one)] if jit else self._system_labels()
        )
        self.labels: list[str] = distinct(given, besides=self.read_only_labels)
        self.os: str = "unknown"
        self.version: str | None = None
        self.ephemeral: bool = ephemeral or jit
        self.jit: bool = jit
        self.status: Literal["online", "offline"] = "offline"
        self.busy: bool = False
        # The job and the absence that a timer was set for; another one has another number.
        self._job = 0
        self._absence = 0
        self._expire_later()

    def __repr__(self) -> str:
        busy = ", busy" if self.busy else ""
        return f"<Runner {self.id} {self.name!r} of {self.owner.full_name}: {self.status}{busy}>"

    @property
    def is_registered(self) -> bool:
        """Whether GitHub still knows it."""
        return self.owner.runners.get(self.id) is self

    def connect(
        self,
        *,
        os: Os | None = None,
        architecture: str | None = None,
        version: str | None = None,
    ) -> None:
        """Come online, as the runner application does when it starts.

        Args:
            os: The system. Default: that of its registration.
            architecture: `X64`, `ARM` or `ARM64`. Default: that of its registration.
            version: The version of the application. Default: what it was, or the current one.

        Raises UnknownRunner if GitHub does not know the runner any more, and VersionDeprecated if
        the version has been retired.
        """
        self._check_registered("connect")
        world = self.owner.world
        version = version or self.version or world.runner_versions.current
        world.runner_versions.check(version, world.time)
        self._absence += 1
        self._system = os or self._system
        self._architecture = architecture or self._architecture
        if not self.jit:
            self.read_only_labels = self._system_labels()
            self.labels = distinct(self.labels, besides=self.read_only_labels)
        self.os, self.version, self.status = self._system, version, "online"

    def connect_later(self, seconds: float, *, version: str | None = None) -> None:
        """Connect after some seconds, if it is still registered and has not connected by then.

        A machine with a version that has been retired by then stays offline.
        """

        def connect() -> None:
            if self.is_registered and self.version is None:
                with suppress(VersionDeprecated):
                    self.connect(version=version)

        self.owner.world.timers.after(seconds, connect)

    def disconnect(self) -> None:
        """Go offline. A job goes on, as far as GitHub knows. A runner that stays away is removed."""
        self.status = "offline"
        self._expire_later()

    def start_job(self, seconds: float | None = None) -> None:
        """Take a job. It ends after some seconds, or with `finish_job`.

        Raises ValueError if the runner is not online, or busy, or if its version has been retired.
        """
        self._check_registered("take a job")
        if self.status != "online" or self.busy or self.version is None:
            state = "busy" if self.busy else self.status
            raise ValueError(f"runner {self.name!r} cannot take a job: it is {state}")
        world = self.owner.world
        world.runner_versions.check(self.version, world.time)
        self.busy = True
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

    def _finish(self, job: int) -> None:
        if not self.busy or job != self._job:
            return
        self.busy = False
        if self.ephemeral:
            self.status = "offline"
            self.remove()
        elif self.status == "offline":
            self._expire_later()

    def remove(self) -> None:
        """Delete the runner, as GitHub does. A runner that is gone stays so."""
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

    def _system_labels(self) -> list[str]:
        return ["self-hosted", _SHOWN[self._system], self._architecture]

    def _check_registered(self, action: str) -> None:
        if not self.is_registered:
            raise UnknownRunner(f"runner {self.name!r} cannot {action}: it was removed")
