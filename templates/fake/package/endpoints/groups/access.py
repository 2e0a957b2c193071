"""Endpoints of lists of selected users: list, set, add and remove, for any such list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from ...state.owners import Organization, Repository
from .. import repository_shapes
from ..call import EndpointCall, Handler, Listed, Refusal, not_found
from .lookup import all_of, changeable_group_of, group_of

Shape: TypeAlias = Callable[[EndpointCall, Any], Any]


class Access(msgspec.Struct, frozen=True):
    """A list of the organizations or repositories that are selected to use something.

    Attributes:
        selected: The selected ids. Changing this list changes the state.
        applies: Whether the list applies: whether only the selected ones may use it.
        known: The organizations or repositories that can be selected, by id.
    """

    selected: list[int]
    applies: bool
    known: Mapping[int, Organization | Repository]


class Endpoints(msgspec.Struct, frozen=True):
    """The four endpoints of a list.

    Attributes:
        resource: The name of the resource.
        user: The kind of the items.
        read: Returns the list that a call reads.
        change: Returns the list that a call changes.
        shape: Returns an item of the list as JSON.
    """

    resource: str
    user: Literal["organization", "repository"]
    read: Callable[[EndpointCall], Access]
    change: Callable[[EndpointCall], Access]
    shape: Shape

    def handlers(self) -> Mapping[str, Handler]:
        """Return the endpoints by their names."""
        users = "organizations" if self.user == "organization" else "repositories"
        return {
            f"{self.resource}.list_{users}": self._list,
            f"{self.resource}.set_{users}": self._set,
            f"{self.resource}.add_{self.user}": self._add,
            f"{self.resource}.remove_{self.user}": self._remove,
        }

    def _list(self, call: EndpointCall) -> Any:
        access = self.read(call)
        users = [access.known[one] for one in sorted(access.selected) if one in access.known]
        return Listed(call.world.in_list_order(users), lambda it: self.shape(call, it))

    def _set(self, call: EndpointCall) -> Any:
        access = self.change(call)
        field = f"selected_{self.user}_ids"
        access.selected[:] = [it.id for it in all_of(field, call[field], access.known)]

    def _add(self, call: EndpointCall) -> Any:
        access, user_id = self._one(call)
        if user_id not in access.known:
            raise not_found()
        if user_id not in access.selected:
            access.selected.append(user_id)

    def _remove(self, call: EndpointCall) -> Any:
        access, user_id = self._one(call)
        if user_id not in access.selected:
            raise not_found()
        access.selected.remove(user_id)

    def _one(self, call: EndpointCall) -> tuple[Access, int]:
        """Return the list of a call that changes one item of it, and the id of the item."""
        access = self.change(call)
        if not access.applies:
            raise Refusal(409, f"Conflict - Not limited to selected {self.user} ids.")
        return access, call["org_id" if self.user == "organization" else "repository_id"]


def _read_group(call: EndpointCall) -> Access:
    group = group_of(call)
    is_own = group.owner is call.owner
    # The list of an inherited group has organizations, and all repositories of one may use it.
    return Access(group.selected if is_own else [], is_own, call.group_owner.users)


def _change_group(call: EndpointCall) -> Access:
    group = changeable_group_of(call)
    return Access(group.selected, group.visibility == "selected", group.owner.users)


HANDLERS: Mapping[str, Handler] = {
    **Endpoints(
        "runner_groups",
        "organization",
        _read_group,
        _change_group,
        repository_shapes.organization_simple,
    ).handlers(),
    **Endpoints(
        "runner_groups",
        "repository",
        _read_group,
        _change_group,
        repository_shapes.minimal_repository,
    ).handlers(),
}
