"""A sync with the description of another product than Enterprise Cloud: only products change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import Copy, copied, corrections, official
from bump.test_sync import BOTH, GET
from compare.comparison_specs import GONE, mapping
from runnersmith.bump import lines, stage, write
from runnersmith.compare import compare
from runnersmith.openapi.document import Document, Json
from runnersmith.openapi.todo_marks import MARK
from runnersmith.yaml_edit.values import at

RUNNER = "#/components/schemas/runner/properties"
# The facts of the oldest version, as a server of a release has them.
SERVER: dict[str, Json] = {
    **{pointer: value for pointer, value in BOTH.items() if "breaking" not in pointer},
    "#/info/x-github-plan": "ghes",
    "#/info/x-github-release": "3.19",
}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def server(changes: dict[str, Json] | None = None) -> Document:
    return official({**SERVER, **(changes or {})})


def test_a_field_that_a_server_lacks_is_for_a_person(spec: Copy) -> None:
    """In both versions, although the server knows the older one only: the overlay stays as it is.

    Whether a later release has it is not known: its description may have come first.
    """
    before = [document.data for document in spec.documents]
    github = server(
        {
            f"{RUNNER}/os": GONE,
            "#/components/schemas/runner/required": ["id", "name", "status", "labels"],
        }
    )
    plan = spec.sync(github)
    assert any(line.endswith("; decide which releases of ghes have it") for line in lines(plan))
    staged = stage(plan)
    assert [file.name for file in staged.files] == [
        "spec/spec.yaml",
        "spec/versions/unfinished.json",
    ]
    write(staged)
    (decision,) = staged.decisions
    assert (
        "ghes 3.19 lacks it (its operations are claimed for github.com, ghec as well); "
        "state the first release of ghes that has it or state its products without ghes"
    ) in decision.message
    assert [document.data for document in spec.documents] == before


def test_github_com_lacks_a_response(spec: Copy) -> None:
    """A response has no products: it is for a person."""
    github = official(
        {**BOTH, "#/info/x-github-plan": "api.github.com", f"{GET}/responses/404": GONE}
    )
    (decision,) = stage(spec.sync(github)).decisions
    assert "github.com no longer has it" in decision.message
    assert "claimed for ghec, ghes as well); correct it" in decision.message


def test_a_field_that_a_server_has_after_all(spec: Copy) -> None:
    """Its first known release is added to the products that are stated."""
    text = spec.text.replace(
        "          description: The operating system.\n          x-runnersmith:\n",
        "          description: The operating system.\n          x-runnersmith:\n"
        "            products: {github.com: all, ghec: all}\n",
    )
    spec.spec.write_text(text, encoding="utf-8")
    write(stage(spec.sync(server())))
    assert '            products: {github.com: all, ghec: all, ghes: "3.19"}\n' in spec.text


def test_github_com_lacks_a_parameter(spec: Copy) -> None:
    """The others keep it: Enterprise Cloud, and the servers that have the operation."""
    where = "#/paths/~1orgs~1{org}~1actions~1runners/get/parameters"
    found = official(BOTH).find(where)
    assert found is not None
    assert isinstance(found.value, list)
    left: Json = [
        it for it in found.value if not (isinstance(it, dict) and it.get("name") == "name")
    ]
    github = official({**BOTH, "#/info/x-github-plan": "api.github.com", where: left})
    write(stage(spec.sync(github)))
    products = '          x-runnersmith:\n            products: {ghec: all, ghes: "3.4"}\n'
    assert products in spec.text
    assert not compare(spec.documents[0], github, corrections()).differences


def test_other_facts_are_for_a_person(spec: Copy) -> None:
    """A type that only an old server has must not become the type of all products."""
    plan = spec.sync(server({f"{RUNNER}/id": {"type": "string"}}))
    staged = stage(plan)
    assert "type: ours integer, official string" in staged.decisions[0].message
    assert "change ours or correct it" in staged.decisions[0].message
    text = staged.files[0].content
    assert text is not None
    assert text.count(MARK.encode()) == 1
    write(staged)
    types = [
        at(it.data, ("components", "schemas", "Runner", "properties", "id", "type"))
        for it in spec.documents
    ]
    assert types == ["integer", "integer"]


@pytest.mark.parametrize(
    ("stated", "products"),
    [
        ({"githubCloudOnly": True}, "{ghec: all}"),
        ({"githubCloudOnly": False}, "{github.com: all, ghec: all}"),
        ({}, "{ghec: all}"),
    ],
)
def test_a_new_operation_is_claimed_for_what_the_description_states(
    spec: Copy, stated: dict[str, Json], products: str
) -> None:
    """Enterprise Cloud alone is certain; which servers have the others is not."""
    changes: dict[str, Json] = {
        "#/paths/~1orgs~1{org}~1actions~1hosted-runners": {
            "get": {
                "operationId": "actions/list-hosted-runners-for-org",
                "x-github": stated,
                "parameters": [{"$ref": "#/components/parameters/org"}],
                "responses": {"204": {"description": "Response"}},
            }
        },
    }
    content = stage(spec.sync(official({**BOTH, **changes}))).content.decode()
    asked = "        # TODO(bump): see which other products have it\n"
    assert f"        products: {products}\n" in content
    assert (f"{asked}        products: {products}\n" in content) is not stated.get(
        "githubCloudOnly", False
    )


PAUSED: dict[str, Json] = {f"{RUNNER}/paused": {"type": "boolean"}}


def test_a_new_field_is_claimed_for_the_product_that_is_known_to_have_it(spec: Copy) -> None:
    """Its mark asks for the others; the description of another product adds this."""
    staged = stage(spec.sync(official({**BOTH, **PAUSED})))
    (decision,) = staged.decisions
    assert "say what it holds, and see which other products have it" in decision.message
    assert "            products: {ghec: all}\n" in staged.content.decode()


def test_a_new_field_of_operations_of_one_product_states_none(spec: Copy) -> None:
    """It exists wherever they do."""
    text = spec.text
    for ghes in ("3.4", "3.10"):
        text = text.replace(f'{{github.com: all, ghec: all, ghes: "{ghes}"}}', "{ghec: all}")
    spec.spec.write_text(text, encoding="utf-8")
    alone = {
        f"{pointer}/x-github/githubCloudOnly": True
        for pointer in (
            "#/paths/~1orgs~1{org}~1actions~1runners/get",
            GET,
            f"{GET.removesuffix('get')}delete",
            "#/paths/~1orgs~1{org}~1actions~1runners~1generate-jitconfig/post",
            "#/paths/~1repos~1{owner}~1{repo}~1actions~1runners~1{runner_id}/get",
        )
    }
    staged = stage(spec.sync(official({**BOTH, **PAUSED, **alone})))
    (decision,) = staged.decisions
    assert "see which other products" not in decision.message
    assert staged.content.decode().count("products:") == spec.text.count("products:")


def test_a_new_use_of_a_shared_parameter_is_a_copy(spec: Copy) -> None:
    """The component states nothing, as before: all products have it in its other operations."""
    page: dict[str, Json] = {f"{GET}/parameters/-": {"$ref": "#/components/parameters/page"}}
    write(stage(spec.sync(official({**BOTH, **page}))))
    data = spec.documents[0].data
    runner = at(data, ("paths", "/orgs/{org}/actions/runners/{runner_id}", "get", "parameters", 0))
    component = at(data, ("components", "parameters", "Page"))
    assert runner == {**mapping(component), "x-runnersmith": {"products": {"ghec": "all"}}}


@pytest.mark.parametrize(("first", "known"), [("3.20", {"ghes": "3.19"}), ("3.19", {})])
def test_what_a_server_that_knows_the_version_has_in_an_older_one(
    spec: Copy, first: str, known: Json
) -> None:
    """Its description has said of the newest version that it lacks the field there."""
    text = spec.text.replace(
        "  scopes:\n", f'  introduced: {{"2026-01-01": {{ghes: "{first}"}}}}\n  scopes:\n', 1
    )
    spec.spec.write_text(text, encoding="utf-8")
    for github in (server(PAUSED), official({**BOTH, **PAUSED})):
        write(stage(spec.sync(github)))
        for path in (spec.spec, spec.spec.parent / "versions" / "2025-01-01.overlay.yaml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(r'"TODO\(bump\):[^"]*"', "Prose.", text), encoding="utf-8")
        spec.finish()
    paused = at(spec.documents[0].data, ("components", "schemas", "Runner", "properties", "paused"))
    assert mapping(paused)["x-runnersmith"] == {"products": {"ghec": "all", **mapping(known)}}
