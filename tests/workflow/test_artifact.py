"""Artifact between the jobs: the second one rejects all that the first one never makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workflow.stage import COMMIT, OPEN_ISSUE, READ_ISSUES, Stage

LINK = """\
diff --git a/spec/link.yaml b/spec/link.yaml
new file mode 120000
index 0000000..e69de29
--- /dev/null
+++ b/spec/link.yaml
@@ -0,0 +1 @@
+../.git/config
\\ No newline at end of file
"""
MODULE = f"""\
diff --git a/spec/module b/spec/module
new file mode 160000
index 0000000..{COMMIT[:7]}
--- /dev/null
+++ b/spec/module
@@ -0,0 +1 @@
+Subproject commit {COMMIT}
"""
MODE = "diff --git a/spec/runners.yaml b/spec/runners.yaml\nold mode 100644\nnew mode 100755\n"
RENAME = """\
diff --git a/spec/runners.yaml b/Makefile
similarity index 100%
rename from spec/runners.yaml
rename to Makefile
"""


def added(path: str) -> str:
    return (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n"
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n"
    )


def changed(path: str, before: str) -> str:
    return f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-{before}\n+x\n"


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (changed(".github/workflows/ci.yml", "name: ci"), "changes '.github/workflows/ci.yml'"),
        (added(".github/scripts/propose.py"), "changes '.github/scripts/propose.py'"),
        (added("tests/test_new.py"), "changes 'tests/test_new.py'"),
        (added("tests/public-api.txt/x.py"), "as both a file and as a directory"),
        (added("specification/x.yaml"), "changes 'specification/x.yaml'"),
        (added("spec/.gitattributes"), "changes 'spec/.gitattributes'"),
        (added("generated/$(touch x)"), "changes 'generated/$(touch x)'"),
        (added("spec/../Makefile"), "invalid path"),
        (added(".git/hooks/post-checkout"), "invalid path"),
        (LINK, "the mode 120000"),
        (MODULE, "the mode 160000"),
        (MODE, "the mode 100755"),
        (RENAME, "changes 'Makefile'"),
        (changed("spec/runners.yaml", "something else"), "patch does not apply"),
        ("x\n", "No valid patches"),
    ],
)
def test_a_patch_changes_only_files_of_an_update(stage: Stage, patch: str, reason: str) -> None:
    """Otherwise nothing is pushed, the run fails, and an issue has the reason."""
    stage.write_raw_artifact(patch)
    done = stage.propose()
    assert done.returncode == 1
    assert reason in done.stderr
    assert [*stage.branches()] == ["main"]
    assert stage.calls("gh") == [READ_ISSUES, OPEN_ISSUE]
    assert "## The pull request could not be updated" in stage.sent()[0].data["body"]
    assert stage.git("status", "--porcelain") == ""


def test_a_patch_for_another_commit_is_rejected(stage: Stage) -> None:
    """Its content could undo what main has by now."""
    stage.write_artifact({"spec/runners.yaml": "type: 2\n"}, base=COMMIT)
    done = stage.propose()
    assert done.returncode == 1
    assert f"the patch is for commit {COMMIT}, but this is" in done.stderr
    assert [*stage.branches()] == ["main"]


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "2027-01-01; rm -rf ."},
        {"version": "../../heads/main"},
        {"version": "2027-01-01\n"},
        {"version": 2027},
        {"base": "HEAD"},
        {"official": "main) [x](https://example.com"},
        {"releases": ["3.20 @everyone"]},
        {"releases": [None]},
        {"needs": [{"title": "a\n# b", "text": ""}]},
        {"needs": [{"title": "a"}]},
        {"needs": 1},
        {"body": None},
    ],
)
def test_a_record_of_another_form_is_rejected(stage: Stage, fields: dict[str, Any]) -> None:
    """Before anything is asked of GitHub."""
    stage.write_raw_artifact("x\n", **fields)
    rejected(stage, "change.json of the artifact is invalid")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"base": "\xff"}'])
def test_a_record_that_cannot_be_read_is_rejected(stage: Stage, text: str) -> None:
    """No JSON, other JSON, no UTF-8."""
    stage.write_raw_artifact("")
    (stage.artifact / "change.json").write_text(text, encoding="latin-1")
    rejected(stage, "change.json of the artifact is invalid")


def test_an_artifact_has_no_other_files(stage: Stage, tmp_path: Path) -> None:
    """No other names, no links, and none that is too large."""
    stage.write_raw_artifact("")
    record = stage.artifact / "change.json"
    extra = stage.artifact / "propose.py"
    extra.touch()
    rejected(stage, "unexpected entry: 'propose.py'")
    extra.unlink()
    record.rename(tmp_path / "elsewhere.json")
    rejected(stage, "has no change.json")
    record.symlink_to(tmp_path / "elsewhere.json")
    rejected(stage, "unexpected entry: 'change.json'")
    record.unlink()
    record.write_text(json.dumps("x" * 2_000_001), encoding="utf-8")
    rejected(stage, "larger than 2000000")


def rejected(stage: Stage, reason: str) -> None:
    done = stage.propose()
    assert done.returncode == 1
    assert reason in done.stderr
    assert stage.calls("gh") == []
    assert [*stage.branches()] == ["main"]
