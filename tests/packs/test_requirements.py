"""Operations that a pack requires: a document without them is an error, not a broken client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from packs.pack_files import files, pack
from packs.test_replacements import refused
from runnersmith import cli
from runnersmith.packs import shipped, stacks
from runnersmith.problems import RunnersmithError
from runnersmith.render import Package, make
from small_specs import REPOSITORY, build_ir, small_spec


def requiring(folder: Path, *names: str) -> Path:
    """Write a pack that requires operations."""
    return pack(folder, rest=f"requires = {list(names)}")


def test_a_document_with_the_operations_has_the_pack(tmp_path: Path) -> None:
    """An operation is named as it is called, with its scope."""
    assert files(requiring(tmp_path / "mine", "house.lamps.get"))


def test_a_document_without_an_operation_is_an_error(tmp_path: Path) -> None:
    """With its line in the manifest, and the name that may be meant."""
    said = refused(requiring(tmp_path / "mine", "house.lamps.get", "house.lamps.gte"))
    assert "mine/pack.toml:4:1: the pack mine is for documents with the operation" in said
    assert "'house.lamps.gte', which this one does not have; did you mean" in said


def test_packs_below_require_theirs(tmp_path: Path) -> None:
    """One that extends them is for the same documents."""
    requiring(tmp_path / "below", "lamps.get", "lamps.set")
    said = refused(pack(tmp_path / "above", extends="../below"))
    assert "the pack below is for documents with the operation 'lamps.get' and 1 more that" in said
    assert said.endswith("; leave the pack out")


@pytest.mark.parametrize("name", ["fake", "fleet", "recipes"])
def test_the_packs_for_runners_refuse_other_documents(name: str) -> None:
    """They would print modules that cannot be imported."""
    found = stacks([shipped("templates") / name])
    with pytest.raises(RunnersmithError, match="is for documents with the operation"):
        make(build_ir(small_spec()), found, Package("lamps", "0.1.0"))


# ── The packs of a project, for another document ─────────────────────────────────────────────


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """A document of others: one operation."""
    responses = {"200": {"description": "On."}}
    spec = {
        "openapi": "3.1.0",
        "info": {"title": "Lamps", "version": "1"},
        "paths": {"/lamps": {"get": {"operationId": "lamps/list", "responses": responses}}},
    }
    file = tmp_path / "others.json"
    file.write_text(json.dumps(spec), encoding="utf-8")
    return file


def generate(spec: Path, output: Path, *options: str) -> int:
    """Generate a client as the README says it."""
    arguments = ("--spec", str(spec), "--package", "lamps", "--output", str(output))
    return cli.main(["generate", *arguments, *options])


def test_another_document_has_the_packs_that_are_for_it(
    others: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The README's command in this repository: each pack that is left out is told."""
    monkeypatch.chdir(REPOSITORY)
    assert generate(others, tmp_path / "made") == 0
    told = capsys.readouterr().err
    for name in ("fake", "fleet", "recipes"):
        assert f"warning: the pack {name} is for documents with" in told
        assert not (tmp_path / "made" / "lamps" / name).exists()
    assert told.count("does not have; it is left out") == 3
    assert (tmp_path / "made" / "lamps" / "testing").is_dir()
    assert not (tmp_path / "made" / "examples").exists()


def test_a_pack_that_is_named_is_not_left_out(
    others: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor after a run that left it out."""
    folder = tmp_path / "project"
    requiring(folder / "mine", "lamps.blink")
    (folder / "pyproject.toml").write_text(
        '[tool.runnersmith]\nspec = "own.yaml"\npacks = ["client", "mine"]\n', encoding="utf-8"
    )
    monkeypatch.chdir(folder)
    assert generate(others, tmp_path / "made") == 0
    assert generate(others, tmp_path / "made", "--pack", "client", "--pack", "mine") == 1
    assert "does not have; leave the pack out" in capsys.readouterr().err


def test_a_document_that_is_for_no_pack_is_an_error(
    others: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A client without files would be none."""
    folder = tmp_path / "project"
    requiring(folder / "mine", "lamps.blink")
    (folder / "pyproject.toml").write_text(
        '[tool.runnersmith]\nspec = "own.yaml"\npack = "mine"\n', encoding="utf-8"
    )
    monkeypatch.chdir(folder)
    assert generate(others, tmp_path / "made") == 1
    assert "does not have; leave the pack out" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
