"""Operations that a pack requires: a document without them is an error, not a broken client."""

from __future__ import annotations

from pathlib import Path

import pytest

from packs.pack_files import files, pack
from packs.test_replacements import refused
from runnersmith.packs import shipped, stacks
from runnersmith.problems import RunnersmithError
from runnersmith.render import Package, make
from small_specs import build_ir, small_spec


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


@pytest.mark.parametrize("name", ["fake", "fleet", "recipes"])
def test_the_packs_for_runners_refuse_other_documents(name: str) -> None:
    """They would print modules that cannot be imported."""
    found = stacks([shipped("templates") / name])
    with pytest.raises(RunnersmithError, match="is for documents with the operation"):
        make(build_ir(small_spec()), found, Package("lamps", "0.1.0"))
