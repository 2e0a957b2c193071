"""Endpoints of the self-hosted runners in a group: list, set, add and remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...state.runners import Runner
from .. import runners, shapes
from ..call import EndpointCall, Handler, Listed, not_found
from .lookup import all_of, changeable_group_of, check_size, group_of


def _list(call: EndpointCall) -> Any:
    group = group_of(call)
    group_id = group.id_in(call.group_owner)

    def shown(it: Runner) -> Any:
        return {**shapes.runner(it), "runner_group_id": group_id}

    return Listed(call.world.in_list_order(group.runners), shown)


def _set(call: EndpointCall) -> Any:
    group = changeable_group_of(call)
    members = set(all_of("runners", call["runners"], call.owner.runners))
    check_size(group.capacity, members)
    leaving = {*group.runners} - members
    for runner in leaving:
        runner.group = call.group_owner.default_group()
    for runner in members:
        runner.group = group


def _add(call: EndpointCall) -> Any:
    group = changeable_group_of(call)
    runner = runners.found(call)
    check_size(group.capacity, [*group.runners, runner])
    runner.group = group


def _remove(call: EndpointCall) -> Any:
    group = changeable_group_of(call)
    runner = runners.found(call)
    if runner.group is not group:
        raise not_found()
    runner.group = call.group_owner.default_group()


HANDLERS: Mapping[str, Handler] = {
    "runner_groups.list_runners": _list,
    "runner_groups.set_runners": _set,
    "runner_groups.add_runner": _add,
    "runner_groups.remove_runner": _remove,
}
