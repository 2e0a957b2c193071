"""Endpoints for the registration of runners: JIT configurations and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.groups import RunnerGroup
from ..state.labels import LONGEST_NAME, name_problems
from ..state.machine_errors import GroupFull, MachineError, NameTaken, TooManyRegistrations
from ..state.owners import Repository
from ..state.registrations import Purpose, Registration
from . import shapes
from .call import EndpointCall, Handler, Refusal, not_found

_WORK_FOLDER = "_work"
# The only group of a repository, which no list has.
_REPOSITORY_GROUP = 1
_LEVELS = {
    "enterprise": "Enterprise level self-hosted runners are disabled on this enterprise.",
    "org": "Organization level self-hosted runners are disabled on this organization.",
    "repo": "Repository level self-hosted runners are disabled on this repository.",
}


def _generate_jit_config(call: EndpointCall) -> Any:
    _check_allowed(call)
    name, labels = str(call["name"]), list(call["labels"])
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise Refusal(422, f"Runner names must have 1 to {LONGEST_NAME} characters")
    if problems := name_problems(labels):
        raise Refusal(422, "Validation Failed", errors=problems)
    wanted = Registration(name=name, labels=labels, group=_group(call), jit=True)
    try:
        runner = call.world.registrations.add(call.owner, wanted)
    except MachineError as error:
        raise _refusal(name, error) from None
    config = call.world.registrations.new_config(runner, call.get("work_folder") or _WORK_FOLDER)
    if call.world.connects_after is not None:
        runner.connect_later(call.world.connects_after)
    return {"runner": shapes.runner(runner), "encoded_jit_config": config}


def _group(call: EndpointCall) -> RunnerGroup | None:
    if isinstance(call.owner, Repository):
        if call["runner_group_id"] != _REPOSITORY_GROUP:
            raise not_found()
        return None
    return call.one_of(call.group_owner.groups, "runner_group_id")


def _check_allowed(call: EndpointCall) -> None:
    if not call.owner.self_hosted_allowed:
        raise Refusal(403, _LEVELS[call.owner.kind])


def _refusal(name: str, error: MachineError) -> Refusal:
    match error:
        case NameTaken():
            return Refusal(409, f"Already exists - A runner with the name {name} already exists.")
        case TooManyRegistrations():
            return Refusal(429, f"You have exceeded a secondary rate limit: {error}.")
        case GroupFull():
            return Refusal(422, f"Invalid Argument - {error}.")
        case _:
            raise error


def _token(purpose: Purpose) -> Handler:
    def handle(call: EndpointCall) -> Any:
        if purpose == "registration":
            _check_allowed(call)
        token = call.world.registrations.new_token(call.owner, purpose)
        expires_at = token.expires_at.isoformat(timespec="milliseconds")
        return {"token": token.text, "expires_at": expires_at}

    return handle


HANDLERS: Mapping[str, Handler] = {
    "runners.generate_jit_config": _generate_jit_config,
    "runners.create_registration_token": _token("registration"),
    "runners.create_remove_token": _token("removal"),
}
