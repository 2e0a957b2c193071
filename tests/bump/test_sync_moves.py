"""An operation that GitHub moves to another path: each answer to its mark works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied, corrections, official
from bump.described_versions import described
from bump.random_bumps import resolved
from bump.test_sync import BOTH
from bump.test_sync_absence import JIT
from bump.test_sync_products import SERVER
from bump.test_sync_versions import OLDER
from compare.comparison_specs import GONE, mapping
from runnersmith import cli, pipeline
from runnersmith.bump import stage, unproven, write
from runnersmith.compare import compare, compare_versions
from runnersmith.openapi.document import Document, Json
from runnersmith.yaml_edit import patch
from runnersmith.yaml_edit import values as edits
from runnersmith.yaml_edit.values import at

WAS, NOW = "/orgs/{org}/actions/runners/generate-jitconfig", "/orgs/{org}/actions/runners/jitconfig"
IDENTIFIER = "actions/generate-jitconfig-for-org"


def moved(changes: dict[str, Json]) -> Document:
    """GitHub's description with the operation at another path."""
    item = official().find(JIT.removesuffix("/post"))
    assert item is not None
    placed: dict[str, Json] = {
        JIT.removesuffix("/post"): GONE,
        f"#/paths/{NOW.replace('/', '~1')}": item.value,
    }
    return official({**changes, **placed})


CLOUD = moved(BOTH)
OLD_SERVER = official(SERVER)
GITHUB: dict[str, Json] = {"#/info/x-github-plan": "api.github.com"}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def paths(document: Document) -> dict[str, Json]:
    return mapping(at(document.data, ("paths",)))


def operation(document: Document, path: str) -> dict[str, Json]:
    return mapping(at(document.data, ("paths", path, "post")))


def stated(document: Document, path: str) -> dict[str, Json]:
    """Return the extension of an operation."""
    return mapping(operation(document, path)["x-runnersmith"])


def method(document: Document, path: str) -> Json:
    return stated(document, path)["method"]


def edit(spec: Copy, data: dict[str, Json]) -> None:
    """Write an edit by hand, and resolve the marks."""
    text = patch(spec.documents[0], spec.text, data)
    spec.spec.write_text(resolved(text), encoding="utf-8")


def finished(spec: Copy) -> None:
    """Finish: no older version is changed, and the spec is valid."""
    assert not unproven(spec.spec, NAME)
    spec.finish()
    assert not pipeline.examine(spec.spec, NAME, "curated")


def agrees(spec: Copy, github: Document) -> bool:
    """Return whether no fact differs from a description; the spec may lack operations of it."""
    found = compare_versions(spec.documents[-1:], github, corrections())
    return not any(it.differences for it in found)


def test_the_marks_ask_what_becomes_of_both(spec: Copy) -> None:
    """The new one has a name and an operationId of its own, and nothing else is undecided."""
    staged = stage(spec.sync(CLOUD))
    write(staged)
    asked = [re.sub(r"^undecided: |; then drop.*", "", it.message) for it in staged.decisions]
    assert asked == [
        (
            f"ghec has it at {NOW} instead; keep it for the products that have it here, or delete "
            "it and give its method to the other one"
        ),
        f"it is `generate_jit_config` at {WAS}; name it as people would",
        "see which other products have it here",
    ]
    for document in spec.documents:
        old, new = operation(document, WAS), operation(document, NOW)
        assert [it["operationId"] for it in (old, new)] == [IDENTIFIER, f"{IDENTIFIER}-2"]
        assert stated(document, WAS)["products"] == {"github.com": "all", "ghes": "3.10"}
        for key in ("repeat", "lookup", "permissions"):
            assert stated(document, WAS)[key] == stated(document, NOW)[key]


def test_both_are_kept(spec: Copy) -> None:
    """No description finds anything then, in any order: each has the operation at its path."""
    write(stage(spec.sync(CLOUD)))
    spec.spec.write_text(resolved(spec.text), encoding="utf-8")
    finished(spec)
    assert spec.sync(CLOUD).nothing
    assert spec.sync(OLD_SERVER).nothing
    # github.com still has the old path, and then the new one.
    write(stage(spec.sync(official({**BOTH, **GITHUB}))))
    assert spec.sync(official({**BOTH, **GITHUB})).nothing
    staged = stage(spec.sync(moved({**BOTH, **GITHUB})))
    write(staged)
    assert not staged.decisions
    assert spec.sync(moved({**BOTH, **GITHUB})).nothing
    products = [
        stated(document, path)["products"] for document in spec.documents for path in (WAS, NOW)
    ]
    assert products == [{"ghes": "3.10"}, {"github.com": "all", "ghec": "all"}] * 2


def test_the_old_one_is_deleted(spec: Copy) -> None:
    """The method goes to the other path, in both versions; a server that has it adds it again."""
    write(stage(spec.sync(CLOUD)))
    data = mapping(edits.copied(spec.documents[0].data))
    del mapping(data["paths"])[WAS]
    new = mapping(at(data, ("paths", NOW, "post")))
    new["operationId"] = IDENTIFIER
    mapping(new["x-runnersmith"])["method"] = "generate_jit_config"
    edit(spec, data)
    finished(spec)
    assert [method(document, NOW) for document in spec.documents] == ["generate_jit_config"] * 2
    assert all(WAS not in paths(document) for document in spec.documents)
    assert spec.sync(CLOUD).nothing
    staged = stage(spec.sync(OLD_SERVER))
    write(staged)
    assert operation(spec.documents[1], WAS)["operationId"] == f"{IDENTIFIER}-2"
    assert any("generate_jit_config" in it.message for it in staged.decisions)


