"""A self-hosted runner, and what its machine does: it connects, takes jobs and goes away. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .groups import RunnerGroup
    from .owners import Owner

_DAY = 86_400.0
# After which time offline a runner is removed.
_EXPIRY = 14 * _DAY
_EPHEMERAL_EXPIRY = 1 * _DAY
# The version of a runner application that is downloaded now.
CURRENT_VERSION = "2.330.0"

Os = Literal["linux", "macos", "win"]
_SHOWN = {"linux": "Linux", "macos": "macOS", "win": "Windows"}


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
        read_only_labels: Iterable[str] = (),
        ephemeral: bool = False,
    ) -> None:
        self.id: int = runner_id
        self.name: str = name
        self.owner: Owner = owner
        self.group: RunnerGroup | None = group
        self.labels: list[str] = list(labels)
        self.read_only_labels: list[str] = list(read_only_labels)
        self.os: str = "unknown"
        self.version: str | None = None
        self.ephemeral: bool = ephemeral
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
        self, *, os: Os = "linux", architecture: str = "X64", version: str = CURRENT_VERSION
    ) -> None:
        """Come online, as the runner application does when it starts.

        Raises ValueError if GitHub does not know the runner any more.
        """
        self._check_registered("connect")
        self._absence += 1
        self.os, self.version, self.status = os, version, "online"
        if not self.read_only_labels and not self.ephemeral:
            self.read_only_labels = ["self-hosted", _SHOWN[os], architecture]

    def disconnect(self) -> None:
        """Go offline. A job goes on, as far as GitHub knows. A runner that stays away is removed."""
        self.status = "offline"
        self._expire_later()

    def start_job(self, seconds: float | None = None) -> None:
        """Take a job. It ends after some seconds, or with `finish_job`.

        Raises ValueError if the runner is not online, or busy.
        """
        self._check_registered("take a job")
        if self.status != "online" or self.busy:
            state = "busy" if self.busy else self.status
            raise ValueError(f"runner {self.name!r} cannot take a job: it is {state}")
        self.busy = True
        self._job += 1
        if seconds is not None:
            job = self._job
            self.owner.world.timers.after(seconds, lambda: self._finish(job))

    def finish_job(self) -> None:
        """End the job. An ephemeral runner is then removed.

        Raises ValueError if the runner has no job.
        """
        if not self.busy:
            raise ValueError(f"runner {self.name!r} has no job")
        self._finish(self._job)

    def move_to(self, group: RunnerGroup) -> None:
        """Move to a runner group of the same owner.

        Raises ValueError if the owner has no such group, or if the group is full.
        """
        if group.owner is not self.owner or group.owner.groups.get(group.id) is not group:
            raise ValueError(f"{self.owner.full_name} has no runner group {group.name!r}")
        if self.group is not group and len(group.runners) >= group.capacity:
            raise ValueError(f"runner group {group.name!r} has {group.capacity} runners already")
        self.group = group

    def _finish(self, job: int) -> None:
        if not self.busy or job != self._job:
            return
        self.busy = False
        if self.ephemeral:
            self.status = "offline"
            self.remove()

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

    def _check_registered(self, action: str) -> None:
        if not self.is_registered:
            raise ValueError(f"runner {self.name!r} cannot {action}: it was removed")
