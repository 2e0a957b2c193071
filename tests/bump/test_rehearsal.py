"""A whole bump, from a made-up description of GitHub's to a client that speaks three API versions.

2027-01-01 brings an operation, a resource, a parameter that must be given, a value of an enum, takes
a field away, and changes a type and the name of a path parameter.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bump.bump_project import HERE, NEXT, copied, official
from compare.comparison_specs import mapping
from runnersmith import cli, ir, pipeline
from runnersmith.openapi.document import Json
from runnersmith.openapi.todo_marks import FOLLOWS, MARK
from runnersmith.overlay import versions
from runnersmith.project import find

ALL = (NEXT, "2026-01-01", "2025-01-01")
OLDER = ALL[1:]

GITHUB = {"githubCloudOnly": False, "enabledForGitHubApps": True}
ORG = {"$ref": "#/components/parameters/org"}
RUNNER_ID = {"$ref": "#/components/parameters/runner-id"}
CHANGES: dict[str, Json] = {
    "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}~1restart": {
        "post": {
            "operationId": "actions/restart-self-hosted-runner-for-org",
            "x-github": {**GITHUB},
            "parameters": [{**ORG}, {**RUNNER_ID}],
            "responses": {"204": {"description": "Response"}},
        }
    },
    "#/paths/~1orgs~1{org}~1actions~1runner-groups": {
        "get": {
            "operationId": "actions/list-self-hosted-runner-groups-for-org",
            "x-github": {**GITHUB},
            "parameters": [
                {**ORG},
                {"$ref": "#/components/parameters/per-page"},
                {"$ref": "#/components/parameters/page"},
            ],
            "responses": {
                "200": {
                    "description": "Response",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["total_count", "runner_groups"],
                                "properties": {
                                    "total_count": {"type": "integer"},
                                    "runner_groups": {
                                        "type": "array",
                                        "items": {"$ref": "#/components/schemas/runner-groups-org"},
                                    },
                                },
                            }
                        }
                    },
                }
            },
        }
    },
    "#/components/schemas/runner-groups-org": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    },
    "#/components/schemas/runner/x-github-breaking-changes": [
        {"changeset": "c", "version": NEXT, "patch": {"properties": {"busy": None}}}
    ],
    "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}/delete/parameters/-": {
        "name": "reason",
        "in": "query",
        "required": True,
        "schema": {"type": "string"},
    },
    "#/components/schemas/runner/properties/id/type": "string",
    "#/components/schemas/runner-label/properties/type/enum": ["read-only", "custom", "system"],
    "#/components/parameters/runner-id/name": "id_of_runner",
}

# What a person answers to each mark, in the order of the file; and what goes with the mark.
ANSWERS = [
    ("confirm the name of this resource", ""),
    ("say what this resource is", "Groups of runners."),
    ("say what to pass", "Why the runner is deleted."),
    ("say in one sentence", "Restart a runner of an organization."),
    ("name the method", ""),
    ("say what to look up", "its status in `runners.get`"),
    ("see which other products have it", ""),
    ("take the permissions", ""),
    ("describe this response", "The runner restarts."),
    ("say in one sentence", "List the runner groups of an organization."),
    ("name the method", ""),
    ("see which other products have it", ""),
    ("take the permissions", ""),
    ("describe this response", "A page of groups."),
    ("put values into the example", ""),
    ("GET /orgs/{org}/actions/runner-groups: query per_page: maximum", ""),
    ("the type has changed", ""),
    ("say what it is", "A group of runners."),
    ("say what it holds", "Identifies the group."),
    ("say what it holds", "The group's name."),
    ("say what it is", "A page of groups."),
    ("say what it holds", "The number of groups."),
    ("say what it holds", "The groups."),
]


@dataclass(frozen=True, slots=True)
class Repository:
    """A project of its own in git, with the small spec and the client that is made of it."""

    root: Path

    @property
    def spec(self) -> Path:
        return self.root / "spec" / "spec.yaml"

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Commit")


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    """The project before the bump, everything generated and committed, as the current folder."""
    copied(tmp_path)
    shutil.copyfile(HERE / "corrections.yaml", tmp_path / "spec" / "corrections.yaml")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.runnersmith]\nspec = "spec/spec.yaml"\ncorrections = "spec/corrections.yaml"\n'
        'package = "machines"\n',
        encoding="utf-8",
    )
    found = Repository(tmp_path)
    found.git("init", "--quiet")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["generate"]) == 0
    found.commit()
    capsys.readouterr()
    return found


def github() -> Json:
    """GitHub's description of 2027-01-01, with the renamed parameter in its paths."""
    data = mapping(official(CHANGES).data)
    paths = mapping(data["paths"])
    renamed: Json = {
        path.replace("runner_id", "id_of_runner"): item for path, item in paths.items()
    }
    return {**data, "paths": renamed}


