"""A model of runner groups, for tests: what each owner has, and which refusals a change may get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What is added to the id of an enterprise's group in an organization.
INHERITED = 1_000_000


@dataclass
class Group:
    """A group: its name, who may use it, and the ids of its runners."""

    name: str
    visibility: str = "all"
    public: bool = False
    users: set[int] = field(default_factory=set[int])
    runners: set[int] = field(default_factory=set[int])


@dataclass
class Owner:
    """An owner: its groups by id, the first of which is the default, and who can be a user."""

    possible_users: frozenset[int]
    groups: dict[int, Group] = field(default_factory=lambda: {1: Group("Default")})

    @property
    def runners(self) -> set[int]:
        """The ids of all its runners."""
        return {one for group in self.groups.values() for one in group.runners}

    def move(self, runners: Iterable[int], group_id: int) -> None:
        """Put runners into one group, and into no other."""
        moved = set(runners)
        for group in self.groups.values():
            group.runners -= moved
        self.groups[group_id].runners |= moved


class Model:
    """An enterprise and one of its organizations.

    Methods return the statuses of the refusals that a call may get, after it has changed the model
    if there is none.
    """

    def __init__(
        self, organization: int, organizations: Iterable[int], repositories: Mapping[int, bool]
    ) -> None:
        self.organization = organization
        self.private = dict(repositories)
        self.owners = {
            "enterprise": Owner(frozenset(organizations)),
            "org": Owner(frozenset(repositories)),
        }

    def inherited(self) -> Mapping[int, Group]:
        """Return what the organization inherits, by the ids there."""
        return {
            INHERITED + group_id: group
            for group_id, group in self.owners["enterprise"].groups.items()
            if group.visibility == "all" or self.organization in group.users
        }

    def groups_for(self, repository: int) -> set[int]:
        """Return the ids of the groups that a repository of the organization may use."""
        private = self.private[repository]
        own = {
            group_id
            for group_id, group in self.owners["org"].groups.items()
            if (private or (group.public and group.visibility != "private"))
            and (group.visibility != "selected" or repository in group.users)
        }
        return own | {one for one, group in self.inherited().items() if private or group.public}

    def _unchangeable(self, kind: str, group_id: int) -> set[int]:
        if kind == "org" and group_id in self.inherited():
            return {403}
        return set() if group_id in self.owners[kind].groups else {404}

    def _is_taken(self, kind: str, name: str, group_id: int | None = None) -> bool:
        own = self.owners[kind].groups
        listed = {it.name.lower() for key, it in own.items() if key != group_id}
        if kind == "org" and (group_id is None or own[group_id].name.lower() != name.lower()):
            listed |= {it.name.lower() for it in self.owners["enterprise"].groups.values()}
        return name.lower() in listed

    def create(self, kind: str, name: str, users: set[int], runners: set[int]) -> set[int]:
        """Refuse a new group, or return nothing. Call `created` with its id then."""
        owner = self.owners[kind]
        refusals = {409} if self._is_taken(kind, name) else set[int]()
        if not (users <= owner.possible_users and runners <= owner.runners):
            refusals.add(422)
        return refusals

    def created(self, kind: str, group_id: int, group: Group, runners: set[int]) -> None:
        """Add a group."""
        assert group_id not in self.owners[kind].groups
        self.owners[kind].groups[group_id] = group
        self.owners[kind].move(runners, group_id)

    def update(self, kind: str, group_id: int, changes: Mapping[str, Any]) -> set[int]:
        """Change `name`, `visibility` and `public` of a group."""
        refusals = self._unchangeable(kind, group_id)
        name = changes.get("name")
        if not refusals and name is not None and self._is_taken(kind, name, group_id):
            refusals = {409}
        if not refusals:
            for attribute, value in changes.items():
                setattr(self.owners[kind].groups[group_id], attribute, value)
        return refusals

    def delete(self, kind: str, group_id: int) -> set[int]:
        """Delete a group."""
        refusals = self._unchangeable(kind, group_id) or ({422} if group_id == 1 else set[int]())
        if not refusals:
            owner = self.owners[kind]
            owner.move(owner.groups[group_id].runners, 1)
            del owner.groups[group_id]
        return refusals

    def add_runner(self, kind: str, group_id: int, runner: int) -> set[int]:
        """Move a runner to a group."""
        owner, refusals = self.owners[kind], self._unchangeable(kind, group_id)
        if not refusals and runner not in owner.runners:
            refusals = {404}
        if not refusals:
            owner.move([runner], group_id)
        return refusals

    def remove_runner(self, kind: str, group_id: int, runner: int) -> set[int]:
        """Move a runner from a group to the default group."""
        owner, refusals = self.owners[kind], self._unchangeable(kind, group_id)
        if not refusals and runner not in owner.groups[group_id].runners:
            refusals = {404}
        if not refusals:
            owner.move([runner], 1)
        return refusals

    def set_runners(self, kind: str, group_id: int, runners: set[int]) -> set[int]:
        """Set the runners of a group."""
        owner, refusals = self.owners[kind], self._unchangeable(kind, group_id)
        if not refusals and not runners <= owner.runners:
            refusals = {422}
        if not refusals:
            owner.move(owner.groups[group_id].runners, 1)
            owner.move(runners, group_id)
        return refusals

    def change_user(self, kind: str, group_id: int, user: int, *, added: bool) -> set[int]:
        """Add or remove one user of a group."""
        owner, refusals = self.owners[kind], self._unchangeable(kind, group_id)
        if refusals:
            return refusals
        group = owner.groups[group_id]
        if group.visibility != "selected":
            return {409}
        if user not in (owner.possible_users if added else group.users):
            return {404}
        group.users ^= {user} if (user in group.users) != added else set[int]()
        return set()

    def set_users(self, kind: str, group_id: int, users: set[int]) -> set[int]:
        """Set the users of a group."""
        owner, refusals = self.owners[kind], self._unchangeable(kind, group_id)
        if not refusals and not users <= owner.possible_users:
            refusals = {422}
        if not refusals:
            owner.groups[group_id].users = set(users)
        return refusals
