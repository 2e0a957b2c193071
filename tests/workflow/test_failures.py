"""Failures and hostile input: a step ends with a clear message, and leaves nothing half done."""

from __future__ import annotations

import json
import re

import pytest

from workflow.stage import COMMIT, NEXT, SYNC, TREE, Stage, paths

HOSTILE = (
    "descriptions/ghec/ghec.$(touch pwned).json",
    "descriptions/ghec/ghec.2027-01-01;touch pwned.json",
    "descriptions/ghec/ghec.2027-01-01.json\n",
    "descriptions/ghec/ghec.２０２７-01-01.json",
    "descriptions/ghec/../ghec.2027-01-01.json",
    "descriptions/ghes-3.20`touch pwned`/ghes-3.20`touch pwned`.json",
    "descriptions/ghes-3.20/ghes-3.21.json",
    "descriptions/--output/--output.json",
    "descriptions-next/ghec/ghec.2027-01-01.json",
)


@pytest.mark.parametrize(
    ("when", "answer", "reason"),
    [
        ("commits/main ", {"status": 1, "stderr": "HTTP 403: rate limit"}, "HTTP 403: rate limit"),
        ("commits/main ", {"stdout": "$(id)\n"}, "main is not at a commit: '$(id)'"),
        (
            "git/trees/",
            {"status": 4, "stderr": "no network"},
            f"`gh {TREE}` failed (4): no network",
        ),
        ("git/trees/", {"stdout": "<html>"}, "this is not JSON"),
        ("git/trees/", {"stdout": '{"truncated": true, "tree": []}'}, "is incomplete"),
        ("git/trees/", {"stdout": '{"truncated": false, "tree": []}'}, "no description of ghec"),
    ],
)
def test_a_failed_lookup_ends_the_run(
    stage: Stage, when: str, answer: dict[str, object], reason: str
) -> None:
    """Nothing is fetched."""
    stage.first("gh", when, **answer)
    done = stage.fetch()
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert reason in done.stderr
    assert stage.calls("curl") == []


def test_a_failed_download_ends_the_run(stage: Stage) -> None:
    """The next step does not start with a part of the descriptions."""
    stage.first("curl", "ghes-3.19", status=22, stderr="curl: (22) error: 503")
    done = stage.fetch()
    assert done.returncode == 1
    assert re.search(
        rf"^error: `curl --fail .*/{COMMIT}/descriptions/ghes-3.19/ghes-3.19.json` failed \(22\): "
        r"curl: \(22\) error: 503$",
        done.stderr,
    )
    done = stage.update()
    assert done.returncode == 1
    assert "run fetch.py first" in done.stderr
    assert not stage.artifact.exists()


@pytest.mark.parametrize("call", ["pulls", "issues"])
def test_a_failed_lookup_of_the_second_job_is_named(stage: Stage, call: str) -> None:
    """Nothing is pushed before the pull requests are known."""
    stage.write_artifact({"spec/runners.yaml": "type: 2\n"})
    stage.first("gh", f"--paginate .*/{call}", status=1, stderr="HTTP 502")
    done = stage.propose()
    assert done.returncode == 1
    assert "HTTP 502" in done.stderr
    assert (SYNC in stage.branches()) is (call == "issues")


def test_both_failures_are_named(stage: Stage) -> None:
    """If neither the pull request nor the issue can be written."""
    stage.write_artifact({"spec/runners.yaml": "type: 2\n"})
    stage.first("gh", "/pulls", status=1, stderr="HTTP 502 first")
    stage.first("gh", "/issues", status=1, stderr="HTTP 502 second")
    done = stage.propose()
    assert done.returncode == 1
    assert "HTTP 502 first" in done.stderr
    assert "HTTP 502 second" in done.stderr


def test_hostile_names_are_ignored(stage: Stage) -> None:
    """Only names of GitHub's form count, and no shell reads them."""
    stage.tree([*paths("2022-11-28", "2026-03-10"), *HOSTILE])
    stage.play()
    assert len(stage.calls("curl")) == 4
    assert not [*stage.folder.rglob("pwned")]
    assert [*stage.branches()] == ["main"]


