"""Weekly workflow, played step by step: what it changes, and every call of `gh`."""

from __future__ import annotations

import json

from workflow.stage import (
    BOT,
    BUMP,
    NEXT,
    OPEN_ISSUE,
    OPEN_PULL,
    PULL,
    READ_DESCRIPTIONS,
    READ_ISSUES,
    SPEC,
    SYNC,
    TITLE,
    Stage,
    paths,
    read_pulls,
)


def test_nothing_new_changes_nothing(stage: Stage) -> None:
    """Each product is fetched at one commit and compared. Nothing is sent."""
    stage.play()
    fetched = [call.rpartition(" ")[2] for call in stage.calls("curl")]
    folder = "https://raw.githubusercontent.com/github/rest-api-description/c0ffee" + "0" * 34
    assert fetched == [
        f"{folder}/descriptions/{name}/{name}.json"
        for name in ("api.github.com", "ghec", "ghes-3.17", "ghes-3.19")
    ]
    at = stage.descriptions
    assert stage.calls("runnersmith") == [
        "ir",
        f"compare {at}/api.github.com.json --fail-on operation",
        f"compare {at}/ghec.json --fail-on operation",
        f"compare {at}/ghes-3.17.json --fail-on operation",
        f"compare {at}/ghes-3.19.json --fail-on operation",
    ]
    assert stage.calls("make") == []
    assert stage.calls("gh") == [*READ_DESCRIPTIONS, READ_ISSUES]
    assert [*stage.branches()] == ["main"]


def test_a_bump_without_decisions_makes_a_finished_pull_request(new_version: Stage) -> None:
    """It holds the generated code, and is no draft. No issue is opened."""
    stage = new_version
    stage.play()
    bump = f"bump --api-version {NEXT} --write --fail-on decision {stage.descriptions}/ghec.json"
    assert bump in stage.calls("runnersmith")
    assert stage.calls("make") == [
        "generate",
        "tests PYTEST=tests/client/package/test_public_api.py --update",
        "test",
    ]
    assert stage.calls("gh") == [*READ_DESCRIPTIONS, read_pulls(BUMP), OPEN_PULL, READ_ISSUES]
    (pull,) = stage.sent()
    body = pull.data.pop("body")
    assert pull.data == {
        "title": f"Bring the spec to API version {NEXT}",
        "head": BUMP,
        "base": "main",
        "draft": False,
    }
    assert "Every check passed." in body
    assert "### Added" in body
    assert stage.changed(BUMP) == ["generated/client.py", *SPEC, "tests/public-api.txt"]


def test_a_bump_with_decisions_makes_a_draft_with_the_list(new_version: Stage) -> None:
    """Nothing is generated from such a spec, and an issue names the pull request."""
    stage = new_version
    stage.first("runnersmith", "^bump ", status=1, files=SPEC, stdout="decide: a name\n")
    stage.play()
    assert stage.calls("make") == []
    pull, issue = stage.sent()
    assert (pull.call, issue.call) == (OPEN_PULL, OPEN_ISSUE)
    assert pull.data["draft"] is True
    assert "```text\ndecide: a name\n```" in pull.data["body"]
    assert issue.data["title"] == TITLE
    assert f"## The bump to {NEXT} leaves decisions\n\n```text\ndecide: a name\n```" in (
        issue.data["body"]
    )
    assert f"Pull request: {PULL}" in issue.data["body"]
    assert stage.changed(BUMP) == [*SPEC]


def test_a_bump_takes_the_first_of_several_new_versions(new_version: Stage) -> None:
    """The next run takes the second, after the first is merged."""
    stage = new_version
    stage.tree(paths("2022-11-28", "2026-03-10", "2028-01-01", NEXT))
    stage.play()
    assert [*stage.branches()] == [BUMP, "main"]


def test_drift_inside_a_version_is_synced(drift: Stage) -> None:
    """Afterwards everything is compared again."""
    drift.play()
    called = drift.calls("runnersmith")
    sync = f"sync --write --fail-on decision {drift.descriptions}/ghec.json"
    assert called[5] == sync
    assert called[6:10] == called[1:5]
    assert drift.calls("gh") == [*READ_DESCRIPTIONS, read_pulls(SYNC), OPEN_PULL, READ_ISSUES]
    (pull,) = drift.sent()
    assert pull.data["title"] == "Sync the spec with GitHub's description"
    assert pull.data["draft"] is False
    assert drift.changed(SYNC) == [
        "generated/client.py",
        "spec/runners.yaml",
        "tests/public-api.txt",
    ]


