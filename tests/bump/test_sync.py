"""A sync: changes inside the versions of the spec, each written once, older versions kept right."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bump.bump_project import HERE, NAME, NEXT, Copy, copied, corrections, official
from compare.comparison_specs import GONE, mapping
from runnersmith import cli
from runnersmith.bump import Plan, lines, stage, unproven, write
from runnersmith.compare import compare_versions
from runnersmith.openapi.document import Document, Json
from runnersmith.openapi.todo_marks import MARK
from runnersmith.overlay import versions
from runnersmith.problems import SpecError, UsageError
from runnersmith.yaml_edit.values import at

RUNNER = "#/components/schemas/runner/properties"
OLDER = "spec/versions/2025-01-01.overlay.yaml"
LIST = "#/paths/~1orgs~1{org}~1actions~1runners/get"
GET = "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}/get"
NOT_FOUND = "responses/404/content/application~1json/schema"
# What tells both versions of the spec apart, as GitHub states it: facts of 2025-01-01, and patches.
BOTH: dict[str, Json] = {
    f"{RUNNER}/busy": GONE,
    "#/components/schemas/runner/x-github-breaking-changes": [
        {
            "changeset": "busy",
            "version": "2026-01-01",
            "patch": {"properties": {"busy": {"type": "boolean"}}},
        }
    ],
    f"{GET}/{NOT_FOUND}/properties/hint": {"type": "string"},
    f"{GET}/{NOT_FOUND}/x-github-breaking-changes": [
        {"changeset": "hint", "version": "2026-01-01", "patch": {"properties": {"hint": None}}}
    ],
    "#/components/schemas/basic-error/required": ["message"],
    "#/components/schemas/basic-error/properties/hint": {"type": "string"},
    "#/components/schemas/basic-error/x-github-breaking-changes": [
        {
            "changeset": "hint",
            "version": "2026-01-01",
            "patch": {"required": None, "properties": {"hint": None}},
        }
    ],
}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def both(changes: dict[str, Json] | None = None) -> Document:
    """GitHub's description of both versions of the small spec, after changes."""
    return official({**BOTH, **(changes or {})})


def written_plan(plan: Plan) -> dict[str, str]:
    """Write a plan, and return the texts that it writes by name, without the record."""
    staged = stage(plan)
    write(staged)
    texts = {file.name: (file.content or b"").decode("utf-8") for file in staged.files}
    return {name: text for name, text in texts.items() if not name.endswith(".json")}


def agrees(spec: Copy, github: Document) -> bool:
    """Return whether the spec has no difference from a description, in any version."""
    found = compare_versions(spec.documents, github, corrections())
    return not any(it.problems or it.missing for it in found)


def added(spec: Copy) -> list[set[str]]:
    """Return which of two new fields a runner has, by version."""
    pointer = ("components", "schemas", "Runner", "properties")
    return [{"zone", "rack"} & mapping(at(it.data, pointer)).keys() for it in spec.documents]


def test_nothing_to_do(spec: Copy) -> None:
    """Both versions agree with the description of both."""
    plan = spec.sync(both())
    assert plan.nothing
    assert list(lines(plan)) == [
        (
            "nothing to do: 5 operations are in 2026-01-01, 2025-01-01 as in the spec, "
            "by this description of ghec"
        )
    ]
    assert stage(plan).files == ()


def test_what_both_versions_share_is_written_once(spec: Copy) -> None:
    """A field of both is added, and marked, in the newest; the overlay keeps its every byte."""
    github = both({f"{RUNNER}/zone": {"type": "string"}})
    plan = spec.sync(github)
    assert [step.differs for step in plan.steps] == [True, True]
    assert "2026-01-01 only" not in "\n".join(lines(plan))
    texts = written_plan(plan)
    assert [*texts] == ["spec/spec.yaml"]
    assert texts["spec/spec.yaml"].count(MARK) == 1
    assert agrees(spec, github)


