"""A sync with a description that lacks something: it stays for the other products."""

from __future__ import annotations

from pathlib import Path

import pytest

from bump.bump_project import Copy, copied, corrections, official
from bump.test_sync import BOTH, GET, LIST, RUNNER
from bump.test_sync_products import server
from compare.comparison_specs import GONE, mapping
from runnersmith.bump import lines, stage, write
from runnersmith.compare import compare
from runnersmith.openapi.document import Json
from runnersmith.yaml_edit.values import at

DELETE = f"{GET.removesuffix('get')}delete"
JIT = "#/paths/~1orgs~1{org}~1actions~1runners~1generate-jitconfig/post"
ALL = 'products: {github.com: all, ghec: all, ghes: "3.4"}'


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def synced(spec: Copy, changes: dict[str, Json], *, by_server: bool = False) -> list[str]:
    """Sync with a changed description, and return the decisions."""
    github = server(changes) if by_server else official({**BOTH, **changes})
    staged = stage(spec.sync(github))
    write(staged)
    return [problem.message for problem in staged.decisions]


def test_an_operation_stays_for_the_other_products(spec: Copy) -> None:
    """Enterprise Cloud is taken out of its products, in both versions, and nothing else changes."""
    before = spec.text
    plan = spec.sync(official({**BOTH, DELETE: GONE}))
    assert any(line.endswith("; take ghec out of its products") for line in lines(plan))
    assert synced(spec, {DELETE: GONE}) == []
    place = before.index("method: delete")
    changed = ALL.replace(", ghec: all", "")
    assert spec.text == before[:place] + before[place:].replace(ALL, changed, 1)
    for document in spec.documents:
        assert not compare(document, official({**BOTH, DELETE: GONE}), corrections()).differences


def test_an_operation_of_one_product_is_for_a_person(spec: Copy) -> None:
    """It is not deleted: the mark is at the operation."""
    before = spec.text.replace("method: delete", "method: delete", 1)
    place = before.index("method: delete")
    before = before[:place] + before[place:].replace(ALL, "products: {ghec: all}", 1)
    spec.spec.write_text(before, encoding="utf-8")
    github_only: Json = {"githubCloudOnly": True, "enabledForGitHubApps": True}
    assert spec.sync(official({**BOTH, f"{DELETE}/x-github": github_only})).nothing
    (decision,) = synced(spec, {DELETE: GONE})
    assert "official none; ghec no longer has it; delete it or correct it" in decision
    assert "operationId: actions/delete-runner-from-org" in spec.text


def test_an_operation_is_restored_by_a_later_description(spec: Copy) -> None:
    """Also after a server was the only product left: nothing is lost."""
    before = [document.data for document in spec.documents]
    synced(spec, {DELETE: GONE})
    assert synced(spec, {}) == []
    assert [document.data for document in spec.documents] == before


REMOVED: dict[str, dict[str, Json]] = {
    "labels": {
        f"{RUNNER}/labels": GONE,
        "#/components/schemas/runner/required": ["id", "name", "os", "status"],
    },
    "work_folder": {
        f"{JIT}/requestBody/content/application~1json/schema/properties/work_folder": GONE
    },
    "name": {f"{LIST}/parameters/1": GONE},
    "404": {f"{GET}/responses/404": GONE},
    "Link": {f"{LIST}/responses/200/headers": GONE},
    "body": {f"{JIT}/requestBody": GONE},
    "custom": {"#/components/schemas/runner-label/properties/type/enum": ["read-only"]},
}


@pytest.mark.parametrize("part", REMOVED)
def test_a_part_without_products_stays_with_a_mark(spec: Copy, part: str) -> None:
    """In both versions; the mark names the part, and the products that its operations have."""
    (decision,) = synced(spec, REMOVED[part])
    users = "its operations are" if "more operations" in decision else "its operation is"
    assert f"({users} claimed for github.com, ghes as well); delete it or " in decision
    assert part in decision
    for document in spec.documents:
        assert compare(document, official(BOTH), corrections()).differences == ()


def test_a_field_with_products_stays_for_the_others(spec: Copy) -> None:
    """As an operation does."""
    text = spec.text.replace(
        "            values: [linux, win]\n",
        "            values: [linux, win]\n            products: {github.com: all, ghec: all}\n",
    )
    spec.spec.write_text(text, encoding="utf-8")
    gone: dict[str, Json] = {
        f"{RUNNER}/os": GONE,
        "#/components/schemas/runner/required": ["id", "name", "status", "labels"],
    }
    assert synced(spec, gone) == []
    assert "            products: {github.com: all}\n" in spec.text


def test_new_values_of_an_enum_come_beside_the_old_ones(spec: Copy) -> None:
    """A value that is gone is for a person."""
    values: Json = ["read-only", "system"]
    place = "#/components/schemas/runner-label/properties/type/enum"
    (decision,) = synced(spec, {place: values})
    assert "ghec no longer has custom" in decision
    assert "enum: [read-only, custom, system]" in spec.text


def test_what_only_a_server_has_is_claimed_for_it_alone(spec: Copy) -> None:
    """A field and a parameter have its first known release as their products."""
    zone: dict[str, Json] = {
        f"{RUNNER}/zone": {"type": "string"},
        f"{LIST}/parameters/-": {"name": "zone", "in": "query", "schema": {"type": "string"}},
    }
    synced(spec, zone, by_server=True)
    older = spec.documents[1].data
    only: Json = {"products": {"ghes": "3.19"}}
    field = at(older, ("components", "schemas", "Runner", "properties", "zone", "x-runnersmith"))
    assert field == only
    listed = at(older, ("paths", "/orgs/{org}/actions/runners", "get", "parameters"))
    assert isinstance(listed, list)
    assert mapping(listed[-1])["x-runnersmith"] == only
    for document in spec.documents:
        assert compare(document, official(BOTH), corrections()).differences == ()


def test_a_response_that_only_a_server_has_is_for_a_person(spec: Copy) -> None:
    """A response has no products."""
    before = [document.data for document in spec.documents]
    (decision,) = synced(
        spec, {f"{GET}/responses/403": {"description": "Response"}}, by_server=True
    )
    assert "response 403: ours none, official no content; change ours or correct it" in decision
    assert [document.data for document in spec.documents] == before


def test_a_bump_removes_what_the_new_version_lacks(spec: Copy) -> None:
    """The older versions have it in their overlays."""
    before = [document.data for document in spec.documents]
    staged = stage(spec.plan(official({DELETE: GONE})))
    assert staged.decisions == ()
    write(staged)
    newest, *older = spec.documents
    paths = mapping(at(newest.data, ("paths",)))
    assert "delete" not in mapping(paths["/orgs/{org}/actions/runners/{runner_id}"])
    assert [document.data for document in older] == before
