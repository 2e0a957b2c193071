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
from .asked import Answer, Asked, Refusal, not_found

_WORK_FOLDER = "_work"
# The only group of a repository, which no list has.
_REPOSITORY_GROUP = 1
_LEVELS = {
    "enterprise": "Enterprise level self-hosted runners are disabled on this enterprise.",
    "org": "Organization level self-hosted runners are disabled on this organization.",
    "repo": "Repository level self-hosted runners are disabled on this repository.",
}


def _generate_jit_config(asked: Asked) -> Any:
    _check_allowed(asked)
    name, labels = str(asked["name"]), list(asked["labels"])
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise Refusal(422, f"Runner names must have 1 to {LONGEST_NAME} characters")
    if problems := name_problems(labels):
        raise Refusal(422, "Validation Failed", errors=problems)
    wanted = Registration(name=name, labels=labels, group=_group(asked), jit=True)
    try:
        runner = asked.world.registrations.add(asked.owner, wanted)
    except MachineError as error:
        raise _refusal(name, error) from None
    config = asked.world.registrations.new_config(runner, asked.get("work_folder") or _WORK_FOLDER)
    if asked.world.connects_after is not None:
        runner.connect_later(asked.world.connects_after)
    return {"runner": shapes.runner(runner), "encoded_jit_config": config}


def _group(asked: Asked) -> RunnerGroup | None:
    if isinstance(asked.owner, Repository):
        if asked["runner_group_id"] != _REPOSITORY_GROUP:
            raise not_found()
        return None
    return asked.one_of(asked.group_owner.groups, "runner_group_id")


def _check_allowed(asked: Asked) -> None:
    if not asked.owner.self_hosted_allowed:
        raise Refusal(403, _LEVELS[asked.owner.kind])


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


def _token(purpose: Purpose) -> Answer:
    def answer(asked: Asked) -> Any:
        if purpose == "registration":
            _check_allowed(asked)
        token = asked.world.registrations.new_token(asked.owner, purpose)
        expires_at = token.expires_at.isoformat(timespec="milliseconds")
        return {"token": token.text, "expires_at": expires_at}

    return answer


ANSWERS: Mapping[str, Answer] = {
    "runners.generate_jit_config": _generate_jit_config,
    "runners.create_registration_token": _token("registration"),
    "runners.create_remove_token": _token("removal"),
}
