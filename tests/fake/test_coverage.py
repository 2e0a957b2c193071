"""All operations of the description: the fake has each of them, and each has its effect alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import ghrunners
from fake.coverage_cases import CASES, OPTIONAL, Stage, case_of, found_case
from fake.scopes import scope_of
from ghrunners.fake import FakeGitHub
from ghrunners.fake.endpoints.table import HANDLERS, handler_of

OPERATIONS = {it.name: it for it in FakeGitHub().description.operations}
VERSIONS = FakeGitHub().description.versions
# What all endpoints share: their owner, and the page of a list.
SHARED = {"enterprise", "org", "owner", "repo", "page", "per_page"}


def called(scope: Any, operation: str, arguments: dict[str, Any]) -> Any:
    """Return what a method returns; all items of a paged list."""
    _, resource, method = operation.split(".")
    result = getattr(getattr(scope, resource), method)(**arguments)
    return list(result) if OPERATIONS[operation].paged else result


def resolved(stage: Stage, value: Any) -> Any:
    """Return a value of a case, whose functions depend on the stage."""
    if issubclass(type(value), tuple):
        # In a repository, runners have no group that anybody sees.
        made = _resolved_parts(stage, value)
        return (*made[:2], None) if stage.team is None and len(made) == 3 else made
    return value(stage) if callable(value) else value


def _resolved_parts(stage: Stage, parts: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(resolved(stage, one) for one in parts)


def further(operation: str) -> list[str]:
    """Return the arguments of an operation that its case does not have."""
    stage = Stage(FakeGitHub(), operation.partition(".")[0])
    used = {*case_of(operation).arguments(stage), *SHARED}
    return [one for one in OPERATIONS[operation].arguments() if one not in used]


def test_there_are_all_operations() -> None:
    """Each has an answer and a case with all arguments, and there is none for another one."""
    missing = {
        "endpoints/table.py": [one for one in OPERATIONS if handler_of(one) is None],
        "CASES in coverage_cases.py": [one for one in OPERATIONS if found_case(one) is None],
        "OPTIONAL in coverage_cases.py": [
            f"{argument} of {one}"
            for one in OPERATIONS
            if found_case(one) is not None
            for argument in further(one)
            if argument not in OPTIONAL
        ],
    }
    assert not any(missing.values()), missing
    names = {*OPERATIONS, *(one.partition(".")[2] for one in OPERATIONS)}
    assert set(HANDLERS) - names == set()
    assert set(CASES) - names == set()
    assert len(OPERATIONS) == 106


@pytest.mark.parametrize("operation", ["org.runners.get", "org.runners.delete"])
def test_an_operation_without_an_endpoint_is_refused(
    github: FakeGitHub, monkeypatch: pytest.MonkeyPatch, operation: Any
) -> None:
    """No example is sent in its place, the state is as before, and `check` fails."""
    runner = github.org().add_runner("a")
    answers: Any = HANDLERS
    monkeypatch.delitem(answers, operation.partition(".")[2])
    runners = github.client(retry=None).org("octo-org").runners
    message = f"FakeGitHub has no endpoint for {operation}; plan a response with respond"
    with pytest.raises(ghrunners.ClientError, match=message):
        getattr(runners, operation.rpartition(".")[2])(runner.id)
    assert github.calls[-1].status == 501
    assert runner.is_registered
    with pytest.raises(AssertionError, match=message):
        github.check()
    github.calls.clear()
    github.respond(operation, 404)
    with pytest.raises(ghrunners.NotFound):
        getattr(runners, operation.rpartition(".")[2])(runner.id)
    github.check()


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if further(one)])
def test_no_argument_is_ignored(github: FakeGitHub, operation: str) -> None:
    """The endpoint reads those that a case does not have, too."""
    stage = Stage(github, operation.partition(".")[0])
    arguments = {name: resolved(stage, OPTIONAL[name]) for name in further(operation)}
    called(
        scope_of(github.client(), stage.owner.kind),
        operation,
        {**case_of(operation).arguments(stage), **arguments},
    )
    assert github.calls[-1].status == OPERATIONS[operation].success


@pytest.mark.parametrize(
    ("operation", "version"),
    [(name, one) for name, it in OPERATIONS.items() for one in VERSIONS if it.is_in(one)],
)
def test_an_operation_has_its_effect_and_no_other(
    github: FakeGitHub, operation: str, version: Any
) -> None:
    """It returns what the state says, and changes of it what the case says."""
    stage, case = Stage(github, operation.partition(".")[0]), case_of(operation)
    before = stage.seen()
    scope = scope_of(github.client(api_version=version), stage.owner.kind)
    result = called(scope, operation, case.arguments(stage))
    assert github.calls[-1].operation == operation
    assert github.calls[-1].status == OPERATIONS[operation].success
    assert case.read(result) == case.returns(stage)
    after = stage.seen()
    changed = {
        name: after.get(name) for name in (*before, *after) if before.get(name) != after.get(name)
    }
    assert changed == {name: resolved(stage, it) for name, it in case.changes.items()}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_unknown_owner_is_not_found(github: FakeGitHub, operation: str) -> None:
    """Whatever is asked of it; nothing changes."""
    kind = operation.partition(".")[0]
    stage, client = Stage(github, kind), github.client()
    scope = scope_of(client, kind, enterprise="nobody", org="nobody", repo=("octo-org", "nothing"))
    before = stage.seen()
    with pytest.raises(ghrunners.NotFound):
        called(scope, operation, case_of(operation).arguments(stage))
    assert stage.seen() == before


@pytest.mark.parametrize(
    "operation", [name for name, it in OPERATIONS.items() if "_id}" in it.path]
)
def test_the_ids_of_another_owner_are_not_found(github: FakeGitHub, operation: str) -> None:
    """Ids belong to one owner: nothing of another one is read or changed."""
    kind = operation.partition(".")[0]
    stage, client = Stage(github, kind), github.client()
    github.world.add_enterprise("else")
    elsewhere = github.world.add_organization("elsewhere")
    elsewhere.enabled_repositories = "selected"
    elsewhere.add_repository("place")
    scope = scope_of(client, kind, enterprise="else", org="elsewhere", repo=("elsewhere", "place"))
    before = stage.seen()
    with pytest.raises(ghrunners.NotFound):
        called(scope, operation, case_of(operation).arguments(stage))
    assert stage.seen() == before