def decide(text: str) -> str:
    """Answer every mark of a spec: prose in its place, a comment away with what goes on below it."""
    answers = iter(ANSWERS)
    kept: list[str] = []
    in_comment, folded = False, ""
    for line in text.splitlines(keepends=True):
        in_comment = in_comment and line.lstrip().startswith("#   ")
        folded = folded if line.startswith(folded) else ""  # A long text goes on below its mark.
        if MARK in line:
            asked, answer = next(answers)
            assert asked in line
            in_comment = not answer
            before = line[: line.index(MARK)]
            folded = before if before.isspace() else ""
            if answer:
                kept.append(f"{folded or before[:-1]}{answer}\n")
        elif not in_comment and not folded:
            kept.append(line)
    assert next(answers, None) is None
    # The other examples of a name follow.
    text = "".join(kept).replace(f"name: {FOLLOWS}", "name: linux machines", 1)
    return text.replace("unknown: read", "organization_administration: read")


def operations(api: ir.Api) -> dict[str, ir.Operation]:
    """The operations by the path of the client that leads to them."""
    return {
        f"{scope.name}.{resource.name}.{operation.name}": operation
        for scope in api.scopes
        for resource in scope.resources
        for operation in resource.operations
    }


def test_from_the_official_file_to_a_client_of_three_versions(
    repository: Repository,
    tmp_path_factory: pytest.TempPathFactory,
    mypy_cache: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Bump, decide, generate: the client type-checks, little of it changed, old versions are as before."""
    path = tmp_path_factory.mktemp("official") / "official.json"
    path.write_text(json.dumps(github()), encoding="utf-8")
    before_it = path.with_name("older.json")
    before_it.write_text(json.dumps(official().data), encoding="utf-8")
    before = versions.load(repository.spec, "spec.yaml")

    # What differs is told, and written where it can be.
    command = ["bump", str(path), "--api-version", NEXT, "--older", str(before_it)]
    assert cli.main(command) == 0
    told = capsys.readouterr().out
    assert (
        told.splitlines()[-2]
        == "2027-01-01: 16 differences, 2 new operations, 3 corrected on purpose"
    )
    assert cli.main([*command, "--fail-on", "difference"]) == 1
    capsys.readouterr()
    assert cli.main([*command, "--fail-on", "decision"]) == 1
    assert capsys.readouterr().out == f"{told}left to decide, once written: {len(ANSWERS)}\n"
    assert repository.git("status", "--porcelain") == ""
    assert cli.main([*command, "--write", "--fail-on", "decision"]) == 1
    told = capsys.readouterr().out
    assert told.count("undecided: ") == len(ANSWERS)
    assert sorted(repository.git("status", "--porcelain").split()) == [
        "??",
        "??",
        "M",
        "spec/spec.yaml",
        "spec/versions/2026-01-01.overlay.yaml",
        "spec/versions/unfinished.json",
    ]

    # Nothing is generated before the decisions are taken, by a person.
    assert cli.main(["generate"]) == 1
    assert cli.main(["validate"]) == 1
    assert capsys.readouterr().err.count("undecided: ") == 2 * len(ANSWERS)
    repository.spec.write_text(
        decide(repository.spec.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert cli.main(["bump", "--finish"]) == 0
    assert cli.main(["validate"]) == 0
    assert cli.main(["generate"]) == 0
    capsys.readouterr()

    # Older versions are as they were.
    newest, *older = versions.load(repository.spec, "spec.yaml")
    assert versions.version_of(newest) == NEXT
    assert [document.data for document in older] == [document.data for document in before]

    # Only what must change has changed.
    repository.git("add", "--intent-to-add", "generated")
    changed = repository.git("diff", "--name-status", "--", "generated").splitlines()
    assert sorted(line.replace("\t", " ") for line in changed) == CHANGED
    assert_three_versions(pipeline.build_ir(find()))
    check_types(repository.root / "generated", mypy_cache)
    assert_it_speaks(repository.root / "generated")

    # The changelog says what users have to do.
    assert cli.main(["diff", "HEAD:spec/spec.yaml", "spec/spec.yaml", "--format", "markdown"]) == 0
    changelog = capsys.readouterr().out
    assert all(line in changelog for line in CHANGELOG), changelog


TOTAL = (
    "#/paths/~1orgs~1{org}~1actions~1runners/get/responses/200/content/application~1json/schema"
    "/properties/total_count/type"
)


@pytest.mark.parametrize(
    ("changes", "corrections"),
    [({}, 0), ({TOTAL: "integer"}, 1)],
    ids=["nothing new", "a correction that is no longer needed"],
)
def test_a_version_without_a_change_is_added(
    repository: Repository,
    changes: dict[str, Json],
    corrections: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Clients can ask for it, and its overlay has nothing but the name of the version before."""
    path = repository.root / ".git" / "official.json"  # where git does not see it
    path.write_text(json.dumps(official(changes).data), encoding="utf-8")
    before = versions.load(repository.spec, "spec.yaml")
    command = ["bump", str(path), "--api-version", NEXT, "--older", str(path)]
    assert cli.main([*command, "--fail-on", "difference"]) == 0
    assert cli.main([*command, "--fail-on", "decision", "--write"]) == int(corrections > 0)
    told = capsys.readouterr().out
    assert told.count("corrections.yaml:") == 2 * corrections
    assert "undecided: " not in told
    newest, *older = versions.load(repository.spec, "spec.yaml")
    assert versions.version_of(newest) == NEXT
    assert [document.data for document in older] == [document.data for document in before]


# Neither the models of errors and configurations nor the runtime.
CHANGED = [
    "A generated/docs/models/runner_groups_org.md",
    "A generated/docs/models/runner_groups_org_list.md",
    "A generated/docs/resources/org_runner_groups.md",
    "A generated/machines/_async/org_runner_groups.py",
    "A generated/machines/_operations/org_runner_groups.py",
    "A generated/machines/_sync/org_runner_groups.py",
    "A generated/machines/models/runner_groups_org.py",
    "A generated/machines/models/runner_groups_org_list.py",
    "M generated/README.md",
    "M generated/docs/README.md",
    "M generated/docs/models/runner.md",
    "M generated/docs/models/runner_label.md",
    "M generated/docs/resources/org_runners.md",
    "M generated/docs/resources/repo_runners.md",
    "M generated/machines/__init__.py",
    "M generated/machines/_async/__init__.py",
    "M generated/machines/_async/client.py",
    "M generated/machines/_async/org_runners.py",
    "M generated/machines/_async/repo_runners.py",
    "M generated/machines/_async/scopes.py",
    "M generated/machines/_defaults.py",
    "M generated/machines/_operations/org_runners.py",
    "M generated/machines/_operations/repo_runners.py",
    "M generated/machines/_sync/__init__.py",
    "M generated/machines/_sync/client.py",
    "M generated/machines/_sync/org_runners.py",
    "M generated/machines/_sync/repo_runners.py",
    "M generated/machines/_sync/scopes.py",
    "M generated/machines/models/__init__.py",
    "M generated/machines/models/runner.py",
    "M generated/machines/models/runner_label.py",
    "M generated/machines/testing/__init__.py",
    "M generated/machines/testing/_description.json",
    "M generated/machines/testing/_server.py",
    "M generated/machines/testing/factories.py",
    "M generated/runnersmith.lock",
]


CHANGELOG = [
    "`Client`: speaks API version `2027-01-01` now",
    "`org.runners.restart`: new",
    "`org.runners.delete(reason)`: new, and required with API version `2027-01-01`",
    "`Runner.id`: `int` became `str | int`",
    "`Runner.busy`: no longer there with API version `2027-01-01`",
    '`RunnerLabel.type`: `"system"` is a new value',
    "(`org`, `repo`): was called `runner_id`",
    "`org.runner_groups`, `org.runner_groups.list`",
]


def assert_three_versions(api: ir.Api) -> None:
    """One client speaks all versions, and says what is in which."""
    assert api.versions == ALL
    found = operations(api)
    # The new operation and the new resource are in the new version only.
    assert found["org.runners.restart"].available.versions == (NEXT,)
    assert found["org.runner_groups.list"].available.versions == (NEXT,)
    assert found["org.runners.get"].available.versions == ()
    # The path parameter of another name has one name in Python; names in braces never travel.
    get = found["org.runners.get"]
    assert get.path == "/orgs/{org}/actions/runners/{id_of_runner}"
    assert [argument.name for argument in get.arguments] == ["id_of_runner"]
    # The parameter that must be given is optional in the signature, and required of one version.
    (reason,) = found["org.runners.delete"].query
    assert (reason.name, reason.required, reason.required_in) == ("reason", False, (NEXT,))
    models = {model.name: model for model in api.models}
    fields = {field.name: field for field in models["Runner"].fields}
    # The field that is gone is there for those who speak the version that has it.
    assert fields["busy"].available.versions == ("2026-01-01",)
    # The type that changed holds both.
    assert fields["id"].type == ir.Union(
        members=(ir.Primitive(name="str"), ir.Primitive(name="int"))
    )
    # The new value is known beside the old ones.
    (kind,) = [field.type for field in models["RunnerLabel"].fields if field.wire_name == "type"]
    assert kind == ir.Literal(values=("read-only", "custom", "system"), open=True)


def check_types(folder: Path, cache: Path) -> None:
    """The generated package passes the strictest of checks, by itself."""
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), "machines"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


SPEAKS = """
import machines

def refused(version, call):
    try:
        call(machines.Client(auth="t", api_version=version).org("acme").runners)
    except machines.InvalidArgument as error:
        return str(error)

for version in machines.Client(auth="t").api_version, "2026-01-01", "2025-01-01":
    assert machines.Client(auth="t", api_version=version).api_version == version
assert "only in 2027-01-01" in refused("2026-01-01", lambda runners: runners.restart("1"))
assert "reason is required" in refused("2027-01-01", lambda runners: runners.delete("1"))
"""


def assert_it_speaks(folder: Path) -> None:
    """The generated client takes each version, and refuses what a version does not have."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", SPEAKS],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
