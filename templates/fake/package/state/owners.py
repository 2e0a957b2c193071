"""Enterprises, organizations and repositories of a fake GitHub, with what each of them has. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Literal

from .groups import RunnerGroup
from .runners import Os, Runner

if TYPE_CHECKING:
    from .world import World

Kind = Literal["enterprise", "org", "repo"]


class Owner:
    """An owner of runners. Its attributes may be read and, where nothing else is said, changed."""

    kind: ClassVar[Kind]

    def __init__(self, world: World, name: str) -> None:
        self.world: World = world
        self.id: int = world.new_id()
        """The numeric id."""
        self.name: str = name
        """The slug of an enterprise, the login of an organization, the name of a repository."""
        self.runners: dict[int, Runner] = {}
        """The self-hosted runners by id. Use `add_runner` to add one."""
        self.self_hosted_allowed: bool = True
        """Whether the policies above it allow to register runners."""
        self._named: dict[str, Runner] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.full_name}>"

    @property
    def full_name(self) -> str:
        """The name in paths: `octo-org`, or `octo-org/octo-repo`."""
        return self.name

    @property
    def path(self) -> str:
        """The path of its endpoints, such as `/orgs/octo-org`."""
        raise NotImplementedError

    @property
    def page(self) -> str:
        """The path of its page on github.com."""
        return self.full_name

    def default_group(self) -> RunnerGroup | None:
        """Return the group of runners that name none; None for a repository."""
        return None

    def runner(self, name: str) -> Runner:
        """Return the runner of a name, without regard to case. Raises LookupError without one."""
        found = self.find_runner(name)
        if found is None:
            raise LookupError(f"{self.full_name} has no runner {name!r}")
        return found

    def find_runner(self, name: str) -> Runner | None:
        """Return the runner of a name, without regard to case; None without one."""
        found = self._named.get(name.lower())
        return found if found is not None and found.is_registered else None

    def hold(self, runner: Runner) -> None:
        """Take a runner among the others. One of its id is then gone."""
        self.runners[runner.id] = runner
        self._named[runner.name.lower()] = runner

    def add_runner(
        self,
        name: str,
        *,
        labels: Iterable[str] = (),
        group: RunnerGroup | None = None,
        ephemeral: bool = False,
        online: bool = True,
        busy: bool = False,
        os: Os = "linux",
    ) -> Runner:
        """Register a runner, and let it connect unless `online` is False.

        `group` is one of this owner; without it, the default group.

        Raises ValueError if there is a runner of that name, or if `busy` is set without `online`.
        """
        if self.find_runner(name) is not None:
            raise ValueError(f"{self.full_name} has a runner {name!r}")
        if busy and not online:
            raise ValueError("a runner that has never connected has no job")
        runner = Runner(
            self.world.new_id(),
            name,
            self,
            group=self.default_group() if group is None else group,
            labels=labels,
            ephemeral=ephemeral,
            os=os if online else None,
        )
        self.hold(runner)
        if online:
            runner.connect()
        if busy:
            runner.start_job()
        return runner


class GroupOwner(Owner):
    """An owner of runner groups: an enterprise or an organization."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self._group_ids = count(1)
        self.groups: dict[int, RunnerGroup] = {}
        """The runner groups by id. The first one is the default group. Use `add_group` to add one."""
        self.add_group("Default").default = True

    def default_group(self) -> RunnerGroup:
        """Return the group of runners that name none."""
        return next(it for it in self.groups.values() if it.default)

    def add_group(self, name: str) -> RunnerGroup:
        """Add a runner group that all organizations or repositories may use.

        Raises ValueError if there is a group of that name.
        """
        if any(it.name.lower() == name.lower() for it in self.groups.values()):
            raise ValueError(f"{self.full_name} has a runner group {name!r}")
        assert isinstance(self, (Enterprise, Organization))
        group = RunnerGroup(next(self._group_ids), name, self)
        self.groups[group.id] = group
        return group


class Enterprise(GroupOwner):
    """An enterprise, with organizations."""

    kind: ClassVar[Kind] = "enterprise"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.organizations: dict[str, Organization] = {}
        """Its organizations by login."""

    @property
    def path(self) -> str:
        return f"/enterprises/{self.name}"

    @property
    def page(self) -> str:
        return f"enterprises/{self.name}"

    def add_organization(self, login: str) -> Organization:
        """Add an organization. Raises ValueError if there is one of that login."""
        organization = self.world.add_organization(login)
        organization.enterprise = self
        self.organizations[login] = organization
        return organization


class Organization(GroupOwner):
    """An organization, with repositories."""

    kind: ClassVar[Kind] = "org"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.enterprise: Enterprise | None = None
        """The enterprise that it belongs to, if any."""
        self.repositories: dict[str, Repository] = {}
        """Its repositories by name."""

    @property
    def path(self) -> str:
        return f"/orgs/{self.name}"

    def add_repository(self, name: str, *, private: bool = True) -> Repository:
        """Add a repository. Raises ValueError if there is one of that name."""
        if any(name.lower() == one.lower() for one in self.repositories):
            raise ValueError(f"{self.full_name} has a repository {name!r}")
        repository = Repository(self, name, private=private)
        self.repositories[name] = repository
        return repository


class Repository(Owner):
    """A repository of an organization."""

    kind: ClassVar[Kind] = "repo"

    def __init__(self, organization: Organization, name: str, *, private: bool) -> None:
        super().__init__(organization.world, name)
        self.organization: Organization = organization
        self.private: bool = private

    @property
    def full_name(self) -> str:
        return f"{self.organization.name}/{self.name}"

    @property
    def path(self) -> str:
        return f"/repos/{self.full_name}"
