"""Weekly workflow with the real runnersmith, on the small spec of the tests of `bump`."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from bump.bump_project import HERE, official
from compare.comparison_specs import GONE
from runnersmith.openapi.document import Json
from workflow.stage import BUMP, NEXT, OPEN_ISSUE, OPEN_PULL, PERSON, SYNC, Stage, paths, write

PROJECT = """\
[tool.runnersmith]
spec = "spec/runners.yaml"
corrections = "spec/corrections.yaml"
package = "machines"
"""
STATUS = "#/components/schemas/runner/properties/status/enum"
RESTART: Json = {
    "post": {
        "operationId": "actions/restart-self-hosted-runner-for-org",
        "x-github": {"githubCloudOnly": False, "enabledForGitHubApps": True},
        "parameters": [
            {"$ref": "#/components/parameters/org"},
            {"$ref": "#/components/parameters/runner-id"},
        ],
        "responses": {"204": {"description": "Response"}},
    }
}
RESTART_PATH = "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}~1restart"


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """A stage with the small spec at one API version, and the real command."""
    spec = stage.clone / "spec"
    shutil.copyfile(HERE / "spec.yaml", spec / "runners.yaml")
    shutil.copyfile(HERE / "corrections.yaml", spec / "corrections.yaml")
    write(stage.clone, {"pyproject.toml": PROJECT})
    stage.commit({}, "main", PERSON)
    stage.real = f"exec '{sys.executable}' -m runnersmith \"$@\""
    stage.checkout()
    return stage


def describe(stage: Stage, changes: dict[str, Json], *versions: str) -> None:
    """Set GitHub's description of Enterprise Cloud, the only product."""
    stage.tree(paths("2026-01-01", *versions, products=("ghec",)))
    stage.first("curl", "ghec.json", output=json.dumps(official(changes).data))


def branch_file(stage: Stage, branch: str, name: str) -> str:
    stage.git("fetch", "--quiet", "origin", branch)
    return stage.git("show", f"FETCH_HEAD:{name}")


def test_a_spec_that_agrees_is_left_alone(stage: Stage) -> None:
    describe(stage, {})
    stage.play()
    assert stage.sent() == []
    assert [*stage.branches()] == ["main"]


def test_a_new_value_is_synced(stage: Stage) -> None:
    """Without a decision, so the pull request is ready, and says what changes for users."""
    describe(stage, {f"{STATUS}/-": "sleeping"})
    stage.play()
    (pull,) = stage.sent()
    assert pull.call == OPEN_PULL
    assert pull.data["draft"] is False
    assert "sleeping" in pull.data["body"]
    assert "sleeping" in branch_file(stage, SYNC, "spec/runners.yaml")


def test_a_new_operation_is_synced_as_a_draft(stage: Stage) -> None:
    """With the places of the decisions; the marks are in the spec."""
    describe(stage, {RESTART_PATH: RESTART})
    stage.play()
    pull, issue = stage.sent()
    assert (pull.call, issue.call) == (OPEN_PULL, OPEN_ISSUE)
    assert pull.data["draft"] is True
    for sent in (pull, issue):
        assert "POST /orgs/{org}/actions/runners/{runner_id}/restart" in sent.data["body"]
        assert "undecided: say in one sentence" in sent.data["body"]
    assert "runners/{runner_id}/restart:" in branch_file(stage, SYNC, "spec/runners.yaml")


def test_a_correction_that_github_adopted_is_reported(stage: Stage) -> None:
    """There is nothing to sync, so a person removes the entry."""
    pointer = "#/components/parameters/per-page/schema/maximum"
    describe(stage, {pointer: 100})
    stage.play()
    (issue,) = stage.sent()
    assert issue.call == OPEN_ISSUE
    assert "## The comparison with ghec fails" in issue.data["body"]
    assert "corrections.yaml:2:17" in issue.data["body"]
    assert [*stage.branches()] == ["main"]


def test_a_new_version_is_bumped_with_its_overlay(stage: Stage) -> None:
    """Only the changes of the new version: the older one keeps the field."""
    patch: Json = [{"version": NEXT, "patch": {"properties": {"busy": None}}}]
    describe(stage, {"#/components/schemas/runner/x-github-breaking-changes": patch}, NEXT)
    stage.play()
    assert f"Bring the spec to API version {NEXT}" in [one.data["title"] for one in stage.sent()]
    assert f'version: "{NEXT}"' in branch_file(stage, BUMP, "spec/runners.yaml")
    overlay = branch_file(stage, BUMP, "spec/versions/2026-01-01.overlay.yaml")
    assert "busy" in overlay


def test_a_description_that_cannot_be_read_is_reported(stage: Stage) -> None:
    """With its place. The run succeeds, since a person has to look at it."""
    describe(stage, {STATUS: GONE, "#/info/x-github-plan": "somebody"})
    stage.play()
    (issue,) = stage.sent()
    assert issue.call == OPEN_ISSUE
    assert "not one of GitHub's descriptions" in issue.data["body"]
