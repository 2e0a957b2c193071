"""Placeholders that `bump` leaves to a person: each is rejected, once its mark is dropped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied, official
from runnersmith import pipeline
from runnersmith.bump import write
from runnersmith.openapi.document import Json
from runnersmith.openapi.todo_marks import MARK

ORG: Json = {"$ref": "#/components/parameters/org"}
APPS: dict[str, Json] = {"githubCloudOnly": False, "enabledForGitHubApps": True}
OBJECT: Json = {"type": "object", "properties": {"zone": {"type": "string"}}}


def operation(**parts: Json) -> Json:
    return {
        "post": {
            "x-github": {**APPS, "enabledForGitHubApps": False, "subcategory": "runners"},
            "parameters": [ORG],
            "responses": {"204": {"description": "Response"}},
            **parts,
        }
    }


def content(schema: Json) -> Json:
    return {"200": {"description": "It", "content": {"application/json": {"schema": schema}}}}


# A change of GitHub's description that leaves a placeholder -> what is said of it.
CHANGES: dict[str, tuple[dict[str, Json], str]] = {
    "permission of a new operation": (
        {
            "#/paths/~1orgs~1{org}~1actions~1runner-groups": operation(
                operationId="a/zone", **{"x-github": APPS}
            )
        },
        r'"unknown" is a placeholder that `bump` has left; write the permission',
    ),
    "permission of an operation that apps may use now": (
        {},
        r'"unknown" is a placeholder that `bump` has left; write the permission',
    ),
    "method without an operationId": (
        {"#/paths/~1orgs~1{org}~1actions~1runners~1zones": operation()},
        r'"unnamed" is a placeholder that `bump` has left; name the method',
    ),
    "method without a name": (
        {"#/paths/~1orgs~1{org}~1actions~1runners~1zones": operation(operationId="a/??")},
        r'"unnamed" is a placeholder that `bump` has left; name the method',
    ),
    "resource": (
        {"#/paths/~1orgs~1{org}~1actions~1??": operation(operationId="a/zone")},
        r'"unnamed" is a placeholder that `bump` has left; name the resource',
    ),
    "component": (
        {
            "#/components/schemas/??": OBJECT,
            "#/paths/~1orgs~1{org}~1actions~1runners~1zones": operation(
                operationId="a/zone", responses=content({"$ref": "#/components/schemas/??"})
            ),
        },
        r'"Unnamed" is a placeholder that `bump` has left; name the component',
    ),
}


def without_marks(spec: Copy) -> None:
    """Write prose, and drop every other mark without a decision."""
    text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", spec.text, flags=re.MULTILINE)
    lookup = re.sub(rf"(lookup: \"?){re.escape(MARK)}[^\n\"]*", r"\1nothing: it is a test", text)
    spec.spec.write_text(lookup.replace(MARK, "Prose: "), encoding="utf-8")


@pytest.mark.parametrize("case", CHANGES)
def test_a_placeholder_is_rejected(case: str, tmp_path: Path) -> None:
    """With its place, by `validate`, `generate` and `bump --finish`; while marks are open, they say it."""
    changes, message = CHANGES[case]
    spec = copied(tmp_path)
    if not changes:
        text = spec.text.replace("          fine-grained: {administration: read}\n", "")
        spec.spec.write_text(text, encoding="utf-8")
    write(spec.stage(official(changes)))
    before = [str(it) for it in pipeline.examine(spec.spec, NAME, "curated")]
    assert not any("placeholder" in it for it in before)
    without_marks(spec)
    found = [str(it) for it in pipeline.examine(spec.spec, NAME, "curated")]
    assert sum(bool(re.match(rf"spec/spec\.yaml:\d+:\d+: {message}", it)) for it in found) == 1
