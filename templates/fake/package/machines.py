"""Actions of machines on a fake GitHub: registration, connection and removal."""

from __future__ import annotations

from collections.abc import Iterable

from .base import BaseGitHub
from .checks.values import RunnerVersion
from .state.base_owner import Owner
from .state.groups import RunnerGroup
from .state.labels import Architecture, Os
from .state.machine_errors import UnknownGroup
from .state.registrations import Registration
from .state.runners import Runner


class Machines(BaseGitHub):
    """The actions of `config.sh` and `run.sh`."""

    def register(
        self,
        token: str,
        *,
        name: str,
        labels: Iterable[str] = (),
        group: str | None = None,
        ephemeral: bool = False,
        replace: bool = False,
        os: Os = "linux",
        architecture: Architecture = "X64",
        version: RunnerVersion | None = None,
    ) -> Runner:
        """Register a runner as `config.sh` does. It is offline until it connects, as `run.sh` does.

        Args:
            token: A registration token, which determines the owner.
            name: The name.
            labels: Its custom labels.
            group: The name of its runner group. Default: the default one.
            ephemeral: Whether it is removed after one job.
            replace: Whether it replaces an idle runner of its name, and keeps the id.
            os: The system.
            architecture: `X64`, `ARM` or `ARM64`.
            version: The version of the runner application. Default: the current one.

        Raises MachineError, a ValueError: TokenRejected, NameTaken, UnknownGroup, RunnersDisabled,
        TooManyRegistrations, GroupFull, VersionDeprecated or JobRunning; and ValueError for a name
        or label that `config.sh` does not accept.
        """
        with self._lock:
            self._settle()
            registrations = self.world.registrations
            owner = registrations.owner_of(token, "registration")
            versions = self.world.runner_versions
            versions.check(version or versions.current, self.world.time)
            wanted = Registration(
                name=name,
                labels=list(labels),
                group=_group_of(owner, group),
                ephemeral=ephemeral,
                replace=replace,
                os=os,
                architecture=architecture,
            )
            runner = registrations.add(owner, wanted)
            if self.world.connects_after is not None:
                runner.connect_later(self.world.connects_after, version=version)
            return runner

    def unregister(self, token: str, name: str) -> None:
        """Remove a runner as `config.sh remove` does, with a removal token.

        Raises MachineError, a ValueError: TokenRejected, UnknownRunner or JobRunning.
        """
        with self._lock:
            self._settle()
            owner = self.world.registrations.owner_of(token, "removal")
            self.world.registrations.remove(owner, name)

    def run(
        self,
        encoded_jit_config: str,
        *,
        os: Os | None = None,
        version: RunnerVersion | None = None,
    ) -> Runner:
        """Start a runner as `run.sh --jitconfig` does, and return it. It is online.

        `os` is its system. Default: the one that a label names, or linux.

        Raises MachineError, a ValueError: ConfigRejected, UnknownRunner or VersionDeprecated.
        """
        with self._lock:
            self._settle()
            runner = self.world.registrations.runner_of(encoded_jit_config)
            runner.connect(os=os, version=version)
            return runner


def _group_of(owner: Owner, name: str | None) -> RunnerGroup | None:
    try:
        return owner.group_of(name)
    except ValueError as error:
        raise UnknownGroup(str(error)) from None
