"""Operations about runners that the spec lacks: which are seen, and when the command fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compare.comparison_specs import OFFICIAL, SPEC, against, changed, document
from runnersmith import cli
from runnersmith.openapi.document import Json, pointer_text


def operation(subcategory: Json = None) -> Json:
    """An official operation of a subcategory."""
    return {
        "operationId": "actions/some",
        "responses": {"204": {"description": "Done"}},
        "x-github": {"category": "actions", "subcategory": subcategory},
    }


KNOWN = (
    "GET /orgs/{org}/actions/runner-groups",
    "PUT /orgs/{org}/actions/permissions/self-hosted-runners",
)


@pytest.mark.parametrize(
    ("path", "subcategory", "is_seen"),
    [
        ("/orgs/{org}/actions/runner-scale-sets", None, True),
        ("/orgs/{org}/actions/runner-scale-sets/{id}", "other", True),
        ("/orgs/{org}/actions/larger-runners", None, True),
        ("/orgs/{org}/actions/permissions/hosted-runners", None, True),
        ("/orgs/{org}/actions/scale-sets", "self-hosted-runner-scale-sets", True),
        ("/orgs/{org}/actions/scale-sets", "runners", True),
        ("/app/installations/{id}/scale-sets", "hosted-runners", True),
        ("/orgs/{org}/actions/scale-sets", "scale-sets", False),
        ("/orgs/{org}/actions/forerunners", "forerunners", False),
        ("/orgs/{org}/actions/permissions/repositories", "permissions", False),
        ("/orgs/{org}/actions/scale-sets", 7, False),
        ("/elsewhere/{org}/actions/runners", None, False),
    ],
)
def test_an_operation_is_seen_by_path_and_by_subcategory(
    path: str, subcategory: Json, is_seen: bool
) -> None:
    """A path of a scope that names runners, or GitHub's own classification of the operation."""
    found = against({pointer_text(("paths", path)): {"get": operation(subcategory)}})
    new = [one.name for one in found.missing if one.name not in KNOWN]
    assert new == ([f"GET {path}"] if is_seen else [])


def test_the_command_fails_on_a_missing_operation_if_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By default they are listed with exit status 0."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_bytes(SPEC.read_bytes())
    (tmp_path / "corrections.yaml").write_text("corrections: []\n", encoding="utf-8")
    path = tmp_path / "official.json"
    path.write_text(json.dumps(document(OFFICIAL).data), encoding="utf-8")
    options = ["--spec", "spec.yaml", "--corrections", "corrections.yaml"]
    assert cli.main(["compare", str(path), *options]) == 0
    assert f"  {KNOWN[0]}\n" in capsys.readouterr().out
    assert cli.main(["compare", str(path), *options, "--fail-on", "difference"]) == 0
    assert cli.main(["compare", str(path), *options, "--fail-on", "operation"]) == 1
    gone = changed(document(OFFICIAL), dict.fromkeys(map(at, KNOWN), "<gone>"))
    path.write_text(json.dumps(gone.data), encoding="utf-8")
    assert cli.main(["compare", str(path), *options, "--fail-on", "operation"]) == 0


def at(name: str) -> str:
    """The place of an operation."""
    method, path = name.split(" ")
    return pointer_text(("paths", path, method.lower()))
