"""The last step of an update: decisions that change an older version are found, and undone there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied, official
from runnersmith import cli
from runnersmith.bump import finish, stage, unproven, write
from runnersmith.openapi.document import Json
from runnersmith.openapi.todo_marks import MARK
from runnersmith.overlay import versions
from runnersmith.problems import SpecError, UsageError

RUNNER = "#/components/schemas/runner"
RESTART: Json = {
    "post": {
        "operationId": "actions/restart-runner",
        "x-github": {"githubCloudOnly": False, "enabledForGitHubApps": True},
        "parameters": [
            {"$ref": "#/components/parameters/org"},
            {"$ref": "#/components/parameters/runner-id"},
        ],
        "responses": {"204": {"description": "Response"}},
    }
}
CHANGES: dict[str, Json] = {
    f"{RUNNER}/properties/zone": {"type": "string"},
    "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}~1restart": RESTART,
}
RECORD = "spec/versions/unfinished.json"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """The small spec after a bump to a version with a new field and a new operation."""
    found = copied(tmp_path)
    write(found.stage(official(CHANGES)))
    monkeypatch.chdir(tmp_path)
    return found


def edit(spec: Copy, *changes: tuple[str, str]) -> None:
    """Change the text of the spec as a person does."""
    text = spec.text
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    spec.spec.write_text(text, encoding="utf-8")


def decide(spec: Copy) -> None:
    """Take every decision: prose in place of a mark, no comment any more."""
    for path in (spec.spec, *versions.overlays(spec.spec)):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", text, flags=re.MULTILINE)
        path.write_text(text.replace(MARK, "Prose: "), encoding="utf-8")


def run(*arguments: str) -> int:
    return cli.main([*arguments, "--spec", "spec/spec.yaml"])


def validate() -> int:
    return cli.main(["validate", "spec/spec.yaml"])


ONE_RUNNER = """\
          description: It.
          content: {application/json: {schema: {$ref: "#/components/schemas/Runner"}}}
"""


def facts(spec: Copy) -> list[Json]:
    """The older versions of the spec."""
    return [document.data for document in spec.documents[1:]]


def test_an_update_without_harm_is_finished(spec: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """Decisions are taken, older versions are as before: the record goes, nothing else changes."""
    decide(spec)
    before = spec.text, facts(spec)
    assert validate() == 1
    assert f"{RECORD}:1:1: the update is not finished" in capsys.readouterr().err
    assert run("bump", "--finish") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-01-01: all that its client is generated from is as before the decisions",
        "2025-01-01: all that its client is generated from is as before the decisions",
        f"{RECORD}: removed",
    ]
    assert (spec.text, facts(spec)) == before
    assert validate() == 0
    assert run("bump", "--finish") == 0
    assert "no update to finish" in capsys.readouterr().out


def test_open_decisions_come_first(spec: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """Another update is refused as well."""
    assert run("bump", "--finish") == 1
    assert "undecided: " in capsys.readouterr().err
    with pytest.raises(UsageError, match="an update is not finished; take the decisions"):
        stage(spec.plan(official(CHANGES), "2028-01-01"))


ID = ("        id:\n          type: integer", "        id:\n          type: string")
EXAMPLES = [
    ("id: 43\n", 'id: "43"\n'),
    ("{id: 41,", '{id: "41",'),
    ("- id: 42\n", '- id: "42"\n'),
    (" id: 41\n", ' id: "41"\n'),
]
# What a person does to parts that older versions share -> what `validate` says, by a pattern.
HARM = {
    "a type, and the examples of it": (
        [ID, *EXAMPLES],
        (
            r"spec/spec\.yaml:\d+:\d+: changes API version 2026-01-01 too: "
            r'Runner: properties\.id\.type was "integer", is "string"'
        ),
    ),
    "a value of an enum": (
        [("enum: [read-only, custom]", "enum: [read-only, custom, system]")],
        (
            r"spec/spec\.yaml:\d+:\d+: changes API version 2026-01-01 too: RunnerLabel: "
            r'properties\.type\.enum was \["read-only", "custom"\], is \["read-only", "custom", "system"\]'
        ),
    ),
    "a new required parameter": (
        [
            (
                "        - name: name\n          in: query\n",
                "        - name: name\n          in: query\n          required: true\n",
            )
        ],
        (
            r"spec/spec\.yaml:\d+:\d+: changes API version 2026-01-01 too: GET /orgs/{org}/actions/runners: "
            r"parameters\.0\.required was absent, is true"
        ),
    ),
}


@pytest.mark.parametrize("case", HARM)
def test_a_harmful_decision_is_told_and_undone(
    spec: Copy, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """`validate` names the place while marks are open; `--finish` restores the older versions."""
    edits, message = HARM[case]
    before = facts(spec)
    edit(spec, *edits)
    assert validate() == 1
    assert re.search(message, capsys.readouterr().err)
    decide(spec)
    assert validate() == 1
    advice = ".*; the overlay has to restore it, as `runnersmith bump --finish` does"
    assert re.search(message + advice, capsys.readouterr().err)
    newest = spec.text
    assert run("bump", "--finish") == 0
    told = capsys.readouterr().out
    assert re.search(message, told)
    assert "has to restore" not in told
    assert told.endswith(f"{RECORD}: removed\n")
    assert spec.text == newest
    assert [without_prose(it) for it in facts(spec)] == [without_prose(it) for it in before]
    assert validate() == 0


def without_prose(value: Json) -> Json:
    """A document without what a decision may change for all versions."""
    if isinstance(value, dict):
        return {k: without_prose(v) for k, v in value.items() if k not in ("summary", "example")}
    return [without_prose(item) for item in value] if isinstance(value, list) else value


def test_an_overlay_that_a_decision_breaks_is_written_anew(
    spec: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person removes a field that an overlay removes: its action would select nothing."""
    before = facts(spec)
    decide(spec)
    busy = '        busy:\n          type: boolean\n          description: "Whether the runner is running a job."\n'
    edit(spec, (busy, ""))
    assert validate() == 1
    assert "selects nothing" in capsys.readouterr().err
    assert run("bump", "--finish") == 0
    assert validate() == 0
    assert facts(spec) == before


