"""Lookup of groups, runners and users by the arguments of a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from ...state.groups import RunnerGroup
from ...state.owners import Organization
from ...state.runners import Runner
from ..call import EndpointCall, Refusal, not_found

Found = TypeVar("Found")


def group_of(call: EndpointCall) -> RunnerGroup:
    """Return the group that a call reads. Raises Refusal (404) without one."""
    owner = call.group_owner
    group = owner.groups.get(call["runner_group_id"])
    if group is None and isinstance(owner, Organization):
        group = owner.inherited_groups.get(call["runner_group_id"])
    if group is None:
        raise not_found()
    return group


def changeable_group_of(call: EndpointCall) -> RunnerGroup:
    """Return the group that a call changes. Raises Refusal: 404, or 403 if it is inherited."""
    group = group_of(call)
    if group.owner is not call.owner:
        raise Refusal(403, "Forbidden - Runner groups of the enterprise are read-only here.")
    return group


def all_of(field: str, ids: Iterable[int], known: Mapping[int, Found]) -> Sequence[Found]:
    """Return the items of the ids in a field of a body, each once.

    Raises Refusal (422) for an unknown id.
    """
    found: list[Found] = []
    for one in dict.fromkeys(ids):
        if one not in known:
            raise invalid(field, f"{one} does not exist")
        found.append(known[one])
    return found


def invalid(field: str, message: str) -> Refusal:
    """Return the refusal of a value in a body."""
    problem = {"resource": "RunnerGroup", "field": field, "code": "invalid", "message": message}
    return Refusal(422, "Validation Failed", errors=[problem])


def check_size(capacity: int, runners: Iterable[Runner]) -> None:
    """Raise Refusal (422) if there are more runners than a group can have."""
    if len(set(runners)) > capacity:
        raise invalid("runners", f"a runner group has at most {capacity} runners")
