"""Endpoints of the self-hosted runners in a group: list, set, add and remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...state.runners import Runner
from .. import runners, shapes
from ..asked import Answer, Asked, Listed, not_found
from .lookup import all_of, changeable_group_of, check_size, group_of


def _list(asked: Asked) -> Any:
    group = group_of(asked)
    group_id = group.id_in(asked.group_owner)

    def shown(it: Runner) -> Any:
        return {**shapes.runner(it), "runner_group_id": group_id}

    return Listed(asked.world.in_list_order(group.runners), shown)


def _set(asked: Asked) -> Any:
    group = changeable_group_of(asked)
    members = set(all_of("runners", asked["runners"], asked.owner.runners))
    leaving = set() if group.default else {*group.runners} - members
    check_size(group.capacity, {*group.runners, *members} - leaving)
    for runner in leaving:
        runner.group = asked.group_owner.default_group()
    for runner in members:
        runner.group = group


def _add(asked: Asked) -> Any:
    group = changeable_group_of(asked)
    runner = runners.found(asked)
    check_size(group.capacity, [*group.runners, runner])
    runner.group = group


def _remove(asked: Asked) -> Any:
    group = changeable_group_of(asked)
    runner = runners.found(asked)
    if runner.group is not group:
        raise not_found()
    runner.group = asked.group_owner.default_group()


ANSWERS: Mapping[str, Answer] = {
    "runner_groups.list_runners": _list,
    "runner_groups.set_runners": _set,
    "runner_groups.add_runner": _add,
    "runner_groups.remove_runner": _remove,
}
