"""Pull request of the weekly workflow: opened once, refreshed, and left to people."""

from __future__ import annotations

import shutil

import pytest

from workflow.stage import (
    BOT_EMAIL,
    OPEN_ISSUE,
    OPEN_PULL,
    PERSON,
    PULL,
    SYNC,
    Stage,
    write_program,
)

EDIT = "api --method PATCH repos/acme/runners/pulls/7 --input -"
CHANGE = {"spec/runners.yaml": "type: 2\n", "generated/client.py": "VERSION = 2\n"}
MERGED = {"state": "closed", "merged_at": "2026-01-01T00:00:00Z"}


@pytest.fixture
def proposed(stage: Stage) -> Stage:
    """A stage with an open pull request for the change in the artifact."""
    stage.write_artifact(CHANGE)
    assert stage.propose().returncode == 0
    assert [one.call for one in stage.sent()] == [OPEN_PULL]
    stage.pulls({})
    return stage


def succeed(stage: Stage) -> str:
    done = stage.propose()
    assert done.returncode == 0, done.stderr
    return done.stderr


def calls(stage: Stage) -> list[str]:
    """Return the calls that change something on GitHub, after the first pull request."""
    return [one.call for one in stage.sent()][1:]


def test_a_commit_has_the_identity_of_the_bot(proposed: Stage) -> None:
    """By it, the next run recognizes its commit."""
    proposed.git("fetch", "--quiet", "origin", SYNC)
    shown = proposed.git("log", "-1", "--format=%an %ae %cn %ce", "FETCH_HEAD")
    assert shown == f"github-actions[bot] {BOT_EMAIL} github-actions[bot] {BOT_EMAIL}"


def test_an_unchanged_pull_request_stays_as_it_is(proposed: Stage) -> None:
    """Neither its branch nor its text is written again."""
    before = proposed.branches()
    succeed(proposed)
    assert proposed.branches() == before
    assert calls(proposed) == []


def test_a_pull_request_follows_main(proposed: Stage) -> None:
    """Its branch has one commit on the new main."""
    main = proposed.commit({"README.md": "New\n"}, "main", PERSON)
    proposed.write_artifact(CHANGE)
    succeed(proposed)
    proposed.git("fetch", "--quiet", "origin", SYNC)
    assert proposed.git("rev-parse", "FETCH_HEAD^") == main
    assert proposed.changed(SYNC) == sorted(CHANGE)
    assert calls(proposed) == []


def test_a_pull_request_follows_the_description(proposed: Stage) -> None:
    """Its content, text and state are those of the new change."""
    proposed.write_artifact({"spec/runners.yaml": "type: 3\n"}, body="Decide.", ready=False)
    succeed(proposed)
    assert proposed.changed(SYNC) == ["spec/runners.yaml"]
    assert calls(proposed) == [EDIT, "pr ready 7 --undo --repo acme/runners"]
    assert proposed.sent()[1].data == {
        "title": "Sync the spec with GitHub's description",
        "body": "Decide.",
    }


def test_a_draft_becomes_ready(proposed: Stage) -> None:
    """When no decision is left."""
    proposed.pulls({"draft": True})
    succeed(proposed)
    assert calls(proposed) == ["pr ready 7 --repo acme/runners"]


@pytest.mark.parametrize("pulls", [[{}], []])
def test_commits_of_a_person_stay(proposed: Stage, pulls: list[dict[str, object]]) -> None:
    """The branch and its pull request are left alone, with a warning."""
    proposed.pulls(*pulls)
    proposed.git("fetch", "--quiet", "origin", SYNC)
    proposed.git("checkout", "--quiet", "FETCH_HEAD")
    theirs = proposed.commit({"spec/runners.yaml": "mine: 1\n"}, SYNC, PERSON)
    proposed.checkout()
    proposed.write_artifact({"spec/runners.yaml": "type: 3\n"})
    warning = succeed(proposed)
    assert warning == f"warning: Branch {SYNC} was left alone: others have added {theirs[:7]}.\n"
    assert proposed.branches()[SYNC] == theirs
    assert calls(proposed) == []


