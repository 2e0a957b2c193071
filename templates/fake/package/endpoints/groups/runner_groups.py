"""Endpoints of runner groups: list, create, get, update and delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...checks.values import refusal
from ...state.groups import RunnerGroup, Workflow
from ...state.owners import Enterprise, Organization, Repository
from ..call import EndpointCall, Handler, Listed, Refusal, not_found
from .lookup import all_of, changeable_group_of, check_size, group_of, invalid

_CHANGED = (
    "name",
    "visibility",
    "allows_public_repositories",
    "restricted_to_workflows",
    "selected_workflows",
    "network_configuration_id",
)


def shown(call: EndpointCall, group: RunnerGroup) -> dict[str, Any]:
    """Return a runner group as JSON, from the view of the owner in the call."""
    owner = call.group_owner
    group_id, is_own = group.id_in(owner), group.owner is owner
    url = f"{call.base_url}{owner.path}/actions/runner-groups/{group_id}"
    content: dict[str, Any] = {
        "id": group_id,
        "name": group.name,
        "visibility": group.visibility if is_own else "all",
        "default": group.default,
    }
    if is_own and group.visibility == "selected":
        users = "organizations" if isinstance(owner, Enterprise) else "repositories"
        content[f"selected_{users}_url"] = f"{url}/{users}"
    content["runners_url"] = f"{url}/runners"
    content["hosted_runners_url"] = f"{url}/hosted-runners"
    if group.network_configuration_id is not None:
        content["network_configuration_id"] = group.network_configuration_id
    if isinstance(owner, Organization):
        content["inherited"] = not is_own
    if not is_own:
        content["inherited_allows_public_repositories"] = group.allows_public_repositories
    return {
        **content,
        "allows_public_repositories": group.allows_public_repositories,
        "restricted_to_workflows": group.restricted_to_workflows,
        "selected_workflows": list(group.selected_workflows),
        "workflow_restrictions_read_only": not is_own,
    }


def _list(call: EndpointCall) -> Any:
    owner = call.group_owner
    groups: Sequence[RunnerGroup] = list(owner.groups.values())
    if isinstance(owner, Organization):
        groups = [*groups, *owner.inherited_groups.values()]
    user = _filter(call, owner)
    if user is not None:
        groups = [it for it in groups if user.may_use(it)]
    return Listed(call.world.in_list_order(groups), lambda it: shown(call, it))


def _filter(
    call: EndpointCall, owner: Enterprise | Organization
) -> Organization | Repository | None:
    """Return the user in the filter of a list, if any. Raises Refusal (404) for an unknown one."""
    kind = "organization" if isinstance(owner, Enterprise) else "repository"
    name = call.get(f"visible_to_{kind}")
    if name is None:
        return None
    for user in owner.users.values():
        if user.name.lower() == name.lower():
            return user
    raise not_found()


def _create(call: EndpointCall) -> Any:
    owner = call.group_owner
    field = f"selected_{'organization' if isinstance(owner, Enterprise) else 'repository'}_ids"
    users: Mapping[int, Organization | Repository] = owner.users
    selected = all_of(field, call.get(field, ()), users)
    runners = all_of("runners", call.get("runners", ()), owner.runners)
    _check(call, None)
    check_size(RunnerGroup.capacity, runners)
    group = owner.add_group(call["name"], selected=selected)
    _change(call, group)
    for runner in runners:
        runner.group = group
    return shown(call, group)


def _get(call: EndpointCall) -> Any:
    return shown(call, group_of(call))


def _update(call: EndpointCall) -> Any:
    group = changeable_group_of(call)
    _check(call, group)
    _change(call, group)
    return shown(call, group)


def _delete(call: EndpointCall) -> Any:
    group = changeable_group_of(call)
    if group.default:
        raise Refusal(422, "The default runner group cannot be deleted.")
    group.delete()


def _check(call: EndpointCall, group: RunnerGroup | None) -> None:
    """Raise Refusal for invalid values of a group: 409 for a name that is taken, otherwise 422."""
    name = call.get("name")
    if name is not None and (group is None or name.lower() != group.name.lower()):
        if not name.strip():
            raise invalid("name", "it is empty")
        if call.group_owner.group_named(name) is not None:
            raise Refusal(
                409, f"Already exists - A runner group with the name {name} already exists."
            )
    for workflow in call.get("selected_workflows", ()):
        if refusal(Workflow, workflow) is not None:
            raise invalid("selected_workflows", f"{workflow} is no workflow with a ref")


def _change(call: EndpointCall, group: RunnerGroup) -> None:
    for field in _CHANGED:
        if field in call:
            value = call[field]
            setattr(group, field, [*value] if field == "selected_workflows" else value)


HANDLERS: Mapping[str, Handler] = {
    "runner_groups.list": _list,
    "runner_groups.create": _create,
    "runner_groups.get": _get,
    "runner_groups.update": _update,
    "runner_groups.delete": _delete,
}