def test_the_old_one_gets_another_method(spec: Copy) -> None:
    """The new one has its method then."""
    write(stage(spec.sync(CLOUD)))
    data = mapping(edits.copied(spec.documents[0].data))
    for path, name in ((WAS, "generate_jit_config_old"), (NOW, "generate_jit_config")):
        mapping(at(data, ("paths", path, "post", "x-runnersmith")))["method"] = name
    edit(spec, data)
    finished(spec)
    names = [method(document, path) for document in spec.documents for path in (WAS, NOW)]
    assert names == ["generate_jit_config_old", "generate_jit_config"] * 2
    assert spec.sync(CLOUD).nothing
    assert spec.sync(OLD_SERVER).nothing


def test_an_edit_of_another_operation_is_reported(spec: Copy) -> None:
    """The mark is about the moved operation alone."""
    write(stage(spec.sync(CLOUD)))
    path = "/orgs/{org}/actions/runners/{runner_id}"
    data = mapping(edits.copied(spec.documents[0].data))
    del mapping(data["paths"])[path]
    edit(spec, data)
    found, *_ = unproven(spec.spec, NAME)
    assert f"changes API version 2025-01-01 too: {path} was" in found.message


def test_an_operation_of_one_product_moves_as_it_is(spec: Copy) -> None:
    """No product has it at its old path: method, permissions and lookup are kept."""
    cloud = spec.text.replace(
        'products: {github.com: all, ghec: all, ghes: "3.10"}', "products: {ghec: all}"
    )
    spec.spec.write_text(cloud, encoding="utf-8")
    before = operation(spec.documents[0], WAS)
    stated: dict[str, Json] = {"githubCloudOnly": True, "enabledForGitHubApps": True}
    github = moved(BOTH)
    item = mapping(at(github.data, ("paths", NOW, "post")))
    item["x-github"] = stated
    staged = stage(spec.sync(github))
    write(staged)
    assert not staged.decisions
    for document in spec.documents:
        assert WAS not in paths(document)
        new = operation(document, NOW)
        assert new["operationId"] == IDENTIFIER
        assert new["x-runnersmith"] == before["x-runnersmith"]
    assert spec.sync(github).nothing


def test_a_move_in_the_newest_version_alone(spec: Copy) -> None:
    """One method has a path for each version."""
    before = spec.documents[1].data
    github = described(moved({}), official(OLDER))
    staged = stage(spec.sync(github))
    write(staged)
    assert not staged.decisions
    assert not pipeline.examine(spec.spec, NAME, "curated")
    assert spec.documents[1].data == before
    assert WAS not in paths(spec.documents[0])
    assert method(spec.documents[0], NOW) == method(spec.documents[1], WAS)


def test_a_move_in_a_new_version(spec: Copy) -> None:
    """The new version has it at the new path, under its method; older ones are as before."""
    before = [document.data for document in spec.documents]
    staged = spec.stage(moved({}))
    write(staged)
    assert not staged.decisions
    assert not pipeline.examine(spec.spec, NAME, "curated")
    newest, *older = spec.documents
    assert [document.data for document in older] == before
    assert WAS not in paths(newest)
    assert method(newest, NOW) == "generate_jit_config"


def test_a_release_that_has_it_elsewhere(spec: Copy) -> None:
    """The old path stays, with both questions; the new one is known from this release on."""
    later: Json = "3.20"
    server = moved({**SERVER, "#/info/x-github-release": later})
    staged = stage(spec.sync(server))
    write(staged)
    texts = " ".join(it.message for it in staged.decisions)
    assert f"ghes 3.20 has it at {NOW}" in texts
    assert "ghes 3.20 lacks it" in texts
    layers = spec.spec.parent / "versions"
    for path in (spec.spec, *layers.glob("*.yaml")):
        path.write_text(resolved(path.read_text(encoding="utf-8")), encoding="utf-8")
    finished(spec)
    assert stated(spec.documents[1], NOW)["products"] == {"ghes": "3.20"}
    assert agrees(spec, OLD_SERVER)


def test_operation_ids_that_change_places_are_differences(spec: Copy) -> None:
    """An operationId may differ only if an operation that the description lacks has GitHub's."""
    other = "#/paths/~1orgs~1{org}~1actions~1runners/get/operationId"
    github = official({f"{JIT}/operationId": "actions/list-runners-for-org", other: IDENTIFIER})
    found = compare(spec.documents[0], github, corrections()).differences
    assert [str(it.path) for it in found] == ["operationId", "operationId"]
    write(stage(spec.sync(github, "2026-01-01")))
    assert operation(spec.documents[0], WAS)["operationId"] == "actions/list-runners-for-org"


def test_the_command_accepts_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`validate` and `bump --finish` exit with 0."""
    spec = copied(tmp_path)
    monkeypatch.chdir(tmp_path)
    write(stage(spec.sync(CLOUD)))
    assert cli.main(["validate", NAME]) == 1
    spec.spec.write_text(resolved(spec.text), encoding="utf-8")
    assert cli.main(["bump", "--finish", "--spec", NAME]) == 0
    assert cli.main(["validate", NAME]) == 0
    assert "changes API version" not in capsys.readouterr().out
