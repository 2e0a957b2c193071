"""Owner of runners: the base of enterprises, organizations and repositories. Pure."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from ..._runtime.lazy import LazyModule
from ..checks.checked import Checked
from ..checks.values import nearest
from .groups import RunnerGroup
from .labels import Os
from .runners import Runner

if TYPE_CHECKING:
    from . import world as worlds
else:
    worlds = LazyModule(".world", __package__)

Kind = Literal["enterprise", "org", "repo"]
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


class Owner(Checked, ABC):
    """An owner of runners."""

    kind: ClassVar[Kind]
    id: Final[int]
    """The numeric id."""
    name: Final[str]
    """The slug of an enterprise, the login of an organization, the name of a repository."""
    runners: Final[dict[int, Runner]]
    """The self-hosted runners by id. Use `add_runner` to add one."""

    def __init__(self, world: worlds.World, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name on GitHub: use letters, digits and ._-")
        self._world = world
        self.id = world.new_id()
        self.name = name
        self.runners = {}
        self._named: dict[str, Runner] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.full_name}>"

    @property
    def world(self) -> worlds.World:
        """The state that it belongs to."""
        return self._world

    @property
    def full_name(self) -> str:
        """The name in paths: `octo-org`, or `octo-org/octo-repo`."""
        return self.name

    @property
    @abstractmethod
    def path(self) -> str:
        """The path of its endpoints, such as `/orgs/octo-org`."""

    @property
    def page(self) -> str:
        """The path of its page on github.com."""
        return self.full_name

    @property
    def self_hosted_allowed(self) -> bool:
        """Whether policies allow self-hosted runners to be registered with it."""
        return True

    def default_group(self) -> RunnerGroup | None:
        """Return the group of runners that name none; None for a repository."""
        return None

    def group_of(self, group: RunnerGroup | str | None) -> RunnerGroup | None:
        """Return a group, given as it is, by its name, or as None for the default one.

        Raises ValueError for an unknown name.
        """
        if isinstance(group, str):
            raise ValueError(f"{self.full_name} has no runner group {group!r}")
        return self.default_group() if group is None else group

    def check_group(self, group: RunnerGroup | None) -> None:
        """Raise ValueError if a group is not of this owner. None is the group of a repository."""
        if group is None:
            is_known = self.default_group() is None
        else:
            is_known = group.owner is self and group.owner.groups.get(group.id) is group
        if not is_known:
            name = None if group is None else group.name
            raise ValueError(f"{self.full_name} has no runner group {name!r}")

    def runner(self, name: str) -> Runner:
        """Return the runner of a name, compared without case. Raises LookupError without one."""
        found = self.find_runner(name)
        if found is None:
            near = nearest(name, [it.name for it in self.runners.values()])
            raise LookupError(f"{self.full_name} has no runner {name!r}{near}")
        return found

    def find_runner(self, name: str) -> Runner | None:
        """Return the runner of a name, compared without case; None without one."""
        found = self._named.get(name.lower())
        if found is None or not found.is_registered or found.name.lower() != name.lower():
            return None
        return found

    def hold(self, runner: Runner) -> None:
        """Hold a runner, instead of one with the same id."""
        self.runners[runner.id] = runner
        self._named[runner.name.lower()] = runner

    def add_runner(
        self,
        name: str,
        *,
        labels: Iterable[str] = (),
        group: RunnerGroup | str | None = None,
        ephemeral: bool = False,
        online: bool = True,
        busy: bool = False,
        os: Os = "linux",
    ) -> Runner:
        """Register a runner, and connect it unless `online` is False.

        `group` is one of this owner, or its name; without it, the default group.

        Raises ValueError for a name that is taken, an invalid name or label, an unknown group, or
        `busy` without `online`.
        """
        if self.find_runner(name) is not None:
            raise ValueError(f"{self.full_name} has a runner {name!r}")
        if busy and not online:
            raise ValueError("a runner that has never connected has no job")
        runner = Runner(
            self.world.new_id(),
            name,
            self,
            group=self.group_of(group),
            labels=labels,
            ephemeral=ephemeral,
            os=os,
        )
        self.hold(runner)
        if online:
            runner.connect()
        if busy:
            runner.start_job()
        return runner
