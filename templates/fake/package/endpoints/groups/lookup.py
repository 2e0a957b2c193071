"""Groups, runners, organizations and repositories that a call names, and its refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from ...state.groups import RunnerGroup
from ...state.owners import Enterprise, Organization, Repository
from ...state.runners import Runner
from ..asked import Asked, Refusal, not_found

Found = TypeVar("Found")


def group_of(asked: Asked) -> RunnerGroup:
    """Return the group that a call reads. Raises Refusal (404) if there is none such."""
    owner = asked.group_owner
    group = owner.groups.get(asked["runner_group_id"])
    if group is None and isinstance(owner, Organization):
        group = owner.inherited_groups.get(asked["runner_group_id"])
    if group is None:
        raise not_found()
    return group


def changeable_group_of(asked: Asked) -> RunnerGroup:
    """Return the group that a call changes. Raises Refusal: 404, or 403 if it is inherited."""
    group = group_of(asked)
    if group.owner is not asked.owner:
        raise Refusal(403, "Forbidden - Runner groups of the enterprise are read-only here.")
    return group


def users_of(owner: Enterprise | Organization) -> Mapping[int, Organization | Repository]:
    """Return by id who can be selected to use something of an owner."""
    return owner.users


def all_of(field: str, ids: Iterable[int], known: Mapping[int, Found]) -> Sequence[Found]:
    """Return what the ids of a field in a body stand for, each once.

    Raises Refusal (422) if one of them stands for nothing.
    """
    found: list[Found] = []
    for one in dict.fromkeys(ids):
        if one not in known:
            raise invalid(field, f"{one} does not exist")
        found.append(known[one])
    return found


def invalid(field: str, message: str) -> Refusal:
    """Return the refusal of a field in a body."""
    problem = {"resource": "RunnerGroup", "field": field, "code": "invalid", "message": message}
    return Refusal(422, "Validation Failed", errors=[problem])


def check_size(capacity: int, runners: Iterable[Runner]) -> None:
    """Raise Refusal (422) if a group cannot have as many runners."""
    if len(set(runners)) > capacity:
        raise invalid("runners", f"a runner group has at most {capacity} runners")
