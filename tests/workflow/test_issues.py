"""Issues of the weekly workflow: opened once, updated, and closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workflow.stage import BOT, OPEN_ISSUE, TITLE, Stage

NEEDS = [{"title": "The sync leaves decisions", "text": "```text\nname\n```\n"}]
RELEASE = "GitHub describes Enterprise Server 3.20"


def propose(stage: Stage, *issues: dict[str, Any], **fields: Any) -> list[str]:
    """Run the second job without a patch, and return the calls that change something."""
    listed = [
        {"number": 4, "title": TITLE, "state": "open", "user": BOT, "body": "Old", **issue}
        for issue in issues
    ]
    pages = "".join(json.dumps([issue]) for issue in listed) or "[]"
    stage.first("gh", "--paginate .*/issues", stdout=pages)
    stage.write_artifact(**fields)
    before = len(stage.sent())
    done = stage.propose()
    assert done.returncode == 0, done.stderr
    return [one.call for one in stage.sent()[before:]]


def edit(number: int) -> str:
    return f"api --method PATCH repos/acme/runners/issues/{number} --input -"


def test_an_open_issue_is_updated(stage: Stage) -> None:
    """There is no second one. An unchanged text is not sent again."""
    assert propose(stage, {}, needs=NEEDS) == [edit(4)]
    body = stage.sent()[0].data["body"]
    assert "## The sync leaves decisions\n\n```text\nname\n```\n" in body
    assert propose(stage, {"body": body}, needs=NEEDS) == []


@pytest.mark.parametrize(
    "other",
    [
        {"state": "closed"},
        {"user": {"login": "someone"}},
        {"pull_request": {}},
        {"title": TITLE.lower()},
    ],
)
def test_other_issues_are_left_alone(stage: Stage, other: dict[str, Any]) -> None:
    """A closed one, one of somebody else, a pull request, one with another title."""
    assert propose(stage, other, {"number": 5, "title": "x"}, needs=NEEDS) == [OPEN_ISSUE]


def test_a_resolved_issue_is_closed(stage: Stage) -> None:
    """With a comment. So is that of a release which the spec names by now."""
    comment = "api --method POST repos/acme/runners/issues/{}/comments --input -"
    assert propose(stage, {}, {"number": 5, "title": RELEASE}) == [
        comment.format(4),
        edit(4),
        comment.format(5),
        edit(5),
    ]
    assert stage.sent()[1].data == {"state": "closed"}


@pytest.mark.parametrize("state", ["open", "closed"])
def test_an_issue_about_a_release_is_opened_once(stage: Stage, state: str) -> None:
    """Even if a person has closed it."""
    assert propose(stage, releases=["3.20"]) == [OPEN_ISSUE]
    assert stage.sent()[0].data["title"] == RELEASE
    body = stage.sent()[0].data["body"]
    assert propose(stage, {"title": RELEASE, "state": state, "body": body}, releases=["3.20"]) == []


def test_long_texts_are_cut_off(stage: Stage) -> None:
    """GitHub rejects a text of more than 65,536 characters."""
    propose(stage, needs=[{"title": "Long", "text": "x" * 100_000}])
    assert len(stage.sent()[0].data["body"]) < 65_536