def test_decisions_about_all_versions_are_no_harm(spec: Copy) -> None:
    """Prose and examples are shared, and so is the form of the spec."""
    decide(spec)
    edit(
        spec,
        ("description: The operating system.", "description: What it runs on."),
        ("schema: {type: string}\n          example: build-01", "schema: {type: string}"),
        # Components that are no classes have other names, or are written out.
        ("responses/NotFound", "responses/Missing"),
        ("    NotFound:\n", "    Missing:\n"),
        ('          $ref: "#/components/responses/OneRunner"\n', ONE_RUNNER),
    )
    assert not unproven(spec.spec, NAME)


def test_names_of_older_versions_stay(spec: Copy) -> None:
    """Other methods, classes and permissions of the newest version are its own: overlays differ."""
    decide(spec)
    before = facts(spec)
    edit(
        spec,
        ("method: list\n", "method: list_all\n"),
        ("of that name in `runners.list`", "of that name"),
        ("schemas/RunnerLabel", "schemas/Label"),
        ("    RunnerLabel:\n", "    Label:\n"),
        ("classic: [repo]", "classic: [public_repo]"),
    )
    found = "\n".join(map(str, unproven(spec.spec, NAME)))
    assert 'runners: x-runnersmith.method was "list", is "list_all"' in found
    assert (
        'items.$ref was "#/components/schemas/RunnerLabel", is "#/components/schemas/Label"'
        in found
    )
    assert 'permissions.classic was ["repo"], is ["public_repo"]' in found
    spec.finish()
    assert facts(spec) == before
    assert "method: list_all" in spec.text
    assert validate() == 0


def test_a_decision_stays_while_a_harmful_one_is_undone(spec: Copy) -> None:
    """What a bump left to decide in an older version is no part of the proof."""
    decide(spec)
    edit(spec, ID, *EXAMPLES, ("The name of", "What is called"))
    found = finish(spec.spec, NAME)
    assert found is not None
    write(found.staged)
    assert all("What is called" in str(it) for it in facts(spec))


