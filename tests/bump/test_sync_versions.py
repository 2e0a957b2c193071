"""A sync of a change in one API version alone: the other version keeps every value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings

from bump.bump_project import Copy, copied, corrections, official
from bump.described_versions import described
from bump.random_changes import KINDS, Change, changed
from bump.test_random_changes import BUMPS, CHANGES
from bump.test_sync import BOTH
from runnersmith.bump import Plan, stage, undecided, write
from runnersmith.bump.proof import Recorded, changes
from runnersmith.compare import compare
from runnersmith.openapi.document import Document, Json, Pointer
from runnersmith.overlay import versions

OLDER = {pointer: value for pointer, value in BOTH.items() if "breaking" not in pointer}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def marks(spec: Copy) -> str:
    """Return all decisions in the spec and its overlays."""
    files = {spec.spec: "spec", **dict.fromkeys(versions.overlays(spec.spec), "overlay")}
    found = (undecided(path.read_text(encoding="utf-8"), name) for path, name in files.items())
    return " ".join(problem.message for problems in found for problem in problems)


def open_facts(spec: Copy, github: Document, plan: Plan) -> list[str]:
    """Return the differences from a description that are neither resolved nor marked."""
    text, found = marks(spec), list[str]()
    for document in spec.documents:
        comparison = compare(document, github, corrections())
        found += [operation.name for operation in comparison.missing]
        for difference in comparison.differences:
            if "/" in difference.path.entity:
                continue  # Another media type is marked as the content of its part.
            renamed = any(difference.operation in str(problem) for problem in plan.corrections)
            # A mark names one of the operations and fields that share a place.
            named = re.split(r"[.: ]", str(difference.path))[-1] in text
            named = named and difference.sides.partition(",")[2] in text
            if not (renamed or named or difference.path.keyword == "enabledForGitHubApps"):
                found.append(f"{difference.operation}: {difference.path}: {difference.sides}")
    return found


def test_the_description_of_both_versions_is_that_of_the_spec(spec: Copy) -> None:
    """Without a change, there is nothing to do."""
    assert spec.sync(described(official(), official(OLDER))).nothing


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_change_of_the_newest_version(spec: Copy, kind: str) -> None:
    """Values, names, products, prose and links of the older version are as before."""
    github = described(changed(official(), [(kind, 3, False)]), official(OLDER))
    before = spec.documents[1].data
    plan = spec.sync(github)
    write(stage(plan))
    assert spec.documents[1].data == before
    assert open_facts(spec, github, plan) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_change_of_the_older_version(spec: Copy, kind: str) -> None:
    """The newest version is as before."""
    github = described(official(), changed(official(OLDER), [(kind, 3, False)]))
    before = spec.documents[0].data
    plan = spec.sync(github)
    write(stage(plan))
    assert spec.documents[0].data == before
    assert open_facts(spec, github, plan) == []


def statements(value: Json, at: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    """Yield the parts of the extension: names, products, lookups, known values."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "x-runnersmith" and at:
                yield (*at, key), child
            else:
                yield from statements(child, (*at, key))


def has_no_move(changes: list[Change]) -> bool:
    """Return whether no operation moves: a moved one is new, so its classes are named as above."""
    return all(kind != "operation_moved" for kind, _, _ in changes)


@settings(max_examples=BUMPS, phases=(Phase.explicit, Phase.generate))
@given(CHANGES.filter(has_no_move), CHANGES)
def test_changes_of_both_versions_and_of_the_newest(
    shared: list[Change], alone: list[Change]
) -> None:
    """The older version has the facts and the extension that it has with the changes of both.

    An operation that moves in the newest version alone may leave it with other names of components.
    """
    older = changed(official(OLDER), shared)
    found: list[Document] = []
    for newest in (shared, [*shared, *alone]):
        github = described(changed(official(), newest), older)
        with TemporaryDirectory() as folder:
            spec = copied(Path(folder))
            plan = spec.sync(github)
            write(stage(plan))
            assert open_facts(spec, github, plan) == []
            found.append(spec.documents[1])
    if has_no_move(alone):
        assert changes(found[1], Recorded("", found[0])) == []
    assert dict(statements(found[0].data)) == dict(statements(found[1].data))