@pytest.mark.parametrize("version", [NEXT, "$(touch pwned)", "2026-3-10", "２０２６-03-10"])
def test_a_version_that_github_does_not_describe_is_rejected(stage: Stage, version: str) -> None:
    """It is the input of a run that a person starts."""
    done = stage.fetch(version)
    assert done.returncode == 1
    assert f"has no description of ghec at API version {version!r}" in done.stderr
    assert stage.calls("curl") == []
    assert not [*stage.folder.rglob("pwned")]


def test_a_version_can_be_chosen(new_version: Stage) -> None:
    """Instead of the next one; an existing one means that there is no bump."""
    stage = new_version
    stage.tree(paths("2022-11-28", "2026-03-10", NEXT, "2028-01-01"))
    for asked, chosen in (("2028-01-01", "2028-01-01"), ("2026-03-10", None), ("", NEXT)):
        assert stage.fetch(asked).returncode == 0
        listed = json.loads((stage.descriptions / "descriptions.json").read_text(encoding="utf-8"))
        assert listed["new_version"] == chosen


def test_a_modified_work_tree_is_left_alone(stage: Stage) -> None:
    """A step by hand must not mix its changes with others."""
    stage.fetch()
    (stage.clone / "new.txt").touch()
    done = stage.update()
    assert done.returncode == 1
    assert "the work tree has changes" in done.stderr
    stage.artifact.mkdir()
    assert "exists; remove it" in stage.update().stderr
    assert stage.calls("runnersmith") == ["ir"]


@pytest.mark.parametrize("status", [3, 137])
def test_a_command_that_breaks_off_ends_the_run(stage: Stage, status: int) -> None:
    """It has found nothing, so it is no result to report."""
    stage.fetch()
    stage.first("runnersmith", "^compare ", status=status)
    done = stage.update()
    assert done.returncode == 1
    assert f"`runnersmith compare` ended with status {status}" in done.stderr
    assert not stage.artifact.exists()


def test_a_rejected_update_that_leaves_files_ends_the_run(drift: Stage) -> None:
    """They would become a pull request."""
    drift.fetch()
    drift.first("runnersmith", "^sync ", status=2, files={"spec/runners.yaml": "half\n"})
    done = drift.update()
    assert done.returncode == 1
    assert "`runnersmith sync` failed, and left files changed" in done.stderr
    assert not drift.artifact.exists()


def test_output_cannot_command_the_runner(stage: Stage) -> None:
    """GitHub Actions reads commands on stdout, so they are turned off around quoted output."""
    stage.extra["GITHUB_ACTIONS"] = "true"
    stage.fetch()
    stage.first("runnersmith", "^compare .*ghec", stdout="::add-path::/tmp\n")
    lines = stage.update().stdout.splitlines()
    at = lines.index("::add-path::/tmp")
    stopped = next(line for line in reversed(lines[:at]) if line.startswith("::"))
    token = stopped.removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert lines[at + 1] == f"::{token}::"


def test_an_error_is_one_annotation(stage: Stage) -> None:
    """A line break in a message does not begin another command."""
    stage.extra["GITHUB_ACTIONS"] = "true"
    stage.first("gh", "commits/main ", status=1, stderr="a\n::warning::b")
    assert stage.fetch().stdout.splitlines()[-1].endswith("a%0A::warning::b")


def test_quoted_output_stays_in_its_block(drift: Stage) -> None:
    """It cannot mention people or show an image."""
    text = "```\n@everyone ![](https://example.com)\n`````\n"
    drift.first("runnersmith", "^sync ", status=1, files={"spec/runners.yaml": "x\n"}, stdout=text)
    drift.play()
    for sent in drift.sent():
        assert f"``````text\n{text}``````\n" in sent.data["body"]