def test_other_options_are_refused_with_it(spec: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """And without it, what a bump needs is asked for."""
    assert run("bump", "official.yaml", "--finish") == 2
    assert run("bump", "--finish", "--write") == 2
    assert run("bump", "official.yaml") == 2
    assert "bump needs OFFICIAL and --api-version" in capsys.readouterr().err
    assert spec.spec.exists()


def test_what_the_update_left_to_decide_may_change(spec: Copy) -> None:
    """A difference that was marked in an older version: the decision is for this version as well."""
    decide(spec)
    edit(spec, ID, *EXAMPLES)
    assert len(unproven(spec.spec, NAME)) == 2
    path = spec.spec.parent / "versions" / "unfinished.json"
    recorded = json.loads(path.read_bytes())
    recorded["2026-01-01"]["decided"] = [["components", "schemas", "Runner", "properties", "id"]]
    path.write_text(json.dumps(recorded), encoding="utf-8")
    (left,) = unproven(spec.spec, NAME)
    assert "2025-01-01 too: Runner: properties.id.type" in str(left)


def test_a_missing_overlay_is_told_and_written_anew(
    spec: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing else is reported meanwhile: older versions depend on it."""
    decide(spec)
    before = facts(spec)
    spec.overlay.unlink()
    assert validate() == 1
    missing = (
        "spec/versions/2026-01-01.overlay.yaml:1:1: the overlay of API version 2026-01-01 is "
        "missing; restore it with `git checkout HEAD -- spec/versions/2026-01-01.overlay.yaml`, or "
        "run `runnersmith bump --finish` to write it anew"
    )
    assert capsys.readouterr().err == f"{missing}\n1 problem\n"
    assert run("bump", "--finish") == 0
    written = "spec/versions/2026-01-01.overlay.yaml: written (anew, since it was missing)"
    assert capsys.readouterr().out.splitlines() == [
        "2025-01-01: all that its client is generated from is as before the decisions",
        written,
        f"{RECORD}: removed",
    ]
    assert [without_prose(it) for it in facts(spec)] == [without_prose(it) for it in before]
    assert validate() == 0


def test_what_all_versions_share_is_not_restored(
    spec: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """One client sends it for every version: no overlay can help."""
    decide(spec)
    before = spec.text
    for edits in (
        ("X-GitHub-Api-Version", "X-Version"),
        ("application/vnd.github+json", "application/json"),
        ("url: 'https://api.github.com'", "url: 'https://api.example.com'"),
        ('path: "/repos/{owner}/{repo}"', 'path: "/repos/{owner}"'),
    ):
        edit(spec, edits)
        for command in (validate, lambda: run("bump", "--finish")):
            assert command() == 1
            told = capsys.readouterr().err
            (line,) = [it for it in told.splitlines() if "version 2026-01-01 too: " in it]
            assert line.endswith("; undo this edit, since every API version has the same")
            assert "has to restore it" not in told
        spec.spec.write_text(before, encoding="utf-8")


def test_nothing_is_promised_that_is_refused(
    spec: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest version is wrong itself, so `--finish` restores nothing."""
    decide(spec)
    edit(spec, ("        paged: true\n", ""))
    assert run("bump", "--finish") == 1
    told = capsys.readouterr().err
    assert "paged was true, is absent; undo this edit, or solve the other problems first" in told
    assert "has to restore it" not in told


def test_the_proof_needs_no_git(
    spec: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A commit, a rebase or a shallow clone in between changes nothing: the record is a file."""
    monkeypatch.setenv("PATH", "")
    decide(spec)
    edit(spec, ID, *EXAMPLES)
    assert validate() == 1
    assert "changes API version 2026-01-01 too" in capsys.readouterr().err
    assert run("bump", "--finish") == 0


def test_an_overlay_of_another_form_is_told(spec: Copy) -> None:
    """Not as changes of the version that it should describe."""
    decide(spec)
    spec.overlay.write_text("overlay: 1.1.0\n", encoding="utf-8")
    with pytest.raises(SpecError, match="an overlay needs a list of at least one action"):
        finish(spec.spec, NAME)


NAME_PARAMETER = """\
        - name: name
          in: query
          description: 'List only the runner with this name.'
          schema: {type: string}
          example: build-01
"""
LINK = """\
  headers:
    Link:
      description: The URLs of other pages.
      schema: {type: string}
"""
# What a person does to parts of the newest version that older ones have.
RESTORED = {
    "the paths": [("runner_id", "id")],
    "a parameter that is gone": [(NAME_PARAMETER, "")],
    "a new parameter": [
        (
            "        - name: name\n",
            "        - {name: all, in: query, description: All., schema: {type: boolean}}\n        - name: name\n",
        )
    ],
    "a header and its component": [
        ('      headers:\n        Link: {$ref: "#/components/headers/Link"}\n', ""),
        (LINK, ""),
    ],
}


@pytest.mark.parametrize("case", RESTORED)
def test_every_form_of_change_is_restored(spec: Copy, case: str) -> None:
    """Whatever the newest version becomes."""
    decide(spec)
    before = facts(spec)
    edit(spec, *RESTORED[case])
    newest = spec.text
    assert unproven(spec.spec, NAME)
    spec.finish()
    assert spec.text == newest
    assert [without_prose(it) for it in facts(spec)] == [without_prose(it) for it in before]
    assert validate() == 0
