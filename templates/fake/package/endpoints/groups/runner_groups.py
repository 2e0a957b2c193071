"""Endpoints of runner groups: list, create, get, update and delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...checks.values import refusal
from ...state.groups import RunnerGroup, Workflow
from ...state.owners import Enterprise, Organization, Repository
from ..asked import Answer, Asked, Listed, Refusal, not_found
from .lookup import all_of, changeable_group_of, check_size, group_of, invalid

_CHANGED = (
    "name",
    "visibility",
    "allows_public_repositories",
    "restricted_to_workflows",
    "selected_workflows",
    "network_configuration_id",
)


def shown(asked: Asked, group: RunnerGroup) -> dict[str, Any]:
    """Return a runner group as JSON, from the view of the owner in the call."""
    owner = asked.group_owner
    group_id, is_own = group.id_in(owner), group.owner is owner
    url = f"{asked.base_url}{owner.path}/actions/runner-groups/{group_id}"
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
    if not asked.is_server:
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


def _list(asked: Asked) -> Any:
    owner = asked.group_owner
    groups: Sequence[RunnerGroup] = list(owner.groups.values())
    if isinstance(owner, Organization):
        groups = [*groups, *owner.inherited_groups.values()]
    user = _filter(asked, owner)
    if user is not None:
        groups = [it for it in groups if user.may_use(it)]
    return Listed(asked.world.in_list_order(groups), lambda it: shown(asked, it))


def _filter(asked: Asked, owner: Enterprise | Organization) -> Organization | Repository | None:
    """Return the user in the filter of a list, if any. Raises Refusal (404) for an unknown one."""
    kind = "organization" if isinstance(owner, Enterprise) else "repository"
    name = asked.get(f"visible_to_{kind}")
    if name is None:
        return None
    for user in owner.users.values():
        if user.name.lower() == name.lower():
            return user
    raise not_found()


def _create(asked: Asked) -> Any:
    owner = asked.group_owner
    field = f"selected_{'organization' if isinstance(owner, Enterprise) else 'repository'}_ids"
    users: Mapping[int, Organization | Repository] = owner.users
    selected = all_of(field, asked.get(field, ()), users)
    runners = all_of("runners", asked.get("runners", ()), owner.runners)
    _check(asked, None)
    check_size(RunnerGroup.capacity, runners)
    group = owner.add_group(asked["name"], selected=selected)
    _change(asked, group)
    for runner in runners:
        runner.group = group
    return shown(asked, group)


def _get(asked: Asked) -> Any:
    return shown(asked, group_of(asked))


def _update(asked: Asked) -> Any:
    group = changeable_group_of(asked)
    _check(asked, group)
    _change(asked, group)
    return shown(asked, group)


def _delete(asked: Asked) -> Any:
    group = changeable_group_of(asked)
    if group.default:
        raise Refusal(422, "The default runner group cannot be deleted.")
    group.delete()


def _check(asked: Asked, group: RunnerGroup | None) -> None:
    """Raise Refusal for invalid values of a group: 409 for a name that is taken, otherwise 422."""
    name = asked.get("name")
    if name is not None and (group is None or name.lower() != group.name.lower()):
        if not name.strip():
            raise invalid("name", "it is empty")
        if asked.group_owner.group_named(name) is not None:
            raise Refusal(
                409, f"Already exists - A runner group with the name {name} already exists."
            )
    for workflow in asked.get("selected_workflows", ()):
        if refusal(Workflow, workflow) is not None:
            raise invalid("selected_workflows", f"{workflow} is no workflow with a ref")


def _change(asked: Asked, group: RunnerGroup) -> None:
    for field in _CHANGED:
        if field in asked:
            value = asked[field]
            setattr(group, field, [*value] if field == "selected_workflows" else value)


ANSWERS: Mapping[str, Answer] = {
    "runner_groups.list": _list,
    "runner_groups.create": _create,
    "runner_groups.get": _get,
    "runner_groups.update": _update,
    "runner_groups.delete": _delete,
}
