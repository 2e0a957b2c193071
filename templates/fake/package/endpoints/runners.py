"""Endpoints of self-hosted runners: list, get and delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.runners import Runner
from . import shapes
from .asked import Answer, Asked, Listed, Refusal


def found(asked: Asked) -> Runner:
    """Return the runner of a call. Raises Refusal (404) without one."""
    return asked.one_of(asked.owner.runners, "runner_id")


def _list(asked: Asked) -> Any:
    runners = list(asked.owner.runners.values())
    if "name" in asked:
        runners = [it for it in runners if it.name == asked["name"]]
    return Listed(asked.world.in_list_order(runners), shapes.runner)


def _get(asked: Asked) -> Any:
    return shapes.runner(found(asked))


def _delete(asked: Asked) -> Any:
    runner = found(asked)
    if runner.busy:
        raise Refusal(422, f'Bad request - Runner "{runner.name}" is still running a job"')
    runner.remove()


ANSWERS: Mapping[str, Answer] = {
    "runners.list": _list,
    "runners.get": _get,
    "runners.delete": _delete,
}