@pytest.mark.parametrize("role", ["author", "committer"])
def test_an_amended_commit_stays(proposed: Stage, role: str) -> None:
    """A person who amends or rebases is the committer, and one whose patch is applied the author."""
    proposed.git("fetch", "--quiet", "origin", SYNC)
    tree = proposed.git("rev-parse", "FETCH_HEAD^{tree}")
    proposed.extra.update(
        {
            f"GIT_{each}_{key}": PERSON if each == role.upper() else BOT_EMAIL
            for each in ("AUTHOR", "COMMITTER")
            for key in ("NAME", "EMAIL")
        }
    )
    theirs = proposed.git("commit-tree", tree, "-p", "HEAD", "-m", "Mine")
    proposed.git("push", "--quiet", "--force", "origin", f"{theirs}:refs/heads/{SYNC}")
    proposed.write_artifact({"spec/runners.yaml": "type: 3\n"})
    assert "was left alone" in succeed(proposed)
    assert proposed.branches()[SYNC] == theirs


def test_a_commit_that_arrives_during_the_run_stays(proposed: Stage) -> None:
    """The push fails if the branch is not as it was read."""
    proposed.git("fetch", "--quiet", "origin", SYNC)
    proposed.git("checkout", "--quiet", "FETCH_HEAD")
    theirs = proposed.commit({"spec/runners.yaml": "mine: 1\n"}, "person", PERSON)
    proposed.checkout()
    proposed.write_artifact({"spec/runners.yaml": "type: 3\n"})
    real = shutil.which("git")
    update = f"'{real}' -C '{proposed.origin}' update-ref refs/heads/{SYNC} {theirs}"
    wrapper = f'[ "$1" != push ] || {update}\nexec \'{real}\' "$@"'
    write_program(proposed.bin / "git", wrapper)
    done = proposed.propose()
    assert done.returncode == 1
    assert "`git push " in done.stderr
    assert proposed.branches()[SYNC] == theirs
    assert calls(proposed) == [OPEN_ISSUE]


def test_a_branch_without_a_pull_request_gets_one(proposed: Stage) -> None:
    """An earlier run was not allowed to open it."""
    before = proposed.branches()
    proposed.pulls()
    succeed(proposed)
    assert proposed.branches() == before
    assert calls(proposed) == [OPEN_PULL]


def test_a_merged_branch_is_used_again(proposed: Stage) -> None:
    """Commits of people on it are in the pull request that was merged."""
    tip = proposed.commit({"spec/runners.yaml": "mine: 1\n"}, SYNC + "-", PERSON)
    proposed.git("push", "--quiet", "--force", "origin", f"{tip}:refs/heads/{SYNC}")
    proposed.pulls({**MERGED, "head": {"sha": tip}})
    proposed.checkout()
    proposed.write_artifact({"spec/runners.yaml": "type: 3\n"})
    succeed(proposed)
    assert proposed.changed(SYNC) == ["spec/runners.yaml"]
    assert calls(proposed) == [OPEN_PULL]


@pytest.mark.parametrize(("content", "sent"), [("type: 2\n", []), ("type: 3\n", [OPEN_PULL])])
def test_a_declined_change_is_not_proposed_again(
    proposed: Stage, content: str, sent: list[str]
) -> None:
    """A pull request that was closed without a merge declines its change of the spec only."""
    tip = proposed.branches()[SYNC]
    proposed.git("push", "--quiet", "origin", f"{tip}:refs/pull/7/head", f":refs/heads/{SYNC}")
    proposed.pulls({"state": "closed"})
    proposed.write_artifact({"spec/runners.yaml": content, "generated/client.py": "other\n"})
    told = succeed(proposed)
    assert (SYNC in proposed.branches()) is bool(sent)
    assert calls(proposed) == sent
    notice = f"notice: Pull request {PULL} with the same change was closed.\n"
    assert told == ("" if sent else notice)


def test_a_repository_that_forbids_pull_requests_is_named(stage: Stage) -> None:
    """With the setting to change. An issue has the reason as well."""
    stage.write_artifact(CHANGE)
    refused = "GitHub Actions is not permitted to create or approve pull requests"
    stage.first("gh", "POST repos/acme/runners/pulls ", status=1, stderr=refused)
    done = stage.propose()
    assert done.returncode == 1
    assert f"branch {SYNC} is pushed, but its pull request cannot be opened" in done.stderr
    assert refused in done.stderr
    assert "Settings > Actions > General" in done.stderr
    _, issue = stage.sent()
    assert issue.call == OPEN_ISSUE
    assert "## The pull request could not be updated" in issue.data["body"]