def test_a_change_of_an_older_version_stands_in_its_overlay(spec: Copy) -> None:
    """The newest stays byte by byte; the overlay keeps what people wrote, and gets an action."""
    before = (spec.spec.parent / "versions/2025-01-01.overlay.yaml").read_text(encoding="utf-8")
    patch: Json = [
        {
            "changeset": "busy",
            "version": "2026-01-01",
            "patch": {"properties": {"busy": {"type": "boolean"}, "zone": None}},
        }
    ]
    github = both(
        {
            f"{RUNNER}/zone": {"type": "string"},
            "#/components/schemas/runner/x-github-breaking-changes": patch,
        }
    )
    plan = spec.sync(github)
    assert any("(API version 2025-01-01 only)" in line for line in lines(plan))
    texts = written_plan(plan)
    assert [*texts] == [OLDER]
    assert texts[OLDER].startswith(before)
    assert MARK in texts[OLDER]
    assert agrees(spec, github)


def test_marks_in_an_overlay_stop_the_commands(
    spec: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`validate` and `generate` name the place in the overlay, and another sync refuses."""
    monkeypatch.chdir(spec.spec.parent.parent)
    layer = spec.spec.parent / "versions" / "2025-01-01.overlay.yaml"
    layer.write_text(
        layer.read_text(encoding="utf-8").replace("What to do about it.", f'"{MARK}say it"'),
        encoding="utf-8",
    )
    for command in ("validate", "generate"):
        arguments = ["spec/spec.yaml"] if command == "validate" else ["--spec", "spec/spec.yaml"]
        assert (
            cli.main(
                [
                    command,
                    *arguments,
                    *(["--output", "out", "--package", "x"] * (command == "generate")),
                ]
            )
            == 1
        )
        assert f"{OLDER}:17:" in capsys.readouterr().err
    with pytest.raises(SpecError, match=r"overlay\.yaml:17:\d+: undecided: say it"):
        stage(spec.sync(both({f"{RUNNER}/zone": {"type": "string"}})))


def test_a_field_that_the_newest_got_before_needs_no_overlay_any_more(spec: Copy) -> None:
    """GitHub gave `busy` to the older version as well: its removal is dropped from the overlay."""
    github = both(
        {
            f"{RUNNER}/busy": {"type": "boolean"},
            "#/components/schemas/runner/x-github-breaking-changes": [],
        }
    )
    texts = written_plan(spec.sync(github))
    assert [*texts] == [OLDER]
    assert "properties.busy" not in texts[OLDER]
    assert MARK not in texts[OLDER]
    assert agrees(spec, github)


def test_an_overlay_that_does_not_fit_any_more_changes(spec: Copy) -> None:
    """The older version has `busy` now, and the newest has not: the old action would do nothing."""
    patch: Json = [
        {"changeset": "busy", "version": "2026-01-01", "patch": {"properties": {"busy": None}}}
    ]
    runner = "#/components/schemas/runner/x-github-breaking-changes"
    github = both({f"{RUNNER}/busy": {"type": "boolean"}, runner: patch})
    newest = stage(spec.sync(github)).content
    spec.spec.write_bytes(newest)
    with pytest.raises(SpecError, match="selects nothing"):
        versions.load(spec.spec, "spec.yaml")
    shutil.copyfile(HERE / "spec.yaml", spec.spec)
    texts = written_plan(spec.sync(github))
    assert [*texts] == ["spec/spec.yaml", OLDER]
    assert "Whether the runner is running a job." in texts[OLDER]
    assert MARK not in texts[OLDER]
    assert "hint" in texts[OLDER]
    assert agrees(spec, github)


def layered(spec: Copy, action: str) -> None:
    """Add an action to the overlay."""
    path = spec.spec.parent / "versions" / "2025-01-01.overlay.yaml"
    path.write_text(path.read_text(encoding="utf-8") + action, encoding="utf-8")


def test_an_action_that_repeats_what_the_newest_has_by_now_is_dropped(spec: Copy) -> None:
    """Applied again, it would put the same name into a list twice."""
    layered(spec, "  - target: $.components.schemas.RunnerLabel\n    update: {required: [type]}\n")
    label = "#/components/schemas/runner-label/required"
    github = both({label: ["name", "type"]})
    staged = stage(spec.sync(github))
    assert staged.decisions == ()
    write(staged)
    assert [(file.name, file.note) for file in staged.files[1:]] == [(OLDER, "1 action dropped")]
    pointer = ("components", "schemas", "RunnerLabel", "required")
    assert [at(it.data, pointer) for it in spec.documents] == [["name", "type"]] * 2
    assert agrees(spec, github)


def test_what_an_overlay_adds_stays_for_other_products(spec: Copy) -> None:
    """GitHub took `hint` from the older version of Enterprise Cloud: a mark in the overlay asks."""
    before = spec.documents[1].data
    github = official({key: value for key, value in BOTH.items() if not key.endswith("/hint")})
    texts = written_plan(spec.sync(github))
    assert [*texts] == [OLDER]
    assert texts[OLDER].count(MARK) == 1
    assert spec.documents[1].data == before


def test_what_an_overlay_removes_is_not_added_again_by_it(spec: Copy) -> None:
    """One of two fields that one action removes is back: what the newest says of it stays."""
    layered(
        spec,
        "  - target: $.components.schemas.RunnerLabel.properties['id', 'type']\n    remove: true\n",
    )
    patch: Json = [
        {
            "changeset": "id",
            "version": "2026-01-01",
            "patch": {"properties": {"id": {"type": "integer"}}},
        }
    ]
    label = "#/components/schemas/runner-label"
    github = both({f"{label}/properties/id": GONE, f"{label}/x-github-breaking-changes": patch})
    texts = written_plan(spec.sync(github))
    assert MARK not in texts[OLDER]
    assert "'type'" not in texts[OLDER]
    assert agrees(spec, github)


def test_an_entry_of_the_corrections_is_in_use_while_one_version_needs_it(spec: Copy) -> None:
    """GitHub agrees with us in the new version only."""
    schema = f"{LIST}/responses/200/content/application~1json/schema"
    patch: Json = [
        {
            "changeset": "n",
            "version": NEXT,
            "patch": {"properties": {"total_count": {"type": "integer"}}},
        }
    ]
    assert spec.plan(both({f"{schema}/x-github-breaking-changes": patch})).corrections == ()
    assert (
        len(spec.plan(both({f"{schema}/properties/total_count/type": "integer"})).corrections) == 1
    )


def test_a_product_that_lacks_the_newest_version_leaves_it_alone(spec: Copy) -> None:
    """A server knows the oldest version only: the newest stays as it is, in every value."""
    server: dict[str, Json] = {"#/info/x-github-plan": "ghes", "#/info/x-github-release": 3.19}
    github = official(
        {
            **server,
            f"{RUNNER}/busy": GONE,
            f"{RUNNER}/zone": {"type": "string"},
            f"{GET}/{NOT_FOUND}/properties/hint": {"type": "string"},
            "#/components/schemas/basic-error/required": ["message"],
            "#/components/schemas/basic-error/properties/hint": {"type": "string"},
        }
    )
    plan = spec.sync(github)
    assert [step.comparison is None for step in plan.steps] == [True, False]
    before = spec.documents[0].data
    assert [*written_plan(plan)] == [OLDER]
    newest, older = spec.documents
    assert newest.data == before
    assert at(older.data, ("components", "schemas", "Runner", "properties", "zone"))
    with pytest.raises(
        UsageError, match="is not for API version 2026-01-01; the spec has 2025-01-01"
    ):
        spec.sync(github, "2026-01-01")


def test_a_description_of_a_single_version_has_to_be_named(spec: Copy) -> None:
    """A dated file does not state its version; read as another, it would undo what differs."""
    github = official({f"{RUNNER}/zone": {"type": "string"}})
    with pytest.raises(UsageError, match="describes a single version; use GitHub's description"):
        spec.sync(github)
    before = spec.documents[1].data
    texts = written_plan(spec.sync(github, "2026-01-01"))
    assert [*texts] == ["spec/spec.yaml", OLDER]
    assert spec.documents[1].data == before


def test_a_release_that_lacks_the_version_before_cannot_know_a_newer_one(spec: Copy) -> None:
    """As `bundle` refuses it; a later release is taken."""
    text = spec.text.replace(
        "  scopes:\n", '  introduced: {"2026-01-01": {ghes: "3.21"}}\n  scopes:\n'
    )
    spec.spec.write_text(text, encoding="utf-8")
    for release, is_refused in (("3.20", True), ("3.21", False), ("3.22", False)):
        github = official({"#/info/x-github-plan": "ghes", "#/info/x-github-release": release})
        if is_refused:
            message = (
                r"ghes 3\.20 cannot know API version 2027-01-01, since it does not know 2026-01-01"
            )
            with pytest.raises(UsageError, match=message):
                spec.plan(github)
        else:
            assert spec.plan(github).version == NEXT


def test_a_bump_gives_the_new_version_only_what_is_new_in_it(spec: Copy) -> None:
    """What the version before has as well goes there, in the same write."""
    new: Json = [
        {
            "changeset": "busy",
            "version": "2026-01-01",
            "patch": {"properties": {"busy": {"type": "boolean"}}},
        },
        {"changeset": "next", "version": NEXT, "patch": {"properties": {"zone": None}}},
    ]
    github = both(
        {
            f"{RUNNER}/zone": {"type": "string"},
            f"{RUNNER}/rack": {"type": "string"},
            "#/components/schemas/runner/x-github-breaking-changes": new,
        }
    )
    plan = spec.plan(github)
    assert list(lines(plan))[-3:] == [
        f"{NEXT}: no differences, no new operations, 3 corrected on purpose",
        "2026-01-01: 8 differences, no new operations, 3 corrected on purpose",
        "2025-01-01: 8 differences, no new operations, 2 corrected on purpose",
    ]
    written_plan(plan)
    assert agrees(spec, github)
    assert added(spec) == [{"rack"}, {"zone", "rack"}, {"zone", "rack"}]


def test_the_version_before_can_have_a_file_of_its_own(spec: Copy) -> None:
    """Two dated files: what both have was there before."""
    one = official({f"{RUNNER}/rack": {"type": "string"}})
    other = official({f"{RUNNER}/rack": {"type": "string"}, f"{RUNNER}/zone": {"type": "string"}})
    older = spec.documents[1].data
    written_plan(spec.plan(other, older=one))
    assert added(spec) == [{"zone", "rack"}, {"rack"}, set[str]()]
    assert spec.documents[2].data == older


def test_what_a_sync_adds_is_the_persons(spec: Copy) -> None:
    """Names, permissions and products of a new operation, in all versions; its facts are proven."""
    operation: Json = {
        "post": {
            "operationId": "actions/restart-runner",
            "x-github": {"githubCloudOnly": False, "enabledForGitHubApps": True},
            "parameters": [
                {"$ref": "#/components/parameters/org"},
                {"$ref": "#/components/parameters/runner-id"},
            ],
            "responses": {
                "200": {
                    "description": "Response",
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"at": {"type": "string"}}}
                        }
                    },
                }
            },
        }
    }
    path = "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}~1restart"
    write(stage(spec.sync(both({path: operation}))))
    text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", spec.text, flags=re.MULTILINE)
    text = re.sub(r'lookup: "?TODO.*', "lookup: nothing", text).replace(MARK, "Prose: ")
    changes = {
        "method: restart\n": "method: reboot\n",
        "RunnerResult": "Reboot",
        "products: {github.com: all, ghec: all}": "products: {ghec: all}",
    }
    for before, after in changes.items():
        assert before in text, text
        text = text.replace(before, after)
    spec.spec.write_text(text, encoding="utf-8")
    assert unproven(spec.spec, NAME) == ()
    fact = text.replace(
        "        at:\n          type: string", "        at:\n          type: integer"
    )
    spec.spec.write_text(fact, encoding="utf-8")
    (problem,) = unproven(spec.spec, NAME)
    assert 'properties.at.type was "string", is "integer"' in problem.message
