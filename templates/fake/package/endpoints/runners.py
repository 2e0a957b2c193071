"""Endpoints of self-hosted runners: list, get and delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.runners import Runner
from . import shapes
from .call import EndpointCall, Handler, Listed, Refusal


def found(call: EndpointCall) -> Runner:
    """Return the runner of a call. Raises Refusal (404) without one."""
    return call.one_of(call.owner.runners, "runner_id")


def _list(call: EndpointCall) -> Any:
    runners = list(call.owner.runners.values())
    name = call.get("name")
    if name is not None:
        runners = [it for it in runners if it.name == name]
    return Listed(call.world.in_list_order(runners), shapes.runner)


def _get(call: EndpointCall) -> Any:
    return shapes.runner(found(call))


def _delete(call: EndpointCall) -> Any:
    runner = found(call)
    if runner.busy:
        raise Refusal(422, f'Bad request - Runner "{runner.name}" is still running a job"')
    runner.remove()


HANDLERS: Mapping[str, Handler] = {
    "runners.list": _list,
    "runners.get": _get,
    "runners.delete": _delete,
}
