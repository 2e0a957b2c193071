"""Enterprises, organizations and repositories, with their groups and settings. Pure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from ..._runtime.lazy import LazyModule, publish
from ..checks.values import Text, nearest
from .base_owner import Kind, Owner
from .groups import RunnerGroup, Visibility, Workflow
from .hosted.hosting import Hosting

if TYPE_CHECKING:
    from . import world as worlds
else:
    worlds = LazyModule(".world", __package__)


class GroupOwner(Owner, Hosting):
    """An owner of runner groups: an enterprise or an organization."""

    groups: Final[dict[int, RunnerGroup]]
    """The runner groups by id. The first one is the default group. Use `add_group` to add one."""

    def __init__(self, world: worlds.World, name: str) -> None:
        Owner.__init__(self, world, name)
        Hosting.__init__(self)
        self._group_ids = count(1)
        self.groups = {}
        self._new_group("Default", default=True)

    def default_group(self) -> RunnerGroup:
        """Return the default group."""
        return next(iter(self.groups.values()))

    @property
    @abstractmethod
    def users(self) -> Mapping[int, Organization | Repository]:
        """The organizations or repositories that can be selected to use its groups, by id."""

    def selectable(self, ids: Iterable[int]) -> list[int]:
        """Return ids of its users as a list. Raises ValueError for an unknown one."""
        found = list(ids)
        for one in found:
            if one not in self.users:
                kind = "organization" if self.kind == "enterprise" else "repository"
                raise ValueError(f"{self.full_name} has no {kind} with the id {one}")
        return found

    def group_of(self, group: RunnerGroup | str | None) -> RunnerGroup:
        if not isinstance(group, str):
            return self.default_group() if group is None else group
        found = GroupOwner.group_named(self, group)
        if found is None:
            near = nearest(group, [it.name for it in self.groups.values()])
            raise ValueError(f"{self.full_name} has no runner group {group!r}{near}")
        return found

    def group_named(self, name: str) -> RunnerGroup | None:
        """Return the group of a name, compared without case; None without one."""
        return next((it for it in self.groups.values() if it.name.lower() == name.lower()), None)

    def add_group(
        self,
        name: Text,
        *,
        visibility: Visibility = "all",
        selected: Iterable[Organization | Repository] = (),
        allows_public_repositories: bool = False,
        selected_workflows: Iterable[Workflow] | None = None,
        network_configuration_id: str | None = None,
    ) -> RunnerGroup:
        """Add a runner group. By default, all organizations or private repositories may use it.

        `selected` has an effect with the visibility `selected`. `selected_workflows` restricts the
        group to these workflows, given as `OWNER/REPO/.github/workflows/FILE@REF`.

        Raises ValueError if the name is taken, for the visibility `private` in an enterprise, and
        if this owner does not have what is `selected`.
        """
        if self.group_named(name) is not None:
            raise ValueError(f"{self.full_name} has a runner group {name!r}")
        if visibility == "private" and self.kind == "enterprise":
            raise ValueError("only a runner group of an organization can be private")
        selected_ids = [self._selectable(it) for it in selected]
        group = self._new_group(name)
        group.visibility, group.selected = visibility, selected_ids
        group.allows_public_repositories = allows_public_repositories
        group.restricted_to_workflows = selected_workflows is not None
        group.selected_workflows = list(selected_workflows or ())
        group.network_configuration_id = network_configuration_id
        return group

    def _selectable(self, user: Organization | Repository) -> int:
        owner = user.organization if isinstance(user, Repository) else user.enterprise
        if owner is not self:
            raise ValueError(f"{self.full_name} does not have {user!r}")
        return user.id

    def _new_group(self, name: str, *, default: bool = False) -> RunnerGroup:
        assert isinstance(self, (Enterprise, Organization))
        group = RunnerGroup(next(self._group_ids), name, self, default=default)
        self.groups[group.id] = group
        return group


class Enterprise(GroupOwner):
    """An enterprise, with organizations."""

    kind: ClassVar[Kind] = "enterprise"
    organizations: Final[dict[str, Organization]]
    """Its organizations by login. Use `add_organization` to add one."""
    self_hosted_runners_disabled: bool
    """Whether repositories of its organizations may not register runners."""

    def __init__(self, world: worlds.World, name: str) -> None:
        super().__init__(world, name)
        self.organizations = {}
        self.self_hosted_runners_disabled = False

    @property
    def path(self) -> str:
        return f"/enterprises/{self.name}"

    @property
    def page(self) -> str:
        return f"enterprises/{self.name}"

    @property
    def users(self) -> Mapping[int, Organization]:
        return {it.id: it for it in self.organizations.values()}

    def add_organization(self, login: str) -> Organization:
        """Add an organization. Raises ValueError if there is one of that login."""
        organization = self.world.add_organization(login)
        organization.enterprise = self
        return organization


class Organization(GroupOwner):
    """An organization, with repositories."""

    kind: ClassVar[Kind] = "org"
    repositories: Final[dict[str, Repository]]
    """Its repositories by name. Use `add_repository` to add one."""
    enabled_repositories: Literal["all", "selected", "none"]
    """Which of its repositories may register runners."""

    def __init__(self, world: worlds.World, name: str) -> None:
        super().__init__(world, name)
        self._enterprise: Enterprise | None = None
        self.repositories = {}
        self.enabled_repositories = "all"
        self._selected_repositories: list[int] = []

    @property
    def enterprise(self) -> Enterprise | None:
        """The enterprise that it belongs to, if any. Setting another one moves it."""
        return self._enterprise

    @enterprise.setter
    def enterprise(self, enterprise: Enterprise | None) -> None:
        if enterprise is not None and enterprise.world is not self.world:
            raise ValueError(f"{enterprise!r} is one of another fake GitHub")
        if self._enterprise is not None:
            self._enterprise.organizations.pop(self.name, None)
        self._enterprise = enterprise
        if enterprise is not None:
            enterprise.organizations[self.name] = self

    @property
    def selected_repositories(self) -> list[int]:
        """The ids of the repositories that may, if `enabled_repositories` is `selected`.

        Raises ValueError if it is set to unknown ids.
        """
        return self._selected_repositories

    @selected_repositories.setter
    def selected_repositories(self, ids: Sequence[int]) -> None:
        self._selected_repositories = self.selectable(ids)

    @property
    def path(self) -> str:
        return f"/orgs/{self.name}"

    @property
    def users(self) -> Mapping[int, Repository]:
        return {it.id: it for it in self.repositories.values()}

    def may_use(self, group: RunnerGroup) -> bool:
        """Return whether it may use a runner group: its own, or one of its enterprise."""
        if group.owner is not self.enterprise:
            return group.owner is self
        return group.visibility == "all" or self.id in group.selected

    @property
    def inherited_groups(self) -> Mapping[int, RunnerGroup]:
        """The groups of its enterprise that it may use, by their ids in the organization."""
        groups = {} if self.enterprise is None else self.enterprise.groups
        return {it.id_in(self): it for it in groups.values() if self.may_use(it)}

    def group_named(self, name: str) -> RunnerGroup | None:
        """Return the group of a name: its own, or any group of its enterprise."""
        found = super().group_named(name)
        if found is None and self.enterprise is not None:
            return self.enterprise.group_named(name)
        return found

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
    organization: Final[Organization]
    """The organization that it belongs to."""
    private: bool
    """Whether only the organization sees it."""

    def __init__(self, organization: Organization, name: str, *, private: bool) -> None:
        super().__init__(organization.world, name)
        self.organization = organization
        self.private = private

    def may_use(self, group: RunnerGroup) -> bool:
        """Return whether it may use a runner group of its organization or of the enterprise."""
        if not self.private and (
            group.visibility == "private" or not group.allows_public_repositories
        ):
            return False
        if group.owner is not self.organization:
            return self.organization.may_use(group)
        return group.visibility != "selected" or self.id in group.selected

    @property
    def self_hosted_allowed(self) -> bool:
        organization = self.organization
        enterprise = organization.enterprise
        if enterprise is not None and enterprise.self_hosted_runners_disabled:
            return False
        enabled = organization.enabled_repositories
        return enabled == "all" or (
            enabled == "selected" and self.id in organization.selected_repositories
        )

    @property
    def full_name(self) -> str:
        return f"{self.organization.name}/{self.name}"

    @property
    def path(self) -> str:
        return f"/repos/{self.full_name}"


publish(__name__)
