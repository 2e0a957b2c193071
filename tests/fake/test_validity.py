"""The check of all responses of fake GitHubs: invalid ones are planted, and it finds them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from fake.validity import problems
from ghrunners.fake import FakeGitHub
from ghrunners.testing import Call, ManualClock
from ghrunners.testing._kit.request.received import Received
from ghrunners.testing._kit.response.faults import Wire
from kit.pytest_programs import run
from small_specs import REPOSITORY

OLD, NEW = "2022-11-28", "2026-03-10"
RETIRED = datetime(2028, 3, 10, tzinfo=UTC)
AUTHORIZED = [("authorization", "Bearer t")]
RUNNERS = "/orgs/octo-org/actions/runners"


class Planted(FakeGitHub):
    """A fake GitHub whose responses have the content of a test."""

    content: bytes | None = None
    status: int | None = None

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        wire = super().finish(request, call, wire)
        return msgspec.structs.replace(
            wire,
            status=wire.status if self.status is None else self.status,
            content=wire.content if self.content is None else self.content,
        )


@pytest.fixture(autouse=True)
def valid_responses() -> None:
    """Not checked as elsewhere: here they are invalid."""


def found(github: Planted, method: str, path: str, version: str | None) -> list[str]:
    """Return the problems of the response to a request."""
    headers = [*AUTHORIZED]
    if version is not None:
        headers.append(("x-github-api-version", version))
    outcome = github.receive(Received(method, path, "", headers, b""), f"https://test{path}")
    return problems(github, outcome)


CASES = {
    "success": ("GET", f"{RUNNERS}/RUNNER", " 200: "),
    "list": ("GET", RUNNERS, " 200: "),
    "not found": ("GET", f"{RUNNERS}/77", " 404: message: must be a string"),
    "no content": ("DELETE", f"{RUNNERS}/RUNNER", "org.runners.delete has no content"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("version", [None, OLD, NEW])
@pytest.mark.parametrize("is_retired", [False, True])
def test_an_invalid_response_is_found(name: str, version: str | None, is_retired: bool) -> None:
    """Success or error, in each API version; once a version is retired, its 410 is checked, too."""
    method, path, problem = CASES[name]
    github = Planted(clock=ManualClock(RETIRED) if is_retired else None)
    path = path.replace("RUNNER", str(github.org().add_runner("a").id))
    assert found(github, "GET", path, version) == []
    github.content = b'{"message": 1}'
    first, *_ = found(github, method, path, version)
    refused = is_retired and version == OLD
    assert (" 410: message: must be a string" if refused else problem) in first


def test_a_response_is_checked_against_its_version() -> None:
    """A field of an older version is found in a newer one."""
    github = Planted()
    settings = github.client().org("octo-org").runner_settings
    settings.set_repositories(selected_repository_ids=[github.repo().id])
    path = "/orgs/octo-org/actions/permissions/self-hosted-runners/repositories"
    request = Received("GET", path, "", [*AUTHORIZED, ("x-github-api-version", OLD)], b"")
    wire = github.receive(request, f"https://test{path}").wire
    assert wire is not None
    github.content = wire.content
    assert found(github, "GET", path, OLD) == []
    assert any("has_downloads: does not exist" in it for it in found(github, "GET", path, NEW))


def test_a_status_that_is_not_declared_is_found() -> None:
    """Unless it is an error."""
    github = Planted()
    github.status = 202
    assert found(github, "GET", RUNNERS, NEW) == ["org.runners.list does not declare 202"]
    github.status = 418
    assert found(github, "GET", f"{RUNNERS}/77", NEW) == []


@pytest.mark.parametrize(
    ("status", "content", "problem"),
    [
        (422, b'{"message": "m", "documentation_url": "u", "status": "422", "errors": ["e"]}', ""),
        (422, b'{"message": "m", "documentation_url": "u", "errors": [{"code": "invalid"}]}', ""),
        (422, b'{"message": "m"}', "documentation_url: is required"),
        (404, b'{"message": "m", "status": 404}', "status: must be a string"),
    ],
)
def test_an_error_has_the_form_of_its_status(status: int, content: bytes, problem: str) -> None:
    """One of invalid input has two forms, and a status beside them."""
    github = Planted()
    github.status, github.content = status, content
    lines = found(github, "GET", RUNNERS, NEW)
    assert any(problem in line for line in lines) if problem else lines == []


def test_the_fixture_fails_for_an_invalid_response(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end of the test, whatever else that found."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "tests"))
    done = run(tmp_path, PROGRAM)
    assert "2 passed, 1 error" in done.stdout, done.stdout
    assert "org.runners.get 200: id: must be an integer" in done.stdout


PROGRAM = """
import pytest
from fake.validity import valid_responses
from ghrunners import testing
from ghrunners.fake import FakeGitHub


@pytest.mark.parametrize("number", [1, "x"])
def test_read(number):
    github = FakeGitHub()
    labels = {"id": 1, "name": "a", "os": "linux", "status": "online", "busy": False, "labels": []}
    github.respond("org.runners.get", testing.Response(json={**labels, "id": number}))
    github.client().request("GET", "/orgs/octo-org/actions/runners/1", returns=dict)
"""