def test_a_new_operation_is_synced_with_decisions(drift: Stage) -> None:
    """Its method name and prose are left to a person."""
    drift.first(
        "runnersmith", "^sync ", status=1, files={"spec/runners.yaml": "new: 1\n"}, stdout="name\n"
    )
    drift.play()
    pull, issue = drift.sent()
    assert pull.data["draft"] is True
    assert "## The sync leaves decisions\n\n```text\nname\n```" in issue.data["body"]


def test_failing_checks_make_a_draft(drift: Stage) -> None:
    """Their output is in the pull request and in the issue."""
    drift.first("make", "^test$", status=2, stdout="1 failed\n")
    drift.play()
    pull, issue = drift.sent()
    assert pull.data["draft"] is True
    assert "1 failed" in pull.data["body"]
    assert "## Checks fail after the sync\n\n```text\n1 failed\n```" in issue.data["body"]


def test_differences_that_a_sync_leaves_are_reported(drift: Stage) -> None:
    """An Enterprise Server can differ where Enterprise Cloud does not."""
    drift.first("runnersmith", "^compare .*/ghes-3.19", status=1, stdout="a: ghes\n")
    drift.play()
    pull, issue = drift.sent()
    assert pull.data["draft"] is False
    assert "## The comparison with ghes-3.19 fails" in issue.data["body"]


def test_a_rejected_bump_opens_an_issue(new_version: Stage) -> None:
    """Nothing is pushed."""
    stage = new_version
    stage.first("runnersmith", "^bump ", status=2, stdout="2027-01-01 cannot come next\n")
    stage.play()
    assert stage.calls("gh") == [*READ_DESCRIPTIONS, READ_ISSUES, OPEN_ISSUE]
    (issue,) = stage.sent()
    assert f"## The bump to {NEXT} changed nothing" in issue.data["body"]
    assert "cannot come next" in issue.data["body"]
    assert [*stage.branches()] == ["main"]


def test_a_correction_to_review_opens_an_issue(stage: Stage) -> None:
    """The comparison fails, and a sync has nothing to change. Corrections in use are not listed."""
    listed = (
        "corrections.yaml:3:5: no longer applies\ncorrected on purpose:\n  x: y\nno differences\n"
    )
    stage.first("runnersmith", "^compare .*/ghec.json", status=1, stdout=listed)
    stage.first("runnersmith", "^sync ", status=1, stdout="corrections to look at\n")
    stage.play()
    (issue,) = stage.sent()
    assert issue.call == OPEN_ISSUE
    shown = "```text\ncorrections.yaml:3:5: no longer applies\nno differences\n```"
    assert f"## The comparison with ghec fails\n\n{shown}" in issue.data["body"]
    assert [*stage.branches()] == ["main"]


def test_a_version_that_github_retired_needs_a_person(drift: Stage) -> None:
    """It would be read as the next newer one, so nothing is synced."""
    drift.tree(paths("2026-03-10"))
    drift.play()
    (issue,) = drift.sent()
    assert "## GitHub no longer describes API version 2022-11-28" in issue.data["body"]
    assert not [call for call in drift.calls("runnersmith") if call.startswith("sync")]


def test_a_new_server_release_opens_one_issue(stage: Stage) -> None:
    """It is compared like the others."""
    products = ("ghec", "ghes-3.16", "ghes-3.19", "ghes-3.20")
    stage.tree(paths("2022-11-28", "2026-03-10", products=products))
    stage.play()
    assert len(stage.calls("curl")) == 3
    assert stage.calls("gh") == [*READ_DESCRIPTIONS, READ_ISSUES, OPEN_ISSUE]
    (issue,) = stage.sent()
    assert issue.data["title"] == "GitHub describes Enterprise Server 3.20"
    closed = {"number": 4, "title": issue.data["title"], "state": "closed", "user": BOT, "body": ""}
    stage.first("gh", "/issues.state=all", stdout=json.dumps([closed]))
    stage.propose()
    assert len(stage.sent()) == 1
